"""Requests: the one state machine. Asked → taken up → entered or answered; nothing here destroys or gives back.

Request, hold and journal line are one transaction: either all of them stand, or none.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import law
from portal.records.cases import OpenedCase, open_case
from portal.records.database import Database, new_id
from portal.records.journal import PERSON, write_line
from portal.records.models import Extension, Hold, RequestRecord, RequestState

NUMBER_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"  # no vowel, nothing that looks like something else

FOLLOWS = {
    RequestState.ASKED: {RequestState.TAKEN_UP},
    RequestState.TAKEN_UP: {RequestState.ENTERED, RequestState.ANSWERED},
}

ENDED = (RequestState.ENTERED, RequestState.ANSWERED)


class NotPossibleError(Exception):
    """The request does not stand where this step begins."""


@dataclass(frozen=True)
class Receipt:
    """What she can hold on to: a number and the moment of receipt (A-07: receipt counts, not processing)."""

    number: str
    asked_at: datetime
    is_new: bool


def ask_extension(database: Database, centre_id: str, case_id: str, today: date, now: datetime) -> Receipt:
    """Record that an extension is asked, and hold the traces. Asked again while it waits, it gives the same receipt.

    An extension is only ever added: it is recorded also where the law does not open it, for the team to decide
    with her, because recording it can only protect (design: link, phone and code can only add protection).

    Raises:
        LookupError: this centre has no such case.

    """
    with database.writing(centre_id) as session:
        case = open_case(database, session, centre_id, case_id)
        if case is None:
            raise LookupError(case_id)
        if waiting := pending(session, case_id, law.RequestKind.EXTENSION):
            return Receipt(waiting.number, waiting.asked_at, is_new=False)
        opening = law.open_requests(case.law_case, today)[law.RequestKind.EXTENSION]
        request = RequestRecord(
            id=new_id(),
            centre_id=centre_id,
            case_id=case_id,
            kind=law.RequestKind.EXTENSION,
            number=_number(),
            state=RequestState.ASKED,
            asked_at=now,
        )
        session.add(request)
        session.flush()
        if opening.way is law.Way.OPEN:
            session.add(Extension(case_id=case_id, request_id=request.id))
        session.add(Hold(id=new_id(), case_id=case_id, request_id=request.id, set_at=now))
        write_line(session, centre_id, now, PERSON, "extension-asked", request.id)
        return Receipt(request.number, now, is_new=True)


def take_up(database: Database, centre_id: str, request_id: str, staff_id: str, now: datetime) -> None:
    """Mark a request as taken up by a member of the team.

    Raises:
        LookupError: this centre has no such request.
        NotPossibleError: it was taken up already.

    """
    with database.writing(centre_id) as session:
        request = _of_centre(session, centre_id, request_id)
        _move(request, RequestState.TAKEN_UP)
        request.taken_up_at, request.taken_up_by = now, staff_id
        write_line(session, centre_id, now, staff_id, "request-taken-up", request_id)


def enter_extension(database: Database, centre_id: str, request_id: str, staff_id: str, now: datetime) -> None:
    """Mark an extension as entered: twelve months from the examination, and its own hold is lifted.

    Raises:
        LookupError: this centre has no such request.
        NotPossibleError: it is not an extension that was taken up, or no period of art. 29 runs to be extended.

    """
    with database.writing(centre_id) as session:
        request = _of_centre(session, centre_id, request_id)
        case = open_case(database, session, centre_id, request.case_id)
        if request.kind != law.RequestKind.EXTENSION or case is None or not can_be_extended(case):
            raise NotPossibleError(request_id)
        _move(request, RequestState.ENTERED)
        request.entered_at, request.entered_by = now, staff_id
        _extend(session, case, request, now)
        write_line(session, centre_id, now, staff_id, "extension-entered", request_id)


def answer(database: Database, centre_id: str, request_id: str, staff_id: str, now: datetime) -> None:
    """Mark a request as answered with the person, without an extension; its own hold is lifted, no other.

    Raises:
        LookupError: this centre has no such request.
        NotPossibleError: it was not taken up, or it can be entered as an extension.

    """
    with database.writing(centre_id) as session:
        request = _of_centre(session, centre_id, request_id)
        case = open_case(database, session, centre_id, request.case_id)
        if case is None or can_be_extended(case):
            raise NotPossibleError(request_id)
        _move(request, RequestState.ANSWERED)
        request.entered_at, request.entered_by = now, staff_id
        _lift_own_hold(session, request, now)
        write_line(session, centre_id, now, staff_id, "request-answered", request_id)


def can_be_extended(case: OpenedCase) -> bool:
    """Tell whether a period of art. 29 § 3 runs that has not been extended yet."""
    return not case.law_case.minor and not case.law_case.extended and law.own_keeping(case.law_case) is not None


def pending(session: Session, case_id: str, kind: law.RequestKind) -> RequestRecord | None:
    """Return the request of a kind that still waits for the team, if any."""
    waiting = select(RequestRecord).where(
        RequestRecord.case_id == case_id, RequestRecord.kind == kind, RequestRecord.state.not_in(ENDED)
    )
    return session.scalars(waiting).first()


def latest(session: Session, case_id: str, kind: law.RequestKind) -> RequestRecord | None:
    """Return the last request of a kind, whatever became of it."""
    every = select(RequestRecord).where(RequestRecord.case_id == case_id, RequestRecord.kind == kind)
    return session.scalars(every.order_by(RequestRecord.asked_at.desc()).limit(1)).first()


def inbox(session: Session, centre_id: str, limit: int) -> list[RequestRecord]:
    """Return what waits for a centre's team, the oldest first."""
    waiting = select(RequestRecord).where(RequestRecord.centre_id == centre_id, RequestRecord.state.not_in(ENDED))
    return list(session.scalars(waiting.order_by(RequestRecord.asked_at).limit(limit)))


def of_case(session: Session, case_id: str) -> list[RequestRecord]:
    """Return every request of a case, the newest first."""
    every = select(RequestRecord).where(RequestRecord.case_id == case_id)
    return list(session.scalars(every.order_by(RequestRecord.asked_at.desc())))


def _move(request: RequestRecord, to: RequestState) -> None:
    if to not in FOLLOWS.get(RequestState(request.state), set()):
        raise NotPossibleError(request.id)
    request.state = to


def _extend(session: Session, case: OpenedCase, request: RequestRecord, now: datetime) -> None:
    extension = session.get(Extension, request.case_id)
    if extension is None:  # recorded for the team to decide, and they decided to extend
        extension = Extension(case_id=request.case_id, request_id=request.id)
        session.add(extension)
    extension.entered_at = now
    if case.law_case.exam_on is not None:
        period = law.keeping(case.law_case.exam_on, minor=False, extended=True)
        case.record.ask_by, case.record.keep_through = period.ask_by, period.keep_through
    _lift_own_hold(session, request, now)


def _lift_own_hold(session: Session, request: RequestRecord, now: datetime) -> None:
    for hold in session.scalars(select(Hold).where(Hold.request_id == request.id)):
        hold.lifted_at = now


def _of_centre(session: Session, centre_id: str, request_id: str) -> RequestRecord:
    request = session.get(RequestRecord, request_id)
    if request is None or request.centre_id != centre_id:
        raise LookupError(request_id)
    return request


def _number() -> str:
    letters = [secrets.choice(NUMBER_ALPHABET) for _ in range(8)]
    return "".join(letters[:4]) + "-" + "".join(letters[4:])
