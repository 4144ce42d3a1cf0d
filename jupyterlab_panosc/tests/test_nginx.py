"""A real nginx with a prefix before the Jupyter server, as many facilities have it."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .harness import TOKEN, JupyterServer, free_port, read_until, running, wait_for

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
PREFIX = "/lab/at the beamline/"
QUOTED = PREFIX.replace(" ", "%20")

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")


@contextlib.contextmanager
def nginx(folder: Path, upstream: int) -> Iterator[int]:
    """With its usual buffering, which would hold events back."""
    port = free_port()
    folder.mkdir()
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    (folder / "nginx.conf").write_text(
        f"""daemon off; pid {folder}/pid; error_log {folder}/error.log;
        {"user root;" if os.getuid() == 0 else ""}
        events {{}}
        http {{ access_log off; {places}
          server {{ listen 127.0.0.1:{port};
            location "{PREFIX}" {{
              proxy_pass http://127.0.0.1:{upstream};
              proxy_http_version 1.1; proxy_set_header Host $http_host; }} }} }}"""
    )
    error_log = str(folder / "error.log")
    process = subprocess.Popen([str(NGINX), "-p", str(folder), "-e", error_log, "-c", str(folder / "nginx.conf")])

    def answers() -> bool:
        assert process.poll() is None, (folder / "error.log").read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return True
        return False

    try:
        wait_for(answers)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def get(port: int, path: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Authorization": f"token {TOKEN}"})
    return connection.getresponse()


def stream_begins(port: int, server: JupyterServer) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as stream:
        request = f"GET {QUOTED}panosc/v1/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: token {TOKEN}\r\n"
        stream.sendall(f"{request}Accept: text/event-stream\r\n\r\n".encode())
        return read_until(stream, b"event: ")


def test_behind_a_prefix_everything_of_ours_works(tmp_path: Path) -> None:
    with running(tmp_path, companion=None, base_url=QUOTED) as server, nginx(tmp_path / "nginx", server.port) as port:
        health = get(port, f"{QUOTED}panosc/v1/health")
        assert health.status == 200
        # A page in an iframe: no cookie of ours is needed, and who may frame it is the administrator's to say.
        cookies = health.headers.get_all("Set-Cookie") or []
        assert all(cookie.startswith(("username-", "_xsrf=")) for cookie in cookies), "they are Jupyter's own"
        assert health.headers.get("X-Frame-Options") is None
        policies = health.headers.get_all("Content-Security-Policy") or []
        assert all("frame-ancestors 'self'" in policy for policy in policies)
        problem = get(port, f"{QUOTED}panosc/v1/no-such-thing")
        assert (problem.status, problem.headers["Content-Type"].split(";")[0]) == (404, "application/problem+json")
        assert b"text/event-stream" in stream_begins(port, server)
        assert get(port, "/panosc/v1/health").status == 404
