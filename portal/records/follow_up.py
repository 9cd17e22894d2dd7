"""The team's calls at regular intervals (art. 14 § 3): when the next one is due, and what became of the last."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from portal import law
from portal.clock import brussels_day
from portal.records.cases import OpenedCase, open_case
from portal.records.centres import rhythm_of
from portal.records.choices import FollowUp, write_choices
from portal.records.database import Database
from portal.records.journal import write_line
from portal.records.lines import LineKind, forget
from portal.records.models import Centre

AGAIN = timedelta(days=2)
FURTHEST = timedelta(days=730)


class Called(StrEnum):
    """What became of a call, or what she wants of the next ones."""

    DONE = "done"
    NOT_REACHED = "not-reached"
    MOVED = "moved"
    STOPPED = "stopped"


def note_call(
    database: Database,
    centre_id: str,
    case_id: str,
    staff_id: str,
    called: Called,
    now: datetime,
    on: date | None = None,
) -> None:
    """Note what became of a call, and plan the next one. The same again on one day changes nothing.

    `on` is the day she wants to be called, where it is moved; after nobody answered, two days later unless given.

    Raises:
        LookupError: this centre has no such case.
        ValueError: a day that is not to come, or a case that is not followed up (art. 14 § 3).

    """
    today = brussels_day(now)
    with database.writing(centre_id) as session:
        case = open_case(database, session, centre_id, case_id)
        if case is None:
            raise LookupError(case_id)
        if not law.is_followed_up(case.law_case):
            raise ValueError("art. 14 § 3 provides no calls here")
        centre = session.get_one(Centre, centre_id)
        after = _after(case, called, today, on, rhythm_of(centre))
        if after == (case.choices.follow_up, case.record.follow_up_on):
            return
        noted, case.record.follow_up_on = after
        write_choices(database, session, case.record, lambda chosen: replace(chosen, follow_up=noted))
        forget(session, centre_id, LineKind.CALL, case_id)
        write_line(session, centre_id, now, staff_id, f"follow-up-{called}", case_id)


def plan_again(database: Database, centre_id: str, case_id: str, staff_id: str, now: datetime) -> None:
    """Plan the next call by the centre's rhythm, where none is planned and she has not stopped them.

    Raises:
        LookupError: this centre has no such case.

    """
    with database.writing(centre_id) as session:
        case = open_case(database, session, centre_id, case_id)
        if case is None:
            raise LookupError(case_id)
        stopped = case.choices.follow_up.stopped
        if case.record.follow_up_on is None and not stopped and law.is_followed_up(case.law_case):
            rhythm = rhythm_of(session.get_one(Centre, centre_id))
            case.record.follow_up_on = _next(case, rhythm, brussels_day(now))
            if case.record.follow_up_on:
                write_line(session, centre_id, now, staff_id, "follow-up-planned", case_id)


def _after(
    case: OpenedCase, called: Called, today: date, on: date | None, rhythm: tuple[int, ...]
) -> tuple[FollowUp, date | None]:
    """Return what is noted and when the next call is due."""
    noted = case.choices.follow_up
    if on is not None and not today < on <= today + FURTHEST:
        raise ValueError("a call is moved to a day to come")
    match called:
        case Called.DONE:
            return replace(noted, spoken_on=today.isoformat(), tried_on=""), _next(case, rhythm, today)
        case Called.NOT_REACHED:
            if noted.tried_on == today.isoformat() and on is None:
                return noted, case.record.follow_up_on
            return replace(noted, tried_on=today.isoformat()), on or today + AGAIN
        case Called.MOVED:
            if on is None:
                raise ValueError("moved to which day?")
            return replace(noted, stopped=False), on
        case Called.STOPPED:
            return replace(noted, stopped=True), None


def _next(case: OpenedCase, rhythm: tuple[int, ...], today: date) -> date | None:
    began_on = case.law_case.exam_on or brussels_day(case.record.registered_at)
    return law.next_follow_up(began_on, rhythm, today)
