"""`python -m jupyterlab_panosc.where`: in which environment your Jupyter servers run, and whether we are there.

The extension belongs to the environment of the Jupyter server. What a notebook installs goes into that of its kernel.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from jupyter_server.serverapp import list_running_servers

LOOK = "import importlib.util as u, sys; print(sys.prefix); sys.exit(u.find_spec('jupyterlab_panosc') is None)"


def start_of(pid: int) -> tuple[str, dict[str, str]]:
    """The Python that a process was started with, as it was called (a link stays one), and its environment."""
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/environ").read_text(errors="replace").split("\0")
        env = dict(line.split("=", 1) for line in lines if "=" in line)
        name = Path(f"/proc/{pid}/cmdline").read_text(errors="replace").split("\0")[0]
        return shutil.which(name, path=env.get("PATH")) or name, env
    # macOS has no /proc; a path with blanks is not found there.
    said = subprocess.run(["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)
    return said.stdout.split(" ")[0].strip(), dict(os.environ)


def main() -> int:
    print(f"This Python: {sys.prefix}")
    pids = sorted({int(server["pid"]) for server in list_running_servers()})
    if not pids:
        print("No Jupyter server of yours runs on this machine.")
    missing = 0
    for pid in pids:
        python, env = start_of(pid)
        try:
            seen = subprocess.run([python, "-c", LOOK], capture_output=True, text=True, cwd="/", env=env, timeout=30)
        except (OSError, subprocess.SubprocessError):
            print(f"Jupyter server {pid}: its Python was not found ({python}).")
            missing += 1
            continue
        print(f"Jupyter server {pid}: {seen.stdout.strip()}")
        if seen.returncode:
            missing += 1
            print("  jupyterlab-panosc is not installed there. Install it, then restart that server:")
            print(f'  {python} -m pip install "jupyterlab-panosc[node]"')
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
