"""What a member of the team decides about a message that did not go out, or of which nobody knows."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.events import tell_unreadable
from portal.records.cases import OpenedCase, open_case
from portal.records.database import Database
from portal.records.journal import write_line
from portal.records.models import Centre, Message
from portal.records.outbox.kinds import Kind, NotSentError, State, Trouble
from portal.records.outbox.planning import plan_for
from portal.records.outbox.queueing import Queued, write_message
from portal.records.outbox.rows import carried_by, is_link_live, wipe
from portal.records.outbox.undelivered import end_line, is_seen
from portal.records.seal import UnreadableError


def see(database: Database, centre_id: str, message_id: str, staff_id: str, now: datetime) -> None:
    """Note that a member has seen it and dealt with it; what it carried is wiped. Twice is once.

    Raises:
        LookupError: this centre has no such message that needs somebody.

    """
    with database.writing(centre_id) as session:
        message = _undelivered(session, centre_id, message_id)
        if not is_seen(session, message):
            _see(session, message, staff_id, now)


def again(database: Database, centre_id: str, message_id: str, staff_id: str, now: datetime) -> Queued | None:
    """Send it again, as a new message, to the contact as it is agreed today; None where it was dealt with already.

    Raises:
        LookupError: this centre has no such message that needs somebody.
        NotSentError: nothing may be sent to her any more, or the link it carried has ended.

    """
    with database.writing(centre_id) as session:
        message = _undelivered(session, centre_id, message_id)
        if is_seen(session, message):
            return None
        case = open_case(database, session, centre_id, message.case_id)
        if case is None:
            raise LookupError(message_id)
        if trouble := why_not_again(database, session, case, message, now):
            raise NotSentError(trouble)
        carried = carried_by(database.case_key(session, case.record), message)
        kind, once = Kind(message.kind), f"again {message.id}"
        queued = write_message(database, session, case, kind, staff_id, now, once=once, carried=carried)
        _see(session, message, staff_id, now)
        return queued


def why_not_again(
    database: Database, session: Session, case: OpenedCase, message: Message, now: datetime
) -> Trouble | None:
    """Return why a message cannot be sent again now, or None where it can."""
    try:
        carried = carried_by(database.case_key(session, case.record), message)
    except UnreadableError as damaged:
        tell_unreadable(*damaged.place)
        return Trouble.UNREADABLE
    if message.kind == Kind.LINK and not is_link_live(session, carried.get("link_id", ""), now):
        return Trouble.LINK_ENDED
    try:
        plan_for(case, session.get_one(Centre, message.centre_id), Kind(message.kind), now)
    except NotSentError as why:
        return why.trouble
    return None


def _undelivered(session: Session, centre_id: str, message_id: str) -> Message:
    message = session.get(Message, message_id)
    if message is None or message.centre_id != centre_id or message.state not in (State.FAILED, State.UNSURE):
        raise LookupError(message_id)
    return message


def _see(session: Session, message: Message, staff_id: str, now: datetime) -> None:
    end_line(session, message, staff_id, now)
    wipe(message)
    write_line(session, message.centre_id, now, staff_id, "message-seen", message.id)
