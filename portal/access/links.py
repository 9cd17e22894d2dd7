"""The link and its code. The link only says which case; the code, told in person, opens it."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal import law
from portal.access.hashing import fast_hash, matches, slow_hash
from portal.access.throttle import MOST_FAILURES, next_try_at
from portal.clock import BRUSSELS, brussels_day
from portal.library.words import TELLING
from portal.records.cases import OpenedCase, open_case
from portal.records.choices import write_choices
from portal.records.database import Database, new_id
from portal.records.fence import Across
from portal.records.journal import PERSON, write_line
from portal.records.links import end_links, living_links
from portal.records.models import CaseRecord, JournalLine, Link, Visit

TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
CODE = re.compile(r"\d{8}")
AFTER_ASK_BY = timedelta(days=30)
LONGEST_LIFE = timedelta(days=396)  # thirteen months
MADE, OPENED = "link-made", "case-opened"


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


class State(StrEnum):
    """How it stands with a link."""

    LIVE = "live"
    REVOKED = "revoked"
    CLOSED = "closed"  # by a hundred wrong codes
    ENDED = "ended"


@dataclass(frozen=True)
class Story:
    """What became of a case's last link. `opened_on` is the day it was first opened: no hour, and not how often."""

    id: str
    state: State
    power: Power
    made_on: date
    made_by: str | None
    ends_at: datetime
    opened_on: date | None


class MadeMeanwhileError(Exception):
    """Another link was made, or ended, since the member looked: whoever has its card must not lose it by a slip."""


def make_link(
    database: Database,
    centre_id: str,
    case_id: str,
    staff_id: str,
    now: datetime,
    power: Power = Power.EXTEND,
    *,
    pages: Sequence[str] = (),
    instead_of: str | None = None,
) -> NewLink:
    """Make a link and its code for a case, and end the links it had, with the visits that run on them.

    `pages` are put at hand with those she has. `instead_of` is the link that this one is to end, as the member saw it,
    or "" for none: pressed twice, it is one. None ends whatever there is.

    Raises:
        LookupError: this centre has no such case.
        MadeMeanwhileError: another link lives than the one to be ended; nothing was changed.

    """
    token, code = _token(), f"{secrets.randbelow(10**8):08d}"
    code_hash = slow_hash(code)
    with database.writing(centre_id) as session:
        case = open_case(database, session, centre_id, case_id)
        if case is None:
            raise LookupError(case_id)
        living = living_links(session, case_id)
        if instead_of is not None and instead_of not in ({one.id for one in living} or {""}):
            raise MadeMeanwhileError(case_id)
        _end(session, living, now)
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
        write_line(session, centre_id, now, staff_id, MADE, link.id)
        if more := [page for page in pages if page not in case.choices.pages]:
            write_choices(database, session, case.record, lambda chosen: replace(chosen, pages=(*chosen.pages, *more)))
            write_line(session, centre_id, now, staff_id, "choices-changed", case_id)
        return NewLink(token, code, link.ends_at)


def revoke_link(database: Database, centre_id: str, case_id: str, staff_id: str, now: datetime) -> None:
    """End a case's link at once, with the visits that run on it; where none lives, nothing happens.

    Raises:
        LookupError: this centre has no such case.

    """
    with database.writing(centre_id) as session:
        record = session.get(CaseRecord, case_id)
        if record is None or record.centre_id != centre_id:
            raise LookupError(case_id)
        end_links(session, centre_id, case_id, staff_id, now)


def story_of(session: Session, centre_id: str, case_id: str, now: datetime) -> Story | None:
    """Return what became of the last link of a centre's case, by the journal; None where it never had one."""
    every = select(Link).join(CaseRecord, CaseRecord.id == Link.case_id)
    of_case = every.where(Link.case_id == case_id, CaseRecord.centre_id == centre_id)
    link = session.scalars(of_case.order_by(Link.made_at.desc(), Link.revoked_at.is_not(None)).limit(1)).first()
    if link is None:
        return None
    lines = select(JournalLine).where(JournalLine.centre_id == centre_id, JournalLine.subject == link.id)
    told = list(session.scalars(lines.order_by(JournalLine.seq)))
    return Story(
        id=link.id,
        state=_state(link, now),
        power=Power(link.power),
        made_on=brussels_day(link.made_at),
        made_by=next((line.actor for line in told if line.action == MADE), None),
        ends_at=link.ends_at,
        opened_on=next((brussels_day(line.at) for line in told if line.action == OPENED), None),
    )


def _token() -> str:
    """Draw a token of 128 bits; once more where chance has written a word that tells, which a card would show."""
    while TELLING.search(token := secrets.token_urlsafe(16)):
        pass
    return token


def _end(session: Session, links: Sequence[Link], now: datetime) -> None:
    for link in links:
        link.revoked_at = now
    session.execute(delete(Visit).where(Visit.link_id.in_([link.id for link in links])))


def _state(link: Link, now: datetime) -> State:
    if link.revoked_at is not None:
        return State.REVOKED
    if now >= link.ends_at:
        return State.ENDED
    return State.LIVE if is_live(link, now) else State.CLOSED


def try_code(database: Database, token: str, typed: str, now: datetime) -> Attempt:
    """Try a code on a link. An attempt is counted before the code is looked at, so that none slips through in parallel.

    An unknown link costs nothing: 128 bits cannot be guessed. During a wait no code is looked at.
    """
    code = re.sub(r"[\s.\-]", "", typed)
    with database.writing(across=Across.LINK) as session:
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
    with database.reading(across=Across.LINK) as session:
        case_id = session.get_one(Link, link_id).case_id
        centre_id = session.get_one(CaseRecord, case_id).centre_id
    with database.writing(centre_id) as session:
        link = session.get_one(Link, link_id)
        link.failures, link.next_try_at = 0, None
        write_line(session, centre_id, now, PERSON, OPENED, link_id)
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
