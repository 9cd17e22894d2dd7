"""Guessing a code: counted to the last, slowed, closed after a hundred; and no answer tells which links exist.

The counting is held on both databases, the answers on the pages as they are sent.
"""

import threading
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest

from portal.access import hashing, links
from portal.access.hashing import PLACES, in_line
from portal.access.links import Answer, NewLink, make_link, try_code
from portal.access.throttle import FREE_TRIES, MOST_FAILURES, next_try_at
from portal.law import RequestKind
from portal.records import requests
from portal.records.database import Database
from portal.records.models import Link
from portal.records.requests import Wish
from tests.clock import StillClock
from tests.conftest import Team, make_case, make_team
from tests.reader import Reader

UNKNOWN = "A" * 22
NO_CODE = ["", " ", "1234", "123456789", "abcdefgh", "１２３４５６７８", "1234567\x008", "x" * 41]


@pytest.fixture(autouse=True)
def quick_passwords() -> None:
    """Not here: many tries at once meet each other only while each takes its time."""


class CountedHasher:
    """Argon2 as it is, and how often it worked."""

    def __init__(self) -> None:
        self.worked = 0
        self._real = hashing._HASHER

    def verify(self, slow: str, secret: str) -> bool:
        self.worked += 1
        return self._real.verify(slow, secret)

    def hash(self, secret: str) -> str:
        return self._real.hash(secret)


@pytest.fixture
def argon2(monkeypatch: pytest.MonkeyPatch) -> CountedHasher:
    counted = CountedHasher()
    monkeypatch.setattr(hashing, "_HASHER", counted)
    return counted


@pytest.fixture
def north(database: Database, clock: StillClock) -> Team:
    return make_team(database, clock, "north")


@pytest.fixture
def made(database: Database, clock: StillClock, north: Team) -> NewLink:
    return make_link(database, north.centre_id, make_case(database, clock, north), north.staff_id, clock())


def wrong(link: NewLink) -> str:
    return f"{(int(link.code) + 1) % 10**8:08d}"


def the_link(database: Database, token: str) -> Link:
    with database.reading() as session:
        return session.query(Link).filter_by(token_hash=hashing.fast_hash(token)).one()


def all_at_once(times: int, attempt: Any) -> list[Any]:
    """Do something from as many threads, begun in one moment."""
    done: list[Any] = []
    gate = threading.Barrier(times)

    def one() -> None:
        gate.wait()
        done.append(attempt())

    threads = [threading.Thread(target=one) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


def test_sixty_four_wrong_codes_at_once_count_sixty_four(
    database: Database, made: NewLink, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without waits between them, so that each is counted; and the counting itself loses none."""
    monkeypatch.setattr(links, "next_try_at", lambda *_: None)
    monkeypatch.setattr(links, "matches", lambda _hash, code: code == made.code)
    answers = all_at_once(64, lambda: try_code(database, made.token, wrong(made), clock()).answer)
    assert answers == [Answer.NOT_OPENED] * 64
    assert the_link(database, made.token).failures == 64


def test_with_the_waits_sixty_four_at_once_are_five_looked_at(
    database: Database, made: NewLink, clock: StillClock, argon2: CountedHasher
) -> None:
    answers = all_at_once(64, lambda: try_code(database, made.token, wrong(made), clock()).answer)
    assert (answers.count(Answer.NOT_OPENED), answers.count(Answer.WAIT)) == (FREE_TRIES, 64 - FREE_TRIES)
    assert argon2.worked == FREE_TRIES
    assert the_link(database, made.token).failures == FREE_TRIES


def test_after_a_hundred_only_this_link_is_closed(
    database: Database, made: NewLink, clock: StillClock, north: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The right code no longer opens this link; another person's link, the case and a fresh link go on."""
    neighbour = make_case(database, clock, north, "NEIGHBOUR")
    other = make_link(database, north.centre_id, neighbour, north.staff_id, clock())
    with monkeypatch.context() as quick:
        quick.setattr(links, "matches", lambda _hash, code: code == made.code)
        for _ in range(MOST_FAILURES):
            assert try_code(database, made.token, wrong(made), clock()).answer is Answer.NOT_OPENED
            clock.forward(hours=1)
    assert try_code(database, made.token, made.code, clock()).answer is Answer.ENDED
    assert try_code(database, other.token, other.code, clock()).answer is Answer.OPENED
    case_id = the_link(database, made.token).case_id
    asked = requests.ask(database, north.centre_id, case_id, Wish(RequestKind.EXTENSION), clock())
    assert asked.is_new  # by telephone: no right went with the link
    fresh = make_link(database, north.centre_id, case_id, north.staff_id, clock())
    assert try_code(database, fresh.token, fresh.code, clock()).answer is Answer.OPENED
    assert the_link(database, fresh.token).failures == 0


def test_a_hundred_guesses_take_days(database: Database, made: NewLink, clock: StillClock) -> None:
    """One in a million over the life of a link, and not in one evening."""
    began = clock()
    for count in range(1, MOST_FAILURES + 1):
        clock.moment = next_try_at(count, clock()) or clock()
    assert clock() - began > timedelta(days=3)


def test_a_wait_and_an_unknown_link_cost_nothing(
    reader: Reader, link: NewLink, argon2: CountedHasher, clock: StillClock
) -> None:
    for _ in range(10):
        reader.post(f"/fr/l/{UNKNOWN}", {"code": "12345678"}, status=422)
    assert argon2.worked == 0
    for _ in range(FREE_TRIES):
        reader.post(f"/fr/l/{link.token}", {"code": wrong(link)}, status=422)
    assert argon2.worked == FREE_TRIES
    for code in (wrong(link), link.code):
        assert "12:00" in reader.post(f"/fr/l/{link.token}", {"code": code}, status=422).main
    assert argon2.worked == FREE_TRIES


@pytest.mark.parametrize(
    "typed", ["", " ", "1234", "123456789", "abcdefgh", "１２３４５６７８", "1234567\x008", "x" * 41]
)
def test_what_is_no_code_is_neither_counted_nor_looked_at(
    reader: Reader, link: NewLink, app_database: Database, argon2: CountedHasher, typed: str
) -> None:
    reader.post(f"/fr/l/{link.token}", {"code": typed}, status=422)
    assert argon2.worked == 0
    assert the_link(app_database, link.token).failures == 0


def test_a_wrong_code_on_a_live_and_on_an_ended_link_is_the_same_work_and_the_same_page(
    reader: Reader,
    link: NewLink,
    app_database: Database,
    argon2: CountedHasher,
    team: Team,
    case_id: str,
    clock: StillClock,
) -> None:
    def answer() -> tuple[int, bytes, dict[str, str]]:
        before = argon2.worked
        page = reader.post(f"/en/l/{link.token}", {"code": wrong(link)}, status=422)
        return argon2.worked - before, page.response.data, dict(page.response.headers)

    live = answer()
    make_link(app_database, team.centre_id, case_id, team.staff_id, clock())  # ends the first one
    assert answer() == live
    clock.forward(days=400)  # past the end of its life as well
    assert answer() == live
    assert live[0] == 1
    unknown = reader.post(f"/en/l/{UNKNOWN}", {"code": wrong(link)}, status=422).response.data
    assert unknown.replace(UNKNOWN.encode(), b"") == live[1].replace(link.token.encode(), b"")


def test_the_right_code_forgets_what_failed(reader: Reader, link: NewLink, app_database: Database) -> None:
    for _ in range(FREE_TRIES - 1):
        reader.post(f"/fr/l/{link.token}", {"code": wrong(link)}, status=422)
    reader.open_space(link)
    assert the_link(app_database, link.token).failures == 0


def test_who_finds_no_place_in_line_is_told_so_and_nothing_is_counted(
    reader: Reader, link: NewLink, app_database: Database
) -> None:
    """A flood of codes holds a few of the server's threads; her own try is not counted while she cannot be heard."""
    with ExitStack() as places:
        for _ in range(PLACES):
            places.enter_context(in_line())
        reader.post(f"/fr/l/{link.token}", {"code": wrong(link)}, status=503)
        assert the_link(app_database, link.token).failures == 0
        reader.get("/fr/")  # whoever reads finds the page
    assert reader.open_space(link).status == 200
