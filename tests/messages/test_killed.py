"""Whatever happens, and wherever the worker is killed: nothing is lost, doubled, or sent when it must not be."""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest

from portal.records import outbox
from portal.records.hours import is_safe
from portal.records.journal import verify
from portal.records.models import Message
from portal.records.outbox import Kind, NotSentError, State
from portal.records.outbox.delivering import LEASE, LIFE
from tests.messages.post import Kill, Post, PostDesk, Way
from tests.records.desk import Kind as Request
from tests.records.desk import at_once
from tests.records.test_crashes import NoCurrentError, breaking_after

WORKERS, MESSAGES, EVENTS = 4, 10, 100


def every(desk: PostDesk) -> list[Message]:
    with desk.database.reading() as session:
        return session.query(Message).all()


def settle(desk: PostDesk) -> None:
    """Let everything that was cut off come to its end."""
    desk.post.ways.clear()
    desk.clock.forward(seconds=LEASE.seconds + 1)
    for _ in range(LIFE.days * 4 + 1):
        desk.deliver()
        desk.clock.forward(hours=6)


def holds(desk: PostDesk) -> Counter[str]:
    """Every message has come to one end, and left as often as its end says."""
    left, needed = desk.post.counts(), set(desk.undelivered())
    for message in every(desk):
        times = left[message.id]
        match message.state:
            case State.SENT:
                assert times == 1
            case State.CANCELLED:
                assert times == 0
            case State.FAILED:
                assert (times, message.id in needed) == (0, True)
            case State.UNSURE:
                assert times <= 1
                assert message.id in needed
            case _:
                raise AssertionError(message.state)
    with desk.database.reading() as session:
        assert verify(session, desk.centre_id) is None
    return Counter(message.state for message in every(desk))


@pytest.mark.parametrize("way", [Way.TAKES, Way.LATER, Way.REFUSES, Way.LOSES, Way.KILLED_BEFORE, Way.KILLED_AFTER])
def test_killed_at_every_write(desk: PostDesk, way: Way) -> None:
    writes = 0
    while True:
        desk.another_case(f"REF-{way}-{writes}")
        desk.agree()
        desk.queue()
        with suppress(NoCurrentError, Kill), breaking_after(desk.database, writes) as breaking:
            desk.deliver(way)
        if not breaking.broke:
            break
        writes += 1
    assert writes >= 2
    settle(desk)
    ends = holds(desk)
    assert sum(ends.values()) == writes + 1


def test_no_message_is_taken_by_two_workers(desk: PostDesk) -> None:
    for number in range(MESSAGES):
        desk.another_case(f"REF-RACE-{number}")
        desk.agree()
        desk.queue()
    posts = [Post(desk.clock) for _ in range(WORKERS)]
    became = at_once(*(partial(desk.worker(post).run) for post in posts))
    assert [one for one in became if isinstance(one, BaseException)] == []
    assert sum((one["sent"] for one in became), 0) == MESSAGES
    assert sorted(message.id for post in posts for _, message in post.left) == sorted(one.id for one in every(desk))


def test_a_stop_and_a_worker_in_the_same_moment(desk: PostDesk) -> None:
    for number in range(MESSAGES):
        desk.another_case(f"REF-STOP-{number}")
        desk.agree()
        queued = desk.queue()
        works: list[Callable[[], object]] = [partial(desk.ask, Request.STOP_MESSAGES), desk.deliver]
        at_once(*(works if number % 2 else works[::-1]))
        message = desk.message(queued.message_id)
        left = desk.post.counts()[message.id]
        assert (message.state, left) in ((State.SENT, 1), (State.CANCELLED, 0), (State.WAITING, 0))
        if message.state == State.WAITING:  # withdrawn in the last moment: the next look says why
            desk.deliver()
            assert desk.message(queued.message_id).state == State.CANCELLED
        assert desk.post.counts()[message.id] == left


class Weeks:
    """A nurse, a person who may stop everything, and a server that does what it likes, for some weeks."""

    def __init__(self, desk: PostDesk, seed: int) -> None:
        self.desk, self.dice = desk, random.Random(seed)
        self.stopped: set[str] = set()
        self.asked, self.cases = 0, [desk.case_id]
        desk.agree(hours=("afternoon", "evening"))
        desk.wish()
        desk.post.before = self.something_else

    def something_else(self) -> None:
        """While a server makes everybody wait, time passes, or she stops everything."""
        if self.dice.random() < 0.2:
            self.desk.clock.forward(minutes=self.dice.choice([1, 5, 40]))
        if self.dice.random() < 0.1:
            self.stop()

    def stop(self) -> None:
        self.desk.ask(Request.STOP_MESSAGES)
        self.stopped.add(self.desk.case_id)

    def event(self) -> None:
        happens = self.dice.choices(
            [self.write, self.work, self.wait, self.decide, self.stop, self.new_case], [5, 6, 5, 2, 0.3, 1]
        )[0]
        happens()

    def write(self) -> None:
        with suppress(NotSentError):
            kind = self.dice.choice(list(Kind))
            queued = self.desk.queue_link(self.desk.link()) if kind is Kind.LINK else self.desk.queue(kind)
            self.asked += queued.is_new

    def work(self) -> None:
        with suppress(Kill):
            self.desk.deliver(*self.dice.choices(list(Way), [6, 3, 1, 1, 1, 1, 1], k=3))

    def wait(self) -> None:
        self.desk.clock.forward(minutes=self.dice.choice([3, 30, 200, 700]))

    def decide(self) -> None:
        for message_id in self.desk.undelivered()[:1]:
            desk = self.desk
            if self.dice.random() < 0.5:
                outbox.see(desk.database, desk.centre_id, message_id, desk.nurse, desk.clock())
            else:
                with suppress(NotSentError):
                    outbox.again(desk.database, desk.centre_id, message_id, desk.nurse, desk.clock())

    def new_case(self) -> None:
        self.desk.another_case(f"REF-WEEKS-{len(self.cases)}")
        self.cases.append(self.desk.case_id)
        self.desk.agree(hours=self.dice.choice([("any",), ("morning",), ("evening",)]))
        self.desk.wish()


@pytest.mark.parametrize("seed", [1, 2])
def test_weeks_of_whatever_people_and_servers_do(desk: PostDesk, seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    weeks = Weeks(desk, seed)
    left_before_stop: dict[str, int] = {}
    for _ in range(EVENTS):
        weeks.event()
        for case_id in weeks.stopped - left_before_stop.keys():
            left_before_stop[case_id] = departures(desk, case_id)
    desk.post.before = lambda: None
    seen = {message.id for message in every(desk)} - set(desk.undelivered())
    settle(desk)
    for moment, _ in desk.post.left:
        assert is_safe(moment, (20, 9)), moment
    for case_id, before in left_before_stop.items():
        assert departures(desk, case_id) == before
    assert set(desk.post.counts().values()) <= {1}
    states = Counter(message.state for message in every(desk))
    assert set(states) <= {State.SENT, State.CANCELLED, State.FAILED, State.UNSURE}
    open_ones = {message.id for message in every(desk) if message.state in (State.FAILED, State.UNSURE)} - seen
    assert open_ones <= set(desk.undelivered())
    with capsys.disabled():
        print(
            f"\n  {sum(states.values())} messages, {len(desk.post.left)} left: {dict(sorted(states.items()))}", end=" "
        )


def departures(desk: PostDesk, case_id: str) -> int:
    ours = {message.id for message in every(desk) if message.case_id == case_id}
    return sum(message.id in ours for _, message in desk.post.left)
