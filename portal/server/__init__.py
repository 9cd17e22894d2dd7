"""The embedded server: gunicorn with threads, no access log, and an error log that names nobody."""

import logging
import socket
import sys
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.util import http_date, parse_address
from gunicorn.workers.gthread import TConn

from portal.events import Event, tell, tell_error
from portal.server.patience import LENGTH, PatientWorker, parser_of
from portal.web.press import PressedPages
from portal.web.watch import Answer

SECONDS_TO_SEND_A_FORM = 15  # from the first byte of the request; nobody's thread waits for it
THREADS = 32
HTTP_1_1 = (1, 1)

UNREADABLE = (
    b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n"
    b"X-Frame-Options: DENY\r\nContent-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
    b"Cross-Origin-Opener-Policy: same-origin\r\nCross-Origin-Resource-Policy: same-origin\r\n"
    b"Content-Length: 4\r\n\r\n400\n"
)


SAID_BY_GUNICORN = {
    "WORKER TIMEOUT": Event.WORKER_STUCK,
    "Worker (pid": Event.WORKER_LOST,
    "Exception in worker process": Event.WORKER_NOT_STARTED,
    "Connection in use": Event.NOT_LISTENING,
    "Invalid address": Event.NOT_LISTENING,
    "Can't connect": Event.NOT_LISTENING,
    "Error handling request": Event.REQUEST_NOT_HANDLED,
    "Socket error processing request": Event.REQUEST_NOT_HANDLED,
}
"""How what matters of gunicorn's messages begins; the rest of a message may hold an address, and is never written."""


class NamelessLogger(Logger):
    """gunicorn's log as events: it would write who sent an unreadable request, and for which page."""

    def warning(self, msg: object, *args: object, **kwargs: Any) -> None:
        """Leave warnings out: `Invalid request from ip=…` is one."""

    info = debug = warning

    def error(self, msg: object, *args: object, **kwargs: Any) -> None:
        """Write which kind of trouble there is, and no text of it."""
        tell(_said_by_gunicorn(msg), logging.ERROR)

    critical = error

    def exception(self, msg: object, *args: object, **kwargs: Any) -> None:
        """Write that something failed and where, without the address that was asked for."""
        if (error := sys.exc_info()[1]) is None:
            return self.error(msg)
        return tell_error(_said_by_gunicorn(msg), error)

    def log(self, lvl: object, msg: object, *args: object, **kwargs: Any) -> None:
        """Leave out what is said at a level of its own."""


def _said_by_gunicorn(msg: object) -> Event:
    said = (event for beginning, event in SAID_BY_GUNICORN.items() if str(msg).startswith(beginning))
    return next(said, Event.SERVER_TROUBLE)


class CalmWorker(PatientWorker):
    """Pressed pages without a thread, threads for all else, one neutral answer to what cannot be read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._seconds_to_send = SECONDS_TO_SEND_A_FORM

    def _take(self, conn: TConn, came: bytes) -> None:
        """Send a pressed page at once: whatever the threads wait for, those who read do not."""
        if self._is_watched(conn) or not self._is_for_a_pressed_page(came):
            super()._take(conn, came)
            return
        parser = parser_of(conn)
        conn.sock.setblocking(False)
        parser.unreader.unread(came)
        try:
            req = next(parser)
            goes_on = self.alive and not req.should_close()
            unsent = _send_at_once(conn.sock, self._pressed(req) or b"")
        except OSError:
            goes_on, unsent = False, b""
        except Exception as problem:
            self.handle_error(None, conn.sock, conn.client, problem)
            goes_on, unsent = False, b""
        if unsent:
            self._in_a_thread(conn, self._send, conn, unsent, goes_on)
        elif goes_on:
            self.method_queue.defer(self._wait_for, conn, parser.unreader.take_buffered())
        else:
            self._hang_up(conn)

    def _send(self, conn: TConn, unsent: bytes, goes_on: bool) -> bool:
        """Send what found no room at once, in a thread."""
        conn.sock.settimeout(SECONDS_TO_SEND_A_FORM)
        conn.sock.sendall(unsent)
        return goes_on

    def _is_for_a_pressed_page(self, came: bytes) -> bool:
        """Tell whether a request is for a page that lies ready, and has no body to be read."""
        pages, line = self._pages(), came.partition(b"\r\n")[0].split(b" ")
        if pages is None or len(line) != 3 or line[0] not in (b"GET", b"HEAD") or line[2] != b"HTTP/1.1":
            return False
        head = came.partition(b"\r\n\r\n")[0]
        if LENGTH.search(head + b"\r\n") or b"transfer-encoding" in head.lower():
            return False
        return pages.has(line[1].partition(b"?")[0].decode("latin-1"))

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request that came whole, or as far as it came."""
        conn.sock.settimeout(SECONDS_TO_SEND_A_FORM)
        if isinstance(self.app, EmbeddedServer) and self._is_watched(conn):
            conn.sock.sendall(_watched(self.app.made.extensions["portal-watch"].answer(req.path)))
            return False
        if self.alive and req.version == HTTP_1_1 and (answer := self._pressed(req)) is not None:
            conn.sock.sendall(answer)
            return not req.should_close()
        return super().handle_request(req, conn)

    def _is_watched(self, conn: TConn) -> bool:
        return isinstance(self.app, EmbeddedServer) and self.app.is_watched_on(conn.server)

    def _pages(self) -> PressedPages | None:
        pages = getattr(self.wsgi, "wsgi_app", None)
        return pages if isinstance(pages, PressedPages) else None

    def _pressed(self, req: Any) -> bytes | None:
        if (pages := self._pages()) is None:
            return None
        accepted = next((value for name, value in req.headers if name == "ACCEPT-ENCODING"), "")
        rest = pages.rest_of_answer(req.method, req.path, accepted)
        return None if rest is None else b"HTTP/1.1 200 OK\r\nDate: " + http_date().encode() + b"\r\n" + rest

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Any) -> None:
        """Answer what is no request: the same for everything, repeating nothing of what was sent."""
        try:
            client.sendall(UNREADABLE)
        except OSError:
            self.log.debug("the connection was gone")


def _send_at_once(sock: socket.socket, answer: bytes) -> bytes:
    """Send as much as there is room for; return the rest."""
    try:
        return answer[sock.send(answer) :]
    except BlockingIOError:
        return answer


def _watched(answer: Answer) -> bytes:
    """Return an answer to whoever looks after this machine."""
    body = answer.text.encode()
    return (
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\nConnection: close\r\n"
        f"Content-Type: {answer.kind}\r\nCache-Control: no-store\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


class EmbeddedServer(BaseApplication):
    """Serves one application on one address, and on another, where there is one, how it is."""

    def __init__(
        self, make_app: Callable[[], Any], bind: str, workers: int = 1, watch: str | None = None, **hooks: Any
    ) -> None:
        """Remember what to serve; `watch` is an address of this machine alone, `hooks` are gunicorn's own."""
        self._make_app = make_app
        self._watch = parse_address(watch) if watch else None
        self._options = {
            "bind": [bind, watch] if watch else [bind],
            "workers": workers,
            "worker_class": CalmWorker,
            "threads": THREADS,
            "keepalive": 5,
            "timeout": 60,
            "accesslog": None,
            "loglevel": "error",
            "logger_class": NamelessLogger,
            "forwarded_allow_ips": "",  # nothing a client sends may say where the site is
            "forwarder_headers": "",
            "control_socket_disable": True,
            "when_ready": lambda _arbiter: tell(Event.SERVING, workers=workers),
            "on_exit": lambda _arbiter: tell(Event.STOPPED),
            **hooks,
        }
        super().__init__()

    def load_config(self) -> None:
        """Hand the options to gunicorn."""
        for key, value in self._options.items():
            if key in self.cfg.settings:
                self.cfg.set(key, value)

    def is_watched_on(self, address: Any) -> bool:
        """Tell whether a connection came to the address of this machine alone."""
        return self._watch is not None and (address if isinstance(address, str) else address[:2]) == self._watch

    def load(self) -> Any:
        """Make the application, in the worker that serves it."""
        self.made = self._make_app()
        return self.made
