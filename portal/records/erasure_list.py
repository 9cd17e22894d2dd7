"""The erasure list: which cases were erased, in a file outside the database, so that no backup brings one back.

A line is one step of one case, by its random id: begun before the transaction stands, done after it, or kept, where
something came in between. Each line carries a keyed hash: nobody without the sealing key can have a case erased by
writing a line. The file is only added to; a line stands whole on the disk or is passed over.
"""

import fcntl
import hmac
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from portal.records.database import Database
from portal.records.files import sync_folder

FORM = 1
PURPOSE = "erasure list"
FILE_IN_A_FOLDER = "erasures.jsonl"


class Stage(StrEnum):
    """How far the erasure of a case is."""

    BEGUN = "begun"  # written before the transaction stands: the case may still be there
    DONE = "done"
    KEPT = "kept"  # begun and not done, and something stands against it by now


@dataclass(frozen=True)
class Listed:
    """What a list holds: the last stage of each case, and how many lines are none of ours or were cut short."""

    stages: dict[str, Stage] = field(default_factory=dict)
    passed_over: int = 0

    def at(self, stage: Stage) -> tuple[str, ...]:
        """Return the cases that are at a stage, in the order in which they were first written."""
        return tuple(case_id for case_id, last in self.stages.items() if last is stage)


class ErasureList:
    """A list, open for adding: nobody else adds meanwhile, so one sweep runs at a time."""

    def __init__(self, file: int, database: Database) -> None:
        """Read what is there; use `open_to_add`."""
        self._file, self._database = file, database
        with os.fdopen(os.dup(file), "rb") as reading:
            content = reading.read()
        self._gap = b"\n" if content and not content.endswith(b"\n") else b""
        self.listed = _read(content, database)

    def add(self, case_id: str, stage: Stage, on: date) -> None:
        """Write that a case is at a stage, and wait until it is on the disk."""
        line = self._gap + _line(self._database, case_id, stage, on.isoformat()) + b"\n"
        if os.write(self._file, line) != len(line):
            raise OSError("the erasure could not be written down whole")
        os.fsync(self._file)
        self._gap = b""
        self.listed = Listed({**self.listed.stages, case_id: stage}, self.listed.passed_over)


@contextmanager
def open_to_add(path: Path, database: Database) -> Iterator[ErasureList]:
    """Open a list, or the one in a folder, alone; make it where there is none.

    Raises:
        BlockingIOError: another sweep or replay runs.
        OSError: it cannot be read or written.

    """
    path = in_folder(path)
    is_new = not path.exists()
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if is_new:
            sync_folder(path.parent)
        yield ErasureList(file, database)
    finally:
        os.close(file)


def read_list(path: Path, database: Database) -> Listed:
    """Return what a list holds; nothing, where there is none yet."""
    path = in_folder(path)
    return _read(path.read_bytes(), database) if path.exists() else Listed()


def in_folder(path: Path) -> Path:
    """Return the file that a setting means, which may name a folder."""
    return path / FILE_IN_A_FOLDER if path.is_dir() else path


def _read(content: bytes, database: Database) -> Listed:
    stages: dict[str, Stage] = {}
    passed_over = 0
    for line in content.splitlines():
        found = _genuine(line, database)
        if found is None:
            passed_over += 1
        elif stages.get(found[0]) is not Stage.DONE:  # what was erased for good stays so, whatever line is copied
            stages[found[0]] = found[1]
    return Listed(stages, passed_over)


def _genuine(line: bytes, database: Database) -> tuple[str, Stage] | None:
    try:
        fields = json.loads(line)
        case_id, stage, on = str(fields["case"]), Stage(fields["stage"]), str(fields["on"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return (case_id, stage) if hmac.compare_digest(line, _line(database, case_id, stage, on)) else None


def _line(database: Database, case_id: str, stage: Stage, on: str) -> bytes:
    keyed = database.keyed_hash(PURPOSE, json.dumps([FORM, case_id, stage, on]))
    return json.dumps({"erasure": FORM, "case": case_id, "stage": stage, "on": on, "hash": keyed}).encode()
