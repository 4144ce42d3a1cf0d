"""What other users of the machine, and other programs, may not see."""

from __future__ import annotations

import stat
from pathlib import Path

from .harness import running


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
        "http_proxy": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "example.test,10.0.0.0/8",
        "SSL_CERT_FILE": "/etc/ssl/site.pem",
        "REQUESTS_CA_BUNDLE": "/etc/ssl/site.pem",
        "NODE_EXTRA_CA_CERTS": "/etc/ssl/cert.pem",
    }
    with running(tmp_path, env={**canaries, **wanted}) as server:
        assert server.get("/health").status == 200
        process = Path(f"/proc/{server.companion_pid()}")
        names = dict(line.split("=", 1) for line in (process / "environ").read_text().split("\0") if "=" in line)
        assert not canaries.keys() & names.keys()
        assert {name for name in names if name.startswith(("JUPYTER", "PANOSC"))} <= {
            "JUPYTER_DATA_DIR",
            "JUPYTER_RUNTIME_DIR",
        }
        assert wanted.items() <= names.items()
        assert (process / "cwd").readlink() == Path("/")
        assert "canary" not in (process / "cmdline").read_text()
