"""Public pages are made once, as bytes, and served before Flask is asked: one look in a dictionary, nothing else."""

import gzip
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import brotli
from flask import Flask
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from portal.library.build import CONTENT, content_hash
from portal.web import arrival, find, guide, places, services, site
from portal.web.languages import TRANSLATIONS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PACKAGE = Path(__file__).resolve().parents[1]
ENCODINGS = ("br", "gzip", "identity")
GOOD_AND_QUICK = 9  # of 11: the last two save a few hundred bytes a page and cost every first start half a minute

Pressed = dict[str, dict[str, tuple[list[tuple[str, str]], bytes]]]
"""Address → encoding → headers and body."""


class PressedPages:
    """A WSGI application that answers for the pressed pages and asks the one behind it for everything else."""

    def __init__(self, behind: "WSGIApplication", pages: Pressed) -> None:
        """Stand in front of an application."""
        self._behind = behind
        self._pages = pages
        self._heads = {
            (address, encoding): _head(headers)
            for address, encodings in pages.items()
            for encoding, (headers, _) in encodings.items()
        }

    def rest_of_answer(self, method: str, path: str, accepted: str) -> bytes | None:
        """Return what follows the status line and the date in the answer for a pressed page; None for all else."""
        page = self._pages.get(path)
        if page is None or method not in ("GET", "HEAD"):
            return None
        encoding = _encoding(accepted)
        head = self._heads[path, encoding]
        return head + page[encoding][1] if method == "GET" else head

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        page = self._pages.get(environ.get("PATH_INFO", ""))
        method = environ["REQUEST_METHOD"]
        if page is None or method not in ("GET", "HEAD"):
            return self._behind(environ, start_response)
        headers, body = page[_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))]
        start_response("200 OK", headers)
        return [body] if method == "GET" else []


def _head(headers: list[tuple[str, str]]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"{lines}\r\n".encode("latin-1")


def _encoding(accepted: str) -> str:
    if "q=" in accepted:  # somebody weighs: read it in full
        weighed = parse_accept_header(accepted, Accept)
        return next((encoding for encoding in ENCODINGS if weighed[encoding] > 0), "identity")
    return "br" if "br" in accepted else "gzip" if "gzip" in accepted else "identity"


def pressed_pages(app: Flask, cache: Path) -> Pressed:
    """Return every public page, from the artefact when nothing changed since, else made anew."""
    mode = app.extensions["portal"].settings.secure_cookies
    key = content_hash(CONTENT, PACKAGE, TRANSLATIONS)[:24]
    path = cache / f"pressed-{key}-{'https' if mode else 'http'}.zip"
    if path.exists():
        return _read(path)
    pages = _press(app)
    cache.mkdir(parents=True, exist_ok=True)
    for old in cache.glob("pressed-*.zip"):
        old.unlink(missing_ok=True)
    unfinished = path.with_suffix(".new")
    _write(unfinished, pages)
    unfinished.replace(path)
    return pages


def public_paths(app: Flask) -> list[str]:
    """Return the address of every public page."""
    with app.app_context():
        return [path for room in (site, places, guide, services, find, arrival) for path in room.public_paths()]


def _press(app: Flask) -> Pressed:
    client = app.test_client(use_cookies=False)
    pages: Pressed = {}
    for path in public_paths(app):
        answer = client.get(path)
        if answer.status_code != 200 or "Set-Cookie" in answer.headers:
            raise RuntimeError(f"{path} cannot be pressed: {answer.status}")
        pages[path] = {
            encoding: (_headers(answer.headers.to_wsgi_list(), body, encoding), body)
            for encoding, body in _encoded(answer.data).items()
        }
    return pages


def _encoded(body: bytes) -> dict[str, bytes]:
    return {
        "br": brotli.compress(body, mode=brotli.MODE_TEXT, quality=GOOD_AND_QUICK),
        "gzip": gzip.compress(body, mtime=0),
        "identity": body,
    }


def _headers(headers: list[tuple[str, str]], body: bytes, encoding: str) -> list[tuple[str, str]]:
    kept = [(name, value) for name, value in headers if name not in ("Content-Length", "Vary")]
    kept += [("Content-Length", str(len(body))), ("Vary", "Accept-Encoding")]
    return kept if encoding == "identity" else [*kept, ("Content-Encoding", encoding)]


def _write(path: Path, pages: Pressed) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for number, (address, encodings) in enumerate(pages.items()):
            for encoding, (headers, body) in encodings.items():
                archive.writestr(f"{number}.{encoding}", body)
                archive.writestr(f"{number}.{encoding}.json", json.dumps([address, headers]))


def _read(path: Path) -> Pressed:
    pages: Pressed = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".json"):
                address, headers = json.loads(archive.read(name))
                encoding = name.split(".")[1]
                body = archive.read(name.removesuffix(".json"))
                pages.setdefault(address, {})[encoding] = ([(key, value) for key, value in headers], body)
    return pages
