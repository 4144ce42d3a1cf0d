"""Looks into the wheel: everything that has to be in it, nothing that must not leave the repository.

python scripts/check-wheel.py FOLDER         checks the one wheel in FOLDER
python scripts/check-wheel.py FOLDER --venv  also installs it, with the extra [node], into a fresh
                                             environment and asks the companion through a Jupyter server
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

LAB = r"jupyterlab_panosc-[^/]+\.data/data/share/jupyter/labextensions/jupyterlab-panosc"
NEEDED = [
    r"jupyterlab_panosc/__init__\.py",
    r"jupyterlab_panosc/launcher\.py",
    r"jupyterlab_panosc/relay\.py",
    r"jupyterlab_panosc/py\.typed",
    r"jupyterlab_panosc/companion/main\.mjs",
    r"jupyterlab_panosc/companion/package\.json",
    r"jupyterlab_panosc/companion/THIRD-PARTY-LICENSES\.txt",
    *[
        rf"jupyterlab_panosc/companion/profiles/{name}\.yaml"
        for name in "ceric desy egi eli esrf ess euxfel ill open-data psi".split()
    ],
    *[rf"jupyterlab_panosc/locale/{name}/LC_MESSAGES/jupyterlab_panosc\.json" for name in ("de_DE", "fr_FR")],
    LAB + r"/package\.json",
    LAB + r"/install\.json",
    LAB + r"/static/remoteEntry\.[0-9a-f]+\.js",
    LAB + r"/schemas/jupyterlab-panosc/.+\.json",
    r"jupyterlab_panosc-[^/]+\.data/data/etc/jupyter/jupyter_server_config\.d/jupyterlab_panosc\.json",
    r"jupyterlab_panosc-[^/]+\.dist-info/entry_points\.txt",
    r"jupyterlab_panosc-[^/]+\.dist-info/licenses/LICENSE",
    r"jupyterlab_panosc-[^/]+\.dist-info/sboms/sbom\.cdx\.json",
]
# What a bundled package may be under; each is on https://spdx.org/licenses/ and lets everybody pass it on.
LICENCES = {
    *"0BSD Apache-2.0 BlueOak-1.0.0 BSD-2-Clause BSD-3-Clause CC0-1.0".split(),
    *"ISC MIT MIT-0 Python-2.0 Unlicense".split(),
}
FORBIDDEN = re.compile(
    r"\.map$|build_log\.json$|(^|/)(tests?|__tests__|demo|ui-tests|bench|node_modules)/|\.tsx?$|__pycache__|\.scratch"
)
MAX_BYTES = 3_000_000


def mistakes_in(wheel: Path) -> list[str]:
    found = []
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        for pattern in NEEDED:
            if not any(re.fullmatch(pattern, name) for name in names):
                found.append(f"missing: {pattern}")
        found += [f"must not be in it: {name}" for name in names if FORBIDDEN.search(name)]
        here = str(Path(__file__).resolve().parents[1]).encode()
        for name in names:
            content = archive.read(name)
            if here in content:
                found.append(f"holds a path of the machine that built it: {name}")
            if b"sourceMappingURL=" in content[-300:]:
                found.append(f"refers to a source map: {name}")
        if not found:
            found += licence_mistakes(archive)
        version = json.loads(Path(__file__).parents[1].joinpath("package.json").read_text())["version"]
        if not wheel.name.startswith(f"jupyterlab_panosc-{version}-"):
            found.append(f"version of {wheel.name} is not {version}")
    if wheel.stat().st_size > MAX_BYTES:
        found.append(f"it has {wheel.stat().st_size} bytes, more than {MAX_BYTES}")
    return found


def licence_mistakes(archive: zipfile.ZipFile) -> list[str]:
    """Whether bill of materials and notices name what the bundlers, asked otherwise, say that they bundled."""
    names = archive.namelist()

    def text_of(ending: str) -> str:
        return archive.read(next(name for name in names if name.endswith(ending))).decode()

    components = json.loads(text_of("/sboms/sbom.cdx.json"))["components"]
    notices = text_of("/companion/THIRD-PARTY-LICENSES.txt")
    listed, found = set(), []
    for part in components:
        if not part["purl"].startswith("pkg:npm/"):
            continue
        name = f"{part['group']}/{part['name']}" if "group" in part else part["name"]
        listed.add(name)
        licences = {str(said.get("license", {}).get("id", said.get("expression"))) for said in part["licenses"]}
        if not licences or not licences <= LICENCES:
            found.append(f"{name} is under {licences}, which nobody has allowed")
        if f"\n{name} {part['version']} (" not in notices:
            found.append(f"no licence text for {name} {part['version']}")
    # Comments that esbuild kept, and the list of webpack's licence plugin: neither is made from the bill.
    kept = re.findall(r"^((?:@[\w.-]+/)?[\w.-]+)/\S+\.[cm]?js:$", text_of("/companion/main.mjs.LEGAL.txt"), re.M)
    browser = json.loads(text_of("/static/third-party-licenses.json"))["packages"]
    bundled = {*kept, *(package["name"] for package in browser)}
    if len(bundled) < 5:
        found.append(f"the bundlers name only {sorted(bundled)}: they are not read rightly any more")
    return found + [f"bundled, but not in the bill of materials: {name}" for name in sorted(bundled - listed)]


def try_in_fresh_environment(wheel: Path) -> str:
    """Installs it with [node] where there is no other Node; gives the version of Node that answered."""
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    with tempfile.TemporaryDirectory(prefix="panosc-wheel-") as folder:
        venv, empty = Path(folder, "venv"), Path(folder, "home")
        empty.mkdir()
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, venv], check=True)
        python = venv / "bin" / "python"
        subprocess.run([uv, "pip", "install", "--quiet", "--python", python, f"{wheel}[node]"], check=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        env = {"PATH": f"{venv / 'bin'}", "HOME": str(empty), "TMPDIR": folder, "JUPYTER_TOKEN": "wheel-check"}
        assert shutil.which("node", path=env["PATH"]) is None, "there is a node on this PATH"
        listed = subprocess.run(
            [python, "-m", "jupyter_server.extension.serverextension", "list"],
            env=env,
            capture_output=True,
            text=True,
            check=True,
        )
        assert "jupyterlab_panosc" in listed.stdout + listed.stderr, listed
        options = ["--ServerApp.open_browser=False", "--ServerApp.allow_root=True", f"--ServerApp.port={port}"]
        with Path(folder, "log").open("wb") as log:
            server = subprocess.Popen(
                [python, "-m", "jupyter_server", *options], env=env, cwd=empty, stdout=log, stderr=log
            )
        try:
            health = ask(f"http://127.0.0.1:{port}/panosc/v1/health", server)
        except BaseException:
            print(Path(folder, "log").read_text(errors="replace")[-4000:], file=sys.stderr)
            raise
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)
        said = subprocess.run([venv / "bin" / "jupyter-panosc", "help"], env=env, capture_output=True, text=True)
        assert said.returncode == 0 and "usage: jupyter panosc" in said.stdout, said
        return str(health["node"])


def ask(url: str, server: subprocess.Popen[bytes]) -> dict[str, object]:
    request = urllib.request.Request(url, headers={"Authorization": "token wheel-check"})
    deadline = time.monotonic() + 60
    while server.poll() is None:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{error}: {error.read().decode()}") from error
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    raise SystemExit("the Jupyter server ended")


def main() -> None:
    wheels = sorted(Path(sys.argv[1]).glob("jupyterlab_panosc-*.whl"))
    if len(wheels) != 1:
        sys.exit(f"{sys.argv[1]} has to hold one wheel, and holds {len(wheels)}")
    mistakes = mistakes_in(wheels[0])
    for mistake in mistakes:
        print(mistake)
    if mistakes:
        sys.exit(1)
    print(f"{wheels[0].name}: {wheels[0].stat().st_size} bytes, complete and clean")
    if "--venv" in sys.argv or os.environ.get("PANOSC_LONG") == "1":
        node = try_in_fresh_environment(wheels[0].resolve())
        print(f"installed in a fresh environment without Node, the companion answers from Node {node}")


main()
