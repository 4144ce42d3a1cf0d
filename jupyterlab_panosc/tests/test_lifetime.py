"""Who joins the companion, who ends it, and that nobody leaves it behind."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from pathlib import Path

from .harness import TOKEN, JupyterServer, is_alive, running, wait_for


def test_a_server_that_ends_takes_the_companion_along(tmp_path: Path) -> None:
    server = JupyterServer(tmp_path, companion=None)
    assert server.get("/health").status == 200
    pid, socket = server.companion_pid(), Path(server.announcement()["socket"])
    server.stop(signal.SIGTERM)
    assert not is_alive(pid)
    assert not socket.parent.exists()
    assert not (server.state / "companion.json").exists()


def test_a_killed_server_takes_the_companion_along(tmp_path: Path) -> None:
    server = JupyterServer(tmp_path, companion=None)
    assert server.get("/health").status == 200
    pid, socket = server.companion_pid(), Path(server.announcement()["socket"])
    server.stop(signal.SIGKILL)
    wait_for(lambda: not is_alive(pid))
    assert not socket.parent.exists()


def test_a_server_that_is_ended_during_the_start_leaves_nothing(tmp_path: Path) -> None:
    server = JupyterServer(tmp_path, companion=None)
    head = f"GET {server.url('/health')} HTTP/1.1\nHost: 127.0.0.1\nAuthorization: token {TOKEN}\n\n"
    with server.raw(head):
        wait_for(lambda: (server.state / "companion.log").exists())
        server.stop(signal.SIGTERM)
    wait_for(lambda: not (server.state / "companion.json").exists())
    wait_for(lambda: not processes_of(tmp_path))


def processes_of(folder: Path) -> list[Path]:
    """Living processes whose home lies in a test's folder."""

    def is_of(process: Path) -> bool:
        try:
            return f"HOME={folder}/home" in (process / "environ").read_text()
        except OSError:
            return False

    return [process for process in Path("/proc").iterdir() if process.name.isdigit() and is_of(process)]


def test_two_servers_share_one_companion(tmp_path: Path) -> None:
    with running(tmp_path, companion=None) as first:
        assert first.get("/health").status == 200
        pid = first.companion_pid()
        second = JupyterServer(tmp_path, companion=None)
        assert second.get("/health").status == 200
        assert second.companion_pid() == pid
        clients = json.loads((first.state / "clients.json").read_text())
        assert sorted(client["pid"] for client in clients) == sorted([first.process.pid, second.process.pid])
        first.stop()
        assert is_alive(pid)
        assert second.get("/health").status == 200
        second.stop()
        wait_for(lambda: not is_alive(pid))


def test_two_servers_that_start_it_at_once(tmp_path: Path) -> None:
    with running(tmp_path, companion=None) as first:
        second = JupyterServer(tmp_path, companion=None)
        connections = [first.connection(), second.connection()]
        for server, connection in zip((first, second), connections):
            headers = {"Authorization": f"token {TOKEN}"}
            connection.request("GET", server.url("/health"), headers=headers)
        started = [json.loads(connection.getresponse().read())["startedAt"] for connection in connections]
        for connection in connections:
            connection.close()
        second.stop()
        assert started[0] == started[1]


def test_a_stale_announcement_is_passed_over(tmp_path: Path) -> None:
    with running(tmp_path, companion=None) as server:
        server.state.mkdir(mode=0o700)
        stale = {"socket": str(tmp_path / "gone.sock"), "secret": "x", "pid": 1, "host": os.uname().nodename}
        file = server.state / "companion.json"
        file.write_text(json.dumps(stale))
        file.chmod(0o600)
        assert server.get("/health").status == 200
        assert server.announcement()["secret"] != "x"


def test_a_companion_elsewhere_is_named(tmp_path: Path) -> None:
    with running(tmp_path, companion=None) as server:
        server.state.mkdir(mode=0o700)
        other = {"socket": "/nowhere.sock", "secret": "x", "pid": 1, "host": "login-7"}
        file = server.state / "companion.json"
        file.write_text(json.dumps(other))
        file.chmod(0o600)
        lock = sqlite3.connect(server.state / "lock.db", isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
        problem = server.get("/health").json()
        lock.close()
        file.unlink()
        assert problem["type"] == "/problems/companion-elsewhere"
        assert "runs on login-7" in problem["detail"] and "PANOSC_STATE" in problem["detail"]


def test_a_crash_is_said_and_mended(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        assert server.get("/health").status == 200
        pid = server.companion_pid()
        assert server.get("/exit").status in (502, 503)
        wait_for(lambda: not is_alive(pid))
        paused = wait_for(lambda: (answer := server.get("/health")).status == 503 and answer)
        assert paused.json()["type"] == "/problems/companion-stopped"
        assert "stopped unexpectedly" in paused.json()["detail"]
        assert server.get("/health?wake=no").status == 204
        wait_for(lambda: server.get("/health").status == 200)
        assert server.companion_pid() != pid
        # The second crash in a row is followed by a longer pause.
        begun = time.monotonic()
        os.kill(server.companion_pid(), signal.SIGKILL)
        wait_for(lambda: server.get("/health").status == 503)
        wait_for(lambda: server.get("/health").status == 200)
        assert time.monotonic() - begun >= 0.9
        assert server.log.read_text().count("stopped unexpectedly") >= 2


def test_after_a_crash_unfinished_work_goes_on_by_itself(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        assert server.get("/health").status == 200
        with sqlite3.connect(server.state / "state.db") as database:
            database.execute("CREATE TABLE operations(finished INTEGER)")
            database.execute("INSERT INTO operations VALUES(0)")
        pid = server.companion_pid()
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: server.companion_pid() != pid)
