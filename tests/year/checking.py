"""When each check is made, and what is counted meanwhile."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from portal.access.people import disable
from portal.records import journal
from portal.records.board import Line
from portal.records.models import JournalLine, Message, RequestRecord, Staff
from portal.records.today import Part
from tests.year import checks, posted, rows
from tests.year.book import House, Life
from tests.year.morning import of_part
from tests.year.post import Letter
from tests.year.world import World


def of_the_morning(world: World, house: House, lines: Sequence[Line]) -> None:
    """What the page of the day must show, before anything of it is done."""
    today, standing, lives = world.today, rows.standing(lines), house.lives
    for one in standing:
        world.count(f"lines: {one.part}")
        if life := lives.get(one.case_id):
            life.seen.add((one.part, one.thing_id))
            _stands_as_request(world, life, one.part)
    world.count("mornings")
    world.count("lines with an owner", sum(one.owner is not None for one in standing))
    faults = [
        *checks.owned(standing, house.carers),
        *checks.at_home(standing, house),
        *checks.requests_stand(lives.values(), standing),
        *checks.dates_stand(lives.values(), standing, today),
        *checks.ends_stand(lives.values(), standing, today, house.grace_days),
    ]
    seen, unseen = checks.passed_seen(lives.values(), today)
    world.count("last days that passed undecided, seen at 30 and at 7 days", len(seen))
    world.count("last days that passed undecided and unseen", len(unseen))
    _found(world, house, [*faults, *unseen])


def _stands_as_request(world: World, life: Life, part: str) -> None:
    """Something that she asked stands there: whoever works on it sees the date too."""
    if part in checks.REQUEST_PARTS:
        for thing_id, last in checks.dates_due(life):
            before = last - world.today
            if timedelta(0) <= before <= checks.THIRTY:
                life.seen.add(("soon" if before <= checks.SEVEN else "later", thing_id))


def of_acts(world: World, since: datetime) -> None:
    """What was destroyed or given back since a moment, by the law as it stands in the book at this hour."""
    acts, gone = rows.acts_since(world.database, since), rows.gone_since(world.database, since)
    for act in acts:
        world.count(f"acts: {act.kind}")
    world.count("things gone", len(gone))
    for house in world.book.houses:
        there = [one for one in acts if one.case_id in house.lives]
        _found(world, house, [*checks.acts_lawful(there, house), *checks.book_agrees(house.lives, gone)])
    _found(world, world.book.houses[0], checks.gone_by_acts(gone, acts))


def of_the_sweep(world: World) -> None:
    """What is there no more since this night."""
    there = rows.cases(world.database)
    for house in world.book.houses:
        erased = [life for life in house.lives.values() if life.erased_on is None and life.case_id not in there]
        _found(world, house, checks.erased_lawfully(erased, world.today))
        for life in erased:
            life.erased_on = world.today
        world.count("cases erased", len(erased))


def of_letters(world: World, left: Sequence[Letter], since: datetime) -> None:
    """What left just now."""
    if not left:
        return
    sent = {one.message_id: _message(world, one.message_id) for one in left}
    for house in world.book.houses:
        _found(world, house, posted.letters(left, sent, house))
    world.count("messages that left", len(left))


def of_the_day(world: World, since: datetime) -> None:
    """What must hold of the post at the end of a day."""
    sent = rows.messages_since(world.database, since)
    told = rows.told_of(world.database, sent) if sent else set()
    lines = _message_lines(world) if any(one.state in checks.NOT_ARRIVED for one in sent.values()) else set()
    faults = posted.none_lost(sent, world.post.left, lines, world.book.seen_messages, told, world.now)
    _found(world, world.book.houses[0], faults)


def at_the_end(world: World) -> None:
    """The whole year: nothing left twice, the journals fit, and tell nothing of the other centre."""
    _found(world, world.book.houses[0], posted.none_twice(world.post.left))
    with world.database.reading() as session:
        for house in world.book.houses:
            broken = journal.verify(session, house.centre_id)
            _found(world, house, [f"the journal does not fit at line {broken}"] if broken else [])
            subjects = set(
                session.scalars(select(JournalLine.subject).where(JournalLine.centre_id == house.centre_id).distinct())
            )
            others = {case_id for other in world.book.houses if other is not house for case_id in other.lives}
            foreign = select(RequestRecord.id).where(RequestRecord.centre_id != house.centre_id)
            others |= set(session.scalars(foreign))
            _found(world, house, [f"the journal tells of another centre: {one}" for one in subjects & others])
            lines = session.scalars(select(JournalLine.seq).where(JournalLine.centre_id == house.centre_id)).all()
            world.count("lines of the journals", len(lines))
    world.count("requests that wait at the end", sum(len(life.open) for life in _lives(world)))


def leaves(world: World, house: House, staff_id: str) -> None:
    """Somebody leaves the team."""
    with world.database.reading() as session:
        number = session.get_one(Staff, staff_id).number
    disable(world.database, house.centre_id, house.coordinator, number, world.now)
    house.left.add(staff_id)
    world.count("members who left")


def whose(world: World, message_id: str) -> tuple[House, Life]:
    """Return to whom a message goes."""
    row = _message(world, message_id)
    house = next(one for one in world.book.houses if one.centre_id == row.centre_id)
    return house, house.lives[row.case_id]


def _lives(world: World) -> list[Life]:
    return [life for house in world.book.houses for life in house.lives.values()]


def _message(world: World, message_id: str) -> rows.Sent:
    with world.database.reading() as session:
        one = session.get_one(Message, message_id)
        return rows.Sent(one.id, one.centre_id, one.case_id, one.kind, one.state, one.made_at, one.claimed_at)


def _message_lines(world: World) -> set[str]:
    """The messages that are a line of *Today* now, in either centre."""
    return {
        line.candidate.thing_id
        for house in world.book.houses
        for line in of_part(world, house, house.coordinator, Part.MESSAGES)
    }


def _found(world: World, house: House, faults: Sequence[str]) -> None:
    world.book.faults += [f"{world.today} {house.name}: {one}" for one in faults]
