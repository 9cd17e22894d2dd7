"""The pressed pages as they lie in one file, which every worker maps: a seal, an index, then the bodies, compressed."""

import gzip
import json
import mmap
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

Headers = list[tuple[str, str]]

SEAL = b"pressed pages, form 1, sum %08x\n"  # a file of another form, cut off or damaged has another seal
SEALED_FROM = len(SEAL % 0)
VARY = ("Vary", "Accept-Encoding")


class Made(NamedTuple):
    """A page as it was made: its address, the headers that do not depend on the encoding, its bodies."""

    address: str
    headers: Headers
    length: int
    gzip: bytes
    br: bytes


class Lying(NamedTuple):
    """Where a page lies among the bodies, gzip first and then br, which headers it has, and how long it is unpacked."""

    headers: int
    length: int
    start: int
    gzip: int
    br: int


class Pressed:
    """Every pressed page. The plain one is unpacked when somebody asks for it, which hardly any browser does."""

    def __init__(self, whole: mmap.mmap) -> None:
        """Read the index; the bodies stay where they are."""
        bodies = whole.find(b"\n", SEALED_FROM) + 1
        index = json.loads(whole[SEALED_FROM:bodies])
        self._headers: list[Headers] = [[(name, value) for name, value in one] for one in index["headers"]]
        self._pages = {address: Lying(*numbers) for address, numbers in index["pages"].items()}
        self._whole, self._bodies = whole, bodies

    def __contains__(self, address: str) -> bool:
        return address in self._pages

    def headers(self, address: str, encoding: str) -> Headers:
        """Return the headers of a page in one encoding."""
        page = self._pages[address]
        length = {"br": page.br, "gzip": page.gzip, "identity": page.length}[encoding]
        headers = [*self._headers[page.headers], ("Content-Length", str(length)), VARY]
        return headers if encoding == "identity" else [*headers, ("Content-Encoding", encoding)]

    def body(self, address: str, encoding: str) -> bytes:
        """Return the bytes of a page in one encoding."""
        page = self._pages[address]
        start = self._bodies + page.start
        middle = start + page.gzip
        if encoding == "br":
            return self._whole[middle : middle + page.br]
        packed = self._whole[start:middle]
        return packed if encoding == "gzip" else gzip.decompress(packed)


def opened(path: Path) -> Pressed | None:
    """Return the pages in a file; None where there is none, or it is not whole, or of another form."""
    try:
        with path.open("rb") as file:
            whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (FileNotFoundError, ValueError):  # an empty file cannot be mapped
        return None
    with memoryview(whole) as view:
        is_whole = view[:SEALED_FROM] == _seal(view[SEALED_FROM:])
    return Pressed(whole) if is_whole else None


def packed(pages: Iterable[Made]) -> bytes:
    """Return the file that holds some pages."""
    headers: list[Headers] = []
    index: dict[str, Lying] = {}
    bodies = bytearray()
    for page in pages:
        if page.headers not in headers:  # nearly all pages have the same
            headers.append(page.headers)
        shared = headers.index(page.headers)
        index[page.address] = Lying(shared, page.length, len(bodies), len(page.gzip), len(page.br))
        bodies += page.gzip + page.br
    rest = json.dumps({"headers": headers, "pages": index}).encode() + b"\n" + bodies
    return _seal(rest) + rest


def _seal(rest: bytes | memoryview) -> bytes:
    return SEAL % zlib.crc32(rest)
