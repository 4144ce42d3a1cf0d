"""When the companion starts, how it is set up, and what is said when it cannot."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from .harness import running, wait_for


@pytest.mark.parametrize("base_url", ["/", "/user/alice/", "/jupyter/42/"])
def test_the_real_companion_answers(tmp_path: Path, base_url: str) -> None:
    with running(tmp_path, companion=None, base_url=base_url) as server:
        health = server.get("/health").json()
        assert health["version"] and health["node"].startswith("v")
        unknown = server.get("/no-such-thing")
        assert (unknown.status, unknown.json()["type"]) == (404, "/problems/not-found")
        assert unknown.headers["Content-Type"].startswith("application/problem+json")


def test_nothing_starts_before_it_is_used(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        assert not server.state.exists()
        asleep = server.get("/health?wake=no")
        assert (asleep.status, asleep.body) == (204, b"")
        assert server.get("/health", X_Panosc_Wake="no").status == 204
        assert not server.state.exists()
        assert server.get("/health").status == 200
        assert server.get("/health?wake=no").status == 200


@pytest.mark.parametrize("finished", [0, 1])
def test_unfinished_operations_start_it_with_the_server(tmp_path: Path, finished: int) -> None:
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    with sqlite3.connect(state / "state.db") as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE operations(id TEXT, finished INTEGER)")
        database.execute("INSERT INTO operations VALUES('t_1', ?)", [finished])
    database.close()
    with running(tmp_path) as server:
        if finished:
            assert server.get("/health?wake=no").status == 204
        else:
            wait_for(lambda: server.get("/health?wake=no").status == 200)


def test_what_a_killed_companion_left_is_seen(tmp_path: Path) -> None:
    """The write-ahead log of a database that nobody closed counts, too."""
    script = (
        "import os, sqlite3, sys; d = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "d.execute('PRAGMA journal_mode=WAL'); d.execute('CREATE TABLE operations(finished)');"
        "d.execute('INSERT INTO operations VALUES(0)'); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, tmp_path / "state.db"], check=False)
    assert (tmp_path / "state.db-wal").stat().st_size > 0
    from jupyterlab_panosc.launcher import Panosc

    assert Panosc(state_dir=str(tmp_path)).has_unfinished()


def test_a_failed_start_gives_its_reason(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        server.state.mkdir(mode=0o700)
        (server.state / "fail-at-start").write_text("the moon is full")
        problem = server.request("POST", "/echo", b"x" * 200_000).json()
        assert problem["type"] == "/problems/companion-failed"
        assert problem["detail"] == "The companion ended: Error: the moon is full"
        (server.state / "fail-at-start").unlink()
        wait_for(lambda: server.get("/health").status == 200)


def test_a_state_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with running(tmp_path, env={"PANOSC_STATE": str(tmp_path / "file" / "state")}) as server:
        problem = server.get("/health").json()
        assert problem["type"] == "/problems/state-folder"
        assert str(tmp_path / "file" / "state") in problem["detail"]


def test_traits_and_environment_reach_the_configuration(tmp_path: Path) -> None:
    config = tmp_path / "config" / "jupyter_panosc_config.json"
    config.parent.mkdir()
    settings = {"default_profile": "mine", "companion_log_level": "debug", "options": {"metrics": True}}
    config.write_text(json.dumps({"Panosc": settings}))
    (tmp_path / "config" / "panosc" / "profiles").mkdir(parents=True)
    env = {"PANOSC_PROFILES": f"/etc/a.yaml{os.pathsep}/etc/b", "PANOSC_INSECURE_LOOPBACK": "1"}
    arguments = [f"--PanoscApp.profiles={tmp_path / 'site.yaml'}"]
    with running(tmp_path, env=env, arguments=arguments) as server:
        told = server.get("/config").json()
        assert told["profilePaths"][:3] == [str(tmp_path / "site.yaml"), "/etc/a.yaml", "/etc/b"]
        assert str(tmp_path / "config" / "panosc" / "profiles") in told["profilePaths"]
        assert told["profilePaths"][-1].endswith("companion/profiles")
        assert (told["defaultProfile"], told["logLevel"], told["insecureLoopback"]) == ("mine", "debug", True)
        assert told["stateDir"] == str(server.state)
        assert told["metrics"] is True


def test_the_log_is_kept_small(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        server.state.mkdir(mode=0o700)
        (server.state / "companion.log").write_text("x" * 5_000_001)
        assert server.get("/health").status == 200
        assert (server.state / "companion.log").stat().st_size < 1000
        assert (server.state / "companion.log.1").stat().st_size == 5_000_001
