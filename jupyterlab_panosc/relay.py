"""The Jupyter server extension: hands `<base_url>panosc/v1/…` on to the companion's unix socket."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import time
from http.client import responses
from typing import Any
from urllib.parse import quote

from jupyter_core.utils import ensure_async
from jupyter_server.base.handlers import APIHandler
from jupyter_server.extension.application import ExtensionApp
from tornado.http1connection import HTTP1Connection, HTTP1ConnectionParameters
from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, RequestStartLine
from tornado.iostream import IOStream, StreamClosedError
from tornado.web import HTTPError, stream_request_body

from .launcher import Child, CompanionError, Panosc

FIRST_PAUSE_S, LONGEST_PAUSE_S, MAX_BODY_BYTES = 0.5, 30.0, 2_000_000
UPSTREAM = HTTP1ConnectionParameters(max_body_size=1 << 62, header_timeout=120.0)
# An allow-list, because proxies before us put tokens into headers of their own choice.
PASSED_ON = "Accept Accept-Language Content-Type Content-Length Idempotency-Key If-None-Match Last-Event-ID".split()
# Hop-by-hop fields, and what only the Jupyter server may say to a browser.
KEPT_BACK = "connection keep-alive trailer transfer-encoding set-cookie content-security-policy".split()
OWN_PARAMETERS = ("token", "_xsrf", "no_track_activity", "wake")


class Answer(HTTPMessageDelegate):
    """Writes the companion's answer to the browser as it comes, no faster than it is read."""

    def __init__(self, browser: RelayHandler) -> None:
        self.browser = browser

    async def headers_received(self, start_line: Any, headers: HTTPHeaders) -> None:
        if start_line.code >= 200:
            self.browser.set_status(start_line.code, start_line.reason)
            self.browser.clear_header("Content-Type")
            for name, value in headers.get_all():
                if name.lower() not in KEPT_BACK:
                    self.browser.set_header(name, value)
            if int(headers.get("Content-Length", "0")) < 1024:
                self.browser._transforms = []  # Event streams and small answers are not compressed.
            await self.data_received(b"")

    async def data_received(self, chunk: bytes) -> None:
        self.browser.write(chunk)
        with contextlib.suppress(StreamClosedError):  # The browser left: on_connection_close() acts.
            await self.browser.flush()


@stream_request_body
class RelayHandler(APIHandler):
    """One request: authenticated by Jupyter, stripped, streamed both ways, cancelled together."""

    _upstream: HTTP1Connection | None = None

    def initialize(self, app: PanoscApp) -> None:
        self._app = app

    async def prepare(self) -> None:  # type: ignore[override]
        await super().prepare()
        headers, method, user = self.request.headers, str(self.request.method), self.current_user
        if self._finished or method == "OPTIONS":
            return
        action = "read" if method in ("GET", "HEAD") else "write"
        if not user or not await ensure_async(self.authorizer.is_authorized(self, user, action, "panosc")):
            raise HTTPError(403)
        if int(headers.get("Content-Length") or 0) > MAX_BODY_BYTES:
            raise HTTPError(413, f"The request is larger than {MAX_BODY_BYTES} bytes, which no form sends.")
        if "Transfer-Encoding" in headers:  # No browser sends it, and it would have to be framed anew.
            raise HTTPError(411)
        may_wake = "no" not in (headers.get("X-Panosc-Wake"), self.get_argument("wake", None))
        self._track_activity = may_wake and "text/event-stream" not in headers.get("Accept", "")
        self._bond = await self._app.connect(may_wake)
        if not isinstance(self._bond, tuple):
            return  # Said in _relay(), when the body has been read.
        stream, secret = self._bond
        sent = HTTPHeaders({name: headers[name] for name in PASSED_ON if name in headers})
        sent.update({"Host": "panosc", "X-Panosc-Relay": secret, "X-Panosc-User": quote(user.username, safe=" @+")})
        sent["X-Forwarded-Prefix"] = f"{self.base_url}panosc"
        query = [p for p in self.request.query.split("&") if p.split("=")[0] not in OWN_PARAMETERS]
        target = "?".join(filter(None, [self.request.path[len(f"{self.base_url}panosc") :], "&".join(query)]))
        self._upstream = HTTP1Connection(stream, is_client=True, params=UPSTREAM)
        self._upstream.write_headers(RequestStartLine(method, target, "HTTP/1.1"), sent)
        self._reading = asyncio.gather(self._upstream.read_response(Answer(self)), return_exceptions=True)

    async def data_received(self, chunk: bytes) -> None:
        if self._upstream:
            with contextlib.suppress(StreamClosedError):  # It answered early, or died: _reading knows.
                await self._upstream.write(chunk)

    async def _relay(self) -> None:
        is_whole = False
        if self._upstream:
            self._upstream.finish()
            is_whole = (await self._reading)[0] is True
            self._upstream.close()
        if self.request.connection.stream.closed() or (self._headers_written and not is_whole):  # type: ignore
            self.detach().close()  # Nobody reads it; or a cut answer, which must not look like a whole one.
        elif is_whole:
            await self.finish()
        elif isinstance(self._bond, CompanionError):
            raise HTTPError(503, self._bond.args[1], reason=self._bond.args[0])
        elif self._upstream:
            raise HTTPError(502, "The companion did not answer. Try again.", reason="companion-silent")
        else:
            self.set_status(204)

    get = head = post = put = patch = delete = _relay

    def on_connection_close(self) -> None:
        if self._upstream:
            self._upstream.close()
        super().on_connection_close()

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", [None, None])[1]
        detail = (getattr(error, "log_message", None) or responses[status_code]).replace("%%", "%")
        if status_code == 403 and not self.current_user:
            detail = "Your Jupyter session has ended. Reload the page and log in again."
        kind = f"/problems/{getattr(error, 'reason', None) or f'jupyter-{status_code}'}"
        problem = {"type": kind, "title": responses[status_code], "status": status_code, "detail": detail}
        problem["action"] = "retry" if status_code >= 500 else "none"
        self.finish(json.dumps(problem), set_content_type="application/problem+json")


class PanoscApp(Panosc, ExtensionApp):
    """Holds `GET /v1/attach` open: whatever death this server dies, the companion notices."""

    name = "panosc"
    _companion: dict[str, Any] | None = None
    _child: Child | None = None
    _life: asyncio.Task[None] | None = None
    _problem, _pause_s, _retry_at, _is_stopping = CompanionError("", ""), FIRST_PAUSE_S, 0.0, False

    def initialize_handlers(self) -> None:
        self.handlers.append((r"panosc/v1/.*", RelayHandler, {"app": self}))
        if self.serverapp and self.has_unfinished():
            self.serverapp.io_loop.add_callback(self._begin)

    async def connect(self, may_wake: bool) -> tuple[IOStream, str] | CompanionError | None:
        """A stream and its secret; or why there is none; or nothing, because it is to sleep on."""
        if not self._companion:
            if not may_wake or self._is_stopping:
                return None
            if self._life or time.monotonic() >= self._retry_at:
                self._begin()
                await self._is_settled.wait()
        if not self._companion:
            return self._problem
        stream = IOStream(socket.socket(socket.AF_UNIX))
        with contextlib.suppress(StreamClosedError):  # The first write on it fails, too.
            await stream.connect(self._companion["socket"])
        return stream, self._companion["secret"]

    def _begin(self) -> None:
        if not self._life and not self._is_stopping:
            self._is_settled, self._life = asyncio.Event(), asyncio.create_task(self._live())

    async def _live(self) -> None:  # One life of the companion, from its start to its end.
        path, begun = f"/v1/attach?kind=jupyter&pid={os.getpid()}", time.monotonic()
        try:
            self._companion, attached, self._child = await asyncio.to_thread(self.start_or_join, path)
            self._attached = IOStream(attached)
            self._is_settled.set()
            with contextlib.suppress(StreamClosedError):
                await self._attached.read_until_close()
            raise CompanionError("companion-stopped", "The companion stopped unexpectedly, and starts again soon.")
        except Exception as e:  # Also what nobody expected: the requests that wait must get an answer.
            self._companion, self._life = None, None
            self._problem = e if isinstance(e, CompanionError) else CompanionError("companion-failed", f"Error: {e!r}")
        is_new = self._problem.args[0] == "no-node" or time.monotonic() - begun > LONGEST_PAUSE_S
        pause = FIRST_PAUSE_S if is_new else self._pause_s
        self._pause_s, self._retry_at = min(2 * pause, LONGEST_PAUSE_S), time.monotonic() + pause
        self._is_settled.set()
        if not self._is_stopping:
            self.log.warning("panosc: %s (Pause: %.1f s.)", self._problem.args[1], pause)
            if self.has_unfinished():
                asyncio.get_running_loop().call_later(pause, self._begin)

    async def stop_extension(self) -> None:
        """Lets go of the companion, and ends our child unless somebody else uses it, too."""
        self._is_stopping = True
        if self._life:
            await self._is_settled.wait()
        if self._companion:
            with contextlib.suppress(Exception):  # Whatever goes wrong here, Jupyter must end.
                clients = json.loads((self.state_folder() / "clients.json").read_bytes())
                if self._child and [client["pid"] for client in clients] == [os.getpid()]:
                    self._attached.close()
                    self._child.terminate()
                    await asyncio.to_thread(self._child.wait, 10)
            self._attached.close()
