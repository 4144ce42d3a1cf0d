"""Real Jupyter servers in their own processes, for tests of what outlives what."""

from __future__ import annotations

import atexit
import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

ROOT = Path(__file__).parents[2]
STAND_IN = Path(__file__).with_name("stand_in.mjs")
BUNDLE = ROOT / "jupyterlab_panosc" / "companion" / "main.mjs"
FORM = "application/x-www-form-urlencoded"
TOKEN = "t0ken-of-the-tests"
# Short, or the socket would not fit; pytest's own folders are too long.
TEMPORARY = Path(tempfile.mkdtemp(prefix="pt-"))
atexit.register(shutil.rmtree, TEMPORARY, ignore_errors=True)
T = TypeVar("T")


def wait_for(condition: Callable[[], T], seconds: float = 20) -> T:
    """The first true answer; a failed assertion when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer or time.monotonic() > deadline:
            assert answer, "the awaited condition did not come true"
            return answer
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Answer:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status, self.reason = response.status, response.reason
        self.headers, self.body = response.headers, response.read()

    def json(self) -> Any:
        return json.loads(self.body)


class JupyterServer:
    """A `jupyter server` with our extension; everything it keeps lies under `folder`."""

    def __init__(
        self,
        folder: Path,
        *,
        companion: Path | None = STAND_IN,
        base_url: str = "/",
        env: dict[str, str] | None = None,
        arguments: list[str] | None = None,
    ) -> None:
        self.folder, self.base_url, self.port = folder, base_url, free_port()
        self.state = folder / "state"
        for name in ("home", "config", "data", "runtime"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "HOME": str(folder / "home"),
            "TMPDIR": str(TEMPORARY),
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "PANOSC_STATE": str(self.state),
            "JUPYTER_TOKEN": TOKEN,
            **({"PANOSC_COMPANION": str(companion)} if companion else {}),
            **(env or {}),
        }
        self.log = folder / f"jupyter-{self.port}.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "jupyter_server",
                    "--ServerApp.jpserver_extensions=jupyterlab_panosc=True",
                    "--ServerApp.ip=127.0.0.1",
                    f"--ServerApp.port={self.port}",
                    "--ServerApp.port_retries=0",
                    f"--ServerApp.base_url={base_url}",
                    f"--ServerApp.root_dir={folder / 'home'}",
                    "--ServerApp.open_browser=False",
                    "--ServerApp.allow_root=True",
                    "--ServerApp.terminals_enabled=False",
                    *(arguments or []),
                ],
                env=environment,
                cwd=folder,
                stdout=log,
                stderr=log,
            )
        wait_for(self._is_up, 60)

    def _is_up(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        with contextlib.suppress(OSError):
            return self.request("GET", "/api", path_is_ours=False).status == 200
        return False

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def url(self, path: str) -> str:
        return f"{self.base_url}panosc/v1{path}"

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        *,
        token: bool = True,
        path_is_ours: bool = True,
    ) -> Answer:
        all_headers = {"Authorization": f"token {TOKEN}"} if token else {}
        all_headers.update(headers or {})
        with contextlib.closing(self.connection()) as connection:
            url = self.url(path) if path_is_ours else self.base_url + path.lstrip("/")
            connection.request(method, url, body, all_headers)
            return Answer(connection.getresponse())

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def raw(self, text: str) -> socket.socket:
        """A connection on which exactly this was sent."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        connection.sendall(text.replace("\n", "\r\n").encode())
        return connection

    def log_in(self) -> tuple[str, str]:
        """The Cookie header of a browser session, and its XSRF token."""
        with contextlib.closing(self.connection()) as connection:
            connection.request("GET", f"{self.base_url}login")
            jar = _cookies(connection)
        with contextlib.closing(self.connection()) as connection:
            form = urlencode({"password": TOKEN, "_xsrf": jar["_xsrf"]})
            headers = {"Cookie": f"_xsrf={jar['_xsrf']}", "Content-Type": FORM}
            connection.request("POST", f"{self.base_url}login", form, headers)
            jar.update(_cookies(connection))
        return "; ".join(f"{k}={v}" for k, v in jar.items()), jar["_xsrf"]

    def announcement(self) -> dict[str, Any]:
        return dict(json.loads((self.state / "companion.json").read_text()))

    def companion_pid(self) -> int:
        return int(self.announcement()["pid"])

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise


def _cookies(connection: http.client.HTTPConnection) -> dict[str, str]:
    response = connection.getresponse()
    response.read()
    lines = response.headers.get_all("Set-Cookie") or []
    return dict(line.split(";")[0].split("=", 1) for line in lines)  # type: ignore[misc]


def read_until(connection: socket.socket, wanted: bytes) -> bytes:
    """What was received up to and with `wanted`; fails when the connection ends before."""
    got = b""
    while wanted not in got:
        piece = connection.recv(65536)
        assert piece, f"the connection ended after {got!r}"
        got += piece
    return got


@contextlib.contextmanager
def running(folder: Path, **options: Any) -> Iterator[JupyterServer]:
    server = JupyterServer(folder, **options)
    try:
        yield server
    finally:
        pid = None
        with contextlib.suppress(OSError, ValueError, KeyError):
            pid = server.companion_pid()
        server.stop()
        if pid is not None:
            wait_for(lambda: not is_alive(pid))
