"""Connections that say nothing yet, or little at a time: they wait here and hold no thread until a request is whole.

gunicorn's threads would each wait for one of them: a few dozen slow or silent clients, and nobody reads a page.
"""

import errno
import re
import resource
import selectors
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

LARGEST_HEAD = 32 * 1024
LARGEST_BODY_WAITED_FOR = 16 * 1024  # a larger one is refused by its head alone
SECONDS_SILENT = 5.0  # after coming, or after the answer before
SECONDS_TO_SEND = 15.0  # a request, from its first byte to its last
SECONDS_TO_HANG_UP = 2.0  # so that the end of an answer is not lost; whoever does not hang up waits for nothing
MOST_AFTER_ANSWER = 4 * 1024 * 1024
ROOM_TO_SEND = 256 * 1024  # a whole page: who does not read it holds nobody up
MOST_CONNECTIONS = 10_000
OTHER_FILES = 200  # the databases, the pages, the log: what one process has open beside its connections
NOBODY_THERE = {errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED}
NO_FILE_LEFT = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
END_OF_HEAD = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,9})[ \t]*\r\n", re.IGNORECASE)


def is_whole(came: bytes | bytearray) -> bool:
    """Tell whether a request came whole, or so much of it that it can be refused."""
    head = came.find(END_OF_HEAD)
    if head < 0:
        return False
    length = LENGTH.search(came, 0, head + 2)
    wanted = int(length[1]) if length else 0
    return wanted > LARGEST_BODY_WAITED_FOR or len(came) >= head + len(END_OF_HEAD) + wanted


class PatientWorker(ThreadWorker):
    """gunicorn's threads behind a loop that waits for whole requests, and makes room for whoever comes next."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.worker_connections = min(MOST_CONNECTIONS, _files() - OTHER_FILES)
        self._came: dict[TConn, bytearray] = {}
        # Each in the order in which their time ends.
        self._silent: dict[TConn, float] = {}
        self._coming: dict[TConn, float] = {}
        self._leaving: dict[TConn, float] = {}
        self._seconds_to_send = SECONDS_TO_SEND

    def accept(self, listener: Any) -> None:
        """Let somebody in. Where there is no room, whoever said nothing for longest makes it."""
        if self.nr_conns >= self.worker_connections - 1:
            self._make_room()
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in NO_FILE_LEFT:
                self._make_room()
            elif error.errno not in NOBODY_THERE:
                raise
            return
        self.nr_conns += 1
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM_TO_SEND)
        self._wait_for(TConn(self.cfg, client, address, listener.getsockname()), b"")

    def _wait_for(self, conn: TConn, came: bytes) -> None:
        """Wait for a request, of which something may have come behind the one before."""
        if is_whole(came):
            self._take(conn, came)
            return
        conn.sock.setblocking(False)
        self._came[conn] = bytearray(came)
        waiting, seconds = (self._coming, self._seconds_to_send) if came else (self._silent, SECONDS_SILENT)
        waiting[conn] = time.monotonic() + seconds
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._hear, conn))

    def _hear(self, conn: TConn, _sock: Any) -> None:
        """Take in what came, and no more than that."""
        came = self._came.get(conn)
        if came is None:
            return  # it made room for somebody in this same moment
        try:
            data = conn.sock.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
            came.clear()
        came += data
        if conn in self._silent:
            del self._silent[conn]
            self._coming[conn] = time.monotonic() + self._seconds_to_send
        if data and not is_whole(came):
            if came.find(END_OF_HEAD) < 0 and len(came) > LARGEST_HEAD:
                self._refuse(conn)
            return
        self._forget(conn)
        if came:  # whole, or cut off: then it is read as far as it came
            self._take(conn, bytes(came))
        else:
            self._close(conn)

    def _take(self, conn: TConn, came: bytes) -> None:
        """Give what came to a thread."""
        conn.data_ready = True
        conn.sock.setblocking(True)
        parser_of(conn).unreader.unread(came)
        self._in_a_thread(conn, self.handle, conn)

    def _in_a_thread(self, conn: TConn, work: Callable[..., Any], *arguments: Any) -> None:
        done = self.tpool.submit(work, *arguments)
        done.add_done_callback(lambda one: self.method_queue.defer(self.finish_request, conn, one))

    def _refuse(self, conn: TConn) -> None:
        self._forget(conn)
        self.handle_error(None, conn.sock, conn.client, TimeoutError())
        self._hang_up(conn)

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """Wait for the next request on a connection that goes on; hang up on every other."""
        try:
            goes_on = bool(fs.result()) if not fs.cancelled() else False
            rest = parser_of(conn).unreader.take_buffered() if goes_on else b""
        except Exception:  # told where it was raised; here it must not end the loop
            goes_on = False
        if goes_on:
            self._wait_for(conn, rest)
        else:
            self._hang_up(conn)

    def _hang_up(self, conn: TConn) -> None:
        """Say that nothing more comes, and leave the other side a moment to hang up, holding nobody up."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._close(conn)
            return
        self._leaving[conn] = time.monotonic() + SECONDS_TO_HANG_UP
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._drain, conn, [0]))

    def _drain(self, conn: TConn, drained: list[int], _sock: Any) -> None:
        if conn not in self._leaving:
            return
        try:
            data = conn.sock.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        drained[0] += len(data)
        if not data or drained[0] > MOST_AFTER_ANSWER:
            self._forget(conn)
            self._close(conn)

    def _forget(self, conn: TConn) -> None:
        """Wait for a connection no longer."""
        for waiting in (self._silent, self._coming, self._leaving):
            waiting.pop(conn, None)
        self._came.pop(conn, None)
        self.poller.unregister(conn.sock)

    def _close(self, conn: TConn) -> None:
        self.nr_conns -= 1
        conn.close()

    def _make_room(self) -> None:
        for waiting in (self._leaving, self._silent, self._coming):
            if conn := next(iter(waiting), None):
                self._forget(conn)
                self._close(conn)
                return

    def murder_keepalived(self, force: bool = False) -> None:
        """Close what said nothing for too long; read what came too slowly as far as it came."""
        now = float("inf") if force else time.monotonic()
        for waiting in (self._silent, self._leaving):
            for conn in [one for one, end in waiting.items() if end <= now]:
                self._forget(conn)
                self._close(conn)
        for conn in [one for one, end in self._coming.items() if end <= now]:
            self._be_late(conn)

    def _be_late(self, conn: TConn) -> None:
        came = bytes(self._came[conn])
        if END_OF_HEAD not in came:
            self._refuse(conn)
            return
        self._forget(conn)
        with suppress(OSError):
            conn.sock.shutdown(socket.SHUT_RD)  # who reads on finds the end of it
        self._take(conn, came)

    def murder_pending(self) -> None:
        """Nothing waits in gunicorn's own way."""

    def _cap_keepalive(self, deadline: float) -> None:
        for waiting in (self._silent, self._coming, self._leaving):
            waiting.update({conn: min(end, deadline) for conn, end in waiting.items()})


def parser_of(conn: TConn) -> Any:
    """Return what reads the requests of a connection; of the kinds that gunicorn knows, we speak only HTTP/1.1."""
    conn.init()
    return conn.parser


def _files() -> int:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + OTHER_FILES
    if soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        return most
    return soft
