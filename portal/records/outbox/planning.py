"""Whether, to whom and from when a message may go. Asked when it is written, and again in the last moment."""

from dataclasses import dataclass
from datetime import datetime

from portal.records.cases import OpenedCase
from portal.records.choices import Choices
from portal.records.hours import next_safe
from portal.records.models import Centre
from portal.records.outbox.kinds import Kind, NotSentError, Trouble
from portal.records.recipients import Channel, recipient


@dataclass(frozen=True)
class Plan:
    """One message to one person: how, to which one number or address, and not before when."""

    channel: Channel
    to: str
    not_before: datetime


def plan_for(case: OpenedCase, centre: Centre, kind: Kind, now: datetime) -> Plan:
    """Return to whom a message goes, and from when.

    By the contact agreed at the examination and no other, in the hours agreed with it, outside the centre's quiet
    hours; a reminder also in the hours she wished for it. Hours that leave none are a reason to speak with her.

    Raises:
        NotSentError: nothing may be sent; it says why.

    """
    chosen = case.choices
    if case.record.moved_at is not None:
        raise NotSentError(Trouble.MOVED)
    if chosen.messages_stopped:
        raise NotSentError(Trouble.STOPPED)
    if kind is Kind.REMINDER and (chosen.reminder is None or chosen.reminder.way == "call"):
        raise NotSentError(Trouble.NOT_WISHED)
    if chosen.contact is None or chosen.contact.way not in set(Channel):
        raise NotSentError(Trouble.NO_CONTACT)
    channel = Channel(chosen.contact.way)
    to = recipient(channel, chosen.contact.to)
    if to is None:
        raise NotSentError(Trouble.NOT_ONE)
    not_before = next_safe(now, (centre.quiet_from, centre.quiet_until), *_hours(chosen, kind))
    if not_before is None:
        raise NotSentError(Trouble.NO_HOURS)
    return Plan(channel, to, not_before)


def _hours(chosen: Choices, kind: Kind) -> tuple[tuple[str, ...], ...]:
    agreed = chosen.contact.hours if chosen.contact else ()
    wished = (chosen.reminder.hours,) if kind is Kind.REMINDER and chosen.reminder else ()
    return (agreed, wished)
