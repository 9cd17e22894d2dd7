"""The link only finds; the code opens; trying is slowed, never for good."""

import threading
from datetime import timedelta

import pytest

from portal.access import links
from portal.access.links import Answer, make_link, try_code
from portal.access.throttle import MOST_FAILURES, next_try_at
from portal.records.database import Database
from portal.records.models import Link
from tests.clock import StillClock
from tests.conftest import Team, make_case, make_team


@pytest.fixture
def north(database: Database, clock: StillClock) -> Team:
    return make_team(database, clock, "north")


@pytest.fixture
def made(database: Database, clock: StillClock, north: Team) -> links.NewLink:
    return make_link(database, north.centre_id, make_case(database, clock, north), north.staff_id, clock())


def wrong(link: links.NewLink) -> str:
    return f"{(int(link.code) + 1) % 10**8:08d}"


def failures(database: Database) -> int:
    with database.reading() as session:
        return session.query(Link).one().failures


def test_the_code_opens_and_forgets_what_failed(database: Database, made: links.NewLink, clock: StillClock) -> None:
    for _ in range(3):
        assert try_code(database, made.token, wrong(made), clock()).answer is Answer.NOT_OPENED
    assert try_code(database, made.token, made.code, clock()).answer is Answer.OPENED
    assert failures(database) == 0


def test_neither_token_nor_code_is_kept(database: Database, made: links.NewLink) -> None:
    with database.reading() as session:
        link = session.query(Link).one()
    kept = repr(vars(link))
    assert made.token not in kept
    assert made.code not in kept


def test_waits_grow_from_half_a_minute_to_an_hour(clock: StillClock) -> None:
    waits = [(next_try_at(count, clock()) or clock()) - clock() for count in range(20)]
    assert waits[:5] == [timedelta(0)] * 5
    assert waits[5:8] == [timedelta(seconds=30), timedelta(seconds=60), timedelta(seconds=120)]
    assert max(waits) == timedelta(hours=1)


def test_during_a_wait_no_code_is_looked_at(
    database: Database, made: links.NewLink, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        try_code(database, made.token, wrong(made), clock())
    monkeypatch.setattr(links, "matches", lambda *_: pytest.fail("Argon2 was reached"))
    attempt = try_code(database, made.token, made.code, clock())
    assert attempt.answer is Answer.WAIT
    assert attempt.wait_until == clock() + timedelta(seconds=30)
    assert try_code(database, "A" * 22, made.code, clock()).answer is Answer.NOT_OPENED


def test_in_parallel_none_slips_through(database: Database, made: links.NewLink, clock: StillClock) -> None:
    answers: list[Answer] = []

    def attempt() -> None:
        answers.append(try_code(database, made.token, wrong(made), clock()).answer)

    threads = [threading.Thread(target=attempt) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(Answer.NOT_OPENED) == failures(database) == 5
    assert answers.count(Answer.WAIT) == 19


def test_a_hundred_failures_close_this_link_and_nothing_else(
    database: Database, made: links.NewLink, clock: StillClock, north: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "matches", lambda _hash, code: code == made.code)
    for _ in range(MOST_FAILURES):
        assert try_code(database, made.token, wrong(made), clock()).answer is Answer.NOT_OPENED
        clock.forward(hours=1)
    assert try_code(database, made.token, made.code, clock()).answer is Answer.ENDED
    monkeypatch.undo()
    with database.reading() as session:
        case_id = session.query(Link).one().case_id
    fresh = make_link(database, north.centre_id, case_id, north.staff_id, clock())
    assert try_code(database, fresh.token, fresh.code, clock()).answer is Answer.OPENED


def test_a_new_link_ends_the_one_before(
    database: Database, made: links.NewLink, clock: StillClock, north: Team
) -> None:
    with database.reading() as session:
        case_id = session.query(Link).one().case_id
    make_link(database, north.centre_id, case_id, north.staff_id, clock())
    assert try_code(database, made.token, made.code, clock()).answer is Answer.ENDED


def test_a_link_outlives_the_decision_it_serves(database: Database, clock: StillClock, north: Team) -> None:
    lives = {}
    for reference, kind in (("adult", {}), ("minor", {"minor": True}), ("no exam", {"exam_on": None})):
        case_id = make_case(database, clock, north, reference, **kind)
        lives[reference] = make_link(database, north.centre_id, case_id, north.staff_id, clock()).ends_at
    assert lives["adult"].date().isoformat() == "2026-12-10"  # thirty days after 10 November
    assert lives["minor"] <= clock() + links.LONGEST_LIFE
    clock.forward(days=3000)
    late = make_case(database, clock, north, "late")
    assert make_link(database, north.centre_id, late, north.staff_id, clock()).ends_at > clock()


def test_the_end_of_a_link_does_not_tell_of_a_complaint(database: Database, clock: StillClock, north: Team) -> None:
    from portal.law import Complaint

    ends = {
        make_link(
            database,
            north.centre_id,
            make_case(database, clock, north, f"REF {complaint}", complaint=complaint),
            north.staff_id,
            clock(),
        ).ends_at
        for complaint in Complaint
    }
    assert len(ends) == 1
