"""What becomes of a link: opened or not, ended at once, replaced; and nothing that needs a log of its own."""

from datetime import date, timedelta

import pytest

from portal.access.links import (
    MadeMeanwhileError,
    NewLink,
    Power,
    State,
    Story,
    make_link,
    revoke_link,
    story_of,
    try_code,
)
from portal.access.throttle import MOST_FAILURES
from portal.access.visits import begin_visit, find_visit
from portal.records.database import Database
from portal.records.models import JournalLine, Link, Visit
from tests.clock import StillClock
from tests.conftest import Team, make_case, make_team


class Office:
    """A centre, a case, and a nurse who makes links for it."""

    def __init__(self, database: Database, clock: StillClock) -> None:
        self.database, self.clock = database, clock
        self.team: Team = make_team(database, clock, "north")
        self.case_id = make_case(database, clock, self.team)

    def make(self, power: Power = Power.EXTEND, instead_of: str | None = None) -> NewLink:
        self.clock.forward(seconds=1)
        of_case = (self.database, self.team.centre_id, self.case_id, self.team.staff_id)
        return make_link(*of_case, self.clock(), power, instead_of=instead_of)

    def revoke(self) -> None:
        self.clock.forward(seconds=1)
        revoke_link(self.database, self.team.centre_id, self.case_id, self.team.staff_id, self.clock())

    def enter(self, link: NewLink) -> str:
        link_id = try_code(self.database, link.token, link.code, self.clock()).link_id
        assert link_id
        return begin_visit(self.database, link_id, self.clock())

    @property
    def story(self) -> Story | None:
        with self.database.reading() as session:
            return story_of(session, self.team.centre_id, self.case_id, self.clock())

    @property
    def told(self) -> Story:
        assert self.story
        return self.story

    def journal(self) -> list[str]:
        with self.database.reading() as session:
            return [line.action for line in session.query(JournalLine).order_by(JournalLine.seq)]


@pytest.fixture
def office(database: Database, clock: StillClock) -> Office:
    return Office(database, clock)


def test_a_link_is_made_opened_and_ended(office: Office) -> None:
    assert office.story is None
    link = office.make(Power.DATES)
    told = office.told
    assert (told.state, told.power, told.opened_on) == (State.LIVE, Power.DATES, None)
    assert (told.made_on, told.made_by, told.ends_at) == (date(2026, 8, 1), office.team.staff_id, link.ends_at)
    office.clock.forward(days=2)
    office.enter(link)
    office.clock.forward(days=3)
    office.enter(link)
    assert office.told.opened_on == date(2026, 8, 3)  # the first day, and not how often
    office.revoke()
    assert office.told.state is State.REVOKED
    assert office.told.opened_on == date(2026, 8, 3)


def test_ending_a_link_ends_the_visits_on_it_and_pressing_twice_ends_it_once(office: Office) -> None:
    link = office.make()
    secret = office.enter(link)
    office.revoke()
    office.revoke()
    assert find_visit(office.database, secret, office.clock()) is None
    with office.database.reading() as session:
        assert session.query(Visit).count() == 0
    assert office.journal().count("link-revoked") == 1
    assert try_code(office.database, link.token, link.code, office.clock()).link_id is None


def test_a_new_link_ends_the_visits_on_the_one_before(office: Office) -> None:
    secret = office.enter(office.make())
    first = office.told
    office.make()
    assert find_visit(office.database, secret, office.clock()) is None
    assert office.told.id != first.id
    assert (office.told.state, office.told.opened_on) == (State.LIVE, None)  # what is told is of the new one


def test_a_link_is_made_only_instead_of_the_one_that_was_seen(office: Office) -> None:
    office.make(instead_of="")
    first = office.told.id
    for late in ("", "0" * 32):
        with pytest.raises(MadeMeanwhileError):
            office.make(instead_of=late)
    assert office.told.id == first
    office.make(instead_of=first)
    with pytest.raises(MadeMeanwhileError):
        office.make(instead_of=first)
    office.revoke()
    office.make(instead_of="")
    assert office.journal().count("link-made") == 3


def test_a_link_that_ran_out_or_was_guessed_at_says_so(office: Office) -> None:
    link = office.make()
    with office.database.writing() as session:
        session.query(Link).one().failures = MOST_FAILURES + 1
    states = [office.told.state]
    office.clock.forward(days=(link.ends_at - office.clock()).days + 1)
    states.append(office.told.state)
    assert states == [State.CLOSED, State.ENDED]


def test_another_centre_ends_and_learns_nothing(office: Office) -> None:
    link = office.make()
    south = make_team(office.database, office.clock, "south")
    with pytest.raises(LookupError):
        revoke_link(office.database, south.centre_id, office.case_id, south.staff_id, office.clock())
    with office.database.reading() as session:
        assert story_of(session, south.centre_id, office.case_id, office.clock()) is None
    assert office.clock() + timedelta(days=1) < link.ends_at
    assert office.told.state is State.LIVE


def test_a_drawn_token_never_spells_a_word_that_tells(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["xxZSGxxxxxxxxxxxxxxxxx", "xx-Sex-xxxxxxxxxxxxxxx", "xxxxxxxxxxxxxxxxxxxxxx"])
    monkeypatch.setattr("portal.access.links.secrets.token_urlsafe", lambda _size: next(drawn))
    assert office.make().token == "x" * 22
