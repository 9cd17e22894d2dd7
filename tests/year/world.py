"""Two centres in one installation, their clock, their post and what is to happen when."""

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from portal.access.roles import Role
from portal.access.team import add_centre, add_member
from portal.clock import BRUSSELS, brussels_day
from portal.library import Library
from portal.library.build import CONTENT
from portal.library.messages import load_messages
from portal.messages import Deliverer
from portal.records.centres import Rules, change_rules
from portal.records.database import Database
from portal.records.recipients import Channel
from tests.clock import StillClock
from tests.year.book import Book, House
from tests.year.people import FIRST
from tests.year.post import UncertainPost

RHYTHMS = {"north": (7, 30, 90), "south": (14, 60)}
QUIET = {"north": (20, 9), "south": (21, 8)}
GRACE = {"north": 14, "south": None}  # the other hospital writes its own down later
WAITING = {"north": 7, "south": 3}
PASSWORD = "a long password"
Deed = Callable[[], object]


class World:
    """Everything that moves in a year."""

    def __init__(self, database: Database, seed: int, folder: Path) -> None:
        self.database, self.erasures = database, folder / "erasures.jsonl"
        self.chance = random.Random(seed)
        self.clock = StillClock(datetime.combine(FIRST, time(5), tzinfo=BRUSSELS).astimezone(UTC))
        self.post = UncertainPost(self.clock, self.chance)
        self.agenda: dict[tuple[date, str], list[Deed]] = defaultdict(list)
        self.messages = cast("Library", SimpleNamespace(messages=load_messages(CONTENT)[0]))
        self.book = Book([])
        self.book.houses += [self._house(name) for name in RHYTHMS]

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.clock()

    @property
    def today(self) -> date:
        """The day in Brussels."""
        return brussels_day(self.clock())

    def happens(self, often: float) -> bool:
        """Throw the dice."""
        return self.chance.random() < often

    def count(self, what: str, many: int = 1) -> None:
        """Count something that happened."""
        self.book.counts[what] += many

    def at(self, day: date, hour: int, minute: int = 0) -> None:
        """Go on until a time of a day in Brussels; never back."""
        moment = datetime.combine(day, time(hour, minute), tzinfo=BRUSSELS).astimezone(UTC)
        self.clock.moment = max(self.clock.moment, moment)

    def on(self, day: date, part_of_day: str, deed: Deed) -> None:
        """Put something on the agenda."""
        self.agenda[day, part_of_day].append(deed)

    def deliverer(self) -> Deliverer:
        """Return a worker, as fresh as after a restart."""
        ways = {Channel.SMS: self.post, Channel.EMAIL: self.post}
        return Deliverer(self.database, self.messages, ways, self.clock)

    def decide(self, house: House) -> None:
        """Write down what a centre decided for all its cases."""
        written = None if house.grace_days is None else self.today
        rules = Rules(house.waiting_days, house.grace_days, written, RHYTHMS[house.name], *house.quiet)
        change_rules(self.database, house.centre_id, house.coordinator, rules, self.now)

    def _house(self, name: str) -> House:
        centre_id = add_centre(self.database, name)

        def member(login: str, role: Role = Role.NURSE) -> str:
            return add_member(self.database, centre_id, f"{login}-{name}", PASSWORD, self.now, role).staff_id

        leads, nurses = member("leads", Role.COORDINATOR), [member(f"nurse-{number}") for number in range(3)]
        member("auditor", Role.AUDITOR)
        house = House(name, centre_id, leads, nurses, GRACE[name], QUIET[name], WAITING[name])
        self.decide(house)
        return house
