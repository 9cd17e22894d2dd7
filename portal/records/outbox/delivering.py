"""The worker's side: taking a message, asking once more in the last moment, writing down what became of it.

A message is taken in one transaction and handed over outside of any; what became of it is another. Whoever is stopped
in between leaves it in `sending`, and after a while it is `unsure`: it may have gone out, so no machine sends it again.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from portal.events import tell_unreadable
from portal.records.cases import OpenedCase, open_case
from portal.records.database import Database
from portal.records.fence import Across
from portal.records.journal import write_line
from portal.records.models import Centre, Message
from portal.records.outbox.kinds import Fate, Kind, NotSentError, State, Trouble
from portal.records.outbox.planning import Plan, plan_for
from portal.records.outbox.rows import OUTBOX, carried_by, case_key, end, is_link_live, recipient_of, wipe
from portal.records.recipients import Channel
from portal.records.seal import UnreadableError

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))  # then it has failed
LEASE = timedelta(minutes=15)  # longer than any server is waited for
LIFE = timedelta(days=3)  # what could not go out until then would come out of the blue
KEPT = timedelta(days=30)  # what a nurse never decided about
LOOKED_AT = 50
A_NURSE_DECIDES = frozenset({Trouble.NO_HOURS, Trouble.NOT_ONE, Trouble.UNREADABLE})


@dataclass(frozen=True)
class Claimed:
    """A message that one worker is about to hand over. To whom, and the link, are in no text of it."""

    message_id: str
    centre_id: str
    kind: Kind
    channel: Channel
    language: str
    tries: int
    to: str = field(repr=False)
    link: str | None = field(repr=False)


def claim(database: Database, channels: Collection[Channel], now: datetime) -> Claimed | None:
    """Take the next message that may go now, for this worker alone; None where there is none.

    What may not go any more is cancelled, what may not go yet is put off.
    """
    due = select(Message.id, Message.centre_id).where(
        Message.state == State.WAITING, Message.not_before <= now, Message.channel.in_(list(channels))
    )
    with database.reading(across=Across.OUTBOX) as session:
        closed = database.closed_centres(session)  # what cannot be read waits, and lets the others go
        due = due.where(Message.centre_id.not_in(closed)) if closed else due
        rows = session.execute(due.order_by(Message.not_before, Message.id).limit(LOOKED_AT)).all()
    claims = (_claim_one(database, centre_id, message_id, now) for message_id, centre_id in rows)
    return next((claimed for claimed in claims if claimed), None)


def may_go(database: Database, claimed: Claimed, now: datetime) -> bool:
    """Tell, in the last moment before a message leaves, whether it still may: not stopped, to her, at a safe hour."""
    with database.reading(claimed.centre_id) as session:
        message = session.get(Message, claimed.message_id)
        if message is None or not _is_in_hand(message, claimed):
            return False
        try:
            plan = _plan_now(database, session, message, now)
        except NotSentError:
            return False
        return plan.not_before <= now and plan.to == claimed.to


def finish(database: Database, claimed: Claimed, fate: Fate, trouble: Trouble | None, now: datetime) -> None:
    """Write down what became of a message. One that was given up as lost meanwhile stays so: a nurse decides."""
    with database.writing(claimed.centre_id) as session:
        message = session.get(Message, claimed.message_id)
        if message is None or not _is_in_hand(message, claimed):
            return
        match fate:
            case Fate.SENT:
                end(session, message, State.SENT, OUTBOX, now)
            case Fate.UNSURE:
                end(session, message, State.UNSURE, OUTBOX, now, trouble)
            case Fate.REFUSED:
                end(session, message, State.FAILED, OUTBOX, now, trouble)
            case Fate.WITHDRAWN:
                message.state, message.not_before = State.WAITING, now  # the next look says why, or until when
            case Fate.LATER if message.tries > len(WAITS):
                end(session, message, State.FAILED, OUTBOX, now, trouble)
            case Fate.LATER:
                _put_off(database, session, message, now + WAITS[message.tries - 1], trouble)


def sweep(database: Database, now: datetime) -> None:
    """Give up what was cut off or waits too long, and wipe what nobody decided about. Nothing is sent by it."""
    lost = (Message.state == State.SENDING) & (Message.claimed_at < now - LEASE)
    late = (Message.state == State.WAITING) & (Message.made_at < now - LIFE)
    old = Message.state.in_((State.FAILED, State.UNSURE)) & (Message.ended_at < now - KEPT)
    kept = or_(Message.sealed_to.is_not(None), Message.sealed_text.is_not(None))
    _for_each(database, lost, lambda session, one: end(session, one, State.UNSURE, OUTBOX, now, Trouble.INTERRUPTED))
    _for_each(database, late, lambda session, one: end(session, one, State.FAILED, OUTBOX, now, Trouble.WAITED))
    _for_each(database, old & kept, lambda session, one: _forget(session, one, now))


def doubt_all(database: Database, now: datetime) -> int:
    """Give up whatever waits or is on its way, as unsure; return how many. For a restored database.

    It may have gone out since the backup, or its link may have ended: a nurse decides, no machine sends it again.
    """
    open_ones = Message.state.in_((State.WAITING, State.SENDING))
    with database.reading(across=Across.OUTBOX) as session:
        many = len(session.scalars(select(Message.id).where(open_ones)).all())
    _for_each(
        database, open_ones, lambda session, one: end(session, one, State.UNSURE, OUTBOX, now, Trouble.INTERRUPTED)
    )
    return many


def _forget(session: Session, message: Message, now: datetime) -> None:
    wipe(message)
    write_line(session, message.centre_id, now, OUTBOX, "message-wiped", message.id)


def _for_each(database: Database, condition: ColumnElement[bool], act: Callable[[Session, Message], None]) -> None:
    """Do something with each message of a condition, in a transaction of its own, where it still holds."""
    with database.reading(across=Across.OUTBOX) as session:
        rows = session.execute(select(Message.id, Message.centre_id).where(condition)).all()
    for message_id, centre_id in rows:
        with database.writing(centre_id) as session:
            message = session.scalars(select(Message).where(Message.id == message_id, condition)).first()
            if message is not None:
                act(session, message)


def _claim_one(database: Database, centre_id: str, message_id: str, now: datetime) -> Claimed | None:
    with database.writing(centre_id) as session:
        message = session.get(Message, message_id)
        if message is None or message.state != State.WAITING or message.not_before > now:
            return None  # another worker was first, or a nurse took it back
        try:
            plan = _plan_now(database, session, message, now)
        except NotSentError as why:
            state = State.FAILED if why.trouble in A_NURSE_DECIDES else State.CANCELLED
            end(session, message, state, OUTBOX, now, why.trouble)
            return None
        if plan.not_before > now:
            message.not_before = plan.not_before
            return None
        message.state, message.claimed_at, message.tries = State.SENDING, now, message.tries + 1
        return _claimed(database, session, message, plan)


def _claimed(database: Database, session: Session, message: Message, plan: Plan) -> Claimed:
    case = _case(database, session, message)
    carried = carried_by(case_key(database, session, message), message)
    return Claimed(
        message_id=message.id,
        centre_id=message.centre_id,
        kind=Kind(message.kind),
        channel=plan.channel,
        language=case.admission.language,
        tries=message.tries,
        to=plan.to,
        link=carried.get("link"),
    )


def _plan_now(database: Database, session: Session, message: Message, now: datetime) -> Plan:
    """Return the plan as it is now, where it is still the one that was meant.

    Raises:
        NotSentError: nothing may be sent any more, the contact is another, the link has ended, or nobody can read it.

    """
    try:
        return _same_plan(database, session, message, now)
    except UnreadableError as damaged:
        tell_unreadable(*damaged.place)
        raise NotSentError(Trouble.UNREADABLE) from None


def _same_plan(database: Database, session: Session, message: Message, now: datetime) -> Plan:
    case, kind = _case(database, session, message), Kind(message.kind)
    plan = plan_for(case, session.get_one(Centre, message.centre_id), kind, now)
    key = case_key(database, session, message)
    if (plan.channel, plan.to) != (message.channel, recipient_of(key, message)):
        raise NotSentError(Trouble.CONTACT_CHANGED)
    carried = carried_by(key, message)
    if kind is Kind.LINK and not is_link_live(session, carried.get("link_id", ""), now):
        raise NotSentError(Trouble.LINK_ENDED)
    return plan


def _case(database: Database, session: Session, message: Message) -> OpenedCase:
    case = open_case(database, session, message.centre_id, message.case_id)
    if case is None:
        raise NotSentError(Trouble.MOVED)
    return case


def _put_off(database: Database, session: Session, message: Message, moment: datetime, trouble: Trouble | None) -> None:
    message.state, message.problem, message.not_before = State.WAITING, trouble, moment
    try:
        message.not_before = _plan_now(database, session, message, moment).not_before
    except NotSentError:
        return  # the next look ends it, and says why


def _is_in_hand(message: Message, claimed: Claimed) -> bool:
    return message.state == State.SENDING and message.tries == claimed.tries
