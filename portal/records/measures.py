"""What an operator watches, as counts over all centres: what calls for somebody, never how much is going on.

How many cases, openings, requests or messages there are is told nowhere: whoever sees such a count grow sees when
somebody came. What is counted here is late, and stands still while all is well.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal, or_, select, text
from sqlalchemy.orm import Session

from portal.clock import brussels_day
from portal.law.course import State as RequestState
from portal.records.database import Database
from portal.records.fence import Across
from portal.records.models import ANCHORS, CaseRecord, Centre, JournalLine, Message, RequestRecord, TodayLine
from portal.records.outbox.delivering import LEASE
from portal.records.outbox.kinds import State
from portal.records.outbox.undelivered import LINE

LATE = timedelta(minutes=15)  # the outbox looks three times a minute
LONG = timedelta(days=7)
ANCHORED_DAILY = timedelta(hours=26)
IN_HUNDREDS = 100
COUNTED = 1_000  # more is told as so many: a count must not cost what a list costs


@dataclass(frozen=True)
class Measures:
    """What calls for somebody. `lines` is how many pieces of the teams' work are late, by part of *Today*."""

    messages_late: int
    seconds_late: int
    messages_undelivered: int
    lines: dict[str, int]
    journals_unanchored: int
    journal_lines_unanchored: int


def measures(database: Database, now: datetime) -> Measures:
    """Return what calls for somebody. Every count is bounded, asked by index, and unseals nothing."""
    with database.reading(across=Across.WATCH) as session:
        centres = list(session.scalars(select(Centre.id)))
        late = _late(now)
        due = [session.scalar(select(func.min(Message.not_before)).where(one)) for one in late]
        oldest = min(filter(None, due), default=None)
        since = [_since_anchor(session, centre) for centre in centres]
        return Measures(
            messages_late=sum(_count(session, select(Message.id).where(one)) for one in late),
            seconds_late=int((now - oldest).total_seconds()) if oldest else 0,
            messages_undelivered=_count(session, _undelivered()),
            lines={
                part: sum(_count(session, rows.where(column == centre)) for centre in centres)
                for part, (rows, column) in _overdue(now, brussels_day(now)).items()
            },
            journals_unanchored=sum(at is not None and now - at > ANCHORED_DAILY for _, at in since),
            journal_lines_unanchored=sum(lines for lines, _ in since) // IN_HUNDREDS * IN_HUNDREDS,
        )


def _late(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return what waits for too long, and what was cut off: asked apart, each by its state, few are ever in hand."""
    waits = (Message.state == State.WAITING) & (Message.not_before < now - LATE)
    cut_off = (Message.state == State.SENDING) & (Message.claimed_at < now - LEASE - LATE)
    return waits, cut_off


def _undelivered() -> Select[Any]:
    seen = exists().where(
        TodayLine.centre_id == Message.centre_id,
        TodayLine.line == literal(LINE) + Message.id,
        TodayLine.ended_at.is_not(None),
    )
    return select(Message.id).where(Message.state.in_((State.FAILED, State.UNSURE)), ~seen)


def _overdue(now: datetime, today: date) -> dict[str, tuple[Select[Any], Any]]:
    """Return the questions for what is late, each with the column that names the centre."""
    kept = select(CaseRecord.id).where(CaseRecord.moved_at.is_(None))
    asked = select(RequestRecord.id).where(
        RequestRecord.state == RequestState.ASKED,
        RequestRecord.asked_at < now - LONG,
        or_(RequestRecord.waits_until.is_(None), RequestRecord.waits_until < now - LONG),
    )
    return {
        "requests": (asked, RequestRecord.centre_id),
        "calls": (kept.where(CaseRecord.follow_up_on < today), CaseRecord.centre_id),
        "looks": (kept.where(CaseRecord.review_on < today), CaseRecord.centre_id),
        "contacts": (kept.where(CaseRecord.contact_proposed_at < now - LONG), CaseRecord.centre_id),
    }


def _count(session: Session, rows: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(rows.limit(COUNTED).subquery())) or 0


def _since_anchor(session: Session, centre_id: str) -> tuple[int, datetime | None]:
    """Return how many lines stand after the last anchor that the journal tells of, and since when; None: no line."""
    of_centre = select(JournalLine.seq, JournalLine.at).where(JournalLine.centre_id == centre_id)
    last = session.scalar(select(func.max(JournalLine.seq)).where(JournalLine.centre_id == centre_id)) or 0
    anchored = session.execute(of_centre.where(text(ANCHORS)).order_by(JournalLine.seq.desc()).limit(1)).first()
    if anchored:
        return last - anchored.seq, anchored.at
    first = session.execute(of_centre.order_by(JournalLine.seq).limit(1)).first()
    return last, first.at if first else None
