"""A year of two teams: nobody's day passes unseen, nothing leaves at night, nothing is lost, and nobody acts alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portal.records import shifts, today
from portal.records.database import Database
from portal.records.outbox import planning
from portal.records.today import Part
from tests.patterns import copied_file, unhurried
from tests.year.living import live
from tests.year.telling import tell

WHOLE = 400  # cases a centre: `python -m tests.year` lives them all, the tests a part of them
CASES = 80

# The year counts only if things happened in it: at least so many of each.
EVERY_DAY = {"cases": 2 * CASES, "days": 366, "mornings": 732}
IN_A_WHOLE_YEAR = {
    "minors": 80,
    "last days that passed undecided, seen at 30 and at 7 days": 150,
    "lines: approvals": 60,
    "lines: calls": 700,
    "lines: contacts": 6,
    "lines: later": 200,
    "lines: looks": 500,
    "lines: messages": 50,
    "lines: requests": 700,
    "lines: soon": 150,
    "lines taken": 100,
    "asked: extension": 80,
    "extension: carry-out": 40,
    "extension: decline": 10,
    "cancelled by her": 4,
    "acts: destruction": 25,
    "acts: end-of-period": 100,
    "acts: restitution": 15,
    "cases erased": 80,
    "tried alone or too early, and refused": 60,
    "refused: confirm of destruction (waiting)": 60,
    "refused: proposing an end (grace)": 5,
    "refused: sign of destruction (second-person)": 5,
    "refused: sign of end-of-period (second-person)": 20,
    "not erased: kept": 300,
    "not erased: not-in-file": 60,
    "not erased: hold": 2,
    "messages that left": 150,
    "handed over: later (busy)": 10,
    "handed over: unsure (interrupted)": 4,
    "messages sent again": 20,
    "workers killed": 5,
    "stopped messages": 30,
    "contacts replaced by two": 4,
    "complaints after the examination": 20,
    "seizures": 5,
    "holds set": 15,
    "holds lifted": 10,
    "looked at: never-claimed": 60,
    "looked at: no-grace": 10,
    "follow-up calls: done": 300,
    "follow-up calls: not-reached": 100,
    "follow-up calls: moved": 50,
    "follow-up calls: stopped": 20,
    "corrections": 3,
    "members who left": 1,
}
AT_LEAST = EVERY_DAY | {what: max(1, least * CASES // WHOLE) for what, least in IN_A_WHOLE_YEAR.items()}


@pytest.fixture
def records(sqlite_pattern: str, tmp_path: Path) -> Database:
    made = Database(copied_file(sqlite_pattern, tmp_path / "records.sqlite"), b"k" * 32)
    unhurried(made.engine)
    return made


def test_a_year_of_two_teams(records: Database, tmp_path: Path) -> None:
    book = live(records, tmp_path, many=CASES)
    tell(book)
    assert book.faults == []
    assert book.counts["last days that passed undecided and unseen"] == 0
    too_few = {what: book.counts[what] for what, least in AT_LEAST.items() if book.counts[what] < least}
    assert too_few == {}
    records.engine.dispose()


def nothing(*_: Any) -> list[Any]:
    return []


BROKEN: dict[str, tuple[object, str, Callable[..., Any], str]] = {
    "messages leave at any hour": (planning, "next_safe", lambda moment, *_: moment, "in quiet hours"),
    "the hours agreed with her are forgotten": (planning, "_hours", lambda *_: (), "outside the hours agreed with her"),
    "requests are not shown": (today.ASKS, Part.REQUESTS.value, nothing, "and no line"),
    "last days are not shown": (today.ASKS, Part.LATER.value, nothing, "is no line of later"),
    "nobody owns a line": (shifts.Team, "owner", lambda *_, **__: None, "owned by None"),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_world_is_found(
    broken: str, records: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, name, instead, fault = BROKEN[broken]
    if isinstance(where, dict):
        monkeypatch.setitem(where, Part(name), instead)
    else:
        monkeypatch.setattr(where, name, instead)
    book = live(records, tmp_path, many=20, days=21)
    assert any(fault in one for one in book.faults)
    records.engine.dispose()
