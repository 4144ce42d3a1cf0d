"""The Jupyter server extension, and its bond with the companion."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import time
from typing import Any

from jupyter_server.extension.application import ExtensionApp
from tornado.iostream import IOStream, StreamClosedError

from .launcher import Child, CompanionError, Panosc
from .relay import RelayHandler

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0


class PanoscApp(Panosc, ExtensionApp):
    """Holds `GET /v1/attach` open: whatever death this server dies, the companion notices."""

    name = "panosc"
    _companion: dict[str, Any] | None = None
    _child: Child | None = None
    _life: asyncio.Task[None] | None = None
    _problem, _pauses, _retry_at, _is_stopping = CompanionError("", ""), 0, 0.0, False

    def initialize_handlers(self) -> None:
        self.handlers.append((r"panosc/v1/.*", RelayHandler, {"connect": self.connect}))
        if self.serverapp and self.has_unfinished():
            self.serverapp.io_loop.add_callback(self._wake)

    async def connect(self, may_wake: bool = True) -> tuple[IOStream, str] | None:
        """A stream to the companion, started if need be, and its secret; None if it is to sleep on."""
        if self._companion is None:
            if not may_wake or self._is_stopping:
                return None
            if self._life is None:
                if time.monotonic() < self._retry_at:
                    raise self._problem
                self._is_settled, self._life = asyncio.Event(), asyncio.create_task(self._live())
            await self._is_settled.wait()
        if self._companion is None:
            raise self._problem
        stream = IOStream(socket.socket(socket.AF_UNIX))
        with contextlib.suppress(StreamClosedError):  # The first write on it says so, too.
            await stream.connect(self._companion["socket"])
        return stream, self._companion["secret"]

    async def _wake(self) -> None:
        with contextlib.suppress(CompanionError):
            await self.connect()

    async def _live(self) -> None:
        """One life of the companion, from its start to its end."""
        attach, begun = f"/v1/attach?kind=jupyter&pid={os.getpid()}", time.monotonic()
        try:
            self._companion, held, self._child = await asyncio.to_thread(self.start_or_join, attach)
            self._held = IOStream(held)
            self._is_settled.set()
            with contextlib.suppress(StreamClosedError):
                await self._held.read_until_close()
            what = "The companion stopped unexpectedly. It starts again in a moment, and nothing is lost."
            raise CompanionError("companion-stopped", what)
        except CompanionError as problem:
            self._companion, self._problem, self._life = None, problem, None
        is_news = self._problem.args[0] == "no-node" or time.monotonic() - begun > LONGEST_PAUSE_S
        self._pauses = 0 if is_news else self._pauses + 1
        pause = min(FIRST_PAUSE_S * 2 ** max(0, self._pauses - 1), LONGEST_PAUSE_S)
        self._retry_at = time.monotonic() + pause
        self._is_settled.set()
        if not self._is_stopping:
            self.log.warning("panosc: %s (Pause of %.1f s.)", self._problem.args[1], pause)
            if self.has_unfinished():
                asyncio.get_running_loop().call_later(pause, lambda: asyncio.ensure_future(self._wake()))

    async def stop_extension(self) -> None:
        """Lets go of the companion, and ends our child unless somebody else uses it, too."""
        self._is_stopping = True
        if self._life:
            await self._is_settled.wait()
        if self._companion:
            with contextlib.suppress(OSError, ValueError):
                clients = json.loads((self.state_folder() / "clients.json").read_bytes())
                if self._child and [client["pid"] for client in clients] == [os.getpid()]:
                    self._child.terminate()
                    await asyncio.to_thread(self._child.wait)
            self._held.close()
