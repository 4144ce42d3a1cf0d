from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from .harness import BUNDLE, JupyterServer, running

pytest_plugins = ("pytest_jupyter.jupyter_server",)


@pytest.fixture(scope="session", autouse=True)
def node() -> None:
    """The version that the tests use: the one the developer set up, not an older one of the machine."""
    if not BUNDLE.exists():
        pytest.exit("build the companion first: node server/build.mjs", returncode=1)


@pytest.fixture
def long() -> None:
    if os.environ.get("PANOSC_LONG") != "1":
        pytest.skip("set PANOSC_LONG=1 for the long ones")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:
    """A Jupyter server before the stand-in, shared by tests that leave it running."""
    folder: Path = tmp_path_factory.mktemp("shared")
    with running(folder, base_url="/user/alice/") as shared:
        yield shared
