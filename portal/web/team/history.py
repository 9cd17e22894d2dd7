"""What was done with a request so far, in words: the same on its page and in the text for the patient file."""

from datetime import datetime

from flask_babel import gettext as _

from portal.law.course import State, Step
from portal.library.languages import say_date, say_moment
from portal.web.languages import present_language
from portal.web.team.asked import Asked


def how_asked(asked: Asked) -> str:
    """Say how and when it was asked, or that the team proposed it (art. 29 § 5)."""
    record, moment = asked.record, _moment(asked.record.asked_at)
    if record.asked_by is None:
        return str(_("work.asked_by_link", moment=moment, number=record.number))
    login = asked.staff[record.asked_by].login
    if asked.is_end_of_period:
        return str(_("ending.proposed", moment=moment, login=login, number=record.number))
    return str(_("work.asked_in_person", moment=moment, login=login, number=record.number))


def so_far(asked: Asked) -> list[str]:
    """Say each step that was made and still counts, the first one first."""
    record = asked.record
    return [
        *_did(asked, Step.TAKE_UP, record.taken_up_by, record.taken_up_at),
        *_did(asked, Step.CONFIRM, record.confirmed_by, record.confirmed_at),
        *_did(asked, Step.SIGN, record.signed_by, record.signed_at),
        *_ended(asked),
    ]


def _ended(asked: Asked) -> list[str]:
    record = asked.record
    match asked.course.state:
        case State.DONE:
            return _did(asked, Step.CARRY_OUT, record.ended_by, record.ended_at)
        case State.NOT_DONE:
            return _did(asked, Step.DECLINE, record.ended_by, record.ended_at)
        case State.CANCELLED if record.ended_by is None:
            return [str(_("work.did_cancel_by_link", moment=_moment(record.ended_at)))]
        case State.CANCELLED:
            return _did(asked, Step.CANCEL, record.ended_by, record.ended_at)
    return []


def _did(asked: Asked, step: Step, by: str | None, at: datetime | None) -> list[str]:
    if by is None:
        return []
    who = {"login": asked.staff[by].login, "moment": _moment(at)}
    if asked.is_end_of_period and step in (Step.CONFIRM, Step.CANCEL):  # nobody is spoken with
        return [str(_("ending.did_" + step, **who))]
    return [" ".join([str(_("work.did_" + step, **who)), *_how(asked, step)])]


def _how(asked: Asked, step: Step) -> list[str]:
    outcome = asked.request.outcome
    if step is Step.CONFIRM:
        return [str(_("work.spoke_" + (asked.record.means or "")))]
    if step is Step.CARRY_OUT and asked.done_on:
        return [str(_("work.did_on", date=say_date(asked.done_on, present_language())))]
    if step is Step.DECLINE:
        reason = str(_("work.declined_" + outcome.reason))
        return [
            str(_("work.did_decline_why", reason=reason)),
            str(_("work.did_decline_remedy", remedy=outcome.remedy)),
        ]
    return []


def _moment(at: datetime | None) -> str:
    return say_moment(at, present_language()) if at else ""
