"""Looking at a case again: nothing that is kept stays out of sight for ever, and nothing follows by itself."""

from datetime import date, datetime, timedelta

from portal.clock import brussels_day
from portal.records.database import Database
from portal.records.journal import write_line
from portal.records.lines import LineKind, forget
from portal.records.models import CaseRecord

USUAL = timedelta(days=90)
FURTHEST = timedelta(days=366)


def review(database: Database, centre_id: str, case_id: str, staff_id: str, on: date, now: datetime) -> None:
    """Note that a case was looked at, and when somebody looks at it again. The reason stays sealed, or on paper.

    Raises:
        LookupError: this centre has no such case.
        ValueError: a day that is not to come, or that is more than a year away.

    """
    if not brussels_day(now) < on <= brussels_day(now) + FURTHEST:
        raise ValueError("looked at again on a day to come, within a year")
    with database.writing(centre_id) as session:
        record = session.get(CaseRecord, case_id)
        if record is None or record.centre_id != centre_id:
            raise LookupError(case_id)
        if record.review_on != on:
            record.review_on = on
            forget(session, centre_id, LineKind.LOOK, case_id)
            write_line(session, centre_id, now, staff_id, "case-reviewed", case_id)
