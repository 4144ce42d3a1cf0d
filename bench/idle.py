"""Memory of one idle person: what our extension adds to the Jupyter server, and the companion; what is left after."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from jupyter_process import TOKEN, start_server

ROUNDS = int(os.environ.get("PANOSC_BENCH_ROUNDS", "5"))
# How long everything is left alone before it is looked at.
IDLE_S = float(os.environ.get("PANOSC_BENCH_IDLE_S", "10"))
# Decimal units, as everywhere where a person reads a number.
MB = 1_000_000


def rss_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) * 1024 / MB


def processes_of(marker: str) -> list[int]:
    """Processes whose environment names our folder: whatever was started here, by whomever."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and marker.encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def ask(port: int, path: str) -> bytes:
    url = f"http://127.0.0.1:{port}{path}"
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Authorization": f"token {TOKEN}"})) as answer:
        return bytes(answer.read())


def end(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGTERM)
    server.wait(30)


def with_us(folder: Path) -> dict[str, float]:
    """One person has opened the panel and left it alone; then the Jupyter server ends."""
    server, port = start_server(folder, has_ours=True)
    try:
        ask(port, "/api/status")
        asleep = rss_mb(server.pid)
        ask(port, "/panosc/v1/health")
        ask(port, "/panosc/v1/facility")
        told: dict[str, Any] = json.loads((folder / "state" / "companion.json").read_text())
        time.sleep(IDLE_S)
        result = {"asleep": asleep, "server": rss_mb(server.pid), "companion": rss_mb(told["pid"])}
    finally:
        end(server)
    begun = time.monotonic()
    while (left := processes_of(str(folder))) and time.monotonic() - begun < 60:
        time.sleep(0.1)
    return {**result, "left_mb": sum(map(rss_mb, left)), "left": len(left), "exit_s": time.monotonic() - begun}


def without_us(folder: Path) -> float:
    server, port = start_server(folder, has_ours=False)
    try:
        ask(port, "/api/status")
        time.sleep(IDLE_S)
        return rss_mb(server.pid)
    finally:
        end(server)


def main() -> None:
    ours: list[dict[str, float]] = []
    bare: list[float] = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(prefix="panosc-bench-") as name:
            ours.append(with_us(Path(name)))
        with tempfile.TemporaryDirectory(prefix="panosc-bench-") as name:
            bare.append(without_us(Path(name)))
    middle = {what: statistics.median(each[what] for each in ours) for what in ours[0]}
    relay = middle["server"] - statistics.median(bare)
    result = {
        "bench": "idle",
        "what": "resident memory of relay and companion for one idle person",
        "unit": "MB",
        "ours": round(relay + middle["companion"], 1),
        "reference": None,
        "ratio": None,
        "extra": {
            "rounds": ROUNDS,
            "relay_mb": round(relay, 1),
            "companion_mb": round(middle["companion"], 1),
            "never_opened_mb": round(middle["asleep"] - statistics.median(bare), 1),
            "jupyter_without_us_mb": round(statistics.median(bare), 1),
            "after_exit_mb": round(middle["left_mb"], 1),
            "after_exit_processes": max(int(each["left"]) for each in ours),
            "exit_s": round(middle["exit_s"], 1),
            "load_average": round(os.getloadavg()[0], 2),
        },
    }
    print(json.dumps(result))


main()
