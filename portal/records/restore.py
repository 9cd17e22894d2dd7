"""Restoring: into an empty database, after the whole file was looked at, in one transaction; or nothing.

What stands afterwards is held against the file, the anchors and the keys (`records.restored`).
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection

from portal.records import snapshot
from portal.records.backup import WHOLE, About, Progress, about
from portal.records.database import Database
from portal.records.migrate import fill, knows
from portal.records.offline_keys import Opening
from portal.records.sealed_files import NotOpenedError, lines_of, opened, read_head

CENTRES = "centre"


class NotRestoredError(Exception):
    """A file is what it should be, and yet cannot be put back; `reason` is a stable id.

    newer: a newer version wrote it. keys-needed: it holds no keys, and none were given. keys-older: those that were
    given are of before it. keys-others: a centre has another key by now, so that they open nothing of it.
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

    def look(self, progress: Progress = lambda _done, _of: None) -> Contents:
        """Read all of it and keep nothing.

        Raises:
            NotOpenedError: another form, key or signer, or anything in it was changed, cut off or added.

        """
        with self.path.open("rb") as file:
            told, lines = self._begin(file)
            rows = sum(told.counts.values())
            number = 0
            for number, line in enumerate(lines, 1):
                snapshot.read_row(line)
                progress(number, rows)
            if number != rows:
                raise NotOpenedError("changed")
            return told

    def keys(self) -> Keys:
        """Return the keys that it holds.

        Raises:
            NotOpenedError: as for `look`.
            NotRestoredError: it holds none.

        """
        with self.path.open("rb") as file:
            told, lines = self._begin(file)
            if told.about.kind != WHOLE:
                raise NotRestoredError("keys-needed")
            found: dict[str, dict[str, bytes]] = {CENTRES: {}, snapshot.CASES: {}}
            for name, row in _tables(told, lines):
                if name in found:
                    values = dict(zip(told.columns[name], row, strict=True))
                    found[name][values["id"]] = values[snapshot.WRAPPED]
            return Keys(told.about, found[snapshot.CASES], found[CENTRES])

    def write(self, connection: Connection, keys: Keys | None, progress: Progress) -> None:
        """Write every row into the tables of its revision.

        Raises:
            NotOpenedError: it is not what it was a moment ago.
            NotRestoredError: the keys do not belong to it.

        """
        with self.path.open("rb") as file:
            told, lines = self._begin(file)
            every, done = sum(told.counts.values()), 0
            for name, count in told.counts.items():
                rows = (
                    _with_key(name, told.columns[name], snapshot.read_row(line), keys) for line in islice(lines, count)
                )
                for many in snapshot.put_back(connection, name, told.columns[name], rows):
                    done += many
                    progress(done, every)
            if done != every or next(lines, None) is not None:
                raise NotOpenedError("changed")

    def _begin(self, file: BinaryIO) -> tuple[Contents, Iterator[bytes]]:
        told = about(read_head(file))
        lines = lines_of(opened(file, self.opening, self.public_keys))
        try:
            first = json.loads(next(lines))
            return Contents(told, first["counts"], first["columns"]), lines
        except (StopIteration, ValueError, KeyError):
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
    told = archive.look(progress)
    if not knows(database, told.about.revision):
        raise NotRestoredError("newer")
    if told.about.kind != WHOLE and keys_of is None:
        raise NotRestoredError("keys-needed")
    keys = keys_of.keys() if keys_of is not None and told.about.kind != WHOLE else None
    if keys is not None and keys.about.made_at < told.about.made_at:
        raise NotRestoredError("keys-older")
    fill(database, told.about.revision, lambda connection: archive.write(connection, keys, progress))
    return told


def _tables(told: Contents, lines: Iterator[bytes]) -> Iterator[tuple[str, list[Any]]]:
    for name, count in told.counts.items():
        for line in islice(lines, count):
            yield name, snapshot.read_row(line)
    if next(lines, None) is not None:  # to the end: only then the signature was looked at
        raise NotOpenedError("changed")


def _with_key(name: str, names: list[str], row: list[Any], keys: Keys | None) -> list[Any]:
    """Give a case its key again; one that was erased since has none any more, and the erasure list knows it."""
    if keys is None or name not in (CENTRES, snapshot.CASES):
        return row
    place, number = names.index(snapshot.WRAPPED), row[names.index("id")]
    if name == snapshot.CASES:
        return [*row[:place], keys.of_cases.get(number, b""), *row[place + 1 :]]
    if keys.of_centres.get(number) != row[place]:
        raise NotRestoredError("keys-others")
    return row
