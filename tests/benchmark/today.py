"""`python -m tests.benchmark today [CASES …] [--on sqlite|postgresql]`: a centre's *Today* among a million cases.

Fifty centres, of which the largest has a twentieth of all cases. The page is asked for as a nurse of the largest asks
for it: sign-in looked up, lines counted, at most fifty cases unsealed, the page written; in one process, without a
network. Beside the time on the wall stands that of this process on the processor, which a busy machine changes less.
The cases of the largest centre are sealed for real; all others hold random bytes of the same length, which nothing
reads.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
from sqlalchemy import Table, func, select, text

from portal import law
from portal.access.roles import Role
from portal.access.team import add_centre, add_member
from portal.app import create_app
from portal.clock import brussels_day
from portal.records import cases, seal
from portal.records.board import board
from portal.records.cases import Admission
from portal.records.database import Database, new_id
from portal.records.migrate import upgrade
from portal.records.models import CaseRecord, ItemRecord, JournalLine, Message, RequestRecord, TodayLine
from portal.records.sheets import seal_sheet
from portal.settings import settings_from
from tests import machine
from tests.clock import StillClock, at

SIZES = (1_000, 10_000, 100_000, 1_000_000)
CENTRES = 50
LARGEST = 0.05  # of all cases: 50,000 of a million
NOW = at("2026-08-03T06:30:00")
YEARS = 10
ROUNDS = 150
BATCH = 5_000
SEALED_BYTES = 512 + seal.NONCE_BYTES + seal.TAG_BYTES
Row = tuple[Any, ...]


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark today", description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=list(SIZES), metavar="CASES")
    parser.add_argument("--on", choices=("sqlite", "postgresql"), action="append")
    options = parser.parse_args(arguments)
    for kind in options.on or ("sqlite", "postgresql"):
        first: float | None = None
        for size in options.sizes:
            with tempfile.TemporaryDirectory() as folder, address_of(kind, Path(folder)) as address:
                p95 = measure(kind, size, address, Path(folder))
            first = first or p95
            print(f"{kind}, {size:,} cases: the 95th of a hundred is {p95 / first:.2f} times that of the first size")


@contextmanager
def address_of(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'records.sqlite'}"
        return
    tools = machine.postgresql_tools()
    if tools is None:
        raise SystemExit(machine.HOW["postgresql"])
    cluster = machine.Cluster(tools)
    try:
        yield cluster.database("today")
    finally:
        cluster.stop()


def measure(kind: str, size: int, address: str, folder: Path) -> float:
    """Fill a database and ask for the page; return the 95th percentile in milliseconds."""
    settings = replace(
        settings_from({"PORTAL_MODE": "demo", "PORTAL_DATA": str(folder)}),
        database=address,
        base_url="http://localhost",
    )
    database = Database(settings.database, settings.sealing_key)
    upgrade(database)
    began = time.perf_counter()
    centres = [add_centre(database, f"centre {number}") for number in range(CENTRES)]
    nurse = add_member(database, centres[0], "nurse", "a long password", NOW)
    colleague = add_member(database, centres[0], "colleague", "a long password", NOW, Role.COORDINATOR)
    with database.writing(centres[0]) as session:
        session.execute(text("UPDATE centre SET grace_days = 14, grace_written_on = '2026-01-01'"))
    Filling(database, size, centres, nurse.staff_id, colleague.staff_id).fill()
    print(f"{kind}, {size:,} cases, filled in {time.perf_counter() - began:.0f} s", file=sys.stderr)

    clock = StillClock(NOW)
    client = create_app(settings, clock).test_client()
    code = pyotp.TOTP(nurse.authenticator).at(NOW)
    sent = {"login": "nurse", "password": "a long password", "code": code}
    client.post("/en/team/in", data=sent, headers={"Sec-Fetch-Site": "same-origin"})
    pages, boards, used = [], [], []
    for number in range(ROUNDS + 10):
        clock.forward(seconds=1)
        took, processor, answer = timed(lambda: client.get("/en/team/"))
        alone, _, day = timed(lambda: board(database, centres[0], nurse.staff_id, clock()))
        if number >= 10:  # the first ones warm up
            pages.append(took)
            used.append(processor)
            boards.append(alone)
        assert answer.status_code == 200
    lines = sum(len(section.lines) for section in day.sections)
    counts = ", ".join(f"{one.part} {one.count}" for one in day.sections)
    print(
        f"{kind}, {size:,} cases ({of_largest(database, centres[0]):,} in the largest centre), {lines} lines ({counts})"
    )
    print(f"  the page: {told(pages)}, {len(answer.data) / 1024:.0f} KB; on the processor: {told(used)}")
    print(f"  its lines alone: {told(boards)}", flush=True)
    database.engine.dispose()
    return part(pages, 95)


def timed(work: Any) -> tuple[float, float, Any]:
    """Return how many milliseconds something took, on the wall and of this process's processor, and its answer."""
    began, used = time.perf_counter(), time.process_time()
    answer = work()
    return 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - used), answer


def part(times: Sequence[float], percent: int) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]


def told(times: Sequence[float]) -> str:
    return f"p50 {part(times, 50):.1f} ms, p95 {part(times, 95):.1f} ms"


def of_largest(database: Database, centre_id: str) -> int:
    with database.reading() as session:
        mine = select(func.count()).select_from(CaseRecord).where(CaseRecord.centre_id == centre_id)
        return session.scalar(mine) or 0


class Filling:
    """Ten years of examinations. What was decided is destroyed; a twentieth waits for a prosecutor; some is overdue."""

    def __init__(self, database: Database, size: int, centres: Sequence[str], staff_id: str, other: str) -> None:
        self.database, self.size, self.centres = database, size, centres
        self.staff_id, self.other = staff_id, other
        self.chance = random.Random(size)
        self.today = brussels_day(NOW)
        self.noise = os.urandom(1 << 20)
        with database.reading() as session:
            self.key = database.centre_key(session, centres[0])
        self.rows: dict[Table, list[Row]] = {}

    def fill(self) -> None:
        """Write everything, in batches."""
        with self._writer() as write:
            self.write = write
            for number in range(self.size):
                self._case(number)
                if number % BATCH == BATCH - 1:
                    self._flush()
                    print(f"\r{number + 1:,} of {self.size:,}", end="", file=sys.stderr, flush=True)
            self._flush()
        print(file=sys.stderr)

    def _case(self, number: int) -> None:
        chance, largest = self.chance, number < self.size * LARGEST
        centre_id = self.centres[0] if largest else self.centres[1 + number % (CENTRES - 1)]
        case_id, minor = new_id(), chance.random() < 0.15
        exam_on = self.today - timedelta(days=chance.randrange(365 * YEARS))
        complaint = law.Complaint.NONE if chance.random() < 0.6 else law.Complaint.BEFORE_EXAM
        period = law.keeping(exam_on, minor=minor)
        is_past = period.keep_through < self.today
        fate = chance.random() if is_past else 1.0
        is_gone, is_reviewed = fate < 0.94, 0.94 <= fate < 0.998
        ask_by, keep_through = (None, None) if is_gone else (period.ask_by, period.keep_through)
        review_on = self._days(1, 90) if is_reviewed else self._days(-5, 0) if chance.random() < 0.001 else None
        follow_up_on = self._days(-3, 60) if (self.today - exam_on).days < 90 else None
        asked = chance.random() < 0.005
        sealed = self._sealed if largest else self._random
        key, reference, facts = sealed(case_id, Admission(f"R-{number}", exam_on, minor, complaint, "fr"))
        at_ = NOW - timedelta(days=(self.today - exam_on).days)
        self._add(
            CaseRecord, case_id, centre_id, key, new_id() * 2, reference, facts, "fr", ask_by, keep_through, at_,
            self.staff_id, follow_up_on, review_on,
        )  # fmt: skip
        self._items(case_id, centre_id, exam_on, at_, minor=minor, is_gone=is_gone)
        self._add(
            JournalLine, centre_id, number + 1000, at_, self.staff_id, "case-registered", case_id, "0" * 64, "0" * 64
        )
        if asked:
            self._request(centre_id, case_id, number)
        if chance.random() < 0.0005:
            self._add(Message, new_id(), centre_id, case_id, "link", "sms", "failed", 3, NOW, NOW)
        if ask_by and 0 <= (ask_by - self.today).days <= 30 and chance.random() < 0.5:
            kind = "date-7" if (ask_by - self.today).days <= 7 else "date-30"
            self._add(TodayLine, centre_id, f"{kind}:{case_id}:{ask_by}", NOW, self.staff_id)

    def _items(self, case_id: str, centre_id: str, exam_on: date, at_: datetime, *, minor: bool, is_gone: bool) -> None:
        for toxicology in (False, True):
            period = law.keeping(exam_on, minor=minor, toxicology=toxicology)
            ended = is_gone or (minor and period.keep_through < self.today and self.chance.random() < 0.99)
            dates = (None, None) if ended else (period.ask_by, period.keep_through)
            self._add(
                ItemRecord, new_id(), centre_id, case_id, self._bytes(SEALED_BYTES), *dates, at_, self.staff_id,
                NOW if ended else None,
            )  # fmt: skip

    def _request(self, centre_id: str, case_id: str, number: int) -> None:
        kind = self.chance.choice(["extension", "extension", "contact-me", "report-copy", "destruction"])
        confirmed = kind == "destruction" and self.chance.random() < 0.3
        self._add(
            RequestRecord, new_id(), centre_id, case_id, kind, f"N{number:08d}"[:9],
            "confirmed" if confirmed else self.chance.choice(["asked", "taken-up"]),
            NOW - timedelta(hours=self.chance.randrange(400)),
            NOW + timedelta(days=3) if kind == "destruction" else None, self.other if confirmed else None,
        )  # fmt: skip

    def _days(self, first: int, last: int) -> date:
        return self.today + timedelta(days=self.chance.randint(first, last))

    def _bytes(self, length: int) -> bytes:
        start = self.chance.randrange(len(self.noise) - length)
        return self.noise[start : start + length]

    def _random(self, _case_id: str, _admission: Admission) -> tuple[bytes, bytes, bytes]:
        return self._bytes(60), self._bytes(36), self._bytes(SEALED_BYTES)

    def _sealed(self, case_id: str, admission: Admission) -> tuple[bytes, bytes, bytes]:
        key = seal.new_key()
        reference = seal.seal(key, admission.reference.encode(), "case_record", "sealed_reference", case_id)
        facts = seal_sheet(key, cases._facts_of(admission), *cases.FACTS, case_id)
        return seal.seal(self.key, key, "case_record", "wrapped_key", case_id), reference, facts

    def _add(self, model: Any, *values: Any) -> None:
        self.rows.setdefault(model.__table__, []).append(values)

    def _flush(self) -> None:
        for table in (one.__table__ for one in COLUMNS):
            if rows := self.rows.pop(table, None):
                self.write(table, rows)

    @contextmanager
    def _writer(self) -> Iterator[Any]:
        """Give what writes many rows at once, without the care that people's data need."""
        columns = {model.__table__: names.split() for model, names in COLUMNS.items()}
        raw = self.database.engine.raw_connection()
        cursor: Any = raw.cursor()
        try:
            if self.database.engine.dialect.name == "sqlite":
                cursor.execute("PRAGMA synchronous = OFF")
                cursor.execute("PRAGMA cache_size = -400000")
                cursor.execute("BEGIN")
                yield lambda table, rows: cursor.executemany(_insert(table, columns[table]), map(_for_sqlite, rows))
                cursor.execute("COMMIT")
            else:
                yield lambda table, rows: _copy(cursor, table, columns[table], rows)
                raw.commit()
                raw.driver_connection.autocommit = True  # type: ignore[union-attr]
                cursor.execute("ANALYZE")  # what PostgreSQL does by itself within minutes; SQLite does not, nor do we
        finally:
            raw.close()


COLUMNS: dict[Any, str] = {
    CaseRecord: "id centre_id wrapped_key reference_index sealed_reference sealed_facts language ask_by keep_through "
    "registered_at registered_by follow_up_on review_on",
    ItemRecord: "id centre_id case_id sealed_facts ask_by keep_through added_at added_by gone_at",
    RequestRecord: "id centre_id case_id kind number state asked_at waits_until confirmed_by",
    Message: "id centre_id case_id kind channel state tries made_at not_before",
    TodayLine: "centre_id line ended_at ended_by",
    JournalLine: "centre_id seq at actor action subject previous hash",
}


def _insert(table: Table, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def _copy(cursor: Any, table: Table, columns: Sequence[str], rows: Iterable[Row]) -> None:
    with cursor.copy(f"COPY {table.name} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _for_sqlite(row: Row) -> Row:
    return tuple(
        one.strftime("%Y-%m-%d %H:%M:%S.%f")
        if isinstance(one, datetime)
        else one.isoformat()
        if isinstance(one, date)
        else one
        for one in row
    )
