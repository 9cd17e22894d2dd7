"""Public pages are made once, as bytes, and served before Flask is asked: one look in an index, nothing else."""

import gzip
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import brotli
from flask import Flask
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from portal.library.artefact import keep
from portal.library.build import CONTENT, content_hash
from portal.web import arrival, find, guide, places, services, site
from portal.web.languages import TRANSLATIONS
from portal.web.pressed import Headers, Made, Pressed, opened, packed

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PACKAGE = Path(__file__).resolve().parents[1]
ENCODINGS = ("br", "gzip", "identity")
GOOD_AND_QUICK = 9  # of 11: the last two save a few hundred bytes a page and cost every first start half a minute
WINDOW = 16  # as bits: a page is smaller than 64 KB, and a larger window is only memory to clear, ten times slower


class PressedPages:
    """A WSGI application that answers for the pressed pages and asks the one behind it for everything else."""

    def __init__(self, behind: "WSGIApplication", pages: Pressed) -> None:
        """Stand in front of an application."""
        self._behind = behind
        self._pages = pages

    def has(self, path: str) -> bool:
        """Tell whether a page lies ready."""
        return path in self._pages

    def rest_of_answer(self, method: str, path: str, accepted: str) -> bytes | None:
        """Return what follows the status line and the date in the answer for a pressed page; None for all else."""
        if path not in self._pages or method not in ("GET", "HEAD"):
            return None
        encoding = _encoding(accepted)
        head = _head(self._pages.headers(path, encoding))
        return head + self._pages.body(path, encoding) if method == "GET" else head

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        if path not in self._pages or method not in ("GET", "HEAD"):
            return self._behind(environ, start_response)
        encoding = _encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        start_response("200 OK", self._pages.headers(path, encoding))
        return [self._pages.body(path, encoding)] if method == "GET" else []


def _head(headers: Headers) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"{lines}\r\n".encode("latin-1")


def _encoding(accepted: str) -> str:
    if "q=" in accepted:  # somebody weighs: read it in full
        weighed = parse_accept_header(accepted, Accept)
        return next((encoding for encoding in ENCODINGS if weighed[encoding] > 0), "identity")
    return "br" if "br" in accepted else "gzip" if "gzip" in accepted else "identity"


def pressed_pages(app: Flask, cache: Path) -> Pressed:
    """Return every public page, from the artefact when nothing changed since, else made anew."""
    is_secure = app.extensions["portal"].settings.secure_cookies
    key = content_hash(CONTENT, PACKAGE, TRANSLATIONS)[:24]
    path = cache / f"pressed-{key}-{'https' if is_secure else 'http'}.pages"
    if (pages := opened(path)) is not None:
        return pages
    keep(path, packed(_press(app)), "pressed-*", spared=f"pressed-{key}-")
    if (pages := opened(path)) is None:
        raise RuntimeError(f"{path} cannot be read again")
    return pages


def public_paths(app: Flask) -> list[str]:
    """Return the address of every public page."""
    with app.app_context():
        return [path for room in (site, places, guide, services, find, arrival) for path in room.public_paths()]


def _press(app: Flask) -> Iterator[Made]:
    """Make every page; compressing lets go of the interpreter, so that pages are made while others are compressed."""
    client = app.test_client(use_cookies=False)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        made = []
        for path in public_paths(app):
            answer = client.get(path)
            if answer.status_code != 200 or "Set-Cookie" in answer.headers:
                raise RuntimeError(f"{path} cannot be pressed: {answer.status}")
            made.append(threads.submit(_compressed, path, _shared(answer.headers), answer.data))
        for one in made:
            yield one.result()


def _shared(headers: Iterable[tuple[str, str]]) -> Headers:
    return [(name, value) for name, value in headers if name not in ("Content-Length", "Vary")]


def _compressed(path: str, headers: Headers, body: bytes) -> Made:
    br = brotli.compress(body, mode=brotli.MODE_TEXT, quality=GOOD_AND_QUICK, lgwin=WINDOW)
    return Made(path, headers, len(body), gzip.compress(body, mtime=0), br)
