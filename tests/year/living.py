"""The year itself, day by day: what she does, what the teams do, what the post does, and the checks of each day."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from portal.records.database import Database
from portal.records.shifts import begin_shift
from portal.records.today import Part
from tests.messages.post import Kill
from tests.year import checking, erasing, her, noting, rows, team
from tests.year.book import Book, House
from tests.year.morning import every_line, of_part
from tests.year.people import FIRST, LAST, people
from tests.year.world import World

DEAD = {date(2028, 2, 9), date(2028, 2, 10), date(2028, 2, 11), date(2028, 2, 12), date(2028, 7, 3), date(2028, 10, 29)}
GRACE_WRITTEN = date(2028, 3, 6)  # until then, the second hospital has none
GRACE_SHORTER = date(2028, 9, 4)
SOMEBODY_LEAVES = date(2028, 5, 15)
OTHER_HOURS = date(2028, 6, 1)


def live(database: Database, folder: Path, seed: int = 29, many: int = 400, days: int = 366) -> Book:
    """Live a year with so many people a centre, and return what was counted and found; files lie in a folder."""
    world = World(database, seed, folder)
    world.post.in_hand = partial(_while_in_hand, world)
    for house in world.book.houses:
        for person in people(world.chance, house.name, many):
            world.on(person.known_on, "afternoon", partial(noting.register, world, house, person))
    day = FIRST
    with erasing.short_periods():
        while day <= LAST and (day - FIRST).days < days:
            _day(world, day)
            day += timedelta(days=1)
    checking.at_the_end(world)
    return world.book


def _day(world: World, day: date) -> None:
    world.at(day, 0, 5)
    began = world.now
    world.post.is_dead = day in DEAD
    _decisions(world, day)
    _happens(world, day, "night", 2, 10)
    _deliver(world, began)
    world.at(day, 4)
    if not day.weekday():
        erasing.sweep(world)
    checking.of_the_sweep(world)
    world.at(day, 8, 30)
    _deliver(world, began, always=True)
    for house in world.book.houses:
        _morning(world, house)
    checking.of_acts(world, began)
    for hour in (10, 12):
        world.at(day, hour)
        _deliver(world, began)
    _happens(world, day, "day", 13, 0)
    _happens(world, day, "afternoon", 14, 30)
    noon = world.now
    for house in world.book.houses if day.weekday() < 5 else ():
        _afternoon(world, house)
    checking.of_acts(world, noon)
    _deliver(world, began)
    _happens(world, day, "evening", 19, 30)
    for hour in (20, 22):
        world.at(day, hour, 15)
        _deliver(world, began)
    checking.of_the_day(world, began)
    world.count("days")


def _happens(world: World, day: date, part_of_day: str, hour: int, minute: int) -> None:
    """Whatever is on the agenda for a part of a day, some minutes apart."""
    world.at(day, hour, minute)
    for deed in world.agenda.pop((day, part_of_day), ()):
        world.clock.forward(seconds=20)
        deed()


def _morning(world: World, house: House) -> None:
    """The page of the day is read, checked, and worked through."""
    by = house.carers[world.today.toordinal() % len(house.carers)]
    if world.today.weekday() < 5 or world.happens(0.5):  # at times nobody says that they are on duty
        begin_shift(world.database, house.centre_id, by, world.now)
    found = every_line(world, house, by)
    checking.of_the_morning(world, house, found)
    team.work(world, house, by, found)


def _afternoon(world: World, house: House) -> None:
    """Somebody else looks at what waits for a second member, and for the team."""
    carers = house.carers
    by = carers[(world.today.toordinal() + 1) % len(carers)]
    for part in (Part.APPROVALS, Part.REQUESTS):
        team.work(world, house, by, of_part(world, house, by, part))


def _deliver(world: World, began: datetime, *, always: bool = False) -> None:
    """The worker goes round; it may be killed, and another comes. Where nothing waits, once a day is enough."""
    if not always and not rows.is_anything_on_its_way(world.database):
        return
    before = len(world.post.left)
    for _ in range(20):
        with suppress(Kill):
            for became, many in world.deliverer().run().items():
                world.count(f"handed over: {became}", many)
            break
        world.count("workers killed")
    checking.of_letters(world, world.post.left[before:], began)


def _while_in_hand(world: World, message_id: str) -> None:
    """At times she stops all messages in the very moment in which one is handed over."""
    if world.happens(0.01):
        house, life = checking.whose(world, message_id)
        her.stop(world, house, life)
        world.count("stopped while a message was handed over")


def _decisions(world: World, day: date) -> None:
    """What the hospitals decide in the year, and who leaves."""
    north, south = world.book.houses
    if day == GRACE_WRITTEN:
        south.grace_days = 30
        world.decide(south)
    if day == GRACE_SHORTER:
        south.grace_days = 10
        world.decide(south)
    if day == OTHER_HOURS:
        north.quiet = (18, 8)
        world.decide(north)
    if day == SOMEBODY_LEAVES:
        checking.leaves(world, north, north.nurses[0])
