"""Odd machines: strange names, modes and locales, folders that cannot be written, variables that are missing."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .harness import ROOT, TEMPORARY, running, wait_for

# Nobody can make a folder there, root included.
READ_ONLY = Path("/proc")
# Another extension asks npm something at the start, and npm waits for ever where it can write nothing.
WITHOUT_NPM = ["--ServerApp.jpserver_extensions=jupyter_lsp=False"]


@pytest.fixture
def masked() -> Iterator[None]:
    before = os.umask(0o077)
    yield
    os.umask(before)


def ask(tmp_path: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """`jupyter panosc` with exactly this environment beside the least that Python needs."""
    command = "from jupyterlab_panosc.launcher import command_line; command_line()"
    least = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "JUPYTER_CONFIG_DIR": str(tmp_path / "config")}
    return subprocess.run(
        [sys.executable, "-c", command, *arguments],
        env={**least, **env},
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def rests(state: Path) -> None:
    """Waits until the companion of a command line has left, so that its files can go."""
    wait_for(lambda: not (state / "companion.json").exists())


@pytest.mark.parametrize("name", ["with blanks", "Größe é 数据", "quote ' \" $HOME `x` ; &"])
def test_home_and_state_may_have_any_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    with running(folder, companion=None, env={"PANOSC_STATE": str(folder / f"state {name}")}) as server:
        server.state = folder / f"state {name}"
        assert server.get("/health").status == 200
        assert server.get("/facility").json()["home"] == str(folder / "home")
        assert (server.state / "state.db").exists()


@pytest.mark.usefixtures("masked")
def test_a_strict_umask_changes_nothing(tmp_path: Path) -> None:
    with running(tmp_path, companion=None) as server:
        assert server.get("/health").status == 200
        for name in ("companion.json", "companion.log", "state.db"):
            assert stat.S_IMODE((server.state / name).stat().st_mode) == 0o600, name


def test_a_loose_umask_shows_nothing_either(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with running(tmp_path, companion=None) as server:
            assert server.get("/health").status == 200
            assert stat.S_IMODE(server.state.stat().st_mode) == 0o700
            for name in ("companion.json", "companion.log", "state.db"):
                assert stat.S_IMODE((server.state / name).stat().st_mode) == 0o600, name
    finally:
        os.umask(before)


@pytest.mark.parametrize("locale", [{"LANG": "C"}, {"LC_ALL": "C"}, {"LC_ALL": "POSIX"}])
def test_names_are_not_those_of_the_locale(tmp_path: Path, locale: dict[str, str]) -> None:
    home = tmp_path / "Größe 数据"
    home.mkdir()
    state = home / "état"
    with running(home, companion=None, env={**locale, "PANOSC_STATE": str(state)}) as server:
        server.state = state
        assert server.get("/facility").json()["home"] == str(home / "home")
    said = ask(tmp_path, "--json", "transfers", HOME=str(home), PANOSC_STATE=str(state), **locale)
    assert (said.returncode, said.stderr) == (0, "")
    assert (state / "state.db").exists()
    rests(state)


def test_a_home_that_cannot_be_written_is_said_with_the_way_out(tmp_path: Path) -> None:
    said = ask(tmp_path, "transfers", HOME=str(READ_ONLY))
    assert said.returncode == 4
    assert len(said.stderr.splitlines()) == 1
    assert f"The state folder {READ_ONLY}/.local/state/jupyterlab-panosc cannot be used (" in said.stderr
    assert said.stderr.rstrip().endswith("Set PANOSC_STATE to one of your own.")
    probe = ask(tmp_path, "doctor", HOME=str(READ_ONLY))
    assert (probe.returncode, probe.stderr) == (3, said.stderr)

    home = {"HOME": str(READ_ONLY)}
    with running(tmp_path, companion=None, env={**home, "PANOSC_STATE": ""}, arguments=WITHOUT_NPM) as server:
        problem = server.get("/health").json()
        assert problem["type"] == "/problems/state-folder"
        assert f"{READ_ONLY}/.local/state/jupyterlab-panosc" in problem["detail"]
        assert "PANOSC_STATE" in problem["detail"]

    state = tmp_path / "elsewhere"
    with running(tmp_path, companion=None, env={**home, "PANOSC_STATE": str(state)}, arguments=WITHOUT_NPM) as server:
        server.state = state
        assert server.get("/health").status == 200
    assert ask(tmp_path, "transfers", HOME=str(READ_ONLY), PANOSC_STATE=str(state)).returncode == 0
    rests(state)


def test_a_state_folder_that_is_a_broken_link_is_said(tmp_path: Path) -> None:
    (tmp_path / "state").symlink_to(tmp_path / "gone" / "away" / "\x01")
    (tmp_path / "gone").write_text("")
    said = ask(tmp_path, "transfers", HOME=str(tmp_path), PANOSC_STATE=str(tmp_path / "state"))
    assert (said.returncode, len(said.stderr.splitlines())) == (4, 1)
    assert str(tmp_path / "state") in said.stderr


def test_a_runtime_folder_with_a_long_name_is_not_used_for_the_socket(tmp_path: Path) -> None:
    runtime = tmp_path / ("x" * 120)
    runtime.mkdir(mode=0o700)
    with running(tmp_path, companion=None, env={"XDG_RUNTIME_DIR": str(runtime)}) as server:
        assert server.get("/health").status == 200
        assert len(server.announcement()["socket"]) <= 100
        assert str(runtime) not in server.announcement()["socket"]


def test_a_temporary_folder_that_cannot_be_written_is_passed_over(tmp_path: Path) -> None:
    with running(tmp_path, companion=None, env={"TMPDIR": str(READ_ONLY)}, arguments=WITHOUT_NPM) as server:
        assert server.get("/health").status == 200
        assert not server.announcement()["socket"].startswith(str(READ_ONLY))


def test_without_home_the_user_database_says_where_home_is(tmp_path: Path) -> None:
    state = tmp_path / "state"
    said = ask(tmp_path, "--json", "transfers", PANOSC_STATE=str(state), TMPDIR=str(TEMPORARY))
    assert (said.returncode, said.stderr) == (0, "")
    rests(state)
    from jupyterlab_panosc.launcher import Panosc

    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "PANOSC_STATE", "XDG_STATE_HOME"):
            patch.delenv(name, raising=False)
        home = pwd.getpwuid(os.getuid()).pw_dir
        assert Panosc().state_folder() == Path(home) / ".local" / "state" / "jupyterlab-panosc"
