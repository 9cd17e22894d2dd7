"""Restoring: into an empty database, after the whole file was looked at, in one transaction; or nothing.

What stands afterwards is held against the file, the anchors and the keys (`records.restored`).
"""

import json
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection

from portal.records import snapshot, wrapping
from portal.records.backup import WHOLE, About, Progress, about
from portal.records.database import Database
from portal.records.migrate import fill, knows
from portal.records.offline_keys import Opening
from portal.records.sealed_files import NotOpenedError, lines_of, opened, read_head

CENTRES = "centre"


class NotRestoredError(Exception):
    """A file is what it should be, and yet cannot be put back; `reason` is a stable id.

    newer: a newer version wrote it. keys-needed: it holds no keys, and none were given. keys-older: those that were
    given are of before it.
    """

    def __init__(self, reason: str) -> None:
        """Remember why."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Contents:
    """What a whole file holds."""

    about: About
    counts: snapshot.Counts
    columns: dict[str, list[str]]


@dataclass(frozen=True)
class Keys:
    """The keys of cases and centres that another backup holds."""

    about: About
    of_cases: dict[str, bytes] = field(repr=False)
    of_centres: dict[str, bytes] = field(repr=False)


@dataclass(frozen=True)
class Archive:
    """A file, with what opens it and who may have signed it."""

    path: Path
    opening: Opening
    public_keys: Sequence[bytes]

    def look(self) -> Contents:
        """Read all of it and keep nothing; what is in it means something only when the signature was looked at.

        Raises:
            NotOpenedError: another form, key or signer, or anything in it was changed, cut off or added.

        """
        with self.path.open("rb") as file:
            head, lines = self._open(file)
            first, rows = next(lines, b""), sum(1 for _line in lines)
        told = _contents(head, first)
        if rows != sum(told.counts.values()):
            raise NotOpenedError("changed")
        return told

    def keys(self) -> Keys:
        """Return the keys that it holds.

        Raises:
            NotOpenedError: as for `look`.
            NotRestoredError: it holds none.

        """
        told = self.look()
        if told.about.kind != WHOLE:
            raise NotRestoredError("keys-needed")
        found: dict[str, dict[str, bytes]] = {CENTRES: {}, snapshot.CASES: {}}
        with self.path.open("rb") as file:
            for name, lines in self._tables(file, told):
                for line in lines if name in found else ():
                    values = dict(zip(told.columns[name], snapshot.read_row(line), strict=True))
                    found[name][values["id"]] = values[snapshot.WRAPPED]
        return Keys(told.about, found[snapshot.CASES], found[CENTRES])

    def write(self, connection: Connection, told: Contents, keys: Keys | None, progress: Progress) -> None:
        """Write every row into the tables of its revision, after it was looked at.

        Raises:
            NotOpenedError: it is not what it was a moment ago.

        """
        every, done = sum(told.counts.values()), 0
        with self.path.open("rb") as file:
            for name, lines in self._tables(file, told):
                names = told.columns[name]
                rows = (_with_key(name, names, snapshot.read_row(line), keys) for line in lines)
                for many in snapshot.put_back(connection, name, names, rows):
                    done += many
                    progress(done, every)
        if done != every:
            raise NotOpenedError("changed")

    def _tables(self, file: BinaryIO, told: Contents) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Give each table with its rows, to the very end: only then the signature was looked at again."""
        head, lines = self._open(file)
        if _contents(head, next(lines, b"")) != told:
            raise NotOpenedError("changed")
        for name, count in told.counts.items():
            of_table = islice(lines, count)
            yield name, of_table
            deque(of_table, maxlen=0)
        if next(lines, None) is not None:
            raise NotOpenedError("changed")

    def _open(self, file: BinaryIO) -> tuple[About, Iterator[bytes]]:
        return about(read_head(file)), lines_of(opened(file, self.opening, self.public_keys))


def _contents(head: About, line: bytes) -> Contents:
    try:
        first = json.loads(line)
        return Contents(head, first["counts"], first["columns"])
    except (ValueError, KeyError, TypeError):
        raise NotOpenedError("form") from None


def restore(
    database: Database, archive: Archive, keys_of: Archive | None = None, progress: Progress = lambda _done, _of: None
) -> Contents:
    """Put a backup into an empty database; return what it held. The whole file is read before anything is written.

    Raises:
        NotOpenedError: a file is not what it should be.
        NotRestoredError: it cannot be put back by this version, or with these keys.
        portal.records.migrate.NotEmptyError: there are tables already.

    """
    told = archive.look()
    if not knows(database, told.about.revision):
        raise NotRestoredError("newer")
    if told.about.kind != WHOLE and keys_of is None:
        raise NotRestoredError("keys-needed")
    keys = keys_of.keys() if keys_of is not None and told.about.kind != WHOLE else None
    if keys is not None and keys.about.made_at < told.about.made_at:
        raise NotRestoredError("keys-older")
    fill(database, told.about.revision, lambda connection: archive.write(connection, told, keys, progress))
    return told


def _with_key(name: str, names: list[str], row: list[Any], keys: Keys | None) -> list[Any]:
    """Give a case its key again; one that was erased since has none any more, and the erasure list knows it.

    A centre whose key changed in between has both afterwards, as in the middle of a change: one for the cases, the
    other for what was looked up then.
    """
    if keys is None or name not in (CENTRES, snapshot.CASES):
        return row
    place, number = names.index(snapshot.WRAPPED), row[names.index("id")]
    if name == snapshot.CASES:
        return [*row[:place], keys.of_cases.get(number, b""), *row[place + 1 :]]
    of_younger = keys.of_centres.get(number, row[place])
    return [*row[:place], wrapping.joined(row[place], of_younger), *row[place + 1 :]]
