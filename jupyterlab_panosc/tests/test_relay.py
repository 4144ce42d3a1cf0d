"""What passes the relay and what does not, seen by a stand-in for the companion."""

from __future__ import annotations

import contextlib
import http.client
from typing import Any

import pytest

from .harness import TOKEN, JupyterServer, read_until, wait_for


def sent_headers(echo: Any) -> dict[str, str]:
    flat = echo["headers"]
    return {name.lower(): value for name, value in zip(flat[::2], flat[1::2])}


def test_without_a_token_nothing_passes(server: JupyterServer) -> None:
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        answer = server.request(method, "/echo", token=False)
        assert answer.status == 403, method
        assert answer.headers["Content-Type"] == "application/problem+json"
    problem = server.request("GET", "/echo", token=False).json()
    assert problem["type"] == "/problems/jupyter-403"
    assert problem["detail"] == "Your Jupyter session has ended. Reload the page and log in again."


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_methods_and_bodies_arrive(server: JupyterServer, method: str) -> None:
    body = None if method == "GET" else b"x" * 70_000
    echo = server.request(method, "/echo?a=%2Fb&c=d%20e", body).json()
    assert echo["method"] == method
    assert echo["url"] == "/v1/echo?a=%2Fb&c=d%20e"
    assert echo["bytes"] == len(body or b"")


def test_head_has_no_body(server: JupyterServer) -> None:
    answer = server.request("HEAD", "/echo")
    assert (answer.status, answer.body, answer.headers["X-Seen"]) == (200, b"", "yes")


def test_not_modified_passes(server: JupyterServer) -> None:
    answer = server.get("/echo", If_None_Match='"same"')
    assert (answer.status, answer.body) == (304, b"")


def test_credentials_of_jupyter_do_not_reach_the_companion(server: JupyterServer) -> None:
    cookie, xsrf = server.log_in()
    answer = server.request(
        "POST",
        f"/echo?keep=1&token={TOKEN}&_xsrf={xsrf}&no_track_activity=1",
        b"{}",
        {
            "Cookie": cookie,
            "X-XSRFToken": xsrf,
            "Proxy-Authorization": "Basic eDp5",
            "X-Forwarded-Access-Token": "secret-of-a-proxy",
            "X-Panosc-Relay": "forged",
            "X-Panosc-User": "forged",
            "Content-Type": "application/json",
            "Idempotency-Key": "k1",
            "Last-Event-ID": "7",
        },
    )
    assert answer.status == 200
    echo = answer.json()
    headers = sent_headers(echo)
    assert sorted(headers) == [
        "content-length",
        "content-type",
        "host",
        "idempotency-key",
        "last-event-id",
        "x-forwarded-prefix",
        "x-panosc-relay",
        "x-panosc-user",
    ]
    assert headers["x-panosc-relay"] == server.announcement()["secret"]
    assert headers["x-panosc-user"] not in ("", "forged")
    assert headers["x-forwarded-prefix"] == "/user/alice/panosc"
    assert echo["url"] == "/v1/echo?keep=1"
    for secret in (TOKEN, xsrf, cookie, "eDp5", "secret-of-a-proxy", "forged"):
        assert secret not in answer.body.decode()


def test_the_companion_sets_no_cookie_and_no_policy(server: JupyterServer) -> None:
    answer = server.get("/echo")
    assert "companion" not in str(answer.headers.get_all("Set-Cookie"))
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Type"] == "application/json"


def test_a_cookie_session_needs_the_xsrf_token(server: JupyterServer) -> None:
    cookie, xsrf = server.log_in()
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        without = server.request(method, "/echo", b"", {"Cookie": cookie}, token=False)
        assert without.status == 403, method
        headers = {"Cookie": cookie, "X-XSRFToken": xsrf}
        assert server.request(method, "/echo", b"", headers, token=False).status == 200, method
    assert server.request("GET", "/echo", None, {"Cookie": cookie}, token=False).status == 200


def test_another_origin_is_refused(server: JupyterServer) -> None:
    cookie, xsrf = server.log_in()
    headers = {"Cookie": cookie, "X-XSRFToken": xsrf, "Origin": "https://elsewhere.example"}
    assert server.request("POST", "/echo", b"", headers, token=False).status == 404


def test_events_arrive_before_the_stream_ends(server: JupyterServer) -> None:
    with contextlib.closing(server.connection()) as stream:
        headers = {"Authorization": f"token {TOKEN}", "Accept": "text/event-stream"}
        stream.request("GET", server.url("/stream"), headers={**headers, "Accept-Encoding": "gzip"})
        response = stream.getresponse()
        assert response.headers["Content-Type"] == "text/event-stream"
        assert response.headers["Content-Encoding"] is None
        assert response.read1(1000) == b"data: first\n\n"
        assert server.request("POST", "/go").status == 204
        assert response.read() == b"data: second\n\n"


def test_a_request_body_is_answered_piece_by_piece(server: JupyterServer) -> None:
    head = f"POST {server.url('/upload')} HTTP/1.1\nHost: 127.0.0.1\nAuthorization: token {TOKEN}\n"
    with server.raw(f"{head}Content-Length: 8\n\n") as connection:
        connection.sendall(b"abc")
        read_until(connection, b"3\n")
        connection.sendall(b"defgh")
        assert b"5\n" in read_until(connection, b"end\n\r\n0\r\n\r\n")


def test_an_early_answer_passes(server: JupyterServer) -> None:
    answer = server.request("POST", "/early", b"x" * 1_500_000)
    assert (answer.status, answer.body) == (400, b"no\n")


def test_the_companion_notices_when_the_browser_leaves(server: JupyterServer) -> None:
    closed = server.get("/counts").json()["closed"]
    head = f"GET {server.url('/stream')} HTTP/1.1\nHost: 127.0.0.1\nAuthorization: token {TOKEN}\n\n"
    with server.raw(head) as connection:
        read_until(connection, b"first")
        assert server.get("/counts").json()["closed"] == closed
    wait_for(lambda: server.get("/counts").json()["closed"] == closed + 1)


def test_a_browser_that_leaves_before_the_answer_is_no_error(server: JupyterServer) -> None:
    begins = server.log.stat().st_size
    closed = server.get("/counts").json()["closed"]
    head = f"GET {server.url('/never')} HTTP/1.1\nHost: 127.0.0.1\nAuthorization: token {TOKEN}\n\n"
    with server.raw(head):
        wait_for(lambda: server.get("/counts").json()["never"] > 0)
    wait_for(lambda: server.get("/counts").json()["closed"] == closed + 1)
    server.get("/counts")
    said = server.log.read_bytes()[begins:].decode()
    assert "Traceback" not in said and "did not answer" not in said, said


def test_a_slow_reader_slows_the_companion(server: JupyterServer) -> None:
    head = f"GET {server.url('/flood')} HTTP/1.1\nHost: 127.0.0.1\nAuthorization: token {TOKEN}\n\n"
    with server.raw(head) as connection:
        read_until(connection, b"200")
        counts = [-1, 0]

        def has_come_to_rest() -> bool:
            counts.append(server.get("/counts").json()["floodBytes"])
            return len(set(counts[-10:])) == 1

        wait_for(has_come_to_rest)
        assert counts[-1] < 30_000_000


def test_oversized_bodies_are_refused(server: JupyterServer) -> None:
    head = f"POST {server.url('/echo')} HTTP/1.1\nHost: 127.0.0.1\nAuthorization: token {TOKEN}\n"
    with server.raw(f"{head}Content-Length: 2000001\n\n") as connection:
        assert b"larger than 2000000 bytes" in (answer := read_until(connection, b"}")) and b" 413 " in answer


def test_bodies_of_unknown_length_are_refused(server: JupyterServer) -> None:
    for method in ("POST", "DELETE"):
        head = f"{method} {server.url('/echo')} HTTP/1.1\nHost: 127.0.0.1\nAuthorization: token {TOKEN}\n"
        with server.raw(f"{head}Transfer-Encoding: chunked\n\n0\n\n") as connection:
            assert b" 411 " in read_until(connection, b"\r\n")


def test_a_cut_answer_does_not_look_whole(server: JupyterServer) -> None:
    with pytest.raises(http.client.IncompleteRead):
        server.get("/cut")


def test_no_answer_is_a_problem(server: JupyterServer) -> None:
    answer = server.get("/silent")
    assert (answer.status, answer.json()["type"]) == (502, "/problems/companion-silent")


def test_only_work_counts_as_activity(server: JupyterServer) -> None:
    def last_activity() -> str:
        headers = {"Authorization": f"token {TOKEN}"}
        with contextlib.closing(server.connection()) as connection:
            connection.request("GET", f"{server.base_url}api/status?no_track_activity=1", headers=headers)
            body = connection.getresponse().read().decode()
        return body.partition('"last_activity": "')[2].partition('"')[0]

    server.get("/echo")
    before = last_activity()
    assert server.get("/echo", Accept="text/event-stream").status == 200
    assert server.get("/echo", X_Panosc_Wake="no").status == 200
    assert server.get("/echo?wake=no").status == 200
    assert last_activity() == before
    assert server.get("/echo").status == 200
    assert last_activity() != before
