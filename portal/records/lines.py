"""What members did with the lines of *Today*: took one, or ended one. A line nobody touched has no row."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session

from portal.records.database import Database
from portal.records.journal import write_line
from portal.records.models import CaseRecord, ItemRecord, Message, RequestRecord, TodayLine


class LineKind(StrEnum):
    """What a line is about. The names say nothing of why: they stand in clear."""

    REQUEST = "request"
    DATE_30 = "date-30"
    DATE_7 = "date-7"
    CALL = "call"
    LOOK = "look"
    MESSAGE = "message"
    CONTACT = "contact"


ENDED_BY_HAND = frozenset({LineKind.DATE_30, LineKind.DATE_7, LineKind.MESSAGE})
DATES = frozenset({LineKind.DATE_30, LineKind.DATE_7})


def key_of(kind: LineKind, thing_id: str, day: date | None = None) -> str:
    """Return how a line is named: for a date also which one, so that another date makes another line."""
    return f"{kind}:{thing_id}:{day}" if kind in DATES else f"{kind}:{thing_id}"


def take(
    database: Database, centre_id: str, staff_id: str, kind: LineKind, thing_id: str, day: date | None, now: datetime
) -> None:
    """Take a line: it is this member's from now on, until another takes it. Taken twice, it is taken once.

    Raises:
        LookupError: this centre has nothing of the kind under this id.

    """
    with database.writing(centre_id) as session:
        line = _line(session, centre_id, kind, thing_id, day)
        if line.staff_id != staff_id:
            line.staff_id, line.taken_at = staff_id, now
            session.add(line)
            write_line(session, centre_id, now, staff_id, "line-taken", thing_id)


def end(
    database: Database, centre_id: str, staff_id: str, kind: LineKind, thing_id: str, day: date | None, now: datetime
) -> None:
    """End a line whose work is done: she was told of a date, or a message that did not arrive was seen. Once.

    Raises:
        LookupError: this centre has nothing of the kind under this id.
        ValueError: a line of this kind ends by its own work.

    """
    if kind not in ENDED_BY_HAND:
        raise ValueError(f"a line of kind {kind} ends by its own work")
    with database.writing(centre_id) as session:
        line = _line(session, centre_id, kind, thing_id, day)
        if line.ended_at is None:
            line.ended_at, line.ended_by = now, staff_id
            session.add(line)
            if message := session.get(Message, thing_id) if kind is LineKind.MESSAGE else None:
                message.sealed_to = message.sealed_text = None  # somebody has dealt with it: nothing of it is needed
            write_line(session, centre_id, now, staff_id, "line-ended", thing_id)


def forget(session: Session, centre_id: str, kind: LineKind, thing_id: str) -> None:
    """Forget who took a line, inside the caller's transaction: its work is done, and the next one is nobody's yet."""
    session.execute(delete(TodayLine).where(TodayLine.centre_id == centre_id, TodayLine.line == key_of(kind, thing_id)))


def lines_of_things(centre_id: str, thing_ids: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition for every line about some things of a centre, whatever it is and whichever date it names.

    A line about a date begins with a name. Its index is asked for what lies between two ends that hold in the order of
    every language, with the centre in each part, or all lines of the centre are gone through; the name decides.
    """
    things, here = tuple(thing_ids), TodayLine.centre_id == centre_id
    whole = [key_of(kind, thing) for kind in set(LineKind) - DATES for thing in things]
    begins = [f"{kind}:{thing}:" for kind in DATES for thing in things]
    dated = (
        and_(here, TodayLine.line >= name, TodayLine.line < f"{name}z", TodayLine.line.startswith(name))
        for name in begins
    )
    return or_(and_(here, TodayLine.line.in_(whole)), *dated)


def touched(session: Session, centre_id: str, keys: Iterable[str]) -> dict[str, TodayLine]:
    """Return the lines that somebody took or ended, by their keys."""
    rows = select(TodayLine).where(TodayLine.centre_id == centre_id, TodayLine.line.in_(set(keys)))
    return {one.line: one for one in session.scalars(rows)}


def case_of_date(database: Database, centre_id: str, kind: LineKind, thing_id: str, day: date | None) -> str:
    """Return the case that a line about a date is about.

    Raises:
        LookupError: this centre has nothing that ends on this day under this id, or the line is about something else.

    """
    with database.reading(centre_id) as session:
        if kind not in DATES or not _is_here(session, centre_id, kind, thing_id, day):
            raise LookupError(thing_id)
        item = session.get(ItemRecord, thing_id)
        return item.case_id if item else thing_id


def _line(session: Session, centre_id: str, kind: LineKind, thing_id: str, day: date | None) -> TodayLine:
    if not _is_here(session, centre_id, kind, thing_id, day):
        raise LookupError(thing_id)
    key = key_of(kind, thing_id, day)
    return session.get(TodayLine, (centre_id, key)) or TodayLine(centre_id=centre_id, line=key)


def _is_here(session: Session, centre_id: str, kind: LineKind, thing_id: str, day: date | None) -> bool:
    """Tell whether a centre has what a line is about; for a date: a case, or a thing, that ends on this very day."""
    if kind in DATES:
        dated = session.get(CaseRecord, thing_id) or session.get(ItemRecord, thing_id)
        return dated is not None and dated.centre_id == centre_id and day is not None and dated.ask_by == day
    thing: CaseRecord | Message | RequestRecord | None
    match kind:
        case LineKind.REQUEST:
            thing = session.get(RequestRecord, thing_id)
        case LineKind.MESSAGE:
            thing = session.get(Message, thing_id)
        case _:
            thing = session.get(CaseRecord, thing_id)
    return thing is not None and thing.centre_id == centre_id
