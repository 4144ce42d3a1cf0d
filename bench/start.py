"""What a start of the companion costs: CPU to ready and memory when idle, against `node -e 0`, interleaved."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from jupyterlab_panosc.launcher import Panosc

ROUNDS = int(os.environ.get("PANOSC_BENCH_ROUNDS", "7"))
TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


def cpu_ms(pid: int) -> float:
    """User and system time of a living process, in steps of a clock tick (10 ms)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_MS


def rss_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def start_ours(node: str) -> tuple[float, float, float]:
    """CPU milliseconds and wall milliseconds to ready, RSS in MB after ten idle seconds."""
    with tempfile.TemporaryDirectory(prefix="panosc-bench-") as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder
        settings = Panosc(state_dir=folder, node=node)
        begun = time.perf_counter()
        told, connection, child = settings.start_or_join(f"/v1/attach?kind=cli&pid={os.getpid()}")
        wall, cpu = (time.perf_counter() - begun) * 1000, cpu_ms(told["pid"])
        assert child is not None
        time.sleep(10)
        rss = rss_mb(child.pid)
        connection.close()
        child.terminate()
        child.wait()
    return cpu, wall, rss


def start_reference(node: str) -> float:
    before = os.times()
    subprocess.run([node, "-e", "0"], check=True)
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return used * 1000


def main() -> None:
    node = Panosc().find_node()
    ours: list[tuple[float, float, float]] = []
    reference: list[float] = []
    for _ in range(ROUNDS):
        ours.append(start_ours(node))
        reference.append(start_reference(node))
    cpu, wall, rss = (statistics.median(values) for values in zip(*ours))
    base = statistics.median(reference)
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    result = {
        "bench": "start",
        "what": "CPU (user + system) of the companion until it answers",
        "unit": "ms",
        "ours": round(cpu, 1),
        "reference": round(base, 1),
        "ratio": round(cpu / base, 2),
        "extra": {
            "rounds": ROUNDS,
            "idle_rss_mb": round(rss, 1),
            "wall_ms_with_looking_for_node": round(wall, 1),
            "node": version,
            "load_average": round(os.getloadavg()[0], 2),
        },
    }
    print(json.dumps(result))


main()
