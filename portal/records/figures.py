"""Counted for the Institute (art. 54 § 4): a year of a centre, once it is over, published once and never again.

Only what may be published is kept (`portal.records.disclosure`). Counting again could show the same year one case
apart, and with it what that case was: whoever asks again is given what was published.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal import law
from portal.clock import BRUSSELS, brussels_day
from portal.events import tell_unreadable
from portal.law.course import ENDED
from portal.records.cases import FACTS
from portal.records.database import Database
from portal.records.disclosure import Table, publishable
from portal.records.journal import write_line
from portal.records.models import CaseRecord, JournalLine, PublishedFigures, RequestRecord
from portal.records.seal import UnreadableError
from portal.records.sheets import unseal_sheet

PUBLISHED = "figures-published"
BATCH = 500
NOT_NOTED, OPEN = "not-noted", "open"

CASES, REQUESTS = "cases", "requests"  # the two populations: registered, and asked about the evidence, in the year
QUARTERS = ("q1", "q2", "q3", "q4")
TAKEN_UP = (("days-1", 1), ("days-3", 3), ("days-7", 7))
LATER = "later"
TABLES = (
    Table("cases", CASES, ("all",)),
    Table("quarter", CASES, QUARTERS),
    Table("phase", CASES, (*law.Phase, NOT_NOTED)),
    Table("age", CASES, ("adult", "minor")),
    Table("complaint", CASES, tuple(law.Complaint)),
    Table("request", REQUESTS, tuple(law.ABOUT_EVIDENCE)),
    Table("end", REQUESTS, ("done", "not-done", "cancelled", OPEN)),
    Table("taken-up", REQUESTS, (*(name for name, _days in TAKEN_UP), LATER)),
)

Counts = dict[str, Counter[str]]
Published = dict[str, dict[str, int]]


class NotOverError(Exception):
    """The year is not over: what is still counted is not published."""


@dataclass(frozen=True)
class Figures:
    """What was published of a year: for each table, the lower end of the class of each category."""

    year: int
    made_at: datetime
    tables: Published


def publish(
    database: Database, centre_id: str, year: int, now: datetime, actor: str, staff_id: str | None = None
) -> Figures:
    """Count a year of a centre and publish it; where it was published already, return just that.

    Raises:
        NotOverError: the year is not over in Brussels.

    """
    with database.reading(centre_id) as session:
        if known := published(session, centre_id, year):
            return known
        if year >= brussels_day(now).year:
            raise NotOverError(year)
        counts = count(database, session, centre_id, year)
    tables = {table.name: publishable(table, counts[table.name]) for table in TABLES}
    with database.writing(centre_id) as session:
        if known := published(session, centre_id, year):
            return known
        session.add(
            PublishedFigures(centre_id=centre_id, year=year, counted=json.dumps(tables), made_at=now, made_by=staff_id)
        )
        write_line(session, centre_id, now, actor, PUBLISHED, centre_id)
    return Figures(year, now, tables)


def published(session: Session, centre_id: str, year: int) -> Figures | None:
    """Return what a centre published of a year, if it did."""
    record = session.get(PublishedFigures, (centre_id, year))
    return Figures(year, record.made_at, json.loads(record.counted)) if record else None


def years(session: Session, centre_id: str, now: datetime) -> dict[int, Figures | None]:
    """Return every year that is over, from the first case of a centre on, the latest first, with what was published."""
    first = session.scalar(select(func.min(CaseRecord.registered_at)).where(CaseRecord.centre_id == centre_id))
    over = range(brussels_day(first).year, brussels_day(now).year) if first else range(0)
    done = select(PublishedFigures.year).where(PublishedFigures.centre_id == centre_id)
    every = {*over, *session.scalars(done)}  # a year stays published when its cases are erased
    return {year: published(session, centre_id, year) for year in sorted(every, reverse=True)}


def count(database: Database, session: Session, centre_id: str, year: int) -> Counts:
    """Count a year, in batches. The counts leave this room only through `publishable`."""
    counts: Counts = {table.name: Counter() for table in TABLES}
    for one in chain(_cases(database, session, centre_id, year), _requests(session, centre_id, year)):
        for name, category in one:
            counts[name][category] += 1
    return counts


Falls = list[tuple[str, str]]


def _cases(database: Database, session: Session, centre_id: str, year: int) -> Iterator[Falls]:
    """Give the categories that each case registered in the year falls into.

    One that was erased is not counted, nor one that cannot be read.
    """
    asked = select(CaseRecord.id, CaseRecord.wrapped_key, CaseRecord.sealed_facts, CaseRecord.registered_at).where(
        CaseRecord.centre_id == centre_id,
        *_within(CaseRecord.registered_at, year),
        _was_not_received(centre_id, CaseRecord.id, "case-received"),
    )
    for case_id, wrapped, sealed, registered_at in session.execute(asked.execution_options(yield_per=BATCH)):
        if not wrapped:
            continue
        try:
            facts = unseal_sheet(database.unwrapped(session, centre_id, case_id, wrapped), sealed, *FACTS, case_id)
        except UnreadableError as damaged:
            tell_unreadable(*damaged.place)
            continue
        yield [
            ("cases", "all"),
            ("quarter", QUARTERS[(brussels_day(registered_at).month - 1) // 3]),
            ("phase", facts["phase"] or NOT_NOTED),
            ("age", "minor" if facts["minor"] else "adult"),
            ("complaint", facts["complaint"]),
        ]


def _requests(session: Session, centre_id: str, year: int) -> Iterator[Falls]:
    """Give the categories that each request about the evidence, asked in the year, falls into."""
    asked = select(RequestRecord.kind, RequestRecord.state, RequestRecord.asked_at, RequestRecord.taken_up_at).where(
        RequestRecord.centre_id == centre_id,
        RequestRecord.kind.in_(law.ABOUT_EVIDENCE),
        *_within(RequestRecord.asked_at, year),
        _was_not_received(centre_id, RequestRecord.id, "request-received"),
    )
    for kind, state, asked_at, taken_up_at in session.execute(asked.execution_options(yield_per=BATCH)):
        yield [
            ("request", kind),
            ("end", state if state in ENDED else OPEN),
            ("taken-up", _taken_up(asked_at, taken_up_at)),
        ]


def _taken_up(asked_at: datetime, taken_up_at: datetime | None) -> str:
    if taken_up_at is None:
        return LATER
    days = (brussels_day(taken_up_at) - brussels_day(asked_at)).days
    return next((name for name, most in TAKEN_UP if days <= most), LATER)


def _was_not_received(centre_id: str, subject: InstrumentedAttribute[str], action: str) -> ColumnElement[bool]:
    """Leave out what another centre handed over (art. 17 al. 6): that centre counts it."""
    return ~exists().where(
        JournalLine.centre_id == centre_id, JournalLine.subject == subject, JournalLine.action == action
    )


def _within(column: InstrumentedAttribute[datetime], year: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    begins, ends = (datetime(one, 1, 1, tzinfo=BRUSSELS) for one in (year, year + 1))
    return column >= begins, column < ends
