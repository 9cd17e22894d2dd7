"""What did not go out, or nobody knows: it stands before the team until a member has seen it, or sends it again."""

from datetime import datetime

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from portal.records.models import Message, TodayLine
from portal.records.outbox.kinds import State

LINE = "message:"
SHOWN = 50


def line_of(message_id: str) -> str:
    """Return the line of *Today* that a message has while it needs somebody."""
    return LINE + message_id


def undelivered(session: Session, centre_id: str, limit: int = SHOWN) -> list[Message]:
    """Return the messages of a centre that did not go out, or of which nobody knows, the oldest first."""
    open_ones = (
        select(Message)
        .outerjoin(
            TodayLine,
            (TodayLine.centre_id == Message.centre_id) & (TodayLine.line == literal(LINE) + Message.id),
        )
        .where(
            Message.centre_id == centre_id,
            Message.state.in_((State.FAILED, State.UNSURE)),
            TodayLine.ended_at.is_(None),
        )
    )
    return list(session.scalars(open_ones.order_by(Message.ended_at, Message.id).limit(limit)))


def is_seen(session: Session, message: Message) -> bool:
    """Tell whether a member of the team has dealt with it."""
    line = session.get(TodayLine, (message.centre_id, line_of(message.id)))
    return line is not None and line.ended_at is not None


def needs_somebody(session: Session, message: Message) -> bool:
    """Tell whether a message did not go out, or may not have, and no member has dealt with it."""
    return message.state in (State.FAILED, State.UNSURE) and not is_seen(session, message)


def end_line(session: Session, message: Message, staff_id: str, now: datetime) -> None:
    """Write that a member dealt with it, inside the caller's transaction."""
    place = (message.centre_id, line_of(message.id))
    line = session.get(TodayLine, place) or TodayLine(centre_id=place[0], line=place[1])
    line.ended_at, line.ended_by = now, staff_id
    session.add(line)
    session.flush()
