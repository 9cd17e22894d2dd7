"""What the team notes of a case: things kept, what became known, holds. All of it only protects, or asks her again."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import law
from portal.clock import brussels_day
from portal.records.cases import change_facts, date_case, open_case
from portal.records.database import Database, new_id
from portal.records.ending import first_end
from portal.records.items import MOST, FullError, rewrite_item, write_item
from portal.records.journal import write_line
from portal.records.models import CaseRecord, Hold
from portal.records.notebook import About, Entry, write_entries
from portal.records.requests import ask_again
from portal.records.reviews import USUAL
from portal.records.sheets import seal_sheet, unseal_sheet

WHY = ("hold", "sealed_why")
NOTED = frozenset({"complaint", "seized", "vulnerable", "protected", "capable_29_4", "apt_29_4", "answered"})


class HandedTo(StrEnum):
    """To whom things were handed on."""

    REGISTRY = "registry"
    LABORATORY = "laboratory"
    CENTRE = "centre"
    OTHER = "other"


@dataclass(frozen=True)
class Word:
    """Who said so, or why, and the day of the paper, the talk or the judgement."""

    said: str
    on: date | None = None


def add_item(
    database: Database, centre_id: str, case_id: str, staff_id: str, item: law.Item, mark: str, now: datetime
) -> str:
    """Add a thing that is kept, with the dates of its own period. The same bag, still here, is the thing it already is.

    She was not asked about it: what was confirmed for everything is asked again. A case of which everything was
    destroyed has something left.

    Raises:
        LookupError: this centre has no such case.
        FullError: the case lists as many things as it can.

    """
    with database.writing(centre_id) as session:
        case = open_case(database, session, centre_id, case_id)
        if case is None:
            raise LookupError(case_id)
        if (same := next((one for one in case.here if (one.item, one.mark) == (item, mark)), None)) is not None:
            return same.id  # pressed twice
        if len(case.here) >= MOST:
            raise FullError(case_id)
        key = database.case_key(session, case.record)
        item_id = write_item(session, key, case.record, staff_id, item, mark, now)
        if case.admission.destroyed:
            change_facts(database, session, case, destroyed=False, ended=False)
            case = replace(case, law_case=replace(case.law_case, destroyed=False, ended=False))
        date_case(database, session, case)
        ask_again(database, session, case, now, staff_id)
        write_line(session, centre_id, now, staff_id, "item-added", item_id)
        return item_id


def note_facts(
    database: Database,
    centre_id: str,
    case_id: str,
    staff_id: str,
    now: datetime,
    word: Word | None = None,
    **facts: Any,
) -> None:
    """Note what became known: a complaint after the examination, a seizure, the tests of art. 29 § 4, vulnerability.

    `answered`: after a later complaint, the prosecutor or judge answered that nothing need be kept for them (A-11); the
    complaint stays. Who said so, and on which day, stays sealed. The journal says that a fact was noted, never which.

    Raises:
        LookupError: this centre has no such case.
        ValueError: a fact that is fixed at admission, or a complaint that would undo what was known before.

    """
    if not set(facts) <= NOTED:
        raise ValueError(f"fixed at admission: {sorted(set(facts) - NOTED)}")
    with database.writing(centre_id) as session:
        case = open_case(database, session, centre_id, case_id)
        if case is None:
            raise LookupError(case_id)
        if "complaint" in facts and facts["complaint"] is not law.Complaint.AFTER_EXAM:
            raise ValueError("what was known at admission is only corrected, not noted")
        if "complaint" in facts and case.admission.complaint is not law.Complaint.NONE:
            facts.pop("complaint")  # known before, or not known, which holds as much
        change_facts(database, session, case, **facts)
        write_entries(database, session, case.record, _known(facts, word or Word(""), staff_id, now))
        ask_again(database, session, case, now, staff_id)
        write_line(session, centre_id, now, staff_id, "fact-noted", case_id)


def _known(facts: dict[str, Any], word: Word, staff_id: str, now: datetime) -> list[Entry]:
    return [
        Entry(About.KNOWN, name, staff_id, now, on=word.on, said=word.said, after=str(value))
        for name, value in facts.items()
    ]


def hand_on(
    database: Database,
    centre_id: str,
    case_id: str,
    staff_id: str,
    now: datetime,
    item_ids: Collection[str],
    to: HandedTo,
    word: Word,
) -> None:
    """Note that things were handed on and are not kept here any more: nothing is destroyed (arts 17 al. 6 and 40).

    Whatever was confirmed about them is asked again. Nothing that stands in clear changes.

    Raises:
        LookupError: this centre has no such case, or such a thing is not kept here.

    """
    with database.writing(centre_id) as session:
        case = open_case(database, session, centre_id, case_id)
        moved = [one for one in case.here if one.id in item_ids] if case else []
        if case is None or not item_ids or len(moved) != len(set(item_ids)):
            raise LookupError(case_id)
        key = database.case_key(session, case.record)
        for one in moved:
            rewrite_item(session, key, one.id, gone_how=to)
        entries = [Entry(About.MOVED, to, staff_id, now, on=word.on, said=word.said, mark=one.mark) for one in moved]
        write_entries(database, session, case.record, entries)
        ask_again(database, session, case, now, staff_id)
        write_line(session, centre_id, now, staff_id, "fact-noted", case_id)


def put_back(
    database: Database, centre_id: str, case_id: str, staff_id: str, now: datetime, item_ids: Collection[str], why: str
) -> None:
    """Note that things which were noted as handed on are here after all, and why. Nothing that stands in clear changes.

    She is asked again before anything irreversible, and who notes this gives none of it back alone. Pressed twice, it
    is once.

    Raises:
        LookupError: this centre has no such case, or handed it over to another centre, or the case has no such thing.
        ValueError: no reason.

    """
    if not why.strip():
        raise ValueError("what is here after all needs a reason")
    with database.writing(centre_id) as session:
        case = open_case(database, session, centre_id, case_id)
        if case is None or case.record.moved_at is not None or not set(item_ids) <= {one.id for one in case.items}:
            raise LookupError(case_id)
        back = [one for one in case.handed_on if one.id in item_ids]
        if not back:
            return
        key = database.case_key(session, case.record)
        for one in back:
            rewrite_item(session, key, one.id, gone_how="")
        entries = [Entry(About.BACK, one.gone_how, staff_id, now, said=why, mark=one.mark) for one in back]
        write_entries(database, session, case.record, entries)
        ask_again(database, session, case, now, staff_id)
        write_line(session, centre_id, now, staff_id, "fact-noted", case_id)


def set_hold(
    database: Database,
    centre_id: str,
    case_id: str,
    staff_id: str,
    now: datetime,
    word: Word | None = None,
    review_on: date | None = None,
) -> None:
    """Hold everything of a case until a member of the team lifts it; why, and who said so, stays sealed.

    Somebody looks at it again in ninety days, or on `review_on`, where the reason has a day of its own.

    Raises:
        LookupError: this centre has no such case.

    """
    with database.writing(centre_id) as session:
        case = open_case(database, session, centre_id, case_id)
        if case is None:
            raise LookupError(case_id)
        hold = Hold(id=new_id(), case_id=case_id, set_at=now, set_by=staff_id)
        hold.sealed_why = _sealed_why(database.case_key(session, case.record), hold, set=word)
        session.add(hold)
        case.record.review_on = review_on or case.record.review_on or brussels_day(now) + USUAL
        session.flush()
        ask_again(database, session, case, now, staff_id)
        write_line(session, centre_id, now, staff_id, "hold-set", case_id)


def lift_holds(
    database: Database, centre_id: str, case_id: str, staff_id: str, now: datetime, word: Word | None = None
) -> None:
    """Lift the holds that members of the team set, with the reason; those of requests end with them.

    The day on which somebody would have looked at the hold again keeps nothing out of sight: it comes no later than the
    day on which the end of the period can be proposed (art. 29 § 5). Of what is all gone, nobody looks again.

    Raises:
        LookupError: this centre has no such case.

    """
    with database.writing(centre_id) as session:
        case = open_case(database, session, centre_id, case_id)
        if case is None:
            raise LookupError(case_id)
        record = case.record
        staff_set = select(Hold).where(Hold.case_id == case_id, Hold.request_id.is_(None), Hold.lifted_at.is_(None))
        for hold in session.scalars(staff_set):
            hold.lifted_at, hold.lifted_by = now, staff_id
            hold.sealed_why = _sealed_why(database.case_key(session, record), hold, lifted=word)
        if case.is_all_gone:
            record.review_on = None
        elif record.review_on is not None and (end := first_end(session, record)):
            record.review_on = min(record.review_on, max(end, brussels_day(now)))
        write_line(session, centre_id, now, staff_id, "hold-lifted", case_id)


def holds_of_team(database: Database, session: Session, record: CaseRecord) -> list[tuple[Hold, dict[str, Word]]]:
    """Return every hold that a member of the team set, the newest first, with the words of setting and lifting it."""
    key = database.case_key(session, record)
    every = select(Hold).where(Hold.case_id == record.id, Hold.request_id.is_(None)).order_by(Hold.set_at.desc())
    return [(hold, _words(_sheet_of(key, hold))) for hold in session.scalars(every)]


def _sealed_why(key: bytes, hold: Hold, **words: Word | None) -> bytes:
    """Seal why a hold was set or lifted: always a sheet, so that its absence tells nothing."""
    new = {
        name: {"said": word.said, "on": word.on.isoformat() if word.on else None}
        for name, word in words.items()
        if word is not None
    }
    return seal_sheet(key, {**_sheet_of(key, hold), **new}, *WHY, hold.id)


def _sheet_of(key: bytes, hold: Hold) -> dict[str, Any]:
    return unseal_sheet(key, hold.sealed_why, *WHY, hold.id)


def _words(sheet: dict[str, Any]) -> dict[str, Word]:
    return {
        name: Word(word["said"], date.fromisoformat(word["on"]) if word["on"] else None) for name, word in sheet.items()
    }


def is_held_by_team(session: Session, case_id: str) -> bool:
    """Tell whether a member of the team holds a case."""
    staff_set = select(Hold.id).where(Hold.case_id == case_id, Hold.request_id.is_(None), Hold.lifted_at.is_(None))
    return session.scalars(staff_set.limit(1)).first() is not None
