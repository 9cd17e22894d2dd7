"""What the records hold, read plainly: rows in clear, for the checks. No function of the product reads them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.law import RequestKind
from portal.records.board import Line
from portal.records.database import Database
from portal.records.models import CaseRecord, ItemRecord, JournalLine, Message, RequestRecord


@dataclass(frozen=True)
class Standing:
    """A line of *Today*, as far as the checks need it."""

    part: str
    kind: str
    thing_id: str
    case_id: str
    owner: str | None
    confirmed_by: str | None = None


def standing(lines: Sequence[Line]) -> list[Standing]:
    """Return lines in plain words."""
    return [
        Standing(
            str(one.candidate.part),
            str(one.candidate.kind),
            one.candidate.thing_id,
            one.candidate.case_id,
            one.owner.id if one.owner else None,
            getattr(one.candidate.about, "confirmed_by", None),
        )
        for one in lines
    ]


@dataclass(frozen=True)
class Act:
    """Something that was done with what is kept, and the trail of the journal: action, by whom, when."""

    kind: RequestKind
    request_id: str
    case_id: str
    asked_at: datetime
    asked_by: str | None
    done_at: datetime
    means: str | None
    trail: tuple[tuple[str, str, datetime], ...]

    @property
    def destroys(self) -> bool:
        """Whether it was destroyed, and not given back."""
        return self.kind is not RequestKind.RESTITUTION

    @property
    def by(self) -> dict[str, tuple[str, datetime]]:
        """Who made each step, and when: the last time that it was made."""
        return {action.removeprefix("request-"): (actor, at) for action, actor, at in self.trail}


IRREVERSIBLE = ("destruction", "restitution", "end-of-period")


def acts_since(database: Database, since: datetime) -> list[Act]:
    """Return what was destroyed or given back since a moment, with what the journal tells of it."""
    done = select(RequestRecord).where(
        RequestRecord.kind.in_(IRREVERSIBLE), RequestRecord.state == "done", RequestRecord.ended_at >= since
    )
    with database.reading() as session:
        found = list(session.scalars(done))
        trails = defaultdict(list)
        told = select(JournalLine).where(JournalLine.subject.in_([one.id for one in found]))
        for line in session.scalars(told.order_by(JournalLine.centre_id, JournalLine.seq)):
            trails[line.subject].append((line.action, line.actor, line.at))
    return [
        Act(
            RequestKind(one.kind),
            one.id,
            one.case_id,
            one.asked_at,
            one.asked_by,
            one.ended_at or since,
            one.means,
            tuple(trails[one.id]),
        )
        for one in found
    ]


def cases(database: Database) -> set[str]:
    """Return which cases are there."""
    with database.reading() as session:
        return set(session.scalars(select(CaseRecord.id)))


def gone_since(database: Database, since: datetime) -> list[tuple[str, str, datetime]]:
    """Return which things are not kept any more since a moment: thing, case, when."""
    gone = select(ItemRecord.id, ItemRecord.case_id, ItemRecord.gone_at).where(ItemRecord.gone_at >= since)
    with database.reading() as session:
        return [(row[0], row[1], row[2]) for row in session.execute(gone) if row[2]]


@dataclass(frozen=True)
class Sent:
    """A message, as it stands in the outbox."""

    id: str
    centre_id: str
    case_id: str
    kind: str
    state: str
    made_at: datetime
    claimed_at: datetime | None


SETTLED = ("sent", "cancelled")


def messages_since(database: Database, since: datetime) -> dict[str, Sent]:
    """Return every message that ended since a moment, is on its way or may need somebody, by its id."""
    columns = select(
        Message.id,
        Message.centre_id,
        Message.case_id,
        Message.kind,
        Message.state,
        Message.made_at,
        Message.claimed_at,
    )
    with database.reading() as session:
        rows = session.execute(columns.where(Message.state.not_in(SETTLED) | (Message.ended_at >= since)))
        return {row[0]: Sent(*row) for row in rows}


def told_of(database: Database, message_ids: Iterable[str]) -> set[str]:
    """Return of which messages the journal tells how they ended."""
    ended = [f"message-{state}" for state in ("sent", "failed", "unsure", "cancelled")]
    told = select(JournalLine.subject).where(JournalLine.subject.in_(set(message_ids)), JournalLine.action.in_(ended))
    with database.reading() as session:
        return set(session.scalars(told))


def is_anything_on_its_way(database: Database) -> bool:
    """Tell whether a worker has anything to look at."""
    on_its_way = select(Message.id).where(Message.state.in_(("waiting", "sending"))).limit(1)
    with database.reading() as session:
        return session.execute(on_its_way).first() is not None
