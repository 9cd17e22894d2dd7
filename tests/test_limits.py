"""Too large, too many, too long, or no request at all: the embedded server answers once and goes on serving."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from tests.reader import Reader
from tests.test_demonstration import free_port

ROOT = Path(__file__).parents[1]
SMALL = """
import sys
from portal.server import EmbeddedServer
def app(environ, start_response):
    environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]
EmbeddedServer(lambda: app, f"127.0.0.1:{sys.argv[1]}").run()
"""
HOST = b"Host: x\r\n"
NO_REQUESTS = {
    "a line that is too long": b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "a header that is too large": b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 9000 + b"\r\n\r\n",
    "too many headers": b"GET / HTTP/1.1\r\n" + HOST + b"".join(b"X%d: 1\r\n" % n for n in range(150)) + b"\r\n",
    "two lengths": b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a length that is none": b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n",
    "a length and chunks": b"POST / HTTP/1.1\r\n"
    + HOST
    + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n",
    "chunks under another name": b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a version that is none": b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    free = free_port()
    process = subprocess.Popen([sys.executable, "-c", SMALL, str(free)], cwd=ROOT, env=dict(os.environ))
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", free)) == 0:
                    break
            assert process.poll() is None
            time.sleep(0.1)
        yield free
    finally:
        process.terminate()
        process.wait(timeout=30)


def answers(port: int, sent: bytes) -> bytes:
    """Send bytes; return everything that comes back until the connection ends or rests."""
    got = b""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        try:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                got += part
        except OSError:  # it hung up while we were still sending
            pass
    return got


@pytest.mark.parametrize("what", NO_REQUESTS)
def test_what_is_no_request_is_answered_once_and_calmly(port: int, what: str) -> None:
    answer = answers(port, NO_REQUESTS[what])
    assert answer.startswith(b"HTTP/1.1 400 "), answer[:80]
    assert answer.count(b"HTTP/1.1 ") == 1  # what was hidden behind it is not answered
    assert b"Connection: close" in answer
    assert b"no-store" in answer
    assert b"smuggled" not in answer


def test_two_megabytes_of_headers_stop_nobody_else(port: int) -> None:
    answers(port, b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 2_000_000 + b"\r\n\r\n")
    assert b" 200 OK" in answers(port, b"GET / HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")


def test_many_cookies_are_only_many_cookies(port: int) -> None:
    cookies = b"; ".join(b"c%d=1" % number for number in range(500))
    sent = b"GET / HTTP/1.1\r\n" + HOST + b"Connection: close\r\nCookie: " + cookies + b"\r\n\r\n"
    assert b" 200 OK" in answers(port, sent)


@pytest.mark.parametrize("path", ["/fr/p/", "/fr/f/", "/fr/l/", "/fr/team/in"])
def test_too_many_fields_parts_or_bytes_are_said_to_be_too_much(reader: Reader, path: str) -> None:
    fields = {f"field-{number}": "1" for number in range(41)}
    same = {"Sec-Fetch-Site": "same-origin"}
    parts = reader.client.post(path, data=fields, content_type="multipart/form-data", headers=same)
    assert parts.status_code == 413
    long = reader.client.post(path, data={"code": "1" * 20_000}, headers=same)
    assert long.status_code == 413
    endless = reader.client.post(  # it says no length, and would be cut and read as if it were whole
        path,
        input_stream=BytesIO(b"code=" + b"1" * 20_000),
        content_type="application/x-www-form-urlencoded",
        headers={**same, "Transfer-Encoding": "chunked"},
        environ_base={"wsgi.input_terminated": True},
    )
    assert endless.status_code == 400
