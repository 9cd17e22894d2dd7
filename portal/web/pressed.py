"""The pressed pages as they lie in one file that every worker reads: a seal, an index, then the bodies, compressed."""

import gzip
import json
import os
import weakref
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, NamedTuple

Headers = list[tuple[str, str]]

SEAL = b"pressed pages, form 1, sum %08x\n"  # a file of another form, cut off or damaged has another seal
SEALED_FROM = len(SEAL % 0)
READ_AT_ONCE = 1 << 20
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

    def __init__(self, file: BinaryIO, index_line: bytes) -> None:
        """Read the index; the bodies stay in the file, so that they weigh on the machine once and on no worker."""
        index = json.loads(index_line)
        self._headers: list[Headers] = [[(name, value) for name, value in one] for one in index["headers"]]
        self._pages = {address: Lying(*numbers) for address, numbers in index["pages"].items()}
        self._file, self._bodies = os.dup(file.fileno()), SEALED_FROM + len(index_line)
        weakref.finalize(self, os.close, self._file)

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
        if encoding == "br":
            return os.pread(self._file, page.br, start + page.gzip)
        packed = os.pread(self._file, page.gzip, start)
        return packed if encoding == "gzip" else gzip.decompress(packed)


def opened(path: Path) -> Pressed | None:
    """Return the pages in a file; None where there is none, or it is not whole, or of another form."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return None
    with file:
        seal, index_line = file.read(SEALED_FROM), file.readline()
        summed = zlib.crc32(index_line)
        while part := file.read(READ_AT_ONCE):
            summed = zlib.crc32(part, summed)
        return Pressed(file, index_line) if seal == SEAL % summed else None


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
    return SEAL % zlib.crc32(rest) + rest
