"""Looking at a case again: nothing that is kept stays out of sight for ever, and nothing follows by itself."""

from datetime import date, datetime, timedelta

from portal.clock import brussels_day
from portal.records.cases import open_case
from portal.records.database import Database
from portal.records.ending import is_held_by_team
from portal.records.journal import write_line
from portal.records.lines import LineKind, forget

USUAL = timedelta(days=90)
FURTHEST = timedelta(days=366)


def review(database: Database, centre_id: str, case_id: str, staff_id: str, on: date, now: datetime) -> None:
    """Note that a case was looked at, and when somebody looks at it again. The reason stays sealed, or on paper.

    A day that has come ends the looking where everything is gone and no member holds it: else it would go on for ever.

    Raises:
        LookupError: this centre has no such case.
        ValueError: a day that is not to come, or that is more than a year away.

    """
    if not brussels_day(now) < on <= brussels_day(now) + FURTHEST:
        raise ValueError("looked at again on a day to come, within a year")
    with database.writing(centre_id) as session:
        case = open_case(database, session, centre_id, case_id)
        if case is None:
            raise LookupError(case_id)
        has_come = case.record.review_on is not None and case.record.review_on <= brussels_day(now)
        again_on = None if has_come and case.is_all_gone and not is_held_by_team(session, case_id) else on
        if case.record.review_on != again_on:
            case.record.review_on = again_on
            forget(session, centre_id, LineKind.LOOK, case_id)
            write_line(session, centre_id, now, staff_id, "case-reviewed", case_id)
