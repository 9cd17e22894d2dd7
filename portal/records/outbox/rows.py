"""A message's row: sealing what it carries, wiping it, ending it with its line in the journal."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.records.database import Database
from portal.records.journal import write_line
from portal.records.models import CaseRecord, Link, Message
from portal.records.outbox.kinds import State, Trouble
from portal.records.sheets import seal_sheet, unseal_sheet

TO = ("message", "sealed_to")
TEXT = ("message", "sealed_text")
OUTBOX = "outbox"  # the worker, in the journal


def seal_message(key: bytes, message: Message, to: str, carried: dict[str, Any]) -> None:
    """Seal to whom a message goes and what it carries beside its wording: a link, or nothing."""
    message.sealed_to = seal_sheet(key, {"to": to}, *TO, message.id)
    message.sealed_text = seal_sheet(key, carried, *TEXT, message.id)


def recipient_of(key: bytes, message: Message) -> str:
    """Return to whom a message goes."""
    return str(unseal_sheet(key, message.sealed_to, *TO, message.id)["to"])


def carried_by(key: bytes, message: Message) -> dict[str, Any]:
    """Return what a message carries beside its wording."""
    return unseal_sheet(key, message.sealed_text, *TEXT, message.id)


def wipe(message: Message) -> None:
    """Forget to whom it went and what it carried: nobody needs it any more."""
    message.sealed_to = message.sealed_text = None


def end(
    session: Session, message: Message, state: State, actor: str, now: datetime, trouble: Trouble | None = None
) -> None:
    """End a message, inside the caller's transaction. What a nurse still decides about keeps what it carries."""
    message.state, message.problem, message.ended_at = state, trouble, now
    if state in (State.SENT, State.CANCELLED):
        wipe(message)
    write_line(session, message.centre_id, now, actor, f"message-{state}", message.id)


def cancel_waiting(session: Session, case_id: str, actor: str, now: datetime, trouble: Trouble) -> None:
    """Cancel everything of a case that has not begun to go out, inside the caller's transaction."""
    waiting = select(Message).where(Message.case_id == case_id, Message.state == State.WAITING)
    for message in session.scalars(waiting.order_by(Message.made_at, Message.id)):
        end(session, message, State.CANCELLED, actor, now, trouble)


def is_link_live(session: Session, link_id: str, now: datetime) -> bool:
    """Tell whether a link that a message carries still opens."""
    link = session.get(Link, link_id)
    return link is not None and link.revoked_at is None and now < link.ends_at


def case_key(database: Database, session: Session, message: Message) -> bytes:
    """Return the key of a message's case."""
    return database.case_key(session, session.get_one(CaseRecord, message.case_id))
