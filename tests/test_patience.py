"""Silent, slow, rude or simply many: whoever comes with a whole request is answered, and who reads waits for nobody."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from portal.server.patience import LARGEST_BODY_WAITED_FOR, is_whole
from tests.test_demonstration import free_port
from tests.test_limits import answers

ROOT = Path(__file__).parents[1]
MOST = 60  # connections; a third of them more come
PROGRAM = """
import sys, threading
from pathlib import Path
import portal.server, portal.server.patience
from portal.web.press import PressedPages
from portal.web.pressed import Made, opened, packed
portal.server.patience.MOST_CONNECTIONS = {most}
portal.server.SECONDS_TO_SEND_A_FORM = {seconds}
path = Path(sys.argv[2])
path.write_bytes(b"".join([packed([Made("/page", [("Content-Type", "text/plain")], 4, b"gzip", b"br")])]))
class App:
    def wsgi_app(self, environ, start_response):
        if environ["PATH_INFO"] == "/stuck":
            threading.Event().wait()
        came = environ["wsgi.input"].read()
        start_response("200 OK", [("Content-Length", str(len(came)))])
        return [came]
    def __call__(self, environ, start_response):
        return self.wsgi_app(environ, start_response)
app = App()
app.wsgi_app = PressedPages(app.wsgi_app, opened(path))
portal.server.EmbeddedServer(lambda: app, f"127.0.0.1:{{sys.argv[1]}}", graceful_timeout=1).run()
"""
HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
ASKED = HEAD + b"Connection: close\r\nContent-Length: 5\r\n\r\nwhole"
PAGE = b"GET /page HTTP/1.1\r\nHost: x\r\nAccept-Encoding: br\r\n\r\n"
RUDE = {
    "silent": b"",
    "half a head": b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    "half a form": HEAD + b"Content-Length: 5\r\n\r\nha",
    "nothing but the end of a line": b"\r\n",
    "never hangs up": b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "never reads": PAGE,
}


@contextmanager
def serving(folder: Path, most: int = 1000, seconds: float = 60) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-c", PROGRAM.format(most=most, seconds=seconds), str(port), str(folder / "pages")]
    process = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ))
    try:
        while not _is_there(port):
            assert process.poll() is None
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _is_there(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def come(stack: ExitStack, port: int, says: bytes) -> socket.socket:
    one = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))
    one.sendall(says)
    return one


def read_until(one: socket.socket, end: bytes) -> bytes:
    """What is sent, up to this `end`; head and body may come one by one."""
    got = b""
    while end not in got:
        part = one.recv(65536)
        assert part, f"hung up after {got!r}"
        got += part
    return got


@pytest.mark.parametrize("manner", RUDE)
def test_a_hundred_such_clients_hold_nobody_up(tmp_path: Path, manner: str) -> None:
    with serving(tmp_path) as port, ExitStack() as stack:
        for _ in range(100):  # three times as many as there are threads
            come(stack, port, RUDE[manner])
        assert answers(port, ASKED).endswith(b"whole")


def test_more_connections_than_can_be_had_make_room_for_each_other(tmp_path: Path) -> None:
    with serving(tmp_path, most=MOST) as port, ExitStack() as stack:
        first, *_ = [come(stack, port, b"") for _ in range(MOST + MOST // 3)]
        assert answers(port, ASKED).endswith(b"whole")
        assert first.recv(1) == b""  # who said nothing for longest was let go


def test_who_reads_is_answered_while_every_thread_is_stuck(tmp_path: Path) -> None:
    with serving(tmp_path) as port, ExitStack() as stack:
        for _ in range(100):
            come(stack, port, b"GET /stuck HTTP/1.1\r\nHost: x\r\n\r\n")
        reader = come(stack, port, b"")
        for _ in range(3):  # on one connection, which goes on
            reader.sendall(PAGE)
            assert read_until(reader, b"\r\n\r\nbr").startswith(b"HTTP/1.1 200 OK\r\n")


def test_requests_that_come_together_are_answered_one_after_the_other(tmp_path: Path) -> None:
    with serving(tmp_path) as port:
        sent = PAGE + ASKED.replace(b"Connection: close\r\n", b"") + PAGE.replace(b"Host", b"Connection: close\r\nHost")
        got = answers(port, sent)
        assert [got.count(one) for one in (b"HTTP/1.1 200 OK", b"\r\n\r\nbr", b"whole")] == [3, 2, 1]


def test_what_comes_too_slowly_is_read_as_far_as_it_came(tmp_path: Path) -> None:
    with serving(tmp_path, seconds=0.1) as port, ExitStack() as stack:
        form = come(stack, port, HEAD + b"Content-Length: 5\r\n\r\nha")
        read_until(form, b"\r\n\r\nha")  # the portal refuses a form that was cut off
        head = come(stack, port, b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        assert read_until(head, b"\r\n\r\n").startswith(b"HTTP/1.1 400 ")


def test_two_megabytes_of_headers_are_refused(tmp_path: Path) -> None:
    with serving(tmp_path) as port:
        much = b"GET /page HTTP/1.1\r\n" + b"X-Much: " + b"a" * 2_000_000 + b"\r\n\r\n"
        assert answers(port, much).startswith(b"HTTP/1.1 400 ")
        assert answers(port, ASKED).endswith(b"whole")


@pytest.mark.parametrize(
    ("came", "whole"),
    [
        (b"", False),
        (b"GET / HTTP/1.1\r\n", False),
        (b"GET / HTTP/1.1\r\n\r\n", True),
        (HEAD + b"content-length: 2\r\n\r\na", False),
        (HEAD + b"content-length: 2\r\n\r\nab", True),
        (HEAD + b"\r\nContent-Length: 2\r\n\r\n", True),  # behind the head nothing has a meaning
        (HEAD + b"Content-Length: %d\r\n\r\n" % (LARGEST_BODY_WAITED_FOR + 1), True),  # refused by its head
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", True),  # refused as well
    ],
)
def test_when_a_request_is_whole(came: bytes, whole: bool) -> None:
    assert is_whole(came) is whole
