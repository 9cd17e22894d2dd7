"""The register: the least that a ward needs on the day when nothing works, and nobody's name.

A case's code, until when somebody can ask, until when everything is kept, and whether it is held. It comes from columns
in clear: no case is opened for it. What is not held by a row may still be held for another reason (a complaint that the
sealed facts know of): no line says that anything is free.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.records.case_codes import case_code
from portal.records.models import CaseRecord, Hold, ItemRecord

WRITTEN = "register-written"


@dataclass(frozen=True)
class Line:
    """One case. `ask_by` is the earliest day of the case and its things, `keep_through` the latest."""

    code: str
    ask_by: date | None
    keep_through: date | None
    is_held: bool


def lines_of(session: Session, centre_id: str) -> list[Line]:
    """Return the cases of a centre of which anything may be kept here, by day; those that moved are kept elsewhere."""
    ask_by, keep_through, kept = _of_things(session, centre_id)
    wanted = select(CaseRecord.id, CaseRecord.ask_by, CaseRecord.keep_through).where(
        CaseRecord.centre_id == centre_id, CaseRecord.moved_at.is_(None)
    )
    held = _held(session, centre_id)
    lines = [
        Line(
            case_code(case_id),
            min(_known(first, ask_by.get(case_id)), default=None),
            max(_known(last, keep_through.get(case_id)), default=None),
            case_id in held,
        )
        for case_id, first, last in session.execute(wanted)
        if first or last or case_id in kept or case_id in held
    ]
    return sorted(lines, key=lambda one: (one.ask_by or date.max, one.code))


def _of_things(session: Session, centre_id: str) -> tuple[dict[str, date], dict[str, date], set[str]]:
    """Return, by case, the first and last day of the things that are there, and which cases have any."""
    there = (
        select(ItemRecord.case_id, func.min(ItemRecord.ask_by), func.max(ItemRecord.keep_through))
        .where(ItemRecord.centre_id == centre_id, ItemRecord.gone_at.is_(None))
        .group_by(ItemRecord.case_id)
    )
    found = session.execute(there).all()
    return (
        {case_id: first for case_id, first, _ in found if first},
        {case_id: last for case_id, _, last in found if last},
        {case_id for case_id, *_ in found},
    )


def _held(session: Session, centre_id: str) -> set[str]:
    holds = select(Hold.case_id).join(CaseRecord, CaseRecord.id == Hold.case_id)
    return set(session.scalars(holds.where(CaseRecord.centre_id == centre_id, Hold.lifted_at.is_(None))))


def _known(*days: date | None) -> list[date]:
    return [day for day in days if day]
