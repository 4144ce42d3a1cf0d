"""Which environment the Jupyter server runs in, and that an installation beside it is noticed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from .harness import ROOT, running


def ask(runtime: Path) -> tuple[int, str]:
    command = [sys.executable, "-m", "jupyterlab_panosc.where"]
    env = {**os.environ, "JUPYTER_RUNTIME_DIR": str(runtime), "PYTHONPATH": str(ROOT)}
    seen = subprocess.run(command, env=env, cwd="/", capture_output=True, text=True, timeout=60)
    return seen.returncode, seen.stdout


@pytest.fixture
def process_elsewhere(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """Something that runs in an environment without us, as a Jupyter server would."""
    folder = tmp_path / "environment of the server"
    venv.create(folder, with_pip=False)
    with subprocess.Popen(
        [folder / "bin" / "python", "-c", "print(1, flush=True); input()"], stdin=-1, stdout=-1
    ) as process:
        assert process.stdout
        process.stdout.readline()
        yield process.pid, folder
        process.kill()


def test_a_server_of_this_environment(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        code, said = ask(tmp_path / "runtime")
        assert f"Jupyter server {server.process.pid}: {sys.prefix}" in said
        assert (code, "not installed" in said) == (0, False)


def test_a_server_of_another_environment(tmp_path: Path, process_elsewhere: tuple[int, Path]) -> None:
    pid, folder = process_elsewhere
    facts = {"pid": pid, "url": "http://127.0.0.1:1/", "root_dir": "/", "token": ""}
    (tmp_path / f"jpserver-{pid}.json").write_text(json.dumps(facts))
    code, said = ask(tmp_path)
    assert code == 1
    assert f"This Python: {sys.prefix}" in said
    assert f"Jupyter server {pid}: {folder}" in said
    assert f'{folder}/bin/python -m pip install "jupyterlab-panosc[node]"' in said


def test_no_server(tmp_path: Path) -> None:
    assert ask(tmp_path) == (0, f"This Python: {sys.prefix}\nNo Jupyter server of yours runs on this machine.\n")
