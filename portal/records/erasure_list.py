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
from dataclasses import dataclass, field, replace
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
class Told:
    """What a line tells."""

    case_id: str
    stage: Stage
    on: str


@dataclass(frozen=True)
class Listed:
    """What a list holds: the last stage of each case, and how many lines are none of ours or were cut short.

    `older` is what only a key that is not the newest proves. A line that no key proves any more is not counted where
    another one proves the very same.
    """

    stages: dict[str, Stage] = field(default_factory=dict)
    passed_over: int = 0
    older: tuple[Told, ...] = ()

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
        self._write(Told(case_id, stage, on.isoformat()))
        self.listed = replace(self.listed, stages={**self.listed.stages, case_id: stage})

    def write_anew(self) -> int:
        """Write once more, as it was told, what was not hashed with the newest key; return how many lines.

        The lines of before stay where they are: nothing is taken out of the file. Cut off, it goes on the next time.
        """
        for told in self.listed.older:
            self._write(told)
        return len(self.listed.older)

    def _write(self, told: Told) -> None:
        line = self._gap + _lines(self._database, told)[0] + b"\n"
        if os.write(self._file, line) != len(line):
            raise OSError("the erasure could not be written down whole")
        os.fsync(self._file)
        self._gap = b""


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
    proved: dict[Told, bool] = {}  # in the order in which it was first told; whether by the newest key
    not_proved: list[Told | None] = []
    for line in content.splitlines():
        told = _told(line)
        forms = _lines(database, told) if told else ()
        if told is None or not any(hmac.compare_digest(line, form) for form in forms):
            not_proved.append(told)
            continue
        proved[told] = proved.get(told, False) or line == forms[0]
        if stages.get(told.case_id) is not Stage.DONE:  # what was erased for good stays so, whatever line is copied
            stages[told.case_id] = told.stage
    passed_over = sum(told not in proved for told in not_proved)
    return Listed(stages, passed_over, tuple(told for told, is_newest in proved.items() if not is_newest))


def _told(line: bytes) -> Told | None:
    try:
        fields = json.loads(line)
        return Told(str(fields["case"]), Stage(fields["stage"]), str(fields["on"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _lines(database: Database, told: Told) -> tuple[bytes, ...]:
    """Return every form of a line, under each key that is given; the first is the one that is written now."""
    fields = {"erasure": FORM, "case": told.case_id, "stage": told.stage, "on": told.on}
    keyed = database.keyed_hashes(PURPOSE, json.dumps([FORM, told.case_id, told.stage, told.on]))
    return tuple(json.dumps({**fields, "hash": one}).encode() for one in keyed)
