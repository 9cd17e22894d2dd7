"""One run: everybody begins, faults strike, everybody comes to an end, and what was told is looked for."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from random import Random

from sqlalchemy import select

from portal.records.models import Message
from portal.records.outbox import State
from tests.faults.book import Read
from tests.faults.looking import Lost, look
from tests.faults.strikes import Striking
from tests.faults.world import Plan, World, world

LEASE_IS_OVER = 20 * 60
MOST_LEASES, SECONDS_A_LEASE = 12, 20.0


@dataclass(frozen=True)
class Became:
    """What a run was, and what was lost in it."""

    strikes: Counter[str]
    told: dict[str, int]
    answers: Counter[str]
    reads: dict[str, Read]
    lost: Lost

    @property
    def many_lost(self) -> int:
        """How many promises were broken, all together."""
        return sum(len(those) for those in self.lost.values())


def run(
    plan: Plan, say: Callable[[str], None] = lambda _: None, only: Collection[str] = (), *, once: bool = False
) -> Became:
    """Make an installation, let faults strike it for some seconds, or each once, and look."""
    with world(plan) as made:
        made.wait_until(made.is_whole, "the first start")
        stop = threading.Event()
        people = made.people(stop)
        for person in people:
            person.start()
        made.wait_until(lambda: made.book.many_told > 5, "the first answers")
        try:
            striking = Striking(made, Random(plan.seed), say, only)
            if once:
                for name in striking.strikes:
                    striking.strike(name)
            else:
                striking.go_on(plan.seconds)
        finally:
            stop.set()
            for person in people:
                person.join(60)
        broken = [repr(person.broke) for person in people if person.broke] + [
            "somebody still waits" for person in people if person.is_alive()
        ]
        _settle(made)
        book = made.book
        book.wrong += broken
        told = {what: len(things) for what, things in book.told.items()}
        return Became(book.strikes, told, book.answers, book.reads, look(made))


def _settle(made: World) -> None:
    """Let every message come to its end: what was cut off is given up as unsure when its lease is over.

    What could not go out is tried again after waits that grow: the clock goes on until none of them is left.
    """
    open_ones = select(Message.state, Message.tries, Message.problem, Message.not_before, Message.claimed_at).where(
        Message.state.in_((State.WAITING, State.SENDING))
    )

    def left() -> list[object]:
        with made.database.reading() as session:
            return [tuple(row) for row in session.execute(open_ones)]

    for _ in range(MOST_LEASES):
        made.move_clock(LEASE_IS_OVER)
        began = time.monotonic()
        while left() and time.monotonic() - began < SECONDS_A_LEASE:
            made.outbox.start_if_it_failed()
            time.sleep(0.5)
        if not left():
            return
    raise AssertionError(f"messages that came to no end: {left()[:5]}, at {made.now()}")
