"""What may stand on a centre's *Today*, as rows in clear: asked by index, bounded, nothing unsealed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import law
from portal.clock import brussels_day
from portal.law.course import State
from portal.records import today_questions as asked_for
from portal.records.lines import LineKind, key_of
from portal.records.models import CaseRecord, Centre, Message

COUNTED = 200  # more are told as "more than 200": a count must not cost what a list costs
SOON, LATER = timedelta(days=7), timedelta(days=30)


class Part(StrEnum):
    """A part of the page, in the order in which it is worked through."""

    APPROVALS = "approvals"
    REQUESTS = "requests"
    SOON = "soon"
    LATER = "later"
    MESSAGES = "messages"
    CONTACTS = "contacts"
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
    """Whose page it is, and when; `case_id` looks at what stands on it for this one case alone."""

    centre: Centre
    staff_id: str
    now: datetime
    today: date
    case_id: str | None = None

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
    waiting = _asked(session, looking, asked_for.to_sign(), most)
    return [_of_request(Part.APPROVALS, one, looking) for one in waiting]


def _requests(session: Session, looking: Looking, most: int) -> list[Candidate]:
    """Return what waits for the team, by what the law expects first: extensions by their last day, all else by age."""
    by_day = _asked(session, looking, asked_for.extensions(), most)
    by_age = _asked(session, looking, asked_for.others(), most)
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
    given = {"first": first, "last": last, "most": most}
    found = [
        Candidate(part, kind, thing_id, case_id, day, toxicology=toxicology)
        for statement, toxicology in ((asked_for.case_dates(kind), False), (asked_for.thing_dates(kind), True))
        for thing_id, case_id, day in _rows(session, looking, statement, given)
    ]
    return sorted(found, key=lambda one: one.day)[:most]


def _messages(session: Session, looking: Looking, most: int) -> list[Candidate]:
    """Return what did not arrive, or nobody knows whether it did, until somebody saw it."""
    rows = _rows(session, looking, asked_for.messages(), {"most": most}, Message.case_id)
    return [Candidate(Part.MESSAGES, LineKind.MESSAGE, row.id, row.case_id, looking.today, row) for row in rows]


def _contacts(session: Session, looking: Looking, most: int) -> list[Candidate]:
    """Return where another contact was proposed, and a second member sees her before it stands."""
    rows = _rows(session, looking, asked_for.contacts(), {"most": most})
    return [
        Candidate(Part.CONTACTS, LineKind.CONTACT, case_id, case_id, brussels_day(proposed_at))
        for case_id, proposed_at in rows
    ]


def _calls(session: Session, looking: Looking, most: int) -> list[Candidate]:
    """Return whom the team calls today, or should have called (art. 14 § 3)."""
    rows = _rows(session, looking, asked_for.calls(), {"today": looking.today, "most": most})
    return [Candidate(Part.CALLS, LineKind.CALL, case_id, case_id, day) for case_id, day in rows]


def _looks(session: Session, looking: Looking, most: int) -> list[Candidate]:
    """Return what is looked at again today, and what is past its period and nobody looked at; the oldest first."""
    given = {"today": looking.today, "past": looking.past_before, "most": most}
    found: dict[str, Candidate] = {}
    asked = ((asked_for.again(), False), (asked_for.past(), False), (asked_for.past_things(), True))
    for statement, toxicology in asked:
        for case_id, day in _rows(session, looking, statement, given):
            one = Candidate(Part.LOOKS, LineKind.LOOK, case_id, case_id, day, toxicology=toxicology)
            found.setdefault(case_id, one)
    return sorted(found.values(), key=lambda one: one.day)[:most]


ASKS: dict[Part, Asks] = {
    Part.APPROVALS: _approvals,
    Part.REQUESTS: _requests,
    Part.SOON: _soon,
    Part.LATER: _later,
    Part.MESSAGES: _messages,
    Part.CONTACTS: _contacts,
    Part.CALLS: _calls,
    Part.LOOKS: _looks,
}


def _asked(session: Session, looking: Looking, statement: Any, most: int) -> list[Asked]:
    given = {"member": looking.staff_id, "most": most}
    return [Asked(*row) for row in _rows(session, looking, statement, given)]


def _rows(
    session: Session, looking: Looking, statement: Any, given: Mapping[str, Any], of_case: Any = CaseRecord.id
) -> Any:
    """Ask a question for a centre; where one case is looked at, for it alone."""
    if looking.case_id is not None:
        statement = statement.where(of_case == looking.case_id)
    return session.execute(statement, {"centre": looking.centre.id, **given})


def _of_request(part: Part, one: Asked, looking: Looking) -> Candidate:
    return Candidate(part, LineKind.REQUEST, one.id, one.case_id, one.ask_by or looking.today, one)


def any_past(session: Session, looking: Looking) -> bool:
    """Tell whether anything of a centre is past the latest reading of its period."""
    past = select(CaseRecord.id).where(
        CaseRecord.centre_id == looking.centre.id, CaseRecord.keep_through < looking.today
    )
    return session.scalars(past.limit(1)).first() is not None
