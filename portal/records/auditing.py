"""What an auditor reads of a centre's journal: its lines, who opened cases and why, and when it was last anchored."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.records.anchoring import ANCHORED, BROKEN
from portal.records.anchors import line_of
from portal.records.cases import VIEWING, Why
from portal.records.database import Database
from portal.records.journal import write_line
from portal.records.models import JournalLine

VIEWED = "journal-viewed"
OPENINGS = "case-viewed"  # and every reason behind it
PAGE = 100
EXPECTED = frozenset({Why.REQUEST, Why.DATE, Why.CALL, Why.MESSAGE})  # work that *Today* gave


@dataclass(frozen=True)
class Sieve:
    """Which lines are wanted: of one actor, of one action (or every opening), about a subject whose id begins so."""

    actor: str | None = None
    action: str | None = None
    subject: str | None = None


@dataclass(frozen=True)
class State:
    """When a centre's journal was last anchored, up to which line, and whether something did not fit since."""

    anchored_at: datetime | None
    up_to: int
    is_broken: bool


def lines(session: Session, centre_id: str, sieve: Sieve, before: int | None = None) -> list[JournalLine]:
    """Return one page of a centre's journal and the first line of the next, the newest first."""
    wanted = select(JournalLine).where(JournalLine.centre_id == centre_id)
    if before is not None:
        wanted = wanted.where(JournalLine.seq < before)
    if sieve.actor is not None:
        wanted = wanted.where(JournalLine.actor == sieve.actor)
    if sieve.action == OPENINGS:
        wanted = wanted.where(JournalLine.action.startswith(OPENINGS))
    elif sieve.action is not None:
        wanted = wanted.where(JournalLine.action == sieve.action)
    if sieve.subject is not None:
        wanted = wanted.where(JournalLine.subject >= sieve.subject, JournalLine.subject < sieve.subject + "g")
    return list(session.scalars(wanted.order_by(JournalLine.seq.desc()).limit(PAGE + 1)))


def openings(session: Session, centre_id: str, since: datetime) -> Mapping[str, Mapping[str, int]]:
    """Return how often each actor opened a case since a moment, by the reason that the journal holds."""
    counted = select(JournalLine.actor, JournalLine.action, func.count()).where(
        JournalLine.centre_id == centre_id, JournalLine.at >= since, JournalLine.action.startswith(OPENINGS)
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for actor, action, many in session.execute(counted.group_by(JournalLine.actor, JournalLine.action)):
        found[actor][action] = many
    return found


def state(session: Session, centre_id: str, actor: str) -> State:
    """Return what the daily anchoring, done by an actor, last said."""
    last = _last(session, centre_id, actor, ANCHORED, BROKEN)
    is_broken = last is not None and last.action == BROKEN
    anchored = _last(session, centre_id, actor, ANCHORED)
    return State(anchored.at, line_of(anchored.subject), is_broken) if anchored else State(None, 0, is_broken)


def count_lines(session: Session, centre_id: str) -> int:
    """Return how many lines a centre's journal has."""
    return session.scalar(select(func.max(JournalLine.seq)).where(JournalLine.centre_id == centre_id)) or 0


def note_viewing(database: Database, centre_id: str, staff_id: str, now: datetime) -> None:
    """Write in the journal that somebody reads it: one line for fifteen minutes."""
    if not was_viewed(database, centre_id, staff_id, now):
        with database.writing(centre_id) as session:
            write_line(session, centre_id, now, staff_id, VIEWED, centre_id)


def was_viewed(database: Database, centre_id: str, staff_id: str, now: datetime) -> bool:
    """Tell whether somebody opened the journal in the last fifteen minutes, by the journal itself."""
    viewing = select(JournalLine.seq).where(
        JournalLine.centre_id == centre_id,
        JournalLine.subject == centre_id,
        JournalLine.actor == staff_id,
        JournalLine.action == VIEWED,
        JournalLine.at > now - VIEWING,
    )
    with database.reading(centre_id) as session:
        return session.scalars(viewing.limit(1)).first() is not None


def _last(session: Session, centre_id: str, actor: str, *actions: str) -> JournalLine | None:
    those = select(JournalLine).where(
        JournalLine.centre_id == centre_id, JournalLine.actor == actor, JournalLine.action.in_(actions)
    )
    return session.scalars(those.order_by(JournalLine.seq.desc()).limit(1)).first()
