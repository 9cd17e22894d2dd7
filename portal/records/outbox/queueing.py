"""Writing a message into the outbox: asked for once by a member of the team, for one case, to one recipient."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.clock import brussels_day
from portal.records import seal
from portal.records.cases import OpenedCase, open_case
from portal.records.database import Database
from portal.records.journal import write_line
from portal.records.models import CaseRecord, Centre, Link, Message
from portal.records.outbox.kinds import Kind, NotSentError, State, Trouble
from portal.records.outbox.planning import plan_for
from portal.records.outbox.rows import end, seal_message
from portal.records.outbox.undelivered import is_seen

ID_LETTERS = 32


@dataclass(frozen=True)
class Queued:
    """A message in the outbox; one that was there already is not new."""

    message_id: str
    not_before: datetime
    is_new: bool


def queue(database: Database, centre_id: str, case_id: str, staff_id: str, kind: Kind, now: datetime) -> Queued:
    """Queue a message that carries nothing but its wording. A second one of the same kind on the same day is the first.

    Raises:
        LookupError: this centre has no such case.
        NotSentError: nothing may be sent to her, or nowhere to.
        ValueError: a link is queued with the link it carries.

    """
    if kind is Kind.LINK:
        raise ValueError(kind)
    with database.writing(centre_id) as session:
        case = _case(database, session, centre_id, case_id)
        return write_message(database, session, case, kind, staff_id, now, once=brussels_day(now).isoformat())


def queue_reminder(database: Database, centre_id: str, case_id: str, staff_id: str, now: datetime) -> Queued:
    """Queue the reminder she wished for.

    Raises:
        LookupError: this centre has no such case.
        NotSentError: she wishes none, or not in writing; nothing may be sent to her, or nowhere to.

    """
    return queue(database, centre_id, case_id, staff_id, Kind.REMINDER, now)


def queue_link(
    database: Database, centre_id: str, case_id: str, staff_id: str, now: datetime, *, address: str, token_hash: str
) -> Queued:
    """Queue the message that carries a link. The same link asked for again is the same message.

    Whatever waits to carry an older link of the case is cancelled: it would lead her to a page that has ended.

    Raises:
        LookupError: this centre has no such case.
        NotSentError: the link has ended, nothing may be sent to her, or nowhere to.

    """
    with database.writing(centre_id) as session:
        case = _case(database, session, centre_id, case_id)
        live = select(Link).where(
            Link.case_id == case_id, Link.token_hash == token_hash, Link.revoked_at.is_(None), Link.ends_at > now
        )
        link = session.scalars(live).first()
        if link is None:
            raise NotSentError(Trouble.LINK_ENDED)
        carried = {"link": address, "link_id": link.id}
        return write_message(database, session, case, Kind.LINK, staff_id, now, once=link.id, carried=carried)


def write_message(
    database: Database,
    session: Session,
    case: OpenedCase,
    kind: Kind,
    staff_id: str,
    now: datetime,
    *,
    once: str,
    carried: dict[str, Any] | None = None,
) -> Queued:
    """Write a message, inside the caller's transaction; `once` says what makes two presses one message."""
    message_id, before = _place(database, session, case.record, f"{case.record.id}|{kind}|{once}")
    if before is not None:
        return Queued(before.id, before.not_before, is_new=False)
    plan = plan_for(case, session.get_one(Centre, case.record.centre_id), kind, now)
    if kind is Kind.LINK:
        _cancel_older_links(session, case.record.id, staff_id, now)
    message = Message(
        id=message_id,
        centre_id=case.record.centre_id,
        case_id=case.record.id,
        kind=kind,
        channel=plan.channel,
        state=State.WAITING,
        tries=0,
        made_at=now,
        made_by=staff_id,
        not_before=plan.not_before,
    )
    seal_message(database.case_key(session, case.record), message, plan.to, carried or {})
    session.add(message)
    session.flush()
    write_line(session, message.centre_id, now, staff_id, "message-queued", message.id)
    return Queued(message.id, plan.not_before, is_new=True)


def cancel(database: Database, centre_id: str, message_id: str, staff_id: str, now: datetime) -> bool:
    """Take a message back that has not begun to go out; tell whether it could be.

    Raises:
        LookupError: this centre has no such message.

    """
    with database.writing(centre_id) as session:
        message = session.get(Message, message_id)
        if message is None or message.centre_id != centre_id:
            raise LookupError(message_id)
        if message.state != State.WAITING:
            return False
        end(session, message, State.CANCELLED, staff_id, now, Trouble.BY_HAND)
        return True


def of_case(session: Session, case_id: str) -> list[Message]:
    """Return every message of a case, the newest first."""
    every = select(Message).where(Message.case_id == case_id)
    return list(session.scalars(every.order_by(Message.made_at.desc(), Message.id)))


def _case(database: Database, session: Session, centre_id: str, case_id: str) -> OpenedCase:
    case = open_case(database, session, centre_id, case_id)
    if case is None:
        raise LookupError(case_id)
    return case


def _place(database: Database, session: Session, case: CaseRecord, once: str) -> tuple[str, Message | None]:
    """Return the id that a message has by what it is for, and the message that has it already, if it still counts.

    What was cancelled, or failed and was seen, leaves the place to another one. The id comes from the case's own key,
    which no change of keys touches; before that it came from the installation's.
    """
    key, number = seal.derived_key(database.case_key(session, case), "message"), 0
    while True:
        text = f"{once}|{number}"
        forms = [seal.blind_index(key, text), *database.keyed_hashes("message", text)]
        ids = [form[:ID_LETTERS] for form in forms]
        known = session.scalars(select(Message).where(Message.id.in_(ids))).all()
        going_on = next((one for one in known if not _is_over(session, one)), None)
        if going_on or not known:
            return ids[0], going_on
        number += 1


def _is_over(session: Session, message: Message) -> bool:
    if message.state in (State.FAILED, State.UNSURE):
        return is_seen(session, message)
    return message.state == State.CANCELLED


def _cancel_older_links(session: Session, case_id: str, staff_id: str, now: datetime) -> None:
    older = select(Message).where(Message.case_id == case_id, Message.kind == Kind.LINK, Message.state == State.WAITING)
    for message in session.scalars(older):
        end(session, message, State.CANCELLED, staff_id, now, Trouble.LINK_ENDED)
