"""Who works at a centre: invited by their coordinator, joined with two factors, ended at the very next request."""

import re
from dataclasses import replace

import pyotp
import pytest
from flask import Flask

from portal.access.factors import RECOVERY_CODES
from portal.access.invitations import INVITED_FOR
from portal.access.roles import Role
from portal.access.team import add_member
from portal.library import LANGUAGES
from portal.records.database import Database
from portal.records.models import Invitation, JournalLine, RecoveryCode, Staff
from tests.clock import StillClock
from tests.conftest import Team
from tests.reader import Page, Reader, words
from tests.web.test_routes import everything

PASSWORD = "four words in a row"


def coordinator_of(database: Database, team: Team, clock: StillClock) -> Team:
    """Return somebody who leads a team."""
    login, password = f"lead-of-{team.login}", "a long password of who leads"
    made = add_member(database, team.centre_id, login, password, clock(), Role.COORDINATOR)
    return replace(team, staff_id=made.staff_id, login=login, password=password, authenticator=made.authenticator)


@pytest.fixture
def lead(app_database: Database, team: Team, clock: StillClock) -> Team:
    return coordinator_of(app_database, team, clock)


@pytest.fixture
def leader(app: Flask, lead: Team, clock: StillClock) -> Reader:
    reader = Reader(app)
    reader.sign_in(lead, clock(), "en")
    return reader


def number_of(database: Database, login: str) -> str:
    with database.reading() as session:
        return session.query(Staff).filter_by(login=login).one().number


def invite(leader: Reader, login: str = "anna.peeters", role: str = "nurse") -> str:
    """Invite somebody, and return the address to hand over."""
    token = leader.get("/en/team/people").token("/en/team/people")
    return address_on(leader.post("/en/team/people", {"login": login, "role": role, "token": token}))


def address_on(page: Page) -> str:
    found = re.search(r"http://localhost(/en/team/join/\S{22})", page.main)
    assert found, page.main
    return found[1]


def prepared(page: Page) -> tuple[str, str]:
    """Return what travels sealed, and the key to type into the app, as it stands beside the drawing."""
    (sealed,) = [field.get("value", "") for field in page.all("input") if field.get("name") == "prepared"]
    (key,) = [words(one).replace(" ", "") for one in page.all("b") if one.get("class") == "key"]
    return sealed, key


def join(reader: Reader, address: str, clock: StillClock) -> Page:
    """Join with a password and a new authenticator; return the page of the recovery codes."""
    sealed, key = prepared(reader.post(address, {"password": PASSWORD, "again": PASSWORD}))
    return reader.post(address, {"prepared": sealed, "code": pyotp.TOTP(key).at(clock())})


def test_from_an_invitation_to_the_first_page(
    app: Flask, app_database: Database, leader: Reader, clock: StillClock
) -> None:
    address = invite(leader)
    token = address.rsplit("/", 1)[1]
    with app_database.reading() as session:
        assert token not in repr([vars(one) for one in session.query(Invitation)])
    before = everything(app_database)
    anna = Reader(app)
    for _ in range(3):
        assert "anna.peeters" in anna.get(address).main  # a preview, a scanner, the wrong finger
    assert everything(app_database) == before

    for bad, said in (
        ("short", "twelve characters"),
        ("a" * 12, "same few characters"),
        ("anna.peeters", "the first that others try"),
        ("x" * 201, "two hundred"),
    ):
        assert said in anna.post(address, {"password": bad, "again": bad}, status=422).main
    assert "twice" in anna.post(address, {"password": PASSWORD, "again": "other"}, status=422).main
    page = anna.post(address, {"password": PASSWORD, "again": PASSWORD})
    sealed, key = prepared(page)
    assert [one.get("class") for one in page.tree.iter() if one.tag.endswith("svg")] == ["qr enrol"]
    assert PASSWORD not in page.text
    page = anna.post(address, {"prepared": sealed, "code": "000000"}, status=422)
    assert prepared(page)[1] == key  # nothing has to be scanned again
    assert everything(app_database) == before  # nothing is stored of somebody who stops half-way

    page = anna.post(address, {"prepared": sealed, "code": pyotp.TOTP(key).at(clock())})
    codes = [words(one) for one in page.one("main").iter() if one.tag.endswith("}li")]
    assert len(set(codes)) == RECOVERY_CODES
    assert anna.client.get("/en/team/first").headers["Location"] == "/en/team/"  # signed in, by two factors
    with app_database.reading() as session:
        kept = repr([vars(one) for one in session.query(RecoveryCode)])
        actions = [line.action for line in session.query(JournalLine).order_by(JournalLine.seq)]
    assert not [code for code in codes if code.replace("-", "") in kept or code in kept]
    assert actions[-2:] == ["member-joined", "recovery-codes-made"]
    assert "has ended" in Reader(app).get(address, status=404).main
    assert "has ended" in Reader(app).post(address, {"prepared": sealed, "code": "000000"}, status=404).main


def test_an_invitation_ends_and_a_new_one_ends_the_one_before(
    app: Flask, app_database: Database, leader: Reader, clock: StillClock
) -> None:
    first = invite(leader)
    here = f"/en/team/people/{number_of(app_database, 'anna.peeters')}"
    token = leader.get(here).token(f"{here}/invite")
    assert "Tick the box" in leader.post(f"{here}/invite", {"token": token}, status=422).main
    second = address_on(leader.post(f"{here}/invite", {"token": token, "sure": "1"}))
    reader = Reader(app)
    reader.get(first, status=404)
    reader.get(second)
    clock.moment += INVITED_FOR
    reader.get(second, status=404)
    reader.get("/en/team/join/nothing", status=404)


def test_pressed_twice_or_with_a_name_that_is_taken_nothing_changes(
    leader: Reader, team: Team, other_team: Team, app_database: Database
) -> None:
    invite(leader)
    before = everything(app_database)
    token = leader.get("/en/team/people").token("/en/team/people")
    for login in ("anna.peeters", "Anna.Peeters", team.login, other_team.login):
        page = leader.post("/en/team/people", {"login": login, "role": "auditor", "token": token}, status=422)
        assert "has this name already" in page.main
        assert login in page.text
    for login in ("", "a", ".anna", "an na", "<b>anna</b>", "a\x00b"):
        leader.post("/en/team/people", {"login": login, "role": "nurse", "token": token}, status=422)
    leader.post("/en/team/people", {"login": "berta", "role": "queen", "token": token}, status=422)
    assert everything(app_database) == before


def test_ending_somebodys_access_ends_their_session_at_the_very_next_request(
    app: Flask, app_database: Database, leader: Reader, team: Team, clock: StillClock
) -> None:
    nurse = Reader(app)
    nurse.sign_in(team, clock(), "en")
    here = f"/en/team/people/{number_of(app_database, team.login)}"
    form = {"token": leader.get(here).token(f"{here}/disable"), "sure": "1"}
    assert leader.send(f"{here}/disable", form) == "/en/team/people"
    assert nurse.client.get("/en/team/").headers["Location"] == "/en/team/in"
    before = everything(app_database)
    leader.send(f"{here}/disable", form)  # once more
    assert everything(app_database) == before
    clock.forward(seconds=31)
    code = pyotp.TOTP(team.authenticator).at(clock())
    nurse.post("/en/team/in", {"login": team.login, "password": team.password, "code": code}, status=422)


def test_who_lost_everything_is_invited_anew_and_nothing_old_opens(
    app: Flask, app_database: Database, leader: Reader, team: Team, clock: StillClock
) -> None:
    nurse = Reader(app)
    nurse.sign_in(team, clock(), "en")
    here = f"/en/team/people/{number_of(app_database, team.login)}"
    form = {"token": leader.get(here).token(f"{here}/invite"), "sure": "1"}
    address = address_on(leader.post(f"{here}/invite", form))
    assert nurse.client.get("/en/team/").headers["Location"] == "/en/team/in"
    with app_database.reading() as session:
        staff = session.get_one(Staff, team.staff_id)
        assert (staff.active, staff.password_hash, staff.sealed_authenticator) == (False, None, None)
    join(nurse, address, clock)
    nurse.get("/en/team/")
    clock.forward(seconds=31)
    old = pyotp.TOTP(team.authenticator).at(clock())
    Reader(app).post("/en/team/in", {"login": team.login, "password": team.password, "code": old}, status=422)


def test_another_role_ends_the_session_and_the_next_has_it(
    app: Flask, app_database: Database, leader: Reader, team: Team, clock: StillClock
) -> None:
    nurse = Reader(app)
    nurse.sign_in(team, clock(), "en")
    here = f"/en/team/people/{number_of(app_database, team.login)}"
    token = leader.get(here).token(f"{here}/role")
    leader.send(f"{here}/role", {"token": token, "role": "auditor"})
    assert nurse.client.get("/en/team/").headers["Location"] == "/en/team/in"
    clock.forward(seconds=31)
    nurse.sign_in(team, clock(), "en")
    nurse.get("/en/team/", status=403)


def test_a_team_keeps_a_coordinator_and_nobody_promotes_themselves(
    leader: Reader, lead: Team, app_database: Database
) -> None:
    here = f"/en/team/people/{number_of(app_database, lead.login)}"
    token = leader.get(here).token(f"{here}/disable")
    before = everything(app_database)
    page = leader.post(f"{here}/disable", {"token": token, "sure": "1"}, status=422)
    assert "the team needs a coordinator" in page.main
    for what, more in (("role", {"role": "auditor"}), ("invite", {"sure": "1"})):
        assert "your own account" in leader.post(f"{here}/{what}", {"token": token, **more}, status=422).main
    assert everything(app_database) == before


def test_the_other_centres_coordinator_finds_nobody_here(
    app: Flask, app_database: Database, team: Team, other_team: Team, clock: StillClock
) -> None:
    stranger = Reader(app)
    stranger.sign_in(coordinator_of(app_database, other_team, clock), clock(), "en")
    page = stranger.get("/en/team/people")
    assert team.login not in page.text
    token, here = page.token("/en/team/people"), f"/en/team/people/{number_of(app_database, team.login)}"
    before = everything(app_database)
    stranger.get(here, status=404)
    for what in ("role", "invite", "disable"):
        stranger.post(f"{here}/{what}", {"token": token, "role": "auditor", "sure": "1"}, status=404)
    assert everything(app_database) == before


def test_without_a_fresh_factor_nobody_is_invited_and_what_was_typed_is_kept(
    app_database: Database, leader: Reader, lead: Team, clock: StillClock
) -> None:
    token = leader.get("/en/team/people").token("/en/team/people")
    clock.forward(minutes=5, seconds=1)
    before = everything(app_database)
    page = leader.post("/en/team/people", {"login": "berta", "role": "auditor", "token": token}, status=422)
    assert "What you filled in is kept." in page.main
    assert everything(app_database) == before
    (on,) = [field.get("value", "") for field in page.all("input") if field.get("name") == "on"]
    code = pyotp.TOTP(lead.authenticator).at(clock())
    back = leader.send("/en/team/fresh", {"token": page.token("/en/team/fresh"), "on": on, "code": code})
    page = leader.get(back)
    assert [field.get("value") for field in page.all("input") if field.get("name") == "login"] == ["berta"]
    assert invite(leader, "berta", "auditor")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_speaks_every_language(
    app: Flask, app_database: Database, team: Team, lead: Team, clock: StillClock, language: str
) -> None:
    reader = Reader(app)
    reader.sign_in(lead, clock(), language)
    number = number_of(app_database, team.login)
    for page in ("people", f"people/{number}", "account", "account/codes", "account/password", "account/authenticator"):
        reader.get(f"/{language}/team/{page}")
    reader.get(f"/{language}/team/account/passkeys")
    reader.get(f"/{language}/team/join/{'A' * 22}", status=404)
    clock.forward(minutes=6)
    reader.get(f"/{language}/team/account/codes")
