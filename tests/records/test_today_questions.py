"""What *Today* asks of the database does not grow with the centre's years: every question names its day by an index."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import law
from portal.records import notes
from portal.records.board import board
from portal.records.database import Database
from portal.records.migrate import upgrade
from portal.records.models import ItemRecord
from portal.records.today import Part
from tests.clock import StillClock, at
from tests.conftest import make_team
from tests.records.asked import assert_by_index, questions
from tests.records.morning import Morning


@pytest.fixture
def morning(database: Database) -> Morning:
    clock = StillClock(at("2026-08-01T06:30:00"))
    return Morning(database, clock, make_team(database, clock, "north"))


def test_no_question_goes_through_a_table_or_through_all_that_a_centre_has(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'records.sqlite'}", b"k" * 32)
    upgrade(database)
    clock = StillClock(at("2026-08-01T06:30:00"))
    morning = Morning(database, clock, make_team(database, clock, "north"))
    morning.one_of_each()
    with questions(database) as asked:
        day = board(database, morning.team.centre_id, morning.team.staff_id, clock())
    assert {section.part for section in day.sections} == set(Part) - {Part.CONTACTS}
    assert len(asked) >= len(Part)
    assert_by_index(database, asked)


def add(morning: Morning, case_id: str, taken_on: date) -> None:
    for kind in (law.ItemKind.TOXICOLOGY, law.ItemKind.SAMPLE):
        thing, team = law.Item(kind, taken_on), morning.team
        notes.add_item(morning.database, team.centre_id, case_id, team.staff_id, thing, str(kind), morning.clock())


def of_case(session: Session, case_id: str) -> list[ItemRecord]:
    return list(session.scalars(select(ItemRecord).where(ItemRecord.case_id == case_id)))


def compared(morning: Morning, case_id: str) -> list[bool]:
    with morning.database.reading() as session:
        return sorted(one.ends_with_case for one in of_case(session, case_id))


def lines(morning: Morning) -> list[tuple[str, bool]]:
    day = board(morning.database, morning.team.centre_id, morning.team.staff_id, morning.clock())
    return [(line.case.reference, line.candidate.toxicology) for line in day.lines]


def test_what_ends_with_its_case_is_told_by_the_line_of_the_case(morning: Morning) -> None:
    case_id = morning.case("ADULT", "2026-02-04")
    add(morning, case_id, date(2026, 2, 4))
    assert compared(morning, case_id) == [True, True]
    assert lines(morning) == [("ADULT", False)]


def test_a_minors_sample_ends_first_and_has_a_line_of_its_own(morning: Morning) -> None:
    due, past = (morning.case(name, day, minor=True) for name, day in (("DUE", "2021-08-06"), ("PAST", "2021-01-05")))
    add(morning, due, date(2021, 8, 6))
    add(morning, past, date(2021, 1, 5))
    assert compared(morning, due) == compared(morning, past) == [False, True]
    assert lines(morning) == [("DUE", True), ("PAST", True)]


def test_what_nobody_compared_is_asked_for_and_told_no_twice(morning: Morning) -> None:
    every = [morning.case("ADULT", "2026-02-04"), morning.case("MINOR", "2021-08-06", minor=True)]
    add(morning, every[0], date(2026, 2, 4))
    add(morning, every[1], date(2021, 8, 6))
    with morning.database.writing(morning.team.centre_id) as session:
        for one in (thing for case_id in every for thing in of_case(session, case_id)):
            one.ends_with_case = False  # as the column begins for what an earlier version wrote
    assert sorted(lines(morning)) == [("ADULT", False), ("MINOR", True)]
