from __future__ import annotations

from collections.abc import Iterator

import pytest

from .harness import BUNDLE, JupyterServer, running


@pytest.fixture(scope="session", autouse=True)
def _companion_is_built() -> None:
    if not BUNDLE.exists():
        pytest.exit("build the companion first: node server/build.mjs", returncode=1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:
    """A Jupyter server before the stand-in, shared by tests that leave it running."""
    with running(tmp_path_factory.mktemp("shared"), base_url="/user/alice/") as shared:
        yield shared
