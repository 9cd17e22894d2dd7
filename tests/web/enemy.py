"""What an enemy puts into a form, an address or a cookie; and records that are as before each time."""

import sqlite3
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

from sqlalchemy import Engine

MARKUP = ("<script>planted()</script>", "\"'><img src=x onerror=planted()>")
ECHOED = ("<script>planted", "<img src=x", 'href="javascript:', "planted49")
HOSTILE: tuple[str | bytes, ...] = (
    "",
    " ",
    "\0",
    "a\0b",
    b"\xff\xfe\xff",
    b"\xed\xa0\x80",
    *MARKUP,
    "javascript:planted()",
    "planted{{7*7}}",
    "planted\r\nSet-Cookie: planted=1",
    "'; DROP TABLE staff; --",
    '" OR 1=1 --',
    "%s%n%(x)s{0}{x.__class__}",
    "../../../etc/passwd",
    "-1",
    "0",
    "9" * 30,
    "1e309",
    "NaN",
    "١٢٣٤٥٦٧٨",
    "1" * 9000,
    "2026-02-30",
    "0001-01-01",
    "9999-12-31",
    "99999-01-01",
    "\u202e\u200b\u2028",
    "é" * 300,
    "\U0001f600" * 60,
    "[]",
    '{"a": [[[[1]]]]}',
    "A" * 32,
    "0" * 32,
)
IN_A_PATH = (
    "%00",
    "%ff%fe",
    "..%2f..",
    "9" * 30,
    "-1",
    "%3Cscript%3Eplanted()%3C/script%3E",
    "a" * 3000,
    "%F0%9F%98%80",
)
COOKIES = ("v=%00", "t=", "t=" + "x" * 4000, "v=planted; t=planted", "t=\xff\xfe", "; ;=;v", "v=" + "1" * 43)
KINDS = (
    "text/plain",
    "application/json",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "x/y; charset=utf-7",
)

COUNTS_TRIES: dict[str, set[str] | None] = {
    "sign_in": {"seen_at"},
    "visit": {"seen_at"},
    "sign_in_try": None,
    "link": {"failures", "next_try_at"},
    "staff": {"failures", "next_try_at"},
}
"""What may change although nothing was taken: when somebody was last seen, and how often a secret was guessed."""


def as_body(fields: Iterable[tuple[str, str | bytes]]) -> bytes:
    """Return fields as a browser sends them, in their order, also those that no browser would send."""
    return b"&".join(quote_plus(name).encode() + b"=" + quote(value, safe="").encode() for name, value in fields)


class Records:
    """An SQLite database that is put back as it was after each thing that changed it."""

    def __init__(self, engine: Engine) -> None:
        self._live = sqlite3.connect(str(engine.url.database))
        self._live.execute("PRAGMA synchronous = OFF")
        self._before = sqlite3.connect(":memory:")
        self._live.backup(self._before)
        self._version = self._seen_version()
        self._held = dict(self._rows(self._before))

    def _seen_version(self) -> int:
        version: int = self._live.execute("PRAGMA data_version").fetchone()[0]
        return version

    def put_back(self) -> list[str]:
        """Return the tables that somebody changed, and put everything back."""
        if self._seen_version() == self._version:
            return []
        changed = [table for table, rows in self._rows(self._live) if rows != self._held[table]]
        self._before.backup(self._live)
        self._version = self._seen_version()
        return changed

    def _rows(self, records: sqlite3.Connection) -> Iterator[tuple[str, list[object]]]:
        for (table,) in records.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            ignored = COUNTS_TRIES.get(table, set())
            if ignored is not None:
                columns = [row[1] for row in records.execute(f"PRAGMA table_info({table})") if row[1] not in ignored]
                yield table, records.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY 1").fetchall()

    def close(self) -> None:
        """Let go of both."""
        self._live.close()
        self._before.close()
