"""An installation on one small disk, with everything that people will need while nothing works."""

import itertools
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher

from portal.access import hashing
from portal.access.links import NewLink, make_link
from portal.access.team import add_member
from portal.app import create_app
from portal.records.choices import Contact
from portal.records.database import Database
from portal.settings import Settings, settings_from
from tests import machine
from tests.agreeing import agreed
from tests.clock import StillClock, at
from tests.conftest import Team, make_case, make_team
from tests.faults.book import Book
from tests.faults.disk import Disk, small_disk
from tests.faults.launch import moved_by
from tests.faults.people import Browser, Desk, Nurse, Person, Reader, Woman
from tests.faults.processes import Instance, MortalCluster, Process, wait_until
from tests.messages.post import NUMBER
from tests.messages.servers import Gateway, sms_gateway
from tests.patterns import Overlooking, brought_up, under

BEGINS = at("2026-08-03T08:00:00")  # a Monday, ten in the morning in Brussels: messages may go out
EXAM = "2026-07-20"
SECONDS_OF_GATEWAY = 0.02
COLLEAGUES = 30  # each signs in once


@dataclass
class Plan:
    """What is run: where, on which database, for how many seconds, from which seed."""

    folder: Path
    seconds: float
    seed: int
    on_postgresql: bool
    built: Path | None = None


@dataclass
class World:
    """Everything that runs, and everybody who goes on."""

    plan: Plan
    disk: Disk
    settings: Settings
    cluster: MortalCluster | None
    gateway: Gateway
    clock_file: Path
    database: Database
    team: Team
    links: list[NewLink]
    reached: list[str]
    colleagues: list[Team]
    book: Book = field(default_factory=Book)
    instances: list[Instance] = field(default_factory=list)

    @property
    def now(self) -> Callable[[], datetime]:
        """The clock that everything runs on."""
        return moved_by(self.clock_file)

    def move_clock(self, seconds: float) -> None:
        """Let the clock jump."""
        moved = self.clock_file.with_suffix(".new")
        moved.write_text(str(float(self.clock_file.read_text()) + seconds))
        moved.rename(self.clock_file)

    def start(self) -> None:
        """Start two instances and an outbox."""
        environment = {
            "PORTAL_MODE": "demo",
            "PORTAL_DATA": str(self.settings.data),
            "PORTAL_DATABASE": self.settings.database,
            "PORTAL_SMS_GATEWAY": self.settings.sms.address if self.settings.sms else "",
            "PORTAL_SMS_TOKEN": "token",
            "PORTAL_SMS_SENDER": "Info",
        }
        folder = self.plan.folder
        self.instances = [Instance(folder, name, self.clock_file, environment) for name in ("one", "two")]
        self.outbox = Process(["outbox"], self.clock_file, environment, folder / "outbox.log")

    def is_whole(self) -> bool:
        """Tell whether both instances can do everything, and the outbox runs: begun without a database, it fails."""
        self.outbox.start_if_it_failed()
        return all(one.says("/ready") == 200 for one in self.instances)

    def let_go(self) -> None:
        """Hold nothing open on the disk."""
        self.database.engine.dispose()

    def browser_of(self, number: int) -> Browser:
        """A browser that asks one instance alone."""
        return Browser([self.instances[number].port], self.book)

    def wait_until(self, is_so: Callable[[], bool], what: str) -> float:
        """Wait until something is so; return the seconds it took."""
        return wait_until(is_so, what)

    def children(self, process: int) -> list[int]:
        """Return the workers of an instance."""
        found = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        return [int(child) for child in found]

    def kill_everything(self) -> None:
        """Take every process of the portal away."""
        for one in (*self.instances, self.outbox):
            one.kill()

    def people(self, stop: threading.Event) -> list[Person]:
        """Everybody who goes on."""
        ports = [one.port for one in self.instances]

        def browser() -> Browser:
            return Browser(ports, self.book)

        def women(links: list[NewLink]) -> Iterator[Callable[[], bool]]:
            own = browser()
            return (Woman(link, own, self.book).ask for link in links)

        nurse = Nurse(self.colleagues, browser(), self.book, self.now)
        desk = Desk(self.database, self.team, self.book, self.now)
        reading = [Reader(browser(), self.book, random.Random(f"{self.plan.seed}-{number}")) for number in range(2)]
        cases = (lambda number=number: nurse.register(f"NEW-{number}") for number in itertools.count())
        messages = (lambda case_id=case_id: desk.send(case_id) for case_id in self.reached)
        works = [women(self.links[::2]), women(self.links[1::2]), cases, messages]
        works += [(one.read for _ in itertools.count()) for one in reading]
        return [Person(stop, itertools.chain(work)) for work in works]


@contextmanager
def world(plan: Plan) -> Iterator[World]:
    """Make an installation, start it, and take it away at the end."""
    with ExitStack() as stack:
        plan.folder.mkdir(exist_ok=True)
        disk = stack.enter_context(small_disk(plan.folder / "disk"))
        cluster = _cluster(disk, stack) if plan.on_postgresql else None
        empty = cluster.database("faults") if cluster else f"sqlite:///{disk.folder / 'records.sqlite'}"
        address = under(machine.APP, brought_up(empty))
        gateway = Gateway()
        gateway.seconds = SECONDS_OF_GATEWAY
        port = stack.enter_context(sms_gateway(gateway))
        data = plan.folder / "data"
        data.mkdir()
        if plan.built:
            (data / "built").symlink_to(plan.built)
        settings = settings_from(
            {
                "PORTAL_MODE": "demo",
                "PORTAL_DATA": str(data),
                "PORTAL_DATABASE": address,
                "PORTAL_SMS_GATEWAY": f"http://127.0.0.1:{port}/",
                "PORTAL_SMS_TOKEN": "token",
                "PORTAL_SMS_SENDER": "Info",
            }
        )
        create_app(settings).extensions["portal"].database.engine.dispose()  # what is built, is built once
        made = _inhabited(plan, disk, settings, cluster, gateway)
        stack.callback(made.database.engine.dispose)
        stack.callback(made.kill_everything)
        made.start()
        yield made


def _cluster(disk: Disk, stack: ExitStack) -> MortalCluster:
    tools = machine.postgresql_tools()
    if tools is None:
        raise SystemExit(machine.HOW["postgresql"])
    cluster = MortalCluster(tools, folder_in=disk.folder, fsync="on", max_wal_size="64MB", wal_keep_size="0")
    stack.callback(cluster.end)
    return cluster


def _inhabited(plan: Plan, disk: Disk, settings: Settings, cluster: MortalCluster | None, gateway: Gateway) -> World:
    clock_file = plan.folder / "clock"
    clock_file.write_text(str((BEGINS - datetime.now(UTC)).total_seconds()))
    database, clock = Overlooking.of(settings), StillClock(BEGINS)
    hasher, hashing._HASHER = hashing._HASHER, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    try:
        team = make_team(database, clock, "north")
        many = 20 + 2 * int(plan.seconds)
        links = [_link(database, clock, team, number) for number in range(many)]
        reached = [_reached(database, clock, team, number) for number in range(many)]
        colleagues = [_colleague(database, team, number, clock()) for number in range(COLLEAGUES)]
    finally:
        hashing._HASHER = hasher
    return World(plan, disk, settings, cluster, gateway, clock_file, database, team, links, reached, colleagues)


def _link(database: Database, clock: StillClock, team: Team, number: int) -> NewLink:
    case_id = make_case(database, clock, team, f"HERS-{number}", EXAM)
    return make_link(database, team.centre_id, case_id, team.staff_id, clock())


def _reached(database: Database, clock: StillClock, team: Team, number: int) -> str:
    case_id = make_case(database, clock, team, f"REACHED-{number}", EXAM)
    agreed(database, team.centre_id, case_id, Contact("sms", NUMBER, ("any",)), clock())
    return case_id


def _colleague(database: Database, team: Team, number: int, now: datetime) -> Team:
    login, password = f"colleague-{number}", "a long password of a colleague"
    member = add_member(database, team.centre_id, login, password, now - timedelta(hours=1))
    return replace(team, staff_id=member.staff_id, login=login, password=password, authenticator=member.authenticator)
