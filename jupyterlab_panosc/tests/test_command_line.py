"""`jupyter panosc`, with and without a companion that runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupyterlab_panosc.launcher import BUNDLE

from .harness import ROOT, STAND_IN, TEMPORARY, is_alive, running, wait_for


def command_line(tmp_path: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from jupyterlab_panosc.launcher import command_line; command_line()", *arguments],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "HOME": str(tmp_path),
            "TMPDIR": str(TEMPORARY),
            "PANOSC_STATE": str(tmp_path / "state"),
            "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
            **env,
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_line_starts_a_companion_that_ends_after_it(tmp_path: Path) -> None:
    said = command_line(tmp_path, "--json", "transfers")
    assert (said.returncode, said.stderr) == (0, "")
    json.loads(said.stdout)
    # It does not wait for the companion, which holds none of its streams.
    assert (tmp_path / "state" / "companion.json").exists()
    wait_for(lambda: not (tmp_path / "state" / "companion.json").exists())


def test_the_command_line_joins_the_companion_of_the_server(tmp_path: Path) -> None:
    with running(tmp_path, companion=None) as server:
        assert server.get("/health").status == 200
        pid = server.companion_pid()
        assert command_line(tmp_path, "--json", "transfers").returncode == 0
        assert server.companion_pid() == pid
        assert is_alive(pid)


def test_the_companion_knows_the_command_line_before_node_has_started(tmp_path: Path) -> None:
    """Else it could leave meanwhile: it stays only a little after the command before."""
    (tmp_path / "look.mjs").write_text(
        f"""import {{ readFileSync }} from 'node:fs';
        if (process.argv[2] === 'cli') {{
          const clients = JSON.parse(readFileSync(process.env.PANOSC_STATE + '/clients.json', 'utf8'));
          process.stdout.write(clients.map(({{ pid }}) => pid === process.pid).join());
        }} else {{
          await import({json.dumps((BUNDLE / "main.mjs").as_uri())});
        }}"""
    )
    said = command_line(tmp_path, "transfers", PANOSC_COMPANION=str(tmp_path / "look.mjs"))
    assert (said.returncode, said.stdout, said.stderr) == (0, "true", "")


def test_the_command_line_without_node(tmp_path: Path) -> None:
    said = command_line(tmp_path, "transfers", PANOSC_NODE="/nowhere/node")
    assert (said.returncode, said.stdout) == (4, "")
    assert said.stderr.startswith("jupyter panosc: Node 22.19 or newer is needed, but /nowhere/node")


def test_a_probe_that_cannot_run_knows_nothing(tmp_path: Path) -> None:
    """UNKNOWN of the Monitoring Plugins, whatever other commands say with their exit codes."""
    said = command_line(tmp_path, "--json", "doctor", PANOSC_NODE="/nowhere/node")
    assert (said.returncode, said.stdout) == (3, "")
    assert "Node 22.19 or newer is needed" in said.stderr
    assert command_line(tmp_path, "doctor").returncode == 3, "no facility is chosen"
    (tmp_path / "broken.yaml").write_text("not: a profile\n")
    said = command_line(tmp_path, "--profile", "broken.yaml", "doctor")
    assert (said.returncode, said.stdout) == (3, "")
    assert str(tmp_path / "broken.yaml") in said.stderr


def test_the_command_line_without_a_companion(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "fail-at-start").write_text("the moon is full")
    said = command_line(tmp_path, "transfers", PANOSC_COMPANION=str(STAND_IN))
    assert (said.returncode, said.stdout) == (4, "")
    assert "the moon is full" in said.stderr


@pytest.mark.parametrize("arguments", [["--profile", "a.yaml"], ["--json", "--profile=a.yaml"]])
def test_a_profile_file_is_handed_on(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "a.yaml").write_text("not: a profile\n")
    said = command_line(tmp_path, *arguments, "whoami")
    assert said.returncode == 1
    assert str(tmp_path / "a.yaml") in said.stderr


def test_help_starts_nothing(tmp_path: Path) -> None:
    for arguments in (["--help"], ["help"], []):
        assert "usage: jupyter panosc [" in command_line(tmp_path, *arguments).stdout
    for arguments in (["pull", "--help"], ["--json", "pull", "-h"], ["help", "pull"]):
        said = command_line(tmp_path, *arguments)
        assert (said.returncode, said.stderr) == (0, "")
        assert said.stdout.startswith("usage: jupyter panosc pull PID_OR_URL")
    assert not (tmp_path / "state").exists()


def test_a_missing_profile_file_is_wrong_usage_and_starts_nothing(tmp_path: Path) -> None:
    said = command_line(tmp_path, "--profile", "missing.yaml", "whoami")
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr == f"jupyter panosc: there is no profile file {tmp_path / 'missing.yaml'}\n"
    assert not (tmp_path / "state").exists()
