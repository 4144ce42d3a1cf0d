"""What the relay adds to a small GET: through Jupyter against the companion's bare socket, interleaved."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from jupyter_process import TOKEN, start_server

ROUNDS = int(os.environ.get("PANOSC_BENCH_ROUNDS", "1000"))


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self._path)


def time_get(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> float:
    """Milliseconds of one request on a connection that is kept open."""
    begun = time.perf_counter()
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    response.read()
    took = (time.perf_counter() - begun) * 1000
    assert response.status == 200, response.status
    return took


def measure(port: int, folder: Path) -> dict[str, list[float]]:
    headers = {"Authorization": f"token {TOKEN}"}
    relayed = http.client.HTTPConnection("127.0.0.1", port)
    time_get(relayed, "/panosc/v1/health", headers)
    told: dict[str, Any] = json.loads((folder / "state" / "companion.json").read_text())
    bare = UnixConnection(told["socket"])
    secret = {"X-Panosc-Relay": told["secret"]}
    times: dict[str, list[float]] = {"relay": [], "bare": [], "jupyter": []}
    for round_number in range(ROUNDS + 50):
        relay_ms = time_get(relayed, "/panosc/v1/health", headers)
        bare_ms = time_get(bare, "/v1/health", secret)
        jupyter_ms = time_get(relayed, "/api/status", headers)
        if round_number >= 50:
            times["relay"].append(relay_ms)
            times["bare"].append(bare_ms)
            times["jupyter"].append(jupyter_ms)
    return times


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="panosc-bench-") as name:
        server, port = start_server(Path(name))
        try:
            times = measure(port, Path(name))
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)
    p50 = {what: statistics.median(values) for what, values in times.items()}
    p95 = {what: statistics.quantiles(values, n=20)[18] for what, values in times.items()}
    extra = {
        "rounds": ROUNDS,
        "relay_p50_ms": round(p50["relay"], 3),
        "relay_p95_ms": round(p95["relay"], 3),
        "bare_p50_ms": round(p50["bare"], 3),
        "bare_p95_ms": round(p95["bare"], 3),
        "jupyter_status_p50_ms": round(p50["jupyter"], 3),
        "load_average": round(os.getloadavg()[0], 2),
    }
    result = {
        "bench": "relay",
        "what": "added p50 of a small GET over the bare socket",
        "unit": "ms",
        "ours": round(p50["relay"] - p50["bare"], 3),
        "reference": None,
        "ratio": None,
        "extra": extra,
    }
    print(json.dumps(result))


main()
