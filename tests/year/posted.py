"""What must hold of everything that is sent: when, to whom, once, and that none is lost."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from portal.clock import BRUSSELS
from portal.library.words import TELLING
from portal.records.choices import Contact
from tests.year.book import House
from tests.year.post import Letter
from tests.year.rows import Sent

SAFE = {"any": range(24), "morning": range(8, 12), "afternoon": range(12, 17), "evening": range(17, 22)}
LONGEST = timedelta(days=3)  # then it has failed, and a nurse decides
IN_HAND = timedelta(minutes=15)
LOOKED_AT = timedelta(hours=15)  # the longest time between two looks of the worker


def letters(left: Iterable[Letter], sent: Mapping[str, Sent], house: House) -> list[str]:
    """Each letter that left: not in quiet hours, in her hours, to her, not after "stop", and telling nothing."""
    return [
        f"message {one.message_id} at {one.at.astimezone(BRUSSELS):%d.%m. %H:%M}: {fault}"
        for one in left
        if sent[one.message_id].centre_id == house.centre_id
        for fault in _wrong(one, sent[one.message_id], house)
    ]


def _wrong(letter: Letter, row: Sent, house: House) -> list[str]:
    life = house.lives[row.case_id]
    hour = letter.at.astimezone(BRUSSELS).hour
    found = []
    if hour >= house.quiet[0] or hour < house.quiet[1]:
        found.append("in quiet hours")
    if not _is_hers(hour, life.contact.hours if life.contact else ()):
        found.append("outside the hours agreed with her")
    if row.kind == "reminder" and (life.reminder is None or not _is_hers(hour, (life.reminder.hours,))):
        found.append("a reminder that she did not wish for then")
    if life.stopped_at is not None and letter.at > life.stopped_at:
        found.append("after she stopped messages")
    if life.contact is None or letter.to != _dialled(life.contact):
        found.append("to another than her")
    if life.erased_on is not None:
        found.append("of a case that was erased")
    if TELLING.search(letter.text):
        found.append("tells what it is about")
    return found


def _is_hers(hour: int, names: tuple[str, ...]) -> bool:
    return not names or any(hour in SAFE[name] for name in names)


def _dialled(contact: Contact) -> str:
    return contact.to if "@" in contact.to else "+32" + contact.to.replace(" ", "").removeprefix("0")


def none_twice(left: Iterable[Letter]) -> list[str]:
    """Nothing leaves twice."""
    return [
        f"message {one}: left {many} times"
        for one, many in Counter(each.message_id for each in left).items()
        if many > 1
    ]


def none_lost(
    sent: Mapping[str, Sent], left: Iterable[Letter], lines: set[str], seen: set[str], told: set[str], now: datetime
) -> list[str]:
    """Each message is sent, cancelled, or waits not too long; what failed or is unsure is a line until it is seen.

    `lines` are the messages that are a line of *Today*, `seen` those of which a member said so, `told` those whose end
    the journal tells.
    """
    went, found = {one.message_id for one in left}, []
    for one in sent.values():
        if one.state in ("failed", "unsure") and one.id not in lines and one.id not in seen:
            found.append(f"message {one.id}: {one.state}, and no line")
        if one.state in ("sent", "failed", "unsure", "cancelled") and one.id not in told:
            found.append(f"message {one.id}: {one.state}, and the journal does not tell")
        if one.state == "waiting" and now - one.made_at > LONGEST + LOOKED_AT:
            found.append(f"message {one.id}: waits since {one.made_at}")
        if one.state == "sending" and one.claimed_at and now - one.claimed_at > IN_HAND + LOOKED_AT:
            found.append(f"message {one.id}: in hand since {one.claimed_at}")
        if one.state == "sent" and one.id not in went:
            found.append(f"message {one.id}: sent, and it never left")
        if one.id in went and one.state in ("waiting", "failed", "cancelled"):
            found.append(f"message {one.id}: it left, and stands as {one.state}")
    return found
