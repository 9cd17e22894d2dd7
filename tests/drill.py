"""The restore drill: fill, back up while others write, erase, lose everything, restore, and look.

`python -m tests.drill` runs it on both databases and prints each promise with what became of it.
"""

import argparse
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from sqlalchemy import select

from portal.records import receipts
from portal.records.anchoring import anchor_all
from portal.records.anchors import Anchor, read_anchors
from portal.records.backup import Made, make_backup
from portal.records.database import Database
from portal.records.erasure import replay
from portal.records.erasure_list import open_to_add
from portal.records.models import CaseRecord, ItemRecord, RequestRecord
from portal.records.offline_keys import Opening, Use
from portal.records.restore import Archive, restore
from portal.records.restored import Found, look_at
from portal.records.seal import TAG_BYTES
from portal.records.sealed_files import PIECE, NotOpenedError
from tests import machine
from tests.clock import StillClock, at
from tests.machine import APP, OWNER
from tests.patterns import PATTERN, Overlooking, address_of, brought_up, created, under, unhurried
from tests.records.desk import Kind, dump
from tests.records.test_erasure import Archive as Filled

KEYS = (b"o" * 32, b"r" * 32)  # receipt keys of the installation, the newest last
SEALING = b"k" * 32
OPENING = Opening.new(Use.BACKUP)
OPERATOR = "operator"
CHANGED = 40  # places at which a byte is changed, spread over the file
MANY_CASES = 60  # so that a backup has several pieces

_numbers = count(1)


def empty_beside(database: Database, folder: Path) -> Database:
    """Return an empty database of the same kind, for its owner: a restore makes the tables."""
    name = f"empty_{next(_numbers)}"
    if database.engine.dialect.name == "sqlite":
        return _known(f"sqlite:///{folder / name}.sqlite")
    return _known(under(OWNER, created(address_of(database), name, "")))


def backed_up(database: Database, folder: Path, clock: StillClock, *, with_keys: bool = True) -> Made:
    """Write a backup, as the command does."""
    return make_backup(database, folder, OPENING.closing, KEYS, clock(), version="drill", with_keys=with_keys)


def archive(path: Path, opening: Opening = OPENING, keys: tuple[bytes, ...] = KEYS) -> Archive:
    """Return a backup with what opens it."""
    return Archive(path, opening, receipts.public_halves(keys))


def why_not(path: Path, opening: Opening = OPENING, keys: tuple[bytes, ...] = KEYS) -> str:
    """Return why a file does not open; nothing where it does."""
    try:
        archive(path, opening, keys).look()
    except NotOpenedError as problem:
        return problem.reason
    return ""


@dataclass
class Writers:
    """Two nurses who go on working; what they were told that it stands is written down."""

    filled: Filled
    told: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Writers":
        self._threads = [threading.Thread(target=self._write) for _ in range(2)]
        for thread in self._threads:
            thread.start()
        while len(self.told) < 4:
            self._stop.wait(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _write(self) -> None:
        while not self._stop.is_set():
            self.told.append(self.filled.add())


class Drill:
    """One drill on one database, from the first row to the last look."""

    def __init__(self, database: Database, clock: StillClock, folder: Path) -> None:
        self.database, self.clock, self.folder = database, clock, folder
        self.filled = Filled(database, clock, folder)
        self.over = self.filled.case_id
        self.filled.wait()
        self.filled.case_id = self.filled.going_on
        asked = self.filled.receipt(Kind.EXTENSION)
        self.number = asked.number
        self.receipt = receipts.write(
            receipts.Receipt(asked.number, receipts.MATTERS[Kind.EXTENSION], asked.asked_at), KEYS
        )
        for number in range(MANY_CASES):
            self.filled.another_case(f"REF-MANY-{number}")
            self.filled.add()
        anchor_all(database, folder / "anchors.jsonl", KEYS, clock(), OPERATOR)
        clock.forward(minutes=1)

    def run(self) -> dict[str, bool]:
        """Do it; return each promise, and whether it held."""
        with Writers(self.filled) as writers:
            before = list(writers.told)
            made = backed_up(self.database, self.folder, self.clock)
            went_on = len(writers.told) > len(before)
        self.filled.case_id = self.over
        erased = self.filled.erase() == ()
        fresh = empty_beside(self.database, self.folder)
        try:
            told = restore(fresh, archive(made.path))
            return {
                "work goes on while the backup is written": went_on,
                "nothing acknowledged before its moment is lost": self._are_there(fresh, before),
                **self._looked_at(look_at(fresh, told, self._anchors(), KEYS)),
                "a receipt of before is genuine, and its request is there": self._receipt_holds(fresh),
                "what was erased after the backup came back": erased and self._is_there(fresh),
                "and the replay erases it again": self._replayed(fresh) == 1 and not self._is_there(fresh),
                **self._refusals(made.path),
            }
        finally:
            fresh.engine.dispose()

    def _looked_at(self, found: Found) -> dict[str, bool]:
        return {
            "every row of the backup is there": not found.missing,
            "the journal fits its chain and its anchors": all(
                one.journal.fault is None and one.journal.last is not None for one in found.centres
            ),
            "a sealed record opens": all(one.opens is True for one in found.centres),
            "a receipt can be shown again": found.receipt is True,
        }

    def _refusals(self, path: Path) -> dict[str, bool]:
        whole, copy = path.read_bytes(), self.folder / "changed"
        step = max(1, len(whole) // CHANGED)
        places = [*range(0, 420, 3), *range(420, len(whole), step), *range(len(whole) - 70, len(whole), 7)]
        piece = PIECE + TAG_BYTES
        lengths = [0, 1, 300, len(whole) // 2, *(len(whole) - less for less in (1, 64, 65, 64 + piece, 64 + 2 * piece))]
        return {
            "it has several pieces": len(whole) > 3 * piece,
            "a flipped byte anywhere refuses": all(why_not(_written(copy, _flipped(whole, at))) for at in places),
            "a cut file refuses": all(why_not(_written(copy, whole[:length])) for length in lengths),
            "a piece that was taken out refuses": bool(why_not(_written(copy, whole[: -64 - piece] + whole[-64:]))),
            "anything added refuses": bool(why_not(_written(copy, whole + whole[-64:]))),
            "another offline key refuses": why_not(path, Opening.new(Use.BACKUP)) == "key",
            "another installation's signature refuses": why_not(path, keys=(b"x" * 32,)) == "signer",
            "what is refused writes nothing": self._nothing_written(_written(copy, _flipped(whole, len(whole) - 70))),
        }

    def _nothing_written(self, broken: Path) -> bool:
        fresh = empty_beside(self.database, self.folder)
        try:
            restore(fresh, archive(broken))
        except NotOpenedError:
            return not dump(fresh)
        finally:
            fresh.engine.dispose()
        return False

    def _anchors(self) -> tuple[Anchor, ...]:
        content = (self.folder / "anchors.jsonl").read_bytes()
        return read_anchors(content, receipts.public_halves(KEYS)).anchors

    def _are_there(self, database: Database, told: list[str]) -> bool:
        with database.reading() as session:
            return set(told) <= set(session.scalars(select(ItemRecord.id)))

    def _receipt_holds(self, database: Database) -> bool:
        slip = receipts.read(self.receipt, receipts.public_halves(KEYS))
        with database.reading() as session:
            asked = session.scalars(select(RequestRecord).where(RequestRecord.number == slip.number)).one()
            return isinstance(slip, receipts.Receipt) and asked.asked_at.replace(microsecond=0) == slip.received_at

    def _replayed(self, database: Database) -> int:
        with open_to_add(self.filled.path, database) as listed:
            return replay(database, listed, OPERATOR, self.clock()).erased

    def _is_there(self, database: Database) -> bool:
        with database.reading() as session:
            return session.get(CaseRecord, self.over) is not None


def _known(address: str) -> Database:
    made = Overlooking(address, SEALING)
    unhurried(made.engine)
    return made


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _flipped(whole: bytes, place: int) -> bytes:
    return whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1 :]


@contextmanager
def _databases(folder: Path) -> Iterator[dict[str, Database]]:
    made = {"SQLite": _known(brought_up(f"sqlite:///{folder / 'records.sqlite'}"))}
    tools = machine.postgresql_tools()
    cluster = machine.Cluster(tools) if tools else None
    if cluster:
        made["PostgreSQL"] = _known(under(APP, brought_up(cluster.database(PATTERN))))
    try:
        yield made
    finally:
        for one in made.values():
            one.engine.dispose()
        if cluster:
            cluster.stop()


def main(arguments: Sequence[str]) -> int:
    """Run the drill on every database that this machine has; 1 where a promise did not hold."""
    argparse.ArgumentParser(prog="python -m tests.drill", description=__doc__).parse_args(arguments)
    broken = 0
    with tempfile.TemporaryDirectory() as folder, _databases(Path(folder)) as databases:
        for name, database in databases.items():
            own = Path(folder) / name
            own.mkdir()
            for promise, held in Drill(database, StillClock(at("2026-08-01T10:00:00")), own).run().items():
                broken += not held
                print(f"{name}: {'held  ' if held else 'BROKEN'} {promise}", flush=True)
    print(f"{broken} promises broken on {len(databases)} databases")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
