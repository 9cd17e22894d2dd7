"""The public pages as plain files: complete, the same as the server sends, and every link leads to a file."""

import gzip
import re
import stat
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit
from urllib.request import urlopen

import brotli
from flask import Flask

from portal.cli import main
from portal.library import LANGUAGES
from portal.web.press import public_paths
from tests.exported import WITHOUT_FORMS
from tests.reader import Reader


def file_of(folder: Path, path: str) -> Path:
    return folder / path.strip("/") / "index.html"


def test_every_public_page_is_a_file_equal_to_what_the_server_sends(app: Flask, reader: Reader, exported: Path) -> None:
    different = set()
    for path in public_paths(app):
        body = file_of(exported, path).read_bytes()
        if body != reader.client.get(path, headers={"Accept-Encoding": "identity"}).data:
            different.add(path.split("/", 2)[2])
        assert gzip.decompress(file_of(exported, path).with_suffix(".html.gz").read_bytes()) == body
        assert brotli.decompress(file_of(exported, path).with_suffix(".html.br").read_bytes()) == body
    assert different <= WITHOUT_FORMS  # only where a form or the way into a personal space is left out


def test_every_file_can_be_read_by_a_web_server_that_runs_as_another_account(exported: Path) -> None:
    for path in (exported, *exported.rglob("*")):
        needed = stat.S_IROTH | stat.S_IXOTH if path.is_dir() else stat.S_IROTH
        assert path.stat().st_mode & needed == needed, path


def test_the_command_says_how_far_it_is(exported: Path) -> None:
    said = (exported.parent / "said").read_text(encoding="utf-8").splitlines()
    assert len(said) > 4
    assert all(re.fullmatch(rf"{500 * number} of \d+ pages written", line) for number, line in enumerate(said, 1))


def test_no_file_holds_a_form_or_a_way_into_a_personal_space(exported: Path) -> None:
    for path in exported.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "<form" not in text, path
        for language in LANGUAGES:
            assert f'href="/{language}/l/' not in text, path
            assert f'href="/{language}/m/' not in text, path


def test_every_link_leads_to_a_file(exported: Path) -> None:
    for path in exported.rglob("index.html"):
        if path.parent.name == "q":
            continue
        for href in re.findall(r'<a [^>]*href="([^"]+)"', path.read_text(encoding="utf-8")):
            parts = urlsplit(href)
            if not parts.scheme and parts.path:
                assert file_of(exported, parts.path).exists(), f"{path} leads to {href}"


def test_leaving_works_without_the_server(exported: Path) -> None:
    for language in LANGUAGES:
        text = (exported / language / "q" / "index.html").read_text(encoding="utf-8")
        assert f'content="0;url=https://{language}.example.org/"' in text
        assert "no-referrer" in text


def test_the_headers_a_web_server_must_send_are_written_beside(exported: Path) -> None:
    headers = (exported / "headers.txt").read_text(encoding="utf-8")
    assert "Content-Security-Policy: default-src 'none'" in headers
    assert "Cache-Control: no-store" in headers


def test_which_address_is_in_which_language_is_written_beside(exported: Path) -> None:
    first, *lines = (exported / "languages.nginx").read_text(encoding="utf-8").splitlines()
    assert first == f"default {LANGUAGES[0]};"
    assert lines == [f"~^/{language}(/|$) {language};" for language in LANGUAGES]


def test_any_web_server_can_send_it(exported: Path) -> None:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *a: Quiet(*a, directory=str(exported)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        with urlopen(f"http://127.0.0.1:{server.server_port}/de/i/5", timeout=5) as answer:
            assert answer.read() == file_of(exported, "/de/i/5").read_bytes()
    finally:
        server.shutdown()
        server.server_close()


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert main(["export", str(tmp_path)]) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
