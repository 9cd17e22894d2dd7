"""What a member shows: recovery codes once, passkeys for one moment, a fresh factor before what cannot be undone."""

import json
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from flask import Flask

from portal import law
from portal.access.passkeys import Place
from portal.records.database import Database
from portal.records.models import Passkey, SignIn, Staff
from tests.clock import StillClock
from tests.conftest import Team
from tests.key import PRESENT, Key
from tests.reader import Page, Reader, words
from tests.web.test_routes import everything, noted
from tests.web.test_team_steps import Ward, offered, second

SignInWith = Callable[..., str]


@pytest.fixture
def nurse(reader: Reader, team: Team, clock: StillClock) -> Reader:
    reader.sign_in(team, clock(), "en")
    return reader


@pytest.fixture
def ward(app: Flask, app_database: Database, clock: StillClock, team: Team) -> Ward:
    return Ward(app, app_database, clock, team, second(app_database, team, clock))


def code_of(team: Team, clock: StillClock) -> str:
    return pyotp.TOTP(team.authenticator).at(clock())


def codes_of(nurse: Reader) -> list[str]:
    token = nurse.get("/en/team/account/codes").token("/en/team/account/codes")
    page = nurse.post("/en/team/account/codes", {"token": token})
    return [words(one) for one in page.one("main").iter() if one.tag.endswith("}li")]


def sent(page: Page, name: str) -> str:
    return next(field.get("value", "") for field in page.all("input") if field.get("name") == name)


def options(page: Page, action: str) -> tuple[dict[str, Any], str]:
    """Return what a page tells the browser for a passkey, and the challenge that goes back."""
    (form,) = [form for form in page.all("form") if form.get("action") == action]
    told: dict[str, Any] = json.loads(form.get("data-passkey", ""))
    (challenge,) = [field.get("value", "") for field in form.iter() if field.get("name") == "challenge"]
    return told, challenge


def add_key(nurse: Reader, key: Key, name: str = "blue key") -> None:
    page = nurse.get("/en/team/account/passkeys")
    told, challenge = options(page, "/en/team/account/passkeys")
    form = {"token": page.token("/en/team/account/passkeys"), "challenge": challenge, "name": name}
    nurse.send("/en/team/account/passkeys", {**form, "answer": key.make(told)})


def test_a_recovery_code_opens_once_and_the_account_says_how_many_are_left(
    app: Flask, nurse: Reader, team: Team, clock: StillClock
) -> None:
    codes = codes_of(nurse)
    assert len(codes) == 10
    form = {"login": team.login, "password": team.password, "code": codes[0].replace("-", " ")}
    other = Reader(app)
    to = other.send("/en/team/in", form)
    assert to == "/en/team/account"
    assert "Recovery codes left: 9." in other.get(to).main
    Reader(app).post("/en/team/in", form, status=422)
    Reader(app).post("/en/team/in", {**form, "password": "another password", "code": codes[1]}, status=422)
    codes_of(nurse)  # new ones end those before
    Reader(app).post("/en/team/in", {**form, "code": codes[1]}, status=422)


def test_somebody_elses_recovery_code_opens_nothing(
    app: Flask, nurse: Reader, other_team: Team, clock: StillClock
) -> None:
    (code, *_) = codes_of(nurse)
    form = {"login": other_team.login, "password": other_team.password, "code": code}
    Reader(app).post("/en/team/in", form, status=422)


def test_another_authenticator_and_another_password_end_the_other_sessions(
    app: Flask, nurse: Reader, team: Team, clock: StillClock
) -> None:
    def elsewhere(password: str, authenticator: str) -> Reader:
        clock.forward(seconds=31)
        reader, code = Reader(app), pyotp.TOTP(authenticator).at(clock())
        reader.send("/en/team/in", {"login": team.login, "password": password, "code": code})
        return reader

    lost = elsewhere(team.password, team.authenticator)
    page = nurse.get("/en/team/account/authenticator")
    (key,) = [words(one).replace(" ", "") for one in page.all("b") if one.get("class") == "key"]
    form = {"token": sent(page, "token"), "prepared": sent(page, "prepared")}
    form["token"] = page.token()
    page = nurse.post("/en/team/account/authenticator", {**form, "code": "000000"}, status=422)
    nurse.send("/en/team/account/authenticator", {**form, "code": pyotp.TOTP(key).at(clock())})
    assert lost.client.get("/en/team/").headers["Location"] == "/en/team/in"
    lost = elsewhere(team.password, key)
    token = nurse.get("/en/team/account/password").token("/en/team/account/password")
    wanted = {"token": token, "password": "another four words", "again": "another four words"}
    page = nurse.post("/en/team/account/password", {**wanted, "present": "not this one"}, status=422)
    assert "not your present password" in page.main
    nurse.send("/en/team/account/password", {**wanted, "present": team.password})
    assert lost.client.get("/en/team/").headers["Location"] == "/en/team/in"
    nurse.get("/en/team/")
    elsewhere("another four words", key).get("/en/team/")


def test_a_session_ends_after_fifteen_idle_minutes_and_after_eight_hours(nurse: Reader, clock: StillClock) -> None:
    for _ in range(34):
        clock.forward(minutes=14)
        nurse.get("/en/team/")
    clock.forward(minutes=4)
    assert nurse.client.get("/en/team/").headers["Location"] == "/en/team/in"


def test_idle_for_fifteen_minutes_it_ends(nurse: Reader, clock: StillClock) -> None:
    clock.forward(minutes=15)
    assert nurse.client.get("/en/team/").headers["Location"] == "/en/team/in"


@pytest.mark.parametrize(
    ("step", "said"),
    [("confirm", {"means": "writing"}), ("sign", {"attest": "1"}), ("carry-out", {"done_on": "2026-08-08"})],
)
def test_what_cannot_be_taken_back_asks_who_is_there_and_keeps_what_was_filled_in(
    ward: Ward, step: str, said: dict[str, str]
) -> None:
    request_id = ward.ask(ward.case(), law.RequestKind.DESTRUCTION)
    ward.clock.forward(days=7)
    first, other = ward.come(ward.first), ward.come(ward.other)
    ward.press(first, request_id, "take-up")
    who, team = (first, ward.first) if step == "confirm" else (other, ward.other)
    if step != "confirm":
        ward.press(first, request_id, "confirm", means="voice")
    if step == "carry-out":
        ward.press(other, request_id, "sign", attest="1")
    here = f"/en/team/r/{request_id}"
    token = ward.look(who, request_id).token(f"{here}/{step}")
    ward.clock.forward(minutes=5, seconds=1)
    before, state = noted(ward.database), ward.state(request_id)
    assert step not in offered(who.get(here))  # asked first
    page = who.post(f"{here}/{step}", {"token": token, **said}, status=422)
    assert "What you filled in is kept." in page.main
    assert noted(ward.database) == before
    form = {"token": page.token("/en/team/fresh"), "on": sent(page, "on")}
    assert "does not fit" in who.post("/en/team/fresh", {**form, "code": "000000"}, status=422).main
    page = who.get(who.send("/en/team/fresh", {**form, "code": code_of(team, ward.clock)}))
    assert step in offered(page)
    ((name, value),) = said.items()
    (field,) = [one for one in page.all("input") if one.get("name") == name and one.get("value") == value]
    assert field.get("type") == "date" or field.get("checked") is not None
    ward.press(who, request_id, step, **said)
    assert ward.state(request_id) != state


def test_what_protects_and_what_goes_back_asks_nothing(ward: Ward) -> None:
    request_id = ward.confirmed(ward.case())
    nurse = ward.come(ward.first)
    ward.clock.forward(minutes=10)
    ward.press(nurse, request_id, "reopen")
    assert ward.state(request_id) == "taken-up"
    ward.press(nurse, request_id, "cancel")
    assert ward.state(request_id) == "cancelled"


def test_codes_cannot_be_guessed_at_an_open_computer(nurse: Reader, team: Team, clock: StillClock) -> None:
    clock.forward(minutes=6)
    page = nurse.get("/en/team/account/codes")
    form = {"token": page.token("/en/team/fresh"), "on": sent(page, "on")}
    for number in range(5):
        nurse.post("/en/team/fresh", {**form, "code": f"{number:06d}"}, status=422)
    page = nurse.post("/en/team/fresh", {**form, "code": code_of(team, clock)}, status=422)
    assert "try again on" in page.main  # counted where codes at sign-in are counted
    signing_in = {"login": team.login, "password": team.password, "code": code_of(team, clock)}
    assert "try again on" in nurse.post("/en/team/in", signing_in, status=422).main


def test_a_shown_factor_leads_back_to_a_page_of_this_session_alone(
    app: Flask, nurse: Reader, other_team: Team, clock: StillClock
) -> None:
    stranger = Reader(app)
    stranger.sign_in(other_team, clock(), "en")
    clock.forward(minutes=6)
    theirs = sent(stranger.get("/en/team/account/codes"), "on")
    token = nurse.get("/en/team/account").token()
    for on in (theirs, "https://elsewhere.example", ""):
        assert nurse.send("/en/team/fresh", {"token": token, "on": on, "code": "000000"}) == "/en/team/first"


def test_a_passkey_signs_in_once_with_each_challenge(
    app: Flask, app_database: Database, nurse: Reader, clock: StillClock
) -> None:
    key = Key()
    add_key(nurse, key)
    assert "blue key" in nurse.get("/en/team/account/passkeys").main
    other = Reader(app)
    told, challenge = options(other.get("/en/team/in"), "/en/team/in/passkey")
    assert told["userVerification"] == "required"
    form = {"challenge": challenge, "answer": key.show(told)}
    assert other.send("/en/team/in/passkey", form) == "/en/team/first"
    other.get("/en/team/")
    with app_database.reading() as session:
        assert all(one.factor_at is not None for one in session.query(SignIn))
    key.count = 0
    clock.forward(seconds=1)
    assert "opened nothing" in Reader(app).post("/en/team/in/passkey", form, status=422).main  # a copy of what was sent


def test_a_passkey_signs_in_while_somebody_tries_passwords(
    app: Flask, nurse: Reader, team: Team, clock: StillClock
) -> None:
    key = Key()
    add_key(nurse, key)
    other = Reader(app)
    guess = {"login": team.login, "password": "something else", "code": "000000"}
    said = [other.post("/en/team/in", guess, status=422).main for _ in range(12)]
    clock.forward(seconds=1)
    assert "try again on" in said[-1]
    told, challenge = options(other.get("/en/team/in"), "/en/team/in/passkey")
    assert other.send("/en/team/in/passkey", {"challenge": challenge, "answer": key.show(told)}) == "/en/team/first"


@pytest.mark.parametrize("wrong", ["origin", "host", "unverified", "late", "stranger", "nonsense", "clone", "session"])
def test_no_other_answer_signs_in(app: Flask, nurse: Reader, clock: StillClock, wrong: str) -> None:
    key = Key()
    add_key(nurse, key)
    told, challenge = options(Reader(app).get("/en/team/in"), "/en/team/in/passkey")
    if wrong == "origin":
        key.origin = "http://localhost.elsewhere.example"
    elif wrong == "host":
        key.host = "elsewhere.example"
    elif wrong == "unverified":
        key.flags = PRESENT  # whoever found the key, without its PIN
    elif wrong == "stranger":
        key = Key()
    elif wrong == "session":
        told, challenge = options(nurse.get("/en/team/account/passkeys"), "/en/team/account/passkeys")
    answer = "{}" if wrong == "nonsense" else key.show(told)
    if wrong == "late":
        clock.forward(minutes=5, seconds=1)
    elif wrong == "clone":
        Reader(app).send("/en/team/in/passkey", {"challenge": challenge, "answer": answer})
        clock.forward(minutes=1)
        told, challenge = options(Reader(app).get("/en/team/in"), "/en/team/in/passkey")
        key.count = 0
        answer = key.show(told)
    Reader(app).post("/en/team/in/passkey", {"challenge": challenge, "answer": answer}, status=422)


def test_a_passkey_is_shown_again_named_and_removed(
    app: Flask, app_database: Database, nurse: Reader, clock: StillClock
) -> None:
    key = Key()
    add_key(nurse, key)
    clock.forward(minutes=6)
    page = nurse.get("/en/team/account/passkeys")
    assert "blue key" not in page.main  # a factor is asked first
    told, challenge = options(page, "/en/team/fresh/passkey")
    form = {"token": page.token("/en/team/fresh/passkey"), "on": sent(page, "on"), "challenge": challenge}
    nurse.post("/en/team/fresh/passkey", {**form, "answer": Key().show(told)}, status=422)
    back = nurse.send("/en/team/fresh/passkey", {**form, "answer": key.show(told)})
    page = nurse.get(back)
    with app_database.reading() as session:
        which = session.query(Passkey).one().credential_hash
    own = "/en/team/account/passkeys"
    nurse.post(f"{own}/name", {"token": page.token(f"{own}/name"), "key": which, "name": " "}, status=422)
    nurse.send(f"{own}/name", {"token": page.token(f"{own}/name"), "key": which, "name": "red key"})
    assert "red key" in nurse.get(own).main
    nurse.send(f"{own}/remove", {"token": page.token(f"{own}/remove"), "key": which})
    nurse.send(f"{own}/remove", {"token": page.token(f"{own}/remove"), "key": which})
    assert "no passkey yet" in nurse.get(own).main
    clock.forward(seconds=1)
    told, challenge = options(Reader(app).get("/en/team/in"), "/en/team/in/passkey")
    Reader(app).post("/en/team/in/passkey", {"challenge": challenge, "answer": key.show(told)}, status=422)


def test_nobody_touches_a_colleagues_passkey(
    app: Flask, app_database: Database, nurse: Reader, other_team: Team, clock: StillClock
) -> None:
    add_key(nurse, Key())
    stranger = Reader(app)
    token = stranger.sign_in(other_team, clock(), "en").token()
    with app_database.reading() as session:
        which = session.query(Passkey).one().credential_hash
    before = everything(app_database)
    own = "/en/team/account/passkeys"
    stranger.send(f"{own}/remove", {"token": token, "key": which})
    stranger.post(f"{own}/name", {"token": token, "key": which, "name": "mine"}, status=404)
    assert everything(app_database) == before


def test_whose_access_ended_has_no_passkey_either(
    app: Flask, app_database: Database, nurse: Reader, team: Team, clock: StillClock
) -> None:
    key = Key()
    add_key(nurse, key)
    with app_database.writing(team.centre_id) as session:
        session.get_one(Staff, team.staff_id).active = False
    told, challenge = options(Reader(app).get("/en/team/in"), "/en/team/in/passkey")
    Reader(app).post("/en/team/in/passkey", {"challenge": challenge, "answer": key.show(told)}, status=422)


def test_the_passkeys_script_is_allowed_on_the_teams_pages_alone(reader: Reader) -> None:
    policies = [reader.get(path).response.headers["Content-Security-Policy"] for path in ("/en/", "/en/team/in")]
    public, teams = (next(part for part in policy.split(";") if "script-src" in part) for policy in policies)
    assert public.count("sha256") == 1
    assert teams.count("sha256") == 2


def test_a_passkey_needs_a_name_on_the_web() -> None:
    assert Place.of("http://127.0.0.1:8000") is None
    assert Place.of("http://[::1]:8000") is None
    assert Place.of("https://after.example") == Place("after.example", "https://after.example")


def test_a_computer_left_signed_in_is_seen_and_ended_from_another(
    app: Flask, nurse: Reader, team: Team, clock: StillClock
) -> None:
    assert "You are signed in only here." in nurse.get("/en/team/account").text
    clock.forward(minutes=2)
    left = Reader(app)
    left.sign_in(team, clock(), "en")
    page = nurse.get("/en/team/account")
    assert "Signed in elsewhere" in page.text
    assert "You are signed in only here." not in page.text
    nurse.send("/en/team/account/elsewhere", {"token": page.token("/en/team/account/elsewhere")})
    assert left.client.get("/en/team/account").headers["Location"] == "/en/team/in"
    assert "You are signed in only here." in nurse.get("/en/team/account").text
