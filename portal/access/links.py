"""The link and its code. The link only says which case; the code, told in person, opens it."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import select

from portal import law
from portal.access.hashing import fast_hash, matches, slow_hash
from portal.access.throttle import MOST_FAILURES, next_try_at
from portal.clock import BRUSSELS
from portal.records.cases import OpenedCase, open_case
from portal.records.database import Database, new_id
from portal.records.journal import PERSON, write_line
from portal.records.models import CaseRecord, Link

TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
CODE = re.compile(r"\d{8}")
AFTER_ASK_BY = timedelta(days=30)
LONGEST_LIFE = timedelta(days=396)  # thirteen months


class Power(StrEnum):
    """What she chose, at the examination, that a link may do. None can destroy or give back: people do."""

    EXTEND = "extend"  # shows the dates and asks to keep longer
    DATES = "dates"  # shows the dates
    EVERYTHING = "everything"  # asks for everything that the law gives her
    IN_PERSON = "in-person"  # shows nothing but that her centre talks with her

    def allows(self, kind: law.RequestKind) -> bool:
        """Tell whether a link of this power may ask for something. Asking to be called is always possible."""
        return kind in ALWAYS or kind in ASKED_WITH[self]


ALWAYS = frozenset(
    {law.RequestKind.CONTACT_ME, law.RequestKind.LANGUAGE_HELP, law.RequestKind.STOP_MESSAGES}
)  # whoever holds the phone can only add protection by these, or silence what would be sent to it
ASKED_WITH: dict[Power, frozenset[law.RequestKind]] = {
    Power.DATES: frozenset(),
    Power.EXTEND: frozenset({law.RequestKind.EXTENSION}),
    Power.EVERYTHING: frozenset({*law.ABOUT_EVIDENCE, law.RequestKind.WITHDRAW_SERVICE}),
    Power.IN_PERSON: frozenset({law.RequestKind.EXTENSION}),  # asked like any other that the team decides
}


class Answer(StrEnum):
    """What a code did. Told apart inside; `NOT_OPENED` looks the same for every cause outside."""

    OPENED = "opened"
    NOT_OPENED = "not-opened"
    WAIT = "wait"
    ENDED = "ended"


@dataclass(frozen=True)
class Attempt:
    """The answer to one attempt: which link was opened, or until when to wait."""

    answer: Answer
    link_id: str | None = None
    wait_until: datetime | None = None


@dataclass(frozen=True)
class NewLink:
    """A fresh link's token and code, shown once and kept nowhere in this form."""

    token: str
    code: str
    ends_at: datetime


def make_link(
    database: Database, centre_id: str, case_id: str, staff_id: str, now: datetime, power: Power = Power.EXTEND
) -> NewLink:
    """Make a link and its code for a case, and end the links it had.

    Raises:
        LookupError: this centre has no such case.

    """
    token, code = secrets.token_urlsafe(16), f"{secrets.randbelow(10**8):08d}"
    code_hash = slow_hash(code)
    with database.writing(centre_id) as session:
        case = open_case(database, session, centre_id, case_id)
        if case is None:
            raise LookupError(case_id)
        for old in session.scalars(select(Link).where(Link.case_id == case_id, Link.revoked_at.is_(None))):
            old.revoked_at = now
        link = Link(
            id=new_id(),
            case_id=case_id,
            token_hash=fast_hash(token),
            code_hash=code_hash,
            power=power,
            made_at=now,
            ends_at=_end_of_life(case, now),
            failures=0,
        )
        session.add(link)
        write_line(session, centre_id, now, staff_id, "link-made", link.id)
        return NewLink(token, code, link.ends_at)


def try_code(database: Database, token: str, typed: str, now: datetime) -> Attempt:
    """Try a code on a link. An attempt is counted before the code is looked at, so that none slips through in parallel.

    An unknown link costs nothing: 128 bits cannot be guessed. During a wait no code is looked at.
    """
    code = re.sub(r"[\s.\-]", "", typed)
    with database.writing() as session:
        link = session.scalars(select(Link).where(Link.token_hash == fast_hash(token)).with_for_update()).first()
        if link is None or not CODE.fullmatch(code):
            return Attempt(Answer.NOT_OPENED)
        if link.next_try_at and now < link.next_try_at:
            return Attempt(Answer.WAIT, wait_until=link.next_try_at)
        exhausted = link.failures >= MOST_FAILURES
        link.failures += 1
        link.next_try_at = next_try_at(link.failures, now)
    if not matches(link.code_hash, code):
        return Attempt(Answer.NOT_OPENED)
    if exhausted or link.revoked_at or link.ends_at <= now:
        return Attempt(Answer.ENDED)
    return _opened(database, link.id, now)


def _opened(database: Database, link_id: str, now: datetime) -> Attempt:
    with database.reading() as session:
        case_id = session.get_one(Link, link_id).case_id
        centre_id = session.get_one(CaseRecord, case_id).centre_id
    with database.writing(centre_id) as session:
        link = session.get_one(Link, link_id)
        link.failures, link.next_try_at = 0, None
        write_line(session, centre_id, now, PERSON, "case-opened", link_id)
    return Attempt(Answer.OPENED, link_id=link_id)


def is_live(link: Link, now: datetime) -> bool:
    """Tell whether a link still opens."""
    return link.revoked_at is None and now < link.ends_at and link.failures <= MOST_FAILURES


def _end_of_life(case: OpenedCase, now: datetime) -> datetime:
    """Thirty days after the last day to ask, thirteen months at most: a link outlives the decision it serves.

    It is counted from the examination whatever became of a complaint, so that its end tells nothing.
    """
    latest = now + LONGEST_LIFE
    if case.admission.exam_on is None:
        return latest
    extended = case.law_case.extended and not case.admission.minor
    ask_by = law.keeping(case.admission.exam_on, minor=case.admission.minor, extended=extended).ask_by
    wanted = datetime.combine(min(ask_by, latest.date()) + AFTER_ASK_BY, time.max, tzinfo=BRUSSELS)
    return max(min(wanted, latest), now + AFTER_ASK_BY)
