"""The public pages as plain files, for anyone who runs them without the rest: no form, no way into a personal space."""

import gzip
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import escape
from pathlib import Path

import brotli
from flask import Flask
from werkzeug.exceptions import default_exceptions

from portal.library.languages import FIRST, LANGUAGES
from portal.web import disclosure, places
from portal.web.press import public_paths
from portal.web.rooms import Rooms
from portal.web.safety import EXPLAINED, error_page

HEADERS_FILE, HEADERS_FOR_NGINX, LANGUAGES_FOR_NGINX = "headers.txt", "headers.nginx", "languages.nginx"
GOOD_AND_QUICK = 5  # the last hundred bytes of a page would cost the export a minute
OF_ONE_ANSWER = ("Content-Length", "Content-Encoding", "Date")
LEAVING = (
    '<!doctype html><html lang="{language}"><meta charset="utf-8"><title>…</title>'
    '<meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url={address}">'
    '<p><a rel="noreferrer" href="{address}">…</a></p></html>\n'
)


Progress = Callable[[int, int], None]


class ExportError(Exception):
    """The export cannot be written; the message says why."""


def write_export(app: Flask, folder: Path, progress: Progress = lambda _done, _of: None) -> int:
    """Write every public page of an app made for export below an empty folder, also compressed; return how many.

    A page at `/fr/i/5` becomes `fr/i/5/index.html`, which any web server sends for that address. What needs the running
    site (the search, the postcode field, the way into a personal space) is left out, and the pages say so. Where it was
    set who is told of a weakness, security.txt is written too, for 180 days from now.

    Raises:
        ExportError: the folder holds something already, or a page cannot be made.

    """
    if folder.exists() and any(folder.iterdir()):
        raise ExportError(f"{folder} is not empty")
    client = app.test_client(use_cookies=False)
    with app.app_context():
        paths = [*public_paths(app), *places.place_paths()]
    headers = ""
    with ThreadPoolExecutor(os.cpu_count()) as threads:  # compressing lets go of the interpreter
        written = []
        for number, path in enumerate(paths, 1):
            answer = client.get(path)
            if answer.status_code != 200 or "Set-Cookie" in answer.headers:
                raise ExportError(f"{path} cannot be made: {answer.status}")
            written.append(threads.submit(_write, folder / path.strip("/") / "index.html", answer.data))
            own = "".join(f"{name}: {value}\n" for name, value in answer.headers if name not in OF_ONE_ANSWER)
            if headers not in ("", own):
                raise ExportError(f"{path} needs other headers than the pages before it")
            headers = own
            progress(number, len(paths))
        for one in written:
            one.result()  # raises what went wrong in a thread
    for language in LANGUAGES:
        for status in sorted(EXPLAINED):  # a web server has troubles of its own
            _write(folder / language / f"{status}.html", _error_page(app, language, status))
        neutral = escape(app.extensions["portal"].settings.neutral_site.replace("{lang}", language))
        _write(folder / language / "q" / "index.html", LEAVING.format(language=language, address=neutral).encode())
    _write_contact(app.extensions["portal"], folder / disclosure.ADDRESS.strip("/"))
    (folder / HEADERS_FILE).write_text(headers, encoding="utf-8")  # what a web server must send with each page
    (folder / HEADERS_FOR_NGINX).write_text(_for_nginx(headers), encoding="utf-8")
    (folder / LANGUAGES_FOR_NGINX).write_text(languages_for_nginx(), encoding="utf-8")
    return len(paths)


def _write_contact(rooms: Rooms, path: Path) -> None:
    """Write whom to tell of a weakness, where it was set."""
    if (told := disclosure.told(rooms.settings, rooms.clock())) is not None:
        path.parent.mkdir()
        path.write_text(told, encoding="utf-8")


def _error_page(app: Flask, language: str, status: int) -> bytes:
    with app.test_request_context(f"/{language}/nowhere"):
        body: bytes = app.make_response(error_page(default_exceptions[status]())).data
    return body


def _for_nginx(headers: str) -> str:
    """Return the headers as nginx's own lines; the kind of text it says itself, and when a file was written, never."""
    lines = ['add_header Last-Modified "";']
    for name, value in (line.split(": ", 1) for line in headers.splitlines()):
        if set(value) & set('"$\\'):
            raise ExportError(f"{name} cannot be said to nginx")
        if name != "Content-Type":
            lines.append(f'add_header {name} "{value}" always;')
    return "\n".join([*lines, ""])


def languages_for_nginx() -> str:
    """Return which addresses are in which language, as a `map` reads it; the first speaks where nothing says which."""
    return "".join([f"default {FIRST};\n", *(f"~^/{language}(/|$) {language};\n" for language in LANGUAGES)])


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    path.with_suffix(".html.gz").write_bytes(gzip.compress(body, mtime=0))
    path.with_suffix(".html.br").write_bytes(brotli.compress(body, mode=brotli.MODE_TEXT, quality=GOOD_AND_QUICK))
