"""Erasing a case costs what one case costs: it goes through no table, and through nothing that a centre has beside."""

from pathlib import Path

import pytest
from sqlalchemy import select

from portal.records.database import Database
from portal.records.erasure import confirmed_long_ago
from portal.records.lines import LineKind, key_of
from portal.records.migrate import upgrade
from portal.records.models import CaseRecord, TodayLine
from tests.clock import StillClock, at
from tests.records.asked import assert_by_index, questions
from tests.records.test_erasure import Archive

DAYS = (at("2026-01-31").date(), at("2026-07-31").date())


def test_no_question_goes_through_a_table_or_through_all_that_a_centre_has(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'records.sqlite'}", b"k" * 32)
    upgrade(database)
    archive = Archive(database, StillClock(at("2026-08-01T06:30:00")), tmp_path)
    archive.wait()
    with questions(database) as asked:
        assert list(confirmed_long_ago(database, archive.clock())) == [(archive.centre_id, archive.case_id)]
        assert archive.erase() == ()
    assert len(asked) > 20
    assert_by_index(database, asked, "SELECT journal.")  # its last line is the end of an index: one row is read


def test_every_line_of_today_goes_with_its_case_and_no_other(
    database: Database, clock: StillClock, tmp_path: Path
) -> None:
    archive = Archive(database, clock, tmp_path)
    archive.wait()
    gone = [key_of(kind, thing, day) for kind in LineKind for thing in (archive.case_id, archive.bag) for day in DAYS]
    beside = archive.case_id[:-1] + ("0" if archive.case_id[-1] != "0" else "1")  # a neighbour in any order
    stay = [key_of(kind, thing, day) for kind in LineKind for thing in (beside, archive.going_on) for day in DAYS]
    with database.writing(archive.centre_id) as session:
        for line in {*gone, *stay} - set(session.scalars(select(TodayLine.line))):
            session.add(TodayLine(centre_id=archive.centre_id, line=line))
    assert archive.erase() == ()
    with database.reading() as session:
        assert set(session.scalars(select(TodayLine.line))) == set(stay)


@pytest.mark.parametrize("in_a_batch", [1, 2, 200])
def test_each_case_that_is_due_is_given_once_the_longest_over_first(
    database: Database, clock: StillClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_a_batch: int
) -> None:
    monkeypatch.setattr("portal.records.erasure.BATCH", in_a_batch)
    archive = Archive(database, clock, tmp_path)
    archive.confirm_in_file()
    over = [archive.case_id]
    for number in range(2):  # confirmed in the same moment
        archive.another_case(f"REF-LATER-{number}")
    clock.forward(days=1)
    with database.writing() as session:
        others = select(CaseRecord).where(CaseRecord.id.not_in([archive.going_on, *over])).order_by(CaseRecord.id)
        for record in session.scalars(others):
            record.in_file_at = clock()
            over.append(record.id)
    archive.case_id = archive.going_on
    archive.wait(confirmed=False)
    assert [case for _, case in confirmed_long_ago(database, clock())] == over
    assert len(over) == 3
