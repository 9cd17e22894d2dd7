"""The embedded server: gunicorn with threads, no access log, and an error log that names nobody."""

from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.util import http_date
from gunicorn.workers.gthread import ThreadWorker

from portal.web.press import PressedPages

# Whoever sends half a form keeps a thread no longer than this. In production a proxy that buffers stands in front.
SECONDS_TO_SEND_A_FORM = 15
THREADS = 32
HTTP_1_1 = (1, 1)

UNREADABLE = (
    b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n"
    b"X-Frame-Options: DENY\r\nContent-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
    b"Cross-Origin-Opener-Policy: same-origin\r\nCross-Origin-Resource-Policy: same-origin\r\n"
    b"Content-Length: 4\r\n\r\n400\n"
)


class NamelessLogger(Logger):
    """gunicorn's log without addresses: it would write who sent an unreadable request, and for which page."""

    def warning(self, msg: object, *args: object, **kwargs: Any) -> None:
        """Leave warnings out: `Invalid request from ip=…` is one."""

    def exception(self, msg: object, *args: object, **kwargs: Any) -> None:
        """Write that something failed, without the address that was asked for."""
        super().error("a request could not be handled")


class CalmWorker(ThreadWorker):
    """gunicorn's threads, with an end to waiting and one neutral answer to what cannot be read."""

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Send a pressed page as it lies there; for anything else, wait for the body, but not for ever."""
        conn.sock.settimeout(SECONDS_TO_SEND_A_FORM)
        if self.alive and req.version == HTTP_1_1 and (answer := self._pressed(req)) is not None:
            conn.sock.sendall(answer)
            return not req.should_close() and len(self.keepalived_conns) < self.max_keepalived
        return super().handle_request(req, conn)

    def _pressed(self, req: Any) -> bytes | None:
        pages = getattr(self.wsgi, "wsgi_app", None)
        if not isinstance(pages, PressedPages):
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


class EmbeddedServer(BaseApplication):
    """Serves one application on one address."""

    def __init__(self, make_app: Callable[[], Any], bind: str, workers: int = 1, **hooks: Any) -> None:
        """Remember what to serve; `hooks` are gunicorn's own."""
        self._make_app = make_app
        self._options = {
            "bind": bind,
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
            **hooks,
        }
        super().__init__()

    def load_config(self) -> None:
        """Hand the options to gunicorn."""
        for key, value in self._options.items():
            if key in self.cfg.settings:
                self.cfg.set(key, value)

    def load(self) -> Any:
        """Make the application, in the worker that serves it."""
        return self._make_app()
