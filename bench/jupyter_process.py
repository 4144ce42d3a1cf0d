"""A Jupyter server of a bench, in a folder of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "token-of-the-bench"


def start_server(folder: Path, *, has_ours: bool = True) -> tuple[subprocess.Popen[bytes], int]:
    """The process and its port, once it answers; with our extension or without it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PANOSC_STATE": str(folder / "state"),
        "JUPYTER_TOKEN": TOKEN,
    }
    options = [
        f"--ServerApp.jpserver_extensions=jupyterlab_panosc={has_ours}",
        "--ServerApp.open_browser=False",
        "--ServerApp.allow_root=True",
        f"--ServerApp.port={port}",
    ]
    with (folder / "log").open("wb") as log:
        command = [sys.executable, "-m", "jupyter_server", *options]
        server = subprocess.Popen(command, env=env, cwd=folder, stdout=log, stderr=log)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return server, port
        except OSError:
            time.sleep(0.05)
    raise SystemExit((folder / "log").read_text())
