"""What can fall, falls under load, in short; `python -m tests.faults` does it for minutes and on both databases."""

from pathlib import Path

import pytest

from tests.faults import running
from tests.faults.looking import Lost, look
from tests.faults.running import run
from tests.faults.world import Plan, World

SHORT = ("a worker killed", "the outbox killed", "no file may grow")


def test_nothing_that_was_told_is_lost_or_there_twice(
    tmp_path: Path, built: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    imagined: Lost = {}

    def look_twice(world: World) -> Lost:
        """Look, and look again for what was never done: the rig itself must find that it is not there."""
        found = look(world)
        world.book.note("cases", "nobody registered it")
        world.book.note("messages", "nobody queued it")
        world.book.note("extensions", world.links[-1].token, "nobody asked")
        imagined.update(look(world))
        return found

    monkeypatch.setattr(running, "look", look_twice)
    became = run(Plan(tmp_path / "run", seconds=5, seed=1, on_postgresql=False, built=built), only=SHORT, once=True)
    assert became.lost == {promise: [] for promise in became.lost}
    assert set(became.strikes) == set(SHORT)
    assert {promise for promise, broken in imagined.items() if broken} == {
        "extensions that were told and are not there",
        "cases that were told and are not there",
        "messages that were told and are not there",
    }
    asked, answered = (sum(vars(one)[what] for one in became.reads.values()) for what in ("asked", "answered"))
    assert answered >= asked - became.strikes.total()  # what a killed worker was sending goes with it
    with capsys.disabled():
        print(f"\n  {became.strikes.total()} faults, {sum(became.told.values())} told, {asked} pages read", end=" ")
