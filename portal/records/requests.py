"""Requests, kept: asking, and every step to the end. What may follow what is `portal.law.course`, and only that.

Request, hold, extension, things and journal line are one transaction: either all of them stand, or none.
"""

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import law
from portal.clock import brussels_day
from portal.law.course import (
    DESTROYS,
    ENDED,
    IRREVERSIBLE,
    PERSON,
    Around,
    Course,
    Doing,
    Means,
    NotPossibleError,
    State,
    Step,
    begin,
    follow,
    reopened,
    steps_from,
    why_not,
    why_not_asked,
)
from portal.records.cases import OpenedCase, change_facts, date_case, open_case
from portal.records.choices import Choices, write_choices
from portal.records.database import Database, new_id
from portal.records.ending import around_ending
from portal.records.items import mark_gone
from portal.records.journal import write_line
from portal.records.models import Centre, Extension, Hold, RequestRecord
from portal.records.notebook import who_freed
from portal.records.outbox.kinds import Trouble
from portal.records.outbox.rows import cancel_waiting
from portal.records.sheets import seal_sheet, unseal_sheet

NUMBER_ALPHABET = "23456789BCDFHJKMNPQRSTWXZ"  # no vowel, nothing that looks like something else, no name of a centre
DETAILS = ("request_record", "sealed_details")
OUTCOME = ("request_record", "sealed_outcome")

__all__ = ["NotPossibleError", "Receipt", "Wish", "ask", "move"]


@dataclass(frozen=True)
class Wish:
    """What is asked: a kind, the things it is about (None is all of them), and what was answered on the form."""

    kind: law.RequestKind
    items: tuple[str, ...] | None = None
    answers: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Receipt:
    """What she can hold on to: a number and the moment of receipt (A-07: receipt counts, not processing)."""

    number: str
    asked_at: datetime
    is_new: bool


@dataclass(frozen=True)
class Outcome:
    """How a request ended, in the words that stay inside: a reason and a remedy, or the day of the act."""

    reason: str = ""
    remedy: str = ""
    done_on: str = ""


@dataclass(frozen=True)
class OpenedRequest:
    """A request, unsealed, with what the course makes of it."""

    record: RequestRecord
    course: Course
    wish: Wish
    outcome: Outcome
    written_consent: bool

    @property
    def kind(self) -> law.RequestKind:
        """What was asked."""
        return self.course.kind


def ask(
    database: Database, centre_id: str, case_id: str, wish: Wish, now: datetime, *, asked_by: str | None = None
) -> Receipt:
    """Record that something is asked, and hold the evidence. Asked again while it waits, it gives the same receipt.

    Whatever was confirmed and not yet done is asked about again: something new was said. Whether the law opens it is
    not looked at here: recording can only protect, and the team decides with her. `asked_by` is the member of the team
    before whom she asked in person, identified and seen alone: a destruction then does not wait. The end of a period is
    proposed by that member instead; it holds nothing, and what she asks never waits for it.

    Raises:
        LookupError: this centre has no such case, the case has no such thing, or none was named.
        NotPossibleError: the end of a period, asked by her or against what the law says; nothing was changed.

    """
    with database.writing(centre_id) as session:
        case = _case(database, session, centre_id, case_id)
        here = around_ending(session, case, wish.items, brussels_day(now))
        if reason := why_not_asked(wish.kind, asked_by or PERSON, here):
            raise NotPossibleError(reason)
        if waiting := pending(session, case_id, wish.kind):
            if wish.kind is law.RequestKind.STOP_MESSAGES:
                _stop_messages(
                    database, session, case, asked_by or PERSON, now
                )  # a reminder may have been chosen since
            return Receipt(waiting.number, waiting.asked_at, is_new=False)
        if wish.items is not None and not (wish.items and set(wish.items) <= {one.id for one in case.items}):
            raise LookupError("items")
        waits = timedelta(0) if asked_by else timedelta(days=session.get_one(Centre, centre_id).waiting_days)
        request = RequestRecord(
            id=new_id(),
            centre_id=centre_id,
            case_id=case_id,
            kind=wish.kind,
            number=_number(),
            state=State.ASKED,
            asked_at=now,
            asked_by=asked_by,
            waits_until=begin(wish.kind, now, waits).waits_until,
        )
        key = database.case_key(session, case.record)
        details = {"items": wish.items, "answers": wish.answers}
        request.sealed_details = seal_sheet(key, details, *DETAILS, request.id)
        session.add(request)
        session.flush()
        if wish.kind is not law.RequestKind.END_OF_PERIOD:
            session.add(Hold(id=new_id(), case_id=case_id, request_id=request.id, set_at=now))
        write_line(session, centre_id, now, asked_by or PERSON, "request-asked", request.id)
        _at_once(database, session, case, request, now)
        ask_again(database, session, case, now, asked_by or PERSON, but=request.id)
        return Receipt(request.number, now, is_new=True)


def move(
    database: Database,
    centre_id: str,
    request_id: str,
    doing: Doing,
    *,
    outcome: Outcome | None = None,
    written_consent: bool = False,
) -> Course:
    """Make one step with a request, with everything that follows from it.

    `written_consent` notes that a minor's own written consent is in the patient file (art. 29 § 4 al. 1).

    Raises:
        LookupError: this centre has no such request.
        NotPossibleError: the course does not allow this step now; nothing was changed.
        ValueError: a refusal without a reason and a remedy, or an act without its day.

    """
    with database.writing(centre_id) as session:
        request = session.get(RequestRecord, request_id)
        if request is None or request.centre_id != centre_id:
            raise LookupError(request_id)
        case = _case(database, session, centre_id, request.case_id)
        opened = read(database, session, case, request)
        if written_consent:
            opened = replace(opened, written_consent=True)
        moved = follow(opened.course, doing, around(database, session, case, opened, doing.at))
        _check_outcome(opened.kind, doing.step, outcome)
        _write(database, session, case, opened, moved, doing, outcome)
        write_line(session, centre_id, doing.at, doing.by, f"request-{doing.step}", request_id)
        if moved.has_ended:
            _end(database, session, case, opened, moved, doing.at)
        return moved


def cancel_by_her(database: Database, centre_id: str, request_id: str, now: datetime) -> None:
    """Cancel a destruction or a return, from her space: it can only protect.

    Raises:
        LookupError: this centre has no such request.
        NotPossibleError: it ended already, or is of another kind: an extension is never cancelled online.

    """
    move(database, centre_id, request_id, Doing(Step.CANCEL, PERSON, now))


def possible_steps(
    database: Database, session: Session, case: OpenedCase, opened: OpenedRequest, by: str, now: datetime
) -> dict[Step, str | None]:
    """Return each step the table knows from here, with why this member cannot make it now, or None."""
    if case.record.moved_at is not None:  # whoever keeps the traces now answers
        return dict.fromkeys(steps_from(opened.course), "moved")
    here = around(database, session, case, opened, now)
    means = Means.IN_PERSON  # whether any means would do
    return {step: why_not(opened.course, Doing(step, by, now, means), here) for step in steps_from(opened.course)}


def around(database: Database, session: Session, case: OpenedCase, opened: OpenedRequest, now: datetime) -> Around:
    """Return what is known around a request: holds by others, the contact agreed, consent, things that are gone."""
    if opened.kind is law.RequestKind.END_OF_PERIOD:
        return around_ending(session, case, opened.wish.items, brussels_day(now))
    gone = {one.id for one in case.items if not one.is_here}
    return Around(
        case=replace(case.law_case, hold=_held_by_others(database, session, case, opened)),
        contact_agreed=_was_agreed_before(case.choices, opened.record.asked_at),
        written_consent=opened.written_consent,
        freed_by=who_freed(case.entries),
        is_gone=bool(gone & set(opened.wish.items or ())),
        is_late=_is_late(case.law_case, opened.record.asked_at),
    )


def read(database: Database, session: Session, case: OpenedCase, request: RequestRecord) -> OpenedRequest:
    """Return a request of a case, unsealed."""
    key = database.case_key(session, case.record)
    details = unseal_sheet(key, request.sealed_details, *DETAILS, request.id)
    outcome = unseal_sheet(key, request.sealed_outcome, *OUTCOME, request.id)
    items = details.get("items")
    kind = law.RequestKind(request.kind)
    return OpenedRequest(
        record=request,
        course=Course(
            kind=kind,
            state=State(request.state),
            waits_until=request.waits_until,
            taken_up_by=request.taken_up_by,
            confirmed_by=request.confirmed_by,
            means=Means(request.means) if request.means else None,
            signed_by=request.signed_by,
            ended_by=request.ended_by,
        ),
        wish=Wish(kind, None if items is None else tuple(items), details.get("answers", {})),
        outcome=Outcome(**outcome),
        written_consent=details.get("written_consent", False),
    )


def ask_again(
    database: Database, session: Session, case: OpenedCase, now: datetime, actor: str, but: str | None = None
) -> None:
    """Reopen every destruction or return that was confirmed and not done, inside the caller's transaction.

    Something new was said or became known since: she is asked again before anything irreversible.
    """
    for request in _pending(session, case.record.id):
        opened = read(database, session, case, request)
        moved = reopened(opened.course)
        if request.id != but and moved != opened.course:
            doing = Doing(Step.REOPEN, actor, now)
            _write(database, session, case, opened, moved, doing, None)
            write_line(session, case.record.centre_id, now, actor, f"request-{Step.REOPEN}", request.id)


def pending(session: Session, case_id: str, kind: law.RequestKind) -> RequestRecord | None:
    """Return the request of a kind that still waits for the team, if any."""
    return next((one for one in _pending(session, case_id) if one.kind == kind), None)


def latest(session: Session, case_id: str, kind: law.RequestKind) -> RequestRecord | None:
    """Return the last request of a kind, whatever became of it."""
    every = select(RequestRecord).where(RequestRecord.case_id == case_id, RequestRecord.kind == kind)
    return session.scalars(every.order_by(RequestRecord.asked_at.desc()).limit(1)).first()


def by_number(session: Session, case_id: str, number: str) -> RequestRecord | None:
    """Return the request of a case that has a number."""
    match = select(RequestRecord).where(RequestRecord.case_id == case_id, RequestRecord.number == number)
    return session.scalars(match).first()


def of_case(session: Session, case_id: str) -> list[RequestRecord]:
    """Return every request of a case, the newest first."""
    every = select(RequestRecord).where(RequestRecord.case_id == case_id)
    return list(session.scalars(every.order_by(RequestRecord.asked_at.desc())))


def _case(database: Database, session: Session, centre_id: str, case_id: str) -> OpenedCase:
    case = open_case(database, session, centre_id, case_id)
    if case is None:
        raise LookupError(case_id)
    return case


def _pending(session: Session, case_id: str) -> list[RequestRecord]:
    waiting = select(RequestRecord).where(RequestRecord.case_id == case_id, RequestRecord.state.not_in(ENDED))
    return list(session.scalars(waiting.order_by(RequestRecord.asked_at)))


def _at_once(database: Database, session: Session, case: OpenedCase, request: RequestRecord, now: datetime) -> None:
    """Do what a request does in the moment it is asked."""
    if request.kind == law.RequestKind.STOP_MESSAGES:
        _stop_messages(database, session, case, request.asked_by or PERSON, now)
    # Written whatever the law opens: a missing row would tell a thief of a complaint. `entered_at` alone extends.
    if request.kind == law.RequestKind.EXTENSION and session.get(Extension, case.record.id) is None:
        session.add(Extension(case_id=case.record.id, request_id=request.id))


def _stop_messages(database: Database, session: Session, case: OpenedCase, actor: str, now: datetime) -> None:
    write_choices(database, session, case.record, lambda chosen: replace(chosen, messages_stopped=True, reminder=None))
    cancel_waiting(session, case.record.id, actor, now, Trouble.STOPPED)


def _held_by_others(database: Database, session: Session, case: OpenedCase, opened: OpenedRequest) -> bool:
    """Tell whether anything holds what a request is about, but the request itself and those for other things."""
    holds = select(Hold).where(Hold.case_id == case.record.id, Hold.lifted_at.is_(None))
    for hold in session.scalars(holds):
        if hold.request_id == opened.record.id:
            continue
        other = session.get(RequestRecord, hold.request_id) if hold.request_id else None
        if other is None or law.RequestKind(other.kind) not in IRREVERSIBLE:
            return True
        if _share_a_thing(opened.wish, read(database, session, case, other).wish):
            return True
    return False


def _was_agreed_before(choices: Choices, asked_at: datetime) -> bool:
    """Tell whether a contact was agreed before the request came.

    One that was written down afterwards is no second way to her: whoever asked may have given it. She is then seen by
    two.
    """
    return choices.contact is not None and choices.contact_since is not None and choices.contact_since <= asked_at


def _is_late(case: law.Case, asked_at: datetime) -> bool:
    """Tell whether something arrived after the last day to ask; receipt counts, never processing (A-07)."""
    period = law.own_keeping(case)
    return period is not None and brussels_day(asked_at) > period.ask_by


def _share_a_thing(one: Wish, other: Wish) -> bool:
    return one.items is None or other.items is None or bool(set(one.items) & set(other.items))


def _check_outcome(kind: law.RequestKind, step: Step, outcome: Outcome | None) -> None:
    if step is Step.DECLINE and not (outcome and outcome.reason.strip() and outcome.remedy.strip()):
        raise ValueError("a refusal needs a reason and a remedy")
    if step is Step.CARRY_OUT and kind in IRREVERSIBLE and not (outcome and outcome.done_on):
        raise ValueError("an act needs its day")


def _write(
    database: Database,
    session: Session,
    case: OpenedCase,
    opened: OpenedRequest,
    moved: Course,
    doing: Doing,
    outcome: Outcome | None,
) -> None:
    request = opened.record
    request.state, request.waits_until, request.means = moved.state, moved.waits_until, moved.means
    for step, name in ((Step.TAKE_UP, "taken_up"), (Step.CONFIRM, "confirmed"), (Step.SIGN, "signed")):
        setattr(request, f"{name}_by", getattr(moved, f"{name}_by"))
        if doing.step is step:
            setattr(request, f"{name}_at", doing.at)
    if doing.step is Step.REOPEN:
        request.confirmed_at = request.signed_at = None
    key = database.case_key(session, case.record)
    details = {
        "items": opened.wish.items,
        "answers": opened.wish.answers,
        "written_consent": opened.written_consent and doing.step is not Step.REOPEN,
    }
    request.sealed_details = seal_sheet(key, details, *DETAILS, request.id)
    if outcome:
        request.sealed_outcome = seal_sheet(key, outcome.__dict__, *OUTCOME, request.id)
    if moved.has_ended:
        request.ended_at, request.ended_by = doing.at, None if doing.by == PERSON else doing.by
    session.flush()


def _end(
    database: Database, session: Session, case: OpenedCase, opened: OpenedRequest, moved: Course, now: datetime
) -> None:
    """Lift an ended request's own hold, no other, and note what was done."""
    for hold in session.scalars(select(Hold).where(Hold.request_id == opened.record.id, Hold.lifted_at.is_(None))):
        hold.lifted_at = now
    if moved.state is State.DONE:
        if opened.kind is law.RequestKind.EXTENSION:
            _extend(database, session, case, opened.record, now)
        elif opened.kind in IRREVERSIBLE:
            _note_gone(database, session, case, opened, now)


def _extend(database: Database, session: Session, case: OpenedCase, request: RequestRecord, now: datetime) -> None:
    """Twelve months from the examination, never six added to six (art. 29 § 3 al. 2)."""
    extension = session.get(Extension, request.case_id)
    if extension is None:  # asked before every asking wrote one
        extension = Extension(case_id=request.case_id)
        session.add(extension)
    extension.request_id, extension.entered_at = request.id, now  # an earlier request may have been refused
    date_case(database, session, replace(case, law_case=replace(case.law_case, extended=True)))


def _note_gone(database: Database, session: Session, case: OpenedCase, opened: OpenedRequest, now: datetime) -> None:
    """Mark what is gone. Samples are never given back (A-15): a return of everything leaves them kept."""
    destroys, ends = opened.kind in DESTROYS, opened.kind is law.RequestKind.END_OF_PERIOD
    asked = [one for one in case.here if opened.wish.items is None or one.id in opened.wish.items]
    went = {one.id for one in asked if destroys or one.item.kind in law.RETURNABLE}
    mark_gone(session, went, now)
    if destroys and all(one in asked or one.gone_at for one in case.items):
        change_facts(database, session, case, destroyed=True, ended=ends)
        case.record.ask_by = case.record.keep_through = None
    elif ends or all(one.id in went or one.gone_at for one in case.items):
        date_case(database, session, case)
    if case.record.keep_through is None:
        case.record.review_on = None  # nothing is left to look at


def _number() -> str:
    letters = [secrets.choice(NUMBER_ALPHABET) for _ in range(8)]
    return "".join(letters[:4]) + "-" + "".join(letters[4:])
