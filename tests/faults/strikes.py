"""The faults, each with how it strikes and how it ends."""

import resource
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from random import Random

from tests.faults.crowd import BEGINS
from tests.faults.people import UnansweredError
from tests.faults.world import World

Strike = Callable[[World, Random], None]
CROWD = 200  # of slow clients of a kind
MOST_CONNECTIONS = 10_000
KEPT_FREE = 2_000  # file descriptors that everything else needs
SECONDS = 3.0


def kill_a_worker(world: World, dice: Random) -> None:
    """One of an instance's workers is killed; its first process makes another."""
    dice.choice(world.instances).kill_a_worker()


def kill_an_instance(world: World, dice: Random) -> None:
    """A whole instance is killed and started again; the front asks the other one meanwhile."""
    one = dice.choice(world.instances)
    one.kill()
    time.sleep(dice.uniform(0, 0.5))
    one.start()


def kill_the_outbox(world: World, dice: Random) -> None:
    """The outbox is killed, wherever it is."""
    world.outbox.kill()
    time.sleep(dice.uniform(0, 0.5))
    world.outbox.start()


def kill_the_database(world: World, dice: Random) -> None:
    """PostgreSQL is killed, all of it, and comes back."""
    assert world.cluster
    world.cluster.kill()
    time.sleep(dice.uniform(0, 1))
    world.cluster.come_back()


def database_away(world: World, dice: Random) -> None:
    """PostgreSQL ends in order, is away, and comes back."""
    assert world.cluster
    world.cluster.go_away()
    time.sleep(dice.uniform(1, SECONDS))
    world.cluster.come_back()


def start_without_database(world: World, _dice: Random) -> None:
    """An instance starts while PostgreSQL is away: its public pages answer, and it is whole when that comes back."""
    assert world.cluster
    world.cluster.go_away()
    try:
        _restart_one_and_read(world)
    finally:
        world.cluster.come_back()


def database_stuck(world: World, dice: Random) -> None:
    """The database lets everybody wait: PostgreSQL stands still, SQLite's file is locked by somebody who writes."""
    if world.cluster:
        world.cluster.stand_still(still=True)
        time.sleep(dice.uniform(1, 2 * SECONDS))
        world.cluster.stand_still(still=False)
        return
    with world.database.writing():
        time.sleep(dice.uniform(1, 2 * SECONDS))


def full_disk(world: World, dice: Random) -> None:
    """The database's disk has no room left, and then has some again."""
    world.disk.fill()
    time.sleep(dice.uniform(1, SECONDS))
    world.disk.make_room()
    if world.cluster:  # it may have ended; a supervisor starts it again
        world.cluster.come_back()


def full_for_one(world: World, dice: Random) -> None:
    """An instance may write no file any longer than it is, as where a quota is reached."""
    process = dice.choice(world.instances).process.pid
    for one in (process, *world.children(process)):
        resource.prlimit(one, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    time.sleep(dice.uniform(1, SECONDS))
    for one in (process, *world.children(process)):
        resource.prlimit(one, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def read_only(world: World, dice: Random) -> None:
    """Nothing can be written: SQLite's disk is found so after a restart, PostgreSQL says so while it runs."""
    if world.cluster:
        world.cluster.only_read(only=True)
        time.sleep(dice.uniform(1, SECONDS))
        world.cluster.only_read(only=False)
        return
    world.kill_everything()
    world.wait_until(lambda: _closed(world), "a disk that nobody writes on")
    try:
        for one in world.instances:
            one.start()
        _read_of(world, 0)
        time.sleep(1)
    finally:
        for one in world.instances:
            one.kill()
        world.let_go()
        world.disk.open_to_writing()
    for again in (*world.instances, world.outbox):
        again.start()


def _closed(world: World) -> bool:
    world.let_go()  # the desk writes from this process, and ends what it is in the middle of
    return world.disk.close_to_writing()


def clock_forward(world: World, dice: Random) -> None:
    """The clock jumps ahead, and after a while it is set right."""
    jump = dice.choice([90, 1200, 7200])
    world.move_clock(jump)
    time.sleep(dice.uniform(1, SECONDS))
    world.move_clock(-jump)


def clock_back(world: World, dice: Random) -> None:
    """The clock jumps back, and after a while it is set right."""
    jump = dice.choice([60, 900, 3600])
    world.move_clock(-jump)
    time.sleep(dice.uniform(1, SECONDS))
    world.move_clock(jump)


def clients(kind: str) -> Strike:
    """Return the strike of clients of a kind, at both instances."""

    def strike(world: World, _dice: Random) -> None:
        _crowds(world, kind, CROWD, 2 * SECONDS)

    strike.__doc__ = f"{CROWD} clients at each instance: {kind}."
    return strike


def many_connections(world: World, _dice: Random) -> None:
    """As many silent connections at one instance as the machine lets us have, up to ten thousand."""
    many = min(MOST_CONNECTIONS, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - KEPT_FREE)
    world.book.met(f"{many} connections tried at once")
    _crowds(world, "silent", many, 4 * SECONDS, instances=1)


def _crowds(world: World, kind: str, many: int, seconds: float, instances: int = 2) -> None:
    command = [sys.executable, "-m", "tests.faults.crowd", kind]
    crowds = [
        subprocess.Popen([*command, str(one.port), str(many), str(seconds)], stdout=subprocess.DEVNULL)
        for one in world.instances[:instances]
    ]
    for crowd in crowds:
        crowd.wait()


def _restart_one_and_read(world: World) -> None:
    world.instances[0].kill()
    world.instances[0].start()
    _read_of(world, 0)


def _read_of(world: World, number: int) -> None:
    """Wait until one instance alone answers with a public page."""
    alone = world.browser_of(number)

    def answers() -> bool:
        try:
            return alone.page("/fr/")
        except UnansweredError:
            assert world.instances[number].process.poll() is None, "it ended, instead of showing public pages"
            return False

    world.wait_until(answers, "public pages")


FOR_BOTH: dict[str, Strike] = {
    "a worker killed": kill_a_worker,
    "an instance killed": kill_an_instance,
    "the outbox killed": kill_the_outbox,
    "the database stuck": database_stuck,
    "the clock forward": clock_forward,
    "the clock back": clock_back,
    **{f"clients: {kind}": clients(kind) for kind in BEGINS},
    "10,000 connections": many_connections,
}
ON_POSTGRESQL: dict[str, Strike] = {
    "the database killed": kill_the_database,
    "the database away": database_away,
    "started without the database": start_without_database,
    "read-only": read_only,
}
ON_SQLITE: dict[str, Strike] = {"no file may grow": full_for_one}


def strikes_for(world: World) -> dict[str, Strike]:
    """Return the faults that this machine can make."""
    found = FOR_BOTH | (ON_POSTGRESQL if world.cluster else ON_SQLITE)
    if world.disk.is_own:
        found["a full disk"] = full_disk
        if not world.cluster:
            found["a read-only disk"] = read_only
    return found


class Striking:
    """Strikes with one fault after the other, and waits each time until everybody goes on."""

    def __init__(self, world: World, dice: Random, say: Callable[[str], None], only: Collection[str] = ()) -> None:
        self._world, self._dice, self._say = world, dice, say
        every = strikes_for(world)
        self.strikes = {name: one for name, one in every.items() if not only or any(words in name for words in only)}

    def go_on(self, seconds: float) -> None:
        """Strike for some seconds; each kind comes before any comes again."""
        end, left = time.monotonic() + seconds, list[str]()
        while time.monotonic() < end:
            left = left or self._dice.sample(sorted(self.strikes), len(self.strikes))
            self.strike(left.pop())
            time.sleep(self._dice.uniform(0.2, 1))

    def strike(self, name: str) -> None:
        """Strike once."""
        book = self._world.book
        book.during = name
        book.strikes[name] += 1
        self.strikes[name](self._world, self._dice)
        took = self._world.wait_until(self._world.is_whole, f"whole after {name}")
        before = book.many_told
        self._world.wait_until(lambda: book.many_told > before + 2, f"people go on after {name}")
        self._say(f"{name}: whole again after {took:.1f} s, {book.many_told} told")
        book.during = "between the faults"
