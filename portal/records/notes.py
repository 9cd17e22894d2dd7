"""What the team notes of a case: things kept, what became known, holds. All of it only protects, or asks her again."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import law
from portal.clock import brussels_day
from portal.records.cases import change_facts, date_case, open_case
from portal.records.database import Database, new_id
from portal.records.items import write_item
from portal.records.journal import write_line
from portal.records.models import CaseRecord, Hold
from portal.records.requests import ask_again
from portal.records.reviews import USUAL

NOTED = frozenset({"complaint", "seized", "vulnerable", "protected", "capable_29_4", "apt_29_4"})


def add_item(
    database: Database, centre_id: str, case_id: str, staff_id: str, item: law.Item, mark: str, now: datetime
) -> str:
    """Add a thing that is kept, with the dates of its own period.

    She was not asked about it: what was confirmed for everything is asked again. A case of which everything was
    destroyed has something left.

    Raises:
        LookupError: this centre has no such case.

    """
    with database.writing(centre_id) as session:
        case = open_case(database, session, centre_id, case_id)
        if case is None:
            raise LookupError(case_id)
        key = database.case_key(session, case.record)
        item_id = write_item(session, key, case.record, staff_id, item, mark, now)
        if case.admission.destroyed:
            change_facts(database, session, case, destroyed=False)
            case = replace(case, law_case=replace(case.law_case, destroyed=False))
        date_case(database, session, case)
        ask_again(database, session, case, now, staff_id)
        write_line(session, centre_id, now, staff_id, "item-added", item_id)
        return item_id


def note_facts(database: Database, centre_id: str, case_id: str, staff_id: str, now: datetime, **facts: Any) -> None:
    """Note what became known: a complaint after the examination, a seizure, the tests of art. 29 § 4, vulnerability.

    The journal says that a fact was noted, never which: it stands in clear.

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
        ask_again(database, session, case, now, staff_id)
        write_line(session, centre_id, now, staff_id, "fact-noted", case_id)


def set_hold(
    database: Database, centre_id: str, case_id: str, staff_id: str, now: datetime, review_on: date | None = None
) -> None:
    """Hold everything of a case until a member of the team lifts it; somebody looks at it again in ninety days.

    `review_on` is another day for that, where the reason has one.

    Raises:
        LookupError: this centre has no such case.

    """
    with database.writing(centre_id) as session:
        case = open_case(database, session, centre_id, case_id)
        if case is None:
            raise LookupError(case_id)
        session.add(Hold(id=new_id(), case_id=case_id, set_at=now, set_by=staff_id))
        case.record.review_on = review_on or case.record.review_on or brussels_day(now) + USUAL
        session.flush()
        ask_again(database, session, case, now, staff_id)
        write_line(session, centre_id, now, staff_id, "hold-set", case_id)


def lift_holds(database: Database, centre_id: str, case_id: str, staff_id: str, now: datetime) -> None:
    """Lift the holds that members of the team set; those of requests end with them.

    Raises:
        LookupError: this centre has no such case.

    """
    with database.writing(centre_id) as session:
        record = session.get(CaseRecord, case_id)
        if record is None or record.centre_id != centre_id:
            raise LookupError(case_id)
        staff_set = select(Hold).where(Hold.case_id == case_id, Hold.request_id.is_(None), Hold.lifted_at.is_(None))
        for hold in session.scalars(staff_set):
            hold.lifted_at, hold.lifted_by = now, staff_id
        write_line(session, centre_id, now, staff_id, "hold-lifted", case_id)


def is_held_by_team(session: Session, case_id: str) -> bool:
    """Tell whether a member of the team holds a case."""
    staff_set = select(Hold.id).where(Hold.case_id == case_id, Hold.request_id.is_(None), Hold.lifted_at.is_(None))
    return session.scalars(staff_set.limit(1)).first() is not None
