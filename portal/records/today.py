"""What may stand on a centre's *Today*, as rows in clear: asked by index, bounded, nothing unsealed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, String, cast, exists, literal, select
from sqlalchemy.orm import Session

from portal import law
from portal.law.course import ENDED, State
from portal.records.lines import LineKind, key_of
from portal.records.models import CaseRecord, Centre, Extension, ItemRecord, Message, RequestRecord, TodayLine

COUNTED = 200  # more are told as "more than 200": a count must not cost what a list costs
SOON, LATER = timedelta(days=7), timedelta(days=30)
WAITING = tuple(state for state in State if state not in ENDED)
SIGNED_BY_TWO = ("destruction", "end-of-period")
NOT_ARRIVED = ("failed", "unsure")


class Part(StrEnum):
    """A part of the page, in the order in which it is worked through."""

    APPROVALS = "approvals"
    REQUESTS = "requests"
    SOON = "soon"
    LATER = "later"
    MESSAGES = "messages"
    CALLS = "calls"
    LOOKS = "looks"


@dataclass(frozen=True)
class Candidate:
    """What may become a line: its case, the day it is about, and what stands in clear of a request or a message.

    `toxicology` says that the day is that of a minor's samples, which end before the rest (art. 29 § 4 al. 1).
    """

    part: Part
    kind: LineKind
    thing_id: str
    case_id: str
    day: date
    about: Any = None
    toxicology: bool = False

    @property
    def key(self) -> str:
        """How the line is named."""
        return key_of(self.kind, self.thing_id, self.day)


@dataclass(frozen=True)
class Asked(law.Waiting):
    """A waiting request, as far as it stands in clear."""

    id: str = ""
    case_id: str = ""
    number: str = ""
    state: State = State.ASKED
    taken_up_by: str | None = None
    taken_up_at: datetime | None = None
    confirmed_by: str | None = None


@dataclass(frozen=True)
class Looking:
    """Whose page it is, and when."""

    centre: Centre
    staff_id: str
    now: datetime
    today: date

    @property
    def past_before(self) -> date:
        """Periods that ended before this day are looked at: after the centre's grace, where it wrote one down."""
        return self.today - timedelta(days=self.centre.grace_days or 0)


Asks = Callable[[Session, Looking, int], Sequence[Candidate]]


def candidates(session: Session, looking: Looking, part: Part, most: int = COUNTED + 1) -> Sequence[Candidate]:
    """Return what may stand in a part of the page, the first to be done first; at most so many."""
    return ASKS[part](session, looking, most)


def _approvals(session: Session, looking: Looking, most: int) -> list[Candidate]:
    """Return what another member confirmed, and this one may sign: nobody destroys alone."""
    mine = RequestRecord.confirmed_by != looking.staff_id
    waiting = _asked(
        session, looking, [State.CONFIRMED], RequestRecord.confirmed_at, most, _needs_two(), mine, by=looking.centre.id
    )
    return [_of_request(Part.APPROVALS, one, looking) for one in waiting]


def _requests(session: Session, looking: Looking, most: int) -> list[Candidate]:
    """Return what waits for the team, by what the law expects first: extensions by their last day, all else by age."""
    extensions = RequestRecord.kind == law.RequestKind.EXTENSION
    to_sign = (RequestRecord.state == State.CONFIRMED) & _needs_two() & (RequestRecord.confirmed_by != looking.staff_id)
    centre_id = looking.centre.id
    by_day = _asked(session, looking, WAITING, CaseRecord.ask_by, most, extensions, by=centre_id)
    by_age = _asked(session, looking, WAITING, RequestRecord.asked_at, most, ~extensions, ~to_sign, by=centre_id)
    waiting = law.in_order([*by_day, *by_age], looking.now, looking.today)[:most]
    return [_of_request(Part.REQUESTS, one, looking) for one in waiting]


def _soon(session: Session, looking: Looking, most: int) -> list[Candidate]:
    return _dates(session, looking, Part.SOON, looking.today, looking.today + SOON, most)


def _later(session: Session, looking: Looking, most: int) -> list[Candidate]:
    first = looking.today + SOON + timedelta(days=1)
    return _dates(session, looking, Part.LATER, first, looking.today + LATER, most)


def _dates(session: Session, looking: Looking, part: Part, first: date, last: date, most: int) -> list[Candidate]:
    """Return what nobody asked about and whose last day comes: cases, and minors' samples that end before the rest."""
    kind = LineKind.DATE_7 if part is Part.SOON else LineKind.DATE_30
    cases = select(CaseRecord.id, CaseRecord.id, CaseRecord.ask_by).where(
        CaseRecord.centre_id == looking.centre.id,
        CaseRecord.ask_by.between(first, last),
        ~exists().where(Extension.case_id == CaseRecord.id),
        ~_is_waiting(),
        ~_has_ended(kind, CaseRecord.id, CaseRecord.ask_by),
    )
    things = (
        select(ItemRecord.id, ItemRecord.case_id, ItemRecord.ask_by)
        .join(CaseRecord, CaseRecord.id == ItemRecord.case_id)
        .where(
            ItemRecord.centre_id == looking.centre.id,
            ItemRecord.ask_by.between(first, last),
            ItemRecord.gone_at.is_(None),
            CaseRecord.ask_by > ItemRecord.ask_by,
            ~_is_waiting(),
            ~_has_ended(kind, ItemRecord.id, ItemRecord.ask_by),
        )
    )
    asked: tuple[tuple[Any, Any, bool], ...] = ((cases, CaseRecord.ask_by, False), (things, ItemRecord.ask_by, True))
    found = [
        Candidate(part, kind, thing_id, case_id, day, toxicology=toxicology)
        for query, column, toxicology in asked
        for thing_id, case_id, day in session.execute(query.order_by(column).limit(most))
    ]
    return sorted(found, key=lambda one: one.day)[:most]


def _messages(session: Session, looking: Looking, most: int) -> list[Candidate]:
    """Return what did not arrive, or nobody knows whether it did, until somebody saw it."""
    line = literal(f"{LineKind.MESSAGE}:").concat(Message.id)
    columns = select(
        Message.id, Message.case_id, Message.kind, Message.channel, Message.state, Message.problem, Message.made_at
    )
    waiting = columns.where(
        Message.centre_id == looking.centre.id, Message.state.in_(NOT_ARRIVED), ~_is_ended(line, looking.centre.id)
    ).order_by(Message.made_at)
    return [
        Candidate(Part.MESSAGES, LineKind.MESSAGE, row.id, row.case_id, looking.today, row)
        for row in session.execute(waiting.limit(most))
    ]


def _calls(session: Session, looking: Looking, most: int) -> list[Candidate]:
    """Return whom the team calls today, or should have called (art. 14 § 3)."""
    due = select(CaseRecord.id, CaseRecord.follow_up_on).where(
        CaseRecord.centre_id == looking.centre.id, CaseRecord.follow_up_on <= looking.today
    )
    return [
        Candidate(Part.CALLS, LineKind.CALL, case_id, case_id, day)
        for case_id, day in session.execute(due.order_by(CaseRecord.follow_up_on).limit(most))
        if day is not None
    ]


def _looks(session: Session, looking: Looking, most: int) -> list[Candidate]:
    """Return what is looked at again today, and what is past its period and nobody looked at; the oldest first."""
    centre_id, past_before = looking.centre.id, looking.past_before
    again = select(CaseRecord.id, CaseRecord.review_on).where(
        CaseRecord.centre_id == centre_id, CaseRecord.review_on <= looking.today
    )
    past = select(CaseRecord.id, CaseRecord.keep_through).where(
        CaseRecord.centre_id == centre_id,
        CaseRecord.review_on.is_(None),
        CaseRecord.keep_through < past_before,
        ~_is_waiting(),
    )
    things = (
        select(ItemRecord.case_id, ItemRecord.keep_through)
        .join(CaseRecord, CaseRecord.id == ItemRecord.case_id)
        .where(
            ItemRecord.centre_id == centre_id,
            ItemRecord.keep_through < past_before,
            ItemRecord.gone_at.is_(None),
            CaseRecord.keep_through >= past_before,  # else the case itself is past
            CaseRecord.review_on.is_(None),
            ~_is_waiting(),
        )
    )
    found: dict[str, Candidate] = {}
    asked: tuple[tuple[Any, Any, bool], ...] = (
        (again, CaseRecord.review_on, False),
        (past, CaseRecord.keep_through, False),
        (things, ItemRecord.keep_through, True),
    )
    for query, column, toxicology in asked:
        for case_id, day in session.execute(query.order_by(column).limit(most)):
            one = Candidate(Part.LOOKS, LineKind.LOOK, case_id, case_id, day, toxicology=toxicology)
            found.setdefault(case_id, one)
    return sorted(found.values(), key=lambda one: one.day)[:most]


ASKS: dict[Part, Asks] = {
    Part.APPROVALS: _approvals,
    Part.REQUESTS: _requests,
    Part.SOON: _soon,
    Part.LATER: _later,
    Part.MESSAGES: _messages,
    Part.CALLS: _calls,
    Part.LOOKS: _looks,
}


def _asked(
    session: Session,
    looking: Looking,
    states: Sequence[State],
    order: Any,
    most: int,
    *also: ColumnElement[bool],
    by: str,
) -> list[Asked]:
    rows: Any = (
        select(
            RequestRecord.kind,
            RequestRecord.asked_at,
            CaseRecord.ask_by,
            RequestRecord.waits_until,
            RequestRecord.id,
            RequestRecord.case_id,
            RequestRecord.number,
            RequestRecord.state,
            RequestRecord.taken_up_by,
            RequestRecord.taken_up_at,
            RequestRecord.confirmed_by,
        )
        .join(CaseRecord, CaseRecord.id == RequestRecord.case_id)
        .where(RequestRecord.centre_id == by, RequestRecord.state.in_(states), *also)
    )
    return [Asked(*row) for row in session.execute(rows.order_by(order, RequestRecord.asked_at).limit(most))]


def _of_request(part: Part, one: Asked, looking: Looking) -> Candidate:
    return Candidate(part, LineKind.REQUEST, one.id, one.case_id, one.ask_by or looking.today, one)


def _needs_two() -> ColumnElement[bool]:
    return RequestRecord.kind.in_(SIGNED_BY_TWO)


def _is_waiting() -> ColumnElement[bool]:
    """Tell whether something of the case waits for the team: it stands among the requests, and nothing else moves."""
    return exists().where(RequestRecord.case_id == CaseRecord.id, RequestRecord.state.in_(WAITING))


def _has_ended(kind: LineKind, thing_id: Any, day: Any) -> ColumnElement[bool]:
    """Tell whether somebody ended the line of this date. Where a database writes days otherwise, it is shown again."""
    line = literal(f"{kind}:").concat(thing_id).concat(":").concat(cast(day, String))
    return _is_ended(line, CaseRecord.centre_id)


def _is_ended(line: ColumnElement[str], centre_id: Any) -> ColumnElement[bool]:
    return exists().where(TodayLine.centre_id == centre_id, TodayLine.line == line, TodayLine.ended_at.is_not(None))


def any_past(session: Session, looking: Looking) -> bool:
    """Tell whether anything of a centre is past the latest reading of its period."""
    past = select(CaseRecord.id).where(
        CaseRecord.centre_id == looking.centre.id, CaseRecord.keep_through < looking.today
    )
    return session.scalars(past.limit(1)).first() is not None
