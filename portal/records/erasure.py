"""Erasing a case: its rows and its key, for good. It is never evidence that is erased: nothing may be kept any more.

The portal is not the patient file (art. 57 is the file's). A case goes when nothing of it is kept, held, asked or open,
a named member confirmed that everything is in the patient file, and the written period has passed. Each case is one
transaction, listed outside the database before it stands (`records.erasure_list`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Delete, delete, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.clock import brussels_day
from portal.events import tell_unreadable
from portal.law.course import ENDED
from portal.records.cases import OpenedCase, open_case
from portal.records.data_map import data_map
from portal.records.database import Database
from portal.records.erasure_list import ErasureList, Listed, Stage
from portal.records.fence import Across
from portal.records.journal import write_line
from portal.records.lines import lines_of_things
from portal.records.models import (
    CaseRecord,
    Centre,
    Extension,
    Hold,
    ItemRecord,
    Link,
    Message,
    RequestRecord,
    TodayLine,
    Visit,
)
from portal.records.outbox.kinds import State
from portal.records.seal import UnreadableError

ERASED = "case-erased"
BATCH = 200
UNREADABLE = ("unreadable",)
UNDER_WAY = (State.WAITING, State.SENDING)


@dataclass(frozen=True)
class Left:
    """What is left of a case that could stand against erasing it.

    `kept`: a thing is kept, or an examination's traces were never listed and nobody says that they are gone.
    `moved`: another centre keeps the case (art. 17 al. 6); what is kept, held or asked is so there.
    """

    in_file_at: datetime | None
    kept: bool = False
    held: bool = False
    asked: bool = False
    linked: bool = False
    sending: bool = False
    planned: bool = False
    moved: bool = False


@dataclass(frozen=True)
class Replayed:
    """What a replay did with a restored database: how many cases it erased again, and how many were kept.

    `unreadable` were begun and cannot be read: they stay begun, and somebody looks at them.
    """

    erased: int
    kept: int
    unreadable: int = 0


def why_not_erased(left: Left, now: datetime) -> tuple[str, ...]:
    """Return everything that stands against erasing a case, as stable ids; nothing where it may be erased.

    The period is that of the data map, from the confirmation that everything is in the patient file.
    """
    is_over = left.in_file_at is not None and now >= left.in_file_at + data_map().length_of("case")
    here = {"kept": left.kept, "hold": left.held, "request": left.asked, "planned": left.planned}
    found = {
        **{reason: stands and not left.moved for reason, stands in here.items()},
        "link": left.linked,
        "message": left.sending,
        "not-in-file": left.in_file_at is None,
        "period": left.in_file_at is not None and not is_over,
    }
    return tuple(reason for reason, stands in found.items() if stands)


def left_of(session: Session, case: OpenedCase, now: datetime) -> Left:
    """Return what is left of a case."""
    record = case.record
    unlisted = not case.items and record.keep_through is not None and not case.law_case.destroyed
    return Left(
        in_file_at=record.in_file_at,
        kept=bool(case.here) or unlisted,
        held=_is_there(session, Hold.id, Hold.case_id == record.id, Hold.lifted_at.is_(None)),
        asked=_is_there(
            session, RequestRecord.id, RequestRecord.case_id == record.id, RequestRecord.state.not_in(ENDED)
        ),
        linked=_is_there(session, Link.id, Link.case_id == record.id, Link.revoked_at.is_(None), Link.ends_at > now),
        sending=_is_there(session, Message.id, Message.case_id == record.id, Message.state.in_(UNDER_WAY)),
        planned=record.follow_up_on is not None or record.review_on is not None,
        moved=record.moved_at is not None,
    )


def confirmed_long_ago(database: Database, now: datetime) -> Iterator[tuple[str, str]]:
    """Give centre and case of everything whose period is over by its date, in batches; what else stands is not seen.

    The longest over comes first, in the order of an index: it goes through what is due, not through all cases.
    """
    place = CaseRecord.in_file_at, CaseRecord.id
    over = select(CaseRecord.centre_id, *place).where(CaseRecord.in_file_at <= now - data_map().length_of("case"))
    after = over
    while True:
        with database.reading(across=Across.ERASURE) as session:
            batch = session.execute(after.order_by(*place).limit(BATCH)).all()
        for centre_id, _, case_id in batch:
            yield centre_id, case_id
        if len(batch) < BATCH:
            return
        after = over.where(tuple_(*place) > tuple_(batch[-1].in_file_at, batch[-1].id))


def erase_case(
    database: Database, listed: ErasureList, centre_id: str, case_id: str, actor: str, now: datetime
) -> tuple[str, ...]:
    """Erase a case where nothing stands against it; return what does. Again, it does nothing.

    Raises:
        LookupError: this centre has no such case.

    """
    with database.writing(centre_id) as session:
        case = open_case(database, session, centre_id, case_id)
        if case is None:
            raise LookupError(case_id)
        if reasons := why_not_erased(left_of(session, case, now), now):
            return reasons
        _erase(session, centre_id, case_id, actor, now)
        listed.add(case_id, Stage.BEGUN, brussels_day(now))
    listed.add(case_id, Stage.DONE, brussels_day(now))
    return ()


def erase_readable(
    database: Database, listed: ErasureList, centre_id: str, case_id: str, actor: str, now: datetime
) -> tuple[str, ...]:
    """Erase a case as `erase_case` does; what cannot be read is told in the log, kept, and stops no other.

    Raises:
        LookupError: this centre has no such case.

    """
    try:
        return erase_case(database, listed, centre_id, case_id, actor, now)
    except UnreadableError as damaged:
        tell_unreadable(*damaged.place)
        return UNREADABLE


def finish(database: Database, listed: ErasureList, actor: str, now: datetime) -> Replayed:
    """End what was begun when the machine stopped: erase it, or keep it where something new stands against it."""
    erased = kept = unreadable = 0
    for case_id in listed.listed.at(Stage.BEGUN):
        centre_id = _centre_of(database, case_id)
        if centre_id is None:
            listed.add(case_id, Stage.DONE, brussels_day(now))
        elif _is_closed(database, centre_id):
            continue  # it cannot be read now: it stays begun, and is ended when its key is given
        elif reasons := erase_readable(database, listed, centre_id, case_id, actor, now):
            if reasons == UNREADABLE:
                unreadable += 1
                continue
            listed.add(case_id, Stage.KEPT, brussels_day(now))
            kept += 1
        else:
            erased += 1
    return Replayed(erased, kept, unreadable)


def replay(database: Database, listed: ErasureList, actor: str, now: datetime) -> Replayed:
    """Erase again whatever a restored backup brought back. Run at every restore; again, it does nothing.

    What was erased for good is not looked at again: the backup shows it as it stood before. What was only begun is.
    """
    erased = 0
    for case_id in brought_back(database, listed.listed):
        if centre_id := _centre_of(database, case_id):
            with database.writing(centre_id) as session:
                _erase(session, centre_id, case_id, actor, now)
            erased += 1
    begun = finish(database, listed, actor, now)
    return Replayed(erased + begun.erased, begun.kept, begun.unreadable)


def brought_back(database: Database, listed: Listed) -> tuple[str, ...]:
    """Return the cases that were erased and are there: a backup was restored and the list not replayed."""
    done = listed.at(Stage.DONE)
    found: list[str] = []
    with database.reading(across=Across.ERASURE) as session:
        for start in range(0, len(done), BATCH):
            found += session.scalars(select(CaseRecord.id).where(CaseRecord.id.in_(done[start : start + BATCH])))
    return tuple(found)


def _erase(session: Session, centre_id: str, case_id: str, actor: str, now: datetime) -> None:
    """Delete every row of a case with its key, inside the caller's transaction; the journal keeps its random id."""
    things = [case_id]
    for named in (ItemRecord, RequestRecord, Message):
        things += session.scalars(select(named.id).where(named.case_id == case_id))
    links = select(Link.id).where(Link.case_id == case_id)
    _delete(session, delete(TodayLine).where(lines_of_things(centre_id, things)))
    _delete(session, delete(Visit).where(Visit.link_id.in_(links)))
    for table in (Link, Message, Extension, Hold, ItemRecord, RequestRecord):
        _delete(session, delete(table).where(table.case_id == case_id))
    _delete(session, delete(CaseRecord).where(CaseRecord.id == case_id))
    write_line(session, centre_id, now, actor, ERASED, case_id)


def _delete(session: Session, rows: Delete) -> None:
    session.execute(rows, execution_options={"synchronize_session": False})


def _is_closed(database: Database, centre_id: str) -> bool:
    with database.reading(centre_id) as session:
        return not database.is_given(session.get_one(Centre, centre_id))


def _centre_of(database: Database, case_id: str) -> str | None:
    with database.reading(across=Across.ERASURE) as session:
        return session.scalar(select(CaseRecord.centre_id).where(CaseRecord.id == case_id))


def _is_there(session: Session, column: InstrumentedAttribute[str], *conditions: ColumnElement[bool]) -> bool:
    return session.scalars(select(column).where(*conditions).limit(1)).first() is not None
