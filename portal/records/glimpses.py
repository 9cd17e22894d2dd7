"""Many cases at once, as far as a list needs them: a fixed number of queries, however many cases."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import law
from portal.events import tell_unreadable
from portal.records.cases import read_admission
from portal.records.choices import Choices, read_choices
from portal.records.database import Database
from portal.records.models import CaseRecord, Extension, Hold
from portal.records.seal import UnreadableError


@dataclass(frozen=True)
class Glimpse:
    """A case as a line of a list shows it: its things stay sealed."""

    record: CaseRecord
    reference: str
    law_case: law.Case
    choices: Choices
    held_by_team: bool


def glimpses(
    database: Database, session: Session, centre_id: str, case_ids: Iterable[str]
) -> dict[str, Glimpse | None]:
    """Return cases of a centre by their ids, None for one that cannot be read; another's are not among them."""
    wanted = set(case_ids)
    if not wanted:
        return {}
    # Not asked by centre as well: a database may then go through all the cases of that centre to find a few.
    by_id = session.scalars(select(CaseRecord).where(CaseRecord.id.in_(wanted)))
    mine = [record for record in by_id if record.centre_id == centre_id]
    extended = set(
        session.scalars(
            select(Extension.case_id).where(Extension.case_id.in_(wanted), Extension.entered_at.is_not(None))
        )
    )
    holds = select(Hold.case_id, Hold.request_id).where(Hold.case_id.in_(wanted), Hold.lifted_at.is_(None))
    held = session.execute(holds).all()
    held_at_all, held_by_team = {one for one, _ in held}, {one for one, request in held if request is None}
    return {
        record.id: _glimpse(
            database,
            session,
            record,
            extended=record.id in extended,
            held=record.id in held_at_all,
            held_by_team=record.id in held_by_team,
        )
        for record in mine
    }


def _glimpse(
    database: Database, session: Session, record: CaseRecord, *, extended: bool, held: bool, held_by_team: bool
) -> Glimpse | None:
    try:
        key = database.case_key(session, record)
        admission, choices = read_admission(key, record), read_choices(key, record)
    except UnreadableError as damaged:
        tell_unreadable(*damaged.place)
        return None
    law_case = admission.as_case(extended=extended, hold=held)
    return Glimpse(record, admission.reference, law_case, choices, held_by_team)
