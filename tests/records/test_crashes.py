"""Where it stops in the middle, nothing stands: every write of every step is made to fail, one after the other."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from portal import law
from portal.law.course import Step
from portal.records import requests
from portal.records.choices import Reminder
from portal.records.database import Database
from portal.records.journal import verify
from portal.records.reviews import review
from tests.clock import StillClock
from tests.records.desk import Desk, Dump, Kind, dump

WRITES = ("INSERT", "UPDATE", "DELETE")
Work = Callable[[], object]


class NoCurrentError(Exception):
    """The current went away."""


class Breaking:
    """Lets a given number of writes through, and then nothing any more: not even the end of the transaction."""

    def __init__(self, writes_let_through: int) -> None:
        self.left = writes_let_through
        self.broke = False

    def before_write(self, _c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(WRITES):
            self._count()

    def before_commit(self, _connection: Any) -> None:
        self._count()

    def _count(self) -> None:
        if self.left == 0:
            self.broke = True
            raise NoCurrentError
        self.left -= 1


@contextmanager
def breaking_after(database: Database, writes: int) -> Iterator[Breaking]:
    breaking = Breaking(writes)
    event.listen(database.engine, "before_cursor_execute", breaking.before_write)
    event.listen(database.engine, "commit", breaking.before_commit)
    try:
        yield breaking
    finally:
        event.remove(database.engine, "before_cursor_execute", breaking.before_write)
        event.remove(database.engine, "commit", breaking.before_commit)


def break_everywhere(database: Database, work: Work) -> int:
    """Do something again and again, each time broken one write later, until it is done; return how often it broke."""
    before, points = dump(database), 0
    while True:
        with breaking_after(database, points) as breaking:
            try:
                work()
            except NoCurrentError:
                assert dump(database) == before, f"something stands after write {points}"
                points += 1
                continue
        assert not breaking.broke, "it went on as if nothing had happened"
        return points


def new_rows(before: Dump, after: Dump) -> dict[str, int]:
    return {name: len(rows) - len(before[name]) for name, rows in after.items() if len(rows) != len(before[name])}


class Story:
    """One case on which each step is broken everywhere, and then made once."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.points = desk, 0

    def step(self, work: Work, **rows: int) -> None:
        before = dump(self.desk.database)
        points = break_everywhere(self.desk.database, work)
        assert points > 1, "a step writes at least its journal line"
        assert new_rows(before, dump(self.desk.database)) == {"journal": 1, **rows}, "it was not made once"
        self.points += points

    def ask(self, kind: Kind, items: tuple[str, ...] | None = None, **rows: int) -> str:
        self.step(
            lambda: self.desk.receipt(kind, items, asked_by=self.desk.nurse), **{"request_record": 1, "hold": 1, **rows}
        )
        with self.desk.database.reading() as session:
            asked = requests.latest(session, self.desk.case_id, kind)
        assert asked is not None
        return asked.id

    def go(self, request_id: str, *steps: Step) -> None:
        for step in steps:
            self.step(lambda step=step: self.desk.go(request_id, step))  # type: ignore[misc]


@pytest.fixture
def story(database: Database, clock: StillClock) -> Iterator[Story]:
    story = Story(Desk(database, clock))
    yield story
    with database.reading() as session:
        assert verify(session, story.desk.centre_id) is None
    print(f"{story.points} crash points")


def test_a_destruction(story: Story) -> None:
    desk = story.desk
    shirt, _ = desk.add(), desk.add()
    request_id = story.ask(Kind.DESTRUCTION, (shirt,))
    story.go(request_id, Step.TAKE_UP, Step.END_WAITING, Step.CONFIRM, Step.REOPEN, Step.CONFIRM, Step.SIGN)
    story.ask(Kind.CONTACT_ME, journal=2)  # she is asked again
    assert desk.state(request_id) == "taken-up"
    desk.go(next(each for each in desk.held_by() if each and each != request_id), Step.TAKE_UP, Step.CARRY_OUT)
    story.go(request_id, Step.CONFIRM, Step.SIGN, Step.CARRY_OUT)
    everything = story.ask(Kind.DESTRUCTION)
    story.go(everything, Step.TAKE_UP, Step.CONFIRM, Step.SIGN, Step.CARRY_OUT)
    assert desk.case().law_case.destroyed
    assert desk.held_by() == []


def test_a_restitution(story: Story) -> None:
    shirt = story.desk.add()
    request_id = story.ask(Kind.RESTITUTION, (shirt,))
    story.go(request_id, Step.TAKE_UP, Step.CONFIRM, Step.CARRY_OUT)
    refused = story.ask(Kind.RESTITUTION)
    story.go(refused, Step.TAKE_UP, Step.DECLINE)
    cancelled = story.ask(Kind.RESTITUTION)
    story.step(lambda: story.desk.cancel(cancelled))
    assert story.desk.kept() == set()


def test_the_end_of_a_period(story: Story) -> None:
    desk = story.desk
    shirt, _ = desk.add(), desk.add(taken_on=date(2026, 10, 1))
    desk.write_down_a_grace(0)
    desk.day(date(2026, 11, 13))
    story.step(lambda: review(desk.database, desk.centre_id, desk.case_id, desk.nurse, date(2027, 1, 4), desk.clock()))
    story.step(lambda: desk.receipt(Kind.END_OF_PERIOD, (shirt,), asked_by=desk.nurse), request_record=1)
    with desk.database.reading() as session:
        asked = requests.latest(session, desk.case_id, Kind.END_OF_PERIOD)
    assert asked is not None
    story.go(asked.id, Step.CONFIRM, Step.SIGN, Step.REOPEN, Step.CONFIRM, Step.SIGN, Step.CARRY_OUT)
    desk.day(date(2027, 4, 10))
    rest = desk.propose()
    story.go(rest, Step.CONFIRM, Step.SIGN, Step.CARRY_OUT)
    assert (desk.case().law_case.destroyed, desk.case().law_case.ended, desk.kept()) == (True, True, set())


def test_an_extension(story: Story) -> None:
    story.desk.add()
    request_id = story.ask(Kind.EXTENSION, extension=1)
    story.go(request_id, Step.TAKE_UP, Step.CARRY_OUT)
    assert story.desk.case().law_case.extended


def test_what_the_team_notes(story: Story) -> None:
    desk = story.desk
    story.step(desk.add, item=1)
    story.step(lambda: desk.choose(reminder=Reminder("sms", "day")))
    story.ask(Kind.STOP_MESSAGES)
    story.step(desk.hold, hold=1)
    story.step(desk.lift)
    desk.go(str(desk.held_by()[0]), Step.TAKE_UP, Step.CARRY_OUT)
    desk.go(desk.ask(Kind.DESTRUCTION, asked_by=desk.nurse), Step.TAKE_UP, Step.CONFIRM)
    story.step(lambda: desk.note(complaint=law.Complaint.AFTER_EXAM), journal=2)
    story.step(lambda: desk.another_case("REF-NEW"), case_record=1)
