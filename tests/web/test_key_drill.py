"""Signing keys and receipts change while people work; and a centre whose hospital has not given its key is closed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from flask import Flask

from portal.access.links import NewLink
from portal.app import create_app
from portal.library import LANGUAGES
from portal.records import receipts, wrapping
from portal.records.database import Database
from portal.records.models import CaseRecord, Centre
from portal.records.wrapping import Wrappers
from portal.settings import Settings
from portal.web import cookies
from portal.web.rooms import Rooms
from tests.clock import StillClock, at
from tests.conftest import Team, make_case
from tests.reader import Reader

OLD, NEW = "o" * 32, "n" * 32
CASE = {"exam_on": "2026-07-20", "age": "adult", "complaint": "none", "language": "nl"}
Machine = Callable[..., Flask]


@pytest.fixture
def machine(app: Flask, settings: Settings, clock: StillClock) -> Iterator[Machine]:
    """Machines of one installation, each with its own signing keys."""
    made: list[Flask] = []

    def start(*keys: str) -> Flask:
        made.append(create_app(replace(settings, signing_keys=keys), clock))
        return made[-1]

    yield start
    for one in made:
        one.extensions["portal"].database.engine.dispose()


def on(reader: Reader, app: Flask) -> Reader:
    """The same browser, answered by another machine."""
    other = Reader(app)
    for name in (cookies.VISIT, cookies.TEAM):
        if (cookie := reader.client.get_cookie(name)) is not None:
            other.client.set_cookie(name, cookie.value)
    return other


def test_forms_sessions_links_and_sealed_words_go_through_a_change_of_signing_keys(
    machine: Machine, team: Team, link: NewLink, clock: StillClock
) -> None:
    """Known first, then signing, then alone after a day: at each step what one machine gave, the other takes."""
    steps = [machine(OLD), machine(NEW, OLD), machine(OLD, NEW), machine(NEW)]
    nurse, she = Reader(steps[0]), Reader(steps[0])
    nurse.sign_in(team, clock())
    she.open_space(link)
    number = 0
    for first, second in pairwise(steps):
        for one, other in ((first, second), (second, first)):
            number += 1
            token = on(nurse, one).get("/fr/team/new").token()
            on(nurse, other).send("/fr/team/new", {**CASE, "reference": f"R-{number}", "token": token})
            given: Rooms = one.extensions["portal"]
            taken: Rooms = other.extensions["portal"]
            assert taken.seal("her answers").open(given.seal("her answers").close("words")) == "words"
    kept = on(nurse, steps[0]).get("/fr/team/new").token()
    last = steps[-1]
    on(nurse, last).get("/fr/team/")  # signed in still: a session is a row, not a signature
    on(she, last).get("/fr/m/")
    refused = on(nurse, last).client.post(
        "/fr/team/new", data={**CASE, "reference": "R-9", "token": kept}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert refused.status_code in (400, 403, 422)  # what the removed key signed ends, and nothing was changed
    Reader(last).open_space(link)  # a link hangs on no key


def test_receipts_of_before_stay_genuine_until_their_key_is_struck_off() -> None:
    old, new = b"o" * 32, b"n" * 32
    slip = receipts.Receipt("ABCD-2345"[:9], next(iter(receipts.MATTERS.values())), at("2026-08-01T10:00:00"))
    before, after = receipts.write(slip, (old,)), receipts.write(slip, (old, new))
    known = receipts.public_halves((old, new))
    assert receipts.read(before, known) == receipts.read(after, known)
    assert receipts.read(before, receipts.public_halves((new, old))) == receipts.read(before, known)
    for note, keys in ((before, (new,)), (after, (old,))):
        with pytest.raises(receipts.NotGenuineError):
            receipts.read(note, receipts.public_halves(keys))


class Given:
    """What a hospital gave."""

    def __init__(self, *keys: bytes) -> None:
        self.keys = {wrapping.id_of(key): key for key in keys}

    def find(self, key_id: bytes) -> bytes | None:
        return self.keys.get(key_id)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_of_a_centre_whose_key_is_not_given_say_calmly_that_they_are_closed(
    app_database: Database,
    reader: Reader,
    team: Team,
    other_team: Team,
    link: NewLink,
    case_id: str,
    clock: StillClock,
    language: str,
) -> None:
    make_case(app_database, clock, other_team, "REF-2")
    reader.sign_in(team, clock(), language)
    form = reader.get(f"/{language}/team/new").token()
    own = b"h" * 32
    with app_database.writing(team.centre_id) as session:
        centre = session.get_one(Centre, team.centre_id)
        key = app_database.centre_key(session, team.centre_id)
        centre.wrapped_key = wrapping.written([wrapping.wrap(own, key, centre.id)])
    closed = reader.post(f"/{language}/team/new", {**CASE, "reference": "R-1", "token": form}, status=503)
    assert closed.response.headers["Content-Security-Policy"]
    she = Reader(reader.app)
    she.send(f"/{language}/l/{link.token}", {"code": link.code})
    hers = she.get(f"/{language}/m/", status=503)
    assert hers.heading == closed.heading
    assert hers.main != closed.main  # the team is told whom to call, and she her centre
    with app_database.reading() as session:
        assert session.query(CaseRecord).count() == 2
    other = Reader(reader.app)
    clock.forward(minutes=1)
    other.sign_in(other_team, clock(), language)
    other.get(f"/{language}/team/")
    app_database.wrappers = Wrappers(app_database.sealing_keys, Given(own))
    assert she.get(f"/{language}/m/").status == 200
    assert reader.send(f"/{language}/team/new", {**CASE, "reference": "R-1", "token": form})
