"""Find, pull, compute and verify photon and neutron data from one JupyterLab sidebar."""

from __future__ import annotations

from typing import Any


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyterlab-panosc"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from .relay import PanoscApp

    return [{"module": "jupyterlab_panosc", "app": PanoscApp}]
