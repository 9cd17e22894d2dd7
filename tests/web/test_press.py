"""Pages made ahead: the same words in every encoding, made once, and made anew when their file is not what it was."""

import gzip
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from flask import Flask

from portal.web import press
from portal.web.press import pressed_pages, public_paths
from portal.web.pressed import Pressed

FEW = ["/", "/fr/", "/nl/i/", "/de/h/"]


def test_every_encoding_of_every_page_holds_the_same_words(app: Flask) -> None:
    client = app.test_client()
    for path in public_paths(app):
        plain, packed, small = (
            client.get(path, headers={"Accept-Encoding": encoding}) for encoding in ("identity", "gzip", "br")
        )
        assert gzip.decompress(packed.data) == brotli.decompress(small.data) == plain.data
        for answer in (plain, packed, small):
            assert int(answer.headers["Content-Length"]) == len(answer.data)
            assert answer.headers["Vary"] == "Accept-Encoding"


def test_asking_for_the_head_says_what_the_page_would(app: Flask) -> None:
    client = app.test_client()
    for encoding in ("identity", "gzip", "br"):
        asked = {"Accept-Encoding": encoding}
        head = client.head("/nl/i/", headers=asked)
        assert head.data == b""
        assert list(head.headers) == list(client.get("/nl/i/", headers=asked).headers)


@pytest.fixture
def few(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Pressed]:
    """Press a few pages into a folder of their own."""
    monkeypatch.setattr(press, "public_paths", lambda _: FEW)
    return lambda: pressed_pages(app, tmp_path / "few")


def said(pages: Pressed) -> list[bytes]:
    return [pages.body(path, encoding) for path in FEW for encoding in ("br", "gzip", "identity")]


def test_pages_are_made_once(few: Callable[[], Pressed], monkeypatch: pytest.MonkeyPatch) -> None:
    made = said(few())
    monkeypatch.setattr(press, "public_paths", lambda _: pytest.fail("made twice"))
    assert said(few()) == made


@pytest.mark.parametrize(
    "spoil",
    [
        lambda whole: b"",
        lambda whole: whole[:20],
        lambda whole: whole[:-1],
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole + b"more",
        lambda whole: whole[:-100] + bytes([whole[-100] ^ 1]) + whole[-99:],
        lambda whole: whole.replace(b"form 1", b"form 0", 1),
        lambda whole: b"PK\x03\x04" + whole,
    ],
    ids=["empty", "seal cut", "a byte short", "half", "longer", "one bit", "another form", "something else"],
)
def test_a_file_that_is_not_what_was_written_is_made_anew(
    few: Callable[[], Pressed], tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    made = said(few())
    (artefact,) = (tmp_path / "few").iterdir()
    whole = artefact.read_bytes()
    artefact.unlink()
    artefact.write_bytes(spoil(whole))
    assert said(few()) == made
    assert artefact.read_bytes() == whole
    assert list((tmp_path / "few").iterdir()) == [artefact]


def test_what_an_older_version_left_is_cleared_away(few: Callable[[], Pressed], tmp_path: Path) -> None:
    (tmp_path / "few").mkdir()
    (tmp_path / "few" / "pressed-0123-http.zip").write_bytes(b"PK")
    few()
    assert not list((tmp_path / "few").glob("*.zip"))


def test_a_page_that_cannot_be_made_stops_the_start_and_leaves_nothing(
    few: Callable[[], Pressed], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(press, "public_paths", lambda _: [*FEW, "/fr/i/nowhere"])
    with pytest.raises(RuntimeError, match="/fr/i/nowhere cannot be pressed"):
        few()
    assert not list(tmp_path.glob("few/*"))
