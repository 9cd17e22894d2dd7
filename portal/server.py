"""The embedded server: gunicorn with threads, no access log, and an error log that names nobody."""

from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger


class NamelessLogger(Logger):
    """gunicorn's log without addresses: it would write who sent an unreadable request, and for which page."""

    def warning(self, msg: object, *args: object, **kwargs: Any) -> None:
        """Leave warnings out: `Invalid request from ip=…` is one."""

    def exception(self, msg: object, *args: object, **kwargs: Any) -> None:
        """Write that something failed, without the address that was asked for."""
        super().error("a request could not be handled")


class EmbeddedServer(BaseApplication):
    """Serves one application on one address."""

    def __init__(self, make_app: Callable[[], Any], bind: str, workers: int = 1, **hooks: Any) -> None:
        """Remember what to serve; `hooks` are gunicorn's own."""
        self._make_app = make_app
        self._options = {
            "bind": bind,
            "workers": workers,
            "worker_class": "gthread",
            "threads": 8,
            "keepalive": 5,
            "timeout": 60,
            "accesslog": None,
            "loglevel": "error",
            "logger_class": NamelessLogger,
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
