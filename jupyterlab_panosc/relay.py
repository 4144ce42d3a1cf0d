"""Hands requests under `<base_url>panosc/v1/` on to the companion's unix socket."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable
from http.client import responses
from typing import Any, Callable
from urllib.parse import quote

from jupyter_core.utils import ensure_async
from jupyter_server.base.handlers import APIHandler
from tornado.http1connection import HTTP1Connection, HTTP1ConnectionParameters
from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, RequestStartLine
from tornado.iostream import IOStream, StreamClosedError
from tornado.web import HTTPError, stream_request_body

from .launcher import CompanionError

MAX_BODY_BYTES = 2_000_000
UPSTREAM = HTTP1ConnectionParameters(max_body_size=1 << 62, header_timeout=120.0)
# An allow-list, because proxies before us put tokens into headers of their own choice.
PASSED_ON = """Accept Accept-Language Content-Type Content-Length Idempotency-Key Last-Event-ID
If-Match If-None-Match If-Modified-Since If-Range Range""".split()
# Hop-by-hop fields (RFC 9110, 7.6.1), and what only the Jupyter server may say to a browser.
KEPT_BACK = """connection keep-alive proxy-connection proxy-authenticate te trailer transfer-encoding
upgrade set-cookie server content-security-policy""".split()
OWN_PARAMETERS = ("token", "_xsrf", "no_track_activity", "wake")


class Answer(HTTPMessageDelegate):
    """Writes the companion's answer to the browser as it comes, no faster than it is read."""

    is_whole = False

    def __init__(self, browser: RelayHandler) -> None:
        self._browser = browser

    async def headers_received(self, start_line: Any, headers: HTTPHeaders) -> None:
        if start_line.code >= 200:
            self._browser.set_status(start_line.code, start_line.reason)
            self._browser.clear_header("Content-Type")
            for name, value in headers.get_all():
                if name.lower() not in KEPT_BACK:
                    self._browser.set_header(name, value)
            if int(headers.get("Content-Length", "0")) < 1024:
                self._browser._transforms = []  # Event streams and small answers are not compressed.
            await self._browser.flush()

    async def data_received(self, chunk: bytes) -> None:
        self._browser.write(chunk)
        with contextlib.suppress(StreamClosedError):  # The browser left: on_connection_close() acts.
            await self._browser.flush()

    def finish(self) -> None:
        self.is_whole = True


@stream_request_body
class RelayHandler(APIHandler):
    """One request: authenticated by Jupyter, stripped, streamed both ways, cancelled together."""

    _upstream: HTTP1Connection | None = None
    _refusal: CompanionError | None = None
    _received = 0

    def initialize(self, connect: Callable[[bool], Awaitable[tuple[IOStream, str] | None]]) -> None:
        self._connect, self._answer = connect, Answer(self)

    async def prepare(self) -> None:  # type: ignore[override]
        await super().prepare()
        headers, method, user = self.request.headers, str(self.request.method), self.current_user
        if self._finished or method == "OPTIONS":
            return
        action = "read" if method in ("GET", "HEAD") else "write"
        if not user or not await ensure_async(self.authorizer.is_authorized(self, user, action, "panosc")):
            raise HTTPError(403)
        if int(headers.get("Content-Length") or 0) > MAX_BODY_BYTES:
            raise HTTPError(413)
        if "Transfer-Encoding" in headers and method not in ("POST", "PUT", "PATCH"):
            raise HTTPError(411)
        may_wake = "no" not in (headers.get("X-Panosc-Wake"), self.get_argument("wake", None))
        self._track_activity = may_wake and "text/event-stream" not in headers.get("Accept", "")
        try:
            connection = await self._connect(may_wake)
        except CompanionError as problem:  # Said in _relay(), when the body has been read.
            self._refusal = problem
            return
        if connection is None:
            return
        stream, secret = connection
        sent = HTTPHeaders({name: headers[name] for name in PASSED_ON if name in headers})
        sent.update({"Host": "panosc", "X-Panosc-Relay": secret})
        sent["X-Panosc-User"] = quote(user.username, safe=" @+")
        sent["X-Forwarded-Prefix"] = f"{self.base_url}panosc"
        query = [p for p in self.request.query.split("&") if p.split("=")[0] not in OWN_PARAMETERS]
        path = self.request.path[len(f"{self.base_url}panosc") :]
        target = "?".join(filter(None, [path, "&".join(query)]))
        self._upstream = HTTP1Connection(stream, is_client=True, params=UPSTREAM)
        self._upstream.write_headers(RequestStartLine(method, target, "HTTP/1.1"), sent)
        self._reading = asyncio.create_task(self._read(self._upstream))

    async def _read(self, upstream: HTTP1Connection) -> None:
        with contextlib.suppress(StreamClosedError):
            await upstream.read_response(self._answer)

    async def data_received(self, chunk: bytes) -> None:
        self._received += len(chunk)
        if self._received > MAX_BODY_BYTES:
            self._cancel()
        elif self._upstream:
            with contextlib.suppress(StreamClosedError):  # It answered early, or died: _read() knows.
                await self._upstream.write(chunk)

    async def _relay(self) -> None:
        if self._upstream:
            self._upstream.finish()
            await self._reading
            self._cancel()
        if self._answer.is_whole:
            await self.finish()
        elif self._headers_written:
            self.detach().close()  # A cut answer must not look like a whole one.
        elif self._received > MAX_BODY_BYTES:
            raise HTTPError(413)
        elif self._refusal:
            raise HTTPError(503, self._refusal.args[1], reason=self._refusal.args[0])
        elif self._upstream:
            raise HTTPError(502, "The companion did not answer. Try again.", reason="companion-silent")
        else:
            self.set_status(204)

    get = head = post = put = patch = delete = _relay

    def on_connection_close(self) -> None:
        self._cancel()
        super().on_connection_close()

    def _cancel(self) -> None:
        if self._upstream:
            self._upstream.close()

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", [None, None])[1]
        detail = (getattr(error, "log_message", None) or responses[status_code]).replace("%%", "%")
        if status_code == 403 and not self.current_user:
            detail = "Your Jupyter session has ended. Reload the page and log in again."
        slug = getattr(error, "reason", None) or f"jupyter-{status_code}"
        action = "retry" if status_code >= 500 else "none"
        document = {"type": f"/problems/{slug}", "title": responses[status_code], "status": status_code}
        document.update({"detail": detail, "action": action, "instance": self.request.path})
        self.finish(json.dumps(document), set_content_type="application/problem+json")
