"""The hospital's own sign-in: it says who somebody is; who belongs here, and what they may do, is ours to know."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from portal.access.invitations import INVITED_FOR
from portal.access.roles import Role
from portal.library import LANGUAGES
from portal.records.database import Database
from portal.records.models import JournalLine, SignIn, Staff
from portal.settings import HospitalSignIn, Settings
from tests.clock import StillClock
from tests.conftest import Team
from tests.provider import ACR, CLIENT, SECRET, Pretending, running
from tests.reader import Page, Reader
from tests.web.test_routes import everything
from tests.web.test_team_people import coordinator_of, invite, number_of

BACK = "/en/team/hospital/back"
ANNA = "anna@st-elsewhere"


@pytest.fixture
def provider(clock: StillClock) -> Iterator[Pretending]:
    with running(Pretending(clock)) as pretending:
        yield pretending


@pytest.fixture
def settings(settings: Settings, provider: Pretending) -> Settings:
    return replace(settings, hospital=HospitalSignIn(provider.address, CLIENT, SECRET, ACR))


@pytest.fixture
def lead(app_database: Database, team: Team, clock: StillClock) -> Team:
    return coordinator_of(app_database, team, clock)


@pytest.fixture
def leader(app: Flask, lead: Team, clock: StillClock) -> Reader:
    reader = Reader(app)
    reader.sign_in(lead, clock(), "en")
    return reader


@dataclass
class Somebody:
    """Somebody with a browser, here and at the hospital."""

    reader: Reader
    provider: Pretending
    subject: str = ANNA

    def begin(self, path: str = "/en/team/hospital/in", **form: str) -> str:
        """Press a button that leads to the hospital; return the address there."""
        page = self.reader.post(path, form)
        (address,) = [link for link in page.links if link.startswith(self.provider.address)]
        assert page.response.headers["Refresh"] == f"0; url={address}"
        return address

    def show(self, path: str = "/en/team/hospital/in", **form: str) -> dict[str, str]:
        """Sign in at the hospital; return what comes back."""
        return self.provider.allow(self.begin(path, **form), self.subject)

    def come_in(self, path: str = "/en/team/hospital/in", **form: str) -> str:
        """Go there and back and press the button; return where that leads."""
        back = self.show(path, **form)
        self.reader.get(BACK, query_string=back)
        return self.reader.send(BACK, back)

    def is_refused(self, reason: str, path: str = "/en/team/hospital/in", status: int = 422) -> Page:
        """Go there and back, and be refused for a reason with a name."""
        page = self.reader.post(BACK, self.show(path), status=status)
        assert page.main.endswith(f"For whoever runs the portal: {reason}"), page.main
        return page


@pytest.fixture
def anna(app: Flask, leader: Reader, provider: Pretending) -> Somebody:
    """Somebody who joined by the hospital, and signed out."""
    somebody = Somebody(Reader(app), provider)
    token = invite(leader).rsplit("/", 1)[1]
    assert somebody.come_in(f"/en/team/hospital/join/{token}") == "/en/team/first"
    sign_out(somebody.reader)
    return somebody


def sign_out(reader: Reader) -> None:
    reader.send("/en/team/out", {"token": reader.get("/en/team/account").token("/en/team/out")})


def sessions(database: Database) -> list[SignIn]:
    with database.reading() as session:
        return list(session.query(SignIn))


def test_from_an_invitation_to_the_next_morning(
    app: Flask, app_database: Database, leader: Reader, provider: Pretending, clock: StillClock
) -> None:
    address = invite(leader)
    anna = Somebody(Reader(app), provider)
    assert "/en/team/hospital/join/" in anna.reader.get(address).text
    before = everything(app_database)
    back = anna.show(address.replace("/team/join/", "/team/hospital/join/"))
    for _ in range(3):
        assert "Nothing is open yet" in anna.reader.get(BACK, query_string=back).main  # a preview, a scanner, Back
    assert everything(app_database) == before
    assert anna.reader.send(BACK, back) == "/en/team/first"
    assert anna.reader.client.get("/en/team/first").headers["Location"] == "/en/team/"
    assert "The hospital’s own sign-in" in anna.reader.get("/en/team/account").main
    with app_database.reading() as session:
        staff = session.query(Staff).filter_by(login="anna.peeters").one()
        assert (staff.active, staff.role, staff.password_hash) == (True, Role.NURSE, None)
        assert ANNA not in repr(everything(app_database))
        actions = [line.action for line in session.query(JournalLine).order_by(JournalLine.seq)]
        assert actions[-1] == "member-joined"
    assert "has ended" in Reader(app).get(address, status=404).main

    sign_out(anna.reader)
    clock.forward(hours=14)
    assert anna.come_in() == "/en/team/first"
    (session_,) = [one for one in sessions(app_database) if one.by == "hospital"]
    assert session_.factor_at == clock()  # shown now: an approval in the next five minutes asks nothing


def test_who_is_unknown_or_has_left_is_told_whom_to_ask(
    app: Flask, app_database: Database, anna: Somebody, leader: Reader, provider: Pretending
) -> None:
    stranger = Somebody(Reader(app), provider, "berta@st-elsewhere")
    before = everything(app_database)
    assert "Ask your coordinator for an invitation" in stranger.is_refused("unknown").main
    assert everything(app_database) == before  # nobody is made by signing in
    anna.come_in()
    here = f"/en/team/people/{number_of(app_database, 'anna.peeters')}"
    token = leader.get(here).token(f"{here}/disable")
    leader.send(f"{here}/disable", {"token": token, "sure": "1"})
    assert anna.reader.client.get("/en/team/").headers["Location"] == "/en/team/in"
    assert anna.is_refused("unknown").main == stranger.is_refused("unknown").main


def test_the_session_before_ends_with_a_new_sign_in(app: Flask, anna: Somebody) -> None:
    anna.come_in()
    before = anna.reader.client.get_cookie("t")
    assert before is not None
    anna.come_in()
    copied = Reader(app)
    copied.client.set_cookie("t", before.value)
    assert copied.client.get("/en/team/").headers["Location"] == "/en/team/in"
    anna.reader.get("/en/team/")


def test_a_claim_gives_no_role_and_no_centre(app_database: Database, anna: Somebody, provider: Pretending) -> None:
    provider.claims = {"role": "coordinator", "groups": ["coordinator"], "centre": "south"}
    anna.come_in()
    anna.reader.get("/en/team/people", status=403)


@pytest.mark.parametrize(
    ("wrong", "reason", "status"),
    [
        ("unsigned", "algorithm", 422),
        ("mix-up", "issuer", 422),
        ("moved", "answer", 503),  # a redirect is not followed: the secret goes where the setting says
        ("endless", "answer", 503),
        ("nonsense", "answer", 503),
    ],
)
def test_no_trick_of_a_provider_opens_anything(
    app_database: Database, reader: Reader, provider: Pretending, wrong: str, reason: str, status: int
) -> None:
    provider.wrong = wrong
    before = everything(app_database)
    Somebody(reader, provider).is_refused(reason, status=status)
    assert everything(app_database) == before
    assert "/elsewhere" not in provider.asked


def test_what_was_refused_once_is_not_held_against_the_next_try(
    app_database: Database, anna: Somebody, clock: StillClock
) -> None:
    before = everything(app_database)
    for name, value, reason in (
        ("nonce", "of another try", "nonce"),
        ("auth_time", int(clock().timestamp()) - 31, "not-now"),
        ("acr", "password", "one-factor"),
        ("sub", "", "claims"),
    ):
        anna.provider.claims = {name: value}
        anna.is_refused(reason)
    assert everything(app_database) == before
    anna.provider.claims = {}
    assert anna.come_in() == "/en/team/first"


def test_a_new_key_is_found_and_an_unknown_one_looked_for_once_a_minute(anna: Somebody, clock: StillClock) -> None:
    anna.come_in()
    sign_out(anna.reader)
    clock.forward(minutes=2)
    anna.provider.rotate()
    assert anna.come_in() == "/en/team/first"
    sign_out(anna.reader)
    told = anna.provider.key
    anna.provider.rotate()
    anna.provider.tells_keys = [told]  # signs with a key that it does not tell
    asked = anna.provider.asked.count("/keys")
    for _ in range(3):
        anna.is_refused("key")
    assert anna.provider.asked.count("/keys") == asked
    clock.forward(minutes=2)
    anna.is_refused("key")
    assert anna.provider.asked.count("/keys") == asked + 1


def test_an_answer_works_once_in_the_browser_that_began_and_for_ten_minutes(
    app: Flask, app_database: Database, anna: Somebody, clock: StillClock
) -> None:
    back = anna.show()
    stolen = Reader(app)
    assert "Begin again" in stolen.post(BACK, back, status=422).main  # who copied the address
    other = Somebody(Reader(app), anna.provider)
    other.begin()
    assert "Begin again" in other.reader.post(BACK, back, status=422).main  # a link to somebody else's sign-in
    assert anna.reader.send(BACK, back) == "/en/team/first"
    before = everything(app_database)
    assert "state" in anna.reader.post(BACK, back, status=422).main  # pressed twice
    assert everything(app_database) == before
    sign_out(anna.reader)
    back = anna.show()
    kept = {name: anna.reader.client.get_cookie(name) for name in ("h", "r")}
    anna.reader.send(BACK, back)
    sign_out(anna.reader)
    assert kept["h"] is not None
    anna.reader.client.set_cookie("h", kept["h"].value)
    assert "code" in anna.reader.post(BACK, back, status=422).main  # a copy of all of it: the code is used
    back = anna.show()
    clock.forward(minutes=10, seconds=1)
    assert "state" in anna.reader.post(BACK, back, status=422).main


def test_the_code_alone_is_worth_nothing(anna: Somebody) -> None:
    """Whoever reads the address has the code; the verifier and the secret are not in it (PKCE)."""
    first = anna.show()
    second = anna.show()
    anna.reader.post(BACK, {**second, "code": first["code"]}, status=422)
    query = parse_qs(urlsplit(anna.begin()).query)
    assert set(query) == {
        *("client_id", "response_type", "redirect_uri", "scope", "state", "nonce", "code_challenge"),
        *("code_challenge_method", "prompt", "max_age", "ui_locales", "acr_values"),
    }
    assert query["redirect_uri"] == ["http://localhost" + BACK]


def test_no_token_of_the_hospital_reaches_the_browser_or_the_records(anna: Somebody, app_database: Database) -> None:
    back = anna.show()
    answer = anna.reader.client.post(BACK, data=back, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 303
    for told in (str(answer.headers), anna.reader.get("/en/team/account").text, repr(everything(app_database))):
        assert "eyJ" not in told  # with which every token begins: {" in base64


def test_whatever_comes_back_the_page_is_calm(reader: Reader, app_database: Database) -> None:
    before = everything(app_database)
    sent: list[dict[str, str]] = [
        {},
        {"code": "x"},
        {"state": "x"},
        {"code": "\x00", "state": "é"},
        {"code": "x" * 6001, "state": "x"},
        {"error": "access_denied", "error_description": "<script>"},
    ]
    for cookie in (None, "nonsense", "x" * 4000):
        if cookie:
            reader.client.set_cookie("h", cookie)
        for one in sent:
            assert "script" not in reader.get(BACK, query_string=one).main
            reader.client.post(BACK, data=one, headers={"Sec-Fetch-Site": "same-origin"})
            assert reader.client.post(BACK, data=one, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 422
    assert everything(app_database) == before


def test_whoever_stops_at_the_hospital_comes_back_to_a_calm_page(anna: Somebody) -> None:
    back = anna.show()
    back = {"error": "access_denied", "state": back["state"], "iss": back["iss"]}
    assert "Nothing was opened" in anna.reader.get(BACK, query_string=back).main
    page = anna.reader.post(BACK, back, status=422)
    assert page.main.endswith("stopped")
    assert "/en/team/in" in page.links


def test_when_the_provider_is_gone_a_local_account_still_opens(
    app: Flask, lead: Team, provider: Pretending, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader(app)
    address, provider.says = provider.address, {"issuer": "https://another.example"}
    assert "issuer" in reader.post("/en/team/hospital/in", status=422).main
    provider.says = {"token_endpoint": "http://10.0.0.1/token"}
    assert "answer" in reader.post("/en/team/hospital/in", status=503).main
    provider.says, provider.seconds = {}, 0.4
    monkeypatch.setattr("portal.access.hospital.fetching.SECONDS", 0.1)
    assert "unreachable" in reader.post("/en/team/hospital/in", status=503).main
    assert provider.address == address
    assert "Without the hospital’s sign-in" in reader.get("/en/team/in").main
    clock.forward(seconds=31)
    reader.sign_in(lead, clock(), "en")


def test_our_own_secret_is_not_taken_and_the_other_way_to_send_it(app: Flask, anna: Somebody) -> None:
    anna.provider.says = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    anna.is_refused("client", status=503)  # until what it says of itself is read anew
    object.__setattr__(app.extensions["portal"], "hospital", None)
    anna.reader.get(BACK, status=404)


def test_nothing_but_a_reason_is_logged(anna: Somebody, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    anna.provider.claims = {"nonce": "another"}
    back = anna.show()
    anna.reader.post(BACK, back, status=422)
    told = [record.getMessage() for record in caplog.records if record.name.startswith("portal")]
    assert told == ["hospital-sign-in {'reason': 'nonce'}"]
    for secret in (ANNA, back["code"], back["state"], SECRET):
        assert secret not in caplog.text
    assert SECRET not in repr(HospitalSignIn("https://x.example", CLIENT, SECRET))


def fresh_box(page: Page) -> dict[str, str]:
    (on,) = [one.get("value", "") for one in page.all("input") if one.get("name") == "on"]
    return {"token": page.token("/en/team/hospital/fresh"), "on": on}


def test_a_fresh_factor_by_the_hospital_and_what_was_typed_is_kept(
    app: Flask, app_database: Database, leader: Reader, anna: Somebody, clock: StillClock
) -> None:
    here = f"/en/team/people/{number_of(app_database, 'anna.peeters')}"
    leader.send(f"{here}/role", {"token": leader.get(here).token(f"{here}/role"), "role": "coordinator"})
    anna.come_in()
    token = anna.reader.get("/en/team/people").token("/en/team/people")
    clock.forward(minutes=5, seconds=1)
    page = anna.reader.post("/en/team/people", {"login": "carla", "role": "auditor", "token": token}, status=422)
    assert page.token("/en/team/hospital/fresh")
    back = anna.show("/en/team/hospital/fresh", **fresh_box(page))
    stopped = {"error": "access_denied", "state": back["state"], "iss": back["iss"]}
    page = anna.reader.post(BACK, stopped, status=422)
    assert "was interrupted" in page.main
    for on in ("", "https://elsewhere.example", "x" * 9000):
        assert anna.reader.send("/en/team/hospital/fresh", {**fresh_box(page), "on": on}) == "/en/team/first"
    back = anna.show("/en/team/hospital/fresh", **fresh_box(page))  # and still nothing is lost
    page = anna.reader.get(anna.reader.send(BACK, back))
    assert [field.get("value") for field in page.all("input") if field.get("name") == "login"] == ["carla"]
    assert invite(anna.reader, "carla", "auditor")


def test_a_factor_of_somebody_else_or_of_before_is_none(
    app: Flask, app_database: Database, anna: Somebody, leader: Reader, clock: StillClock
) -> None:
    other = Somebody(Reader(app), anna.provider, "berta@st-elsewhere")
    token = invite(leader, "berta").rsplit("/", 1)[1]
    other.come_in(f"/en/team/hospital/join/{token}")
    anna.come_in()
    clock.forward(minutes=6)

    def asked() -> dict[str, str]:
        return fresh_box(anna.reader.get("/en/team/account/codes"))

    shown = [one.factor_at for one in sessions(app_database)]
    anna.subject = other.subject
    page = anna.reader.post(BACK, anna.show("/en/team/hospital/fresh", **asked()), status=422)
    assert "Somebody else" in page.main
    anna.subject = ANNA
    anna.provider.claims = {"auth_time": int(clock().timestamp()) - 300}  # the hospital's session, not the nurse
    page = anna.reader.post(BACK, anna.show("/en/team/hospital/fresh", **asked()), status=422)
    assert "signed in with two steps" in page.main
    anna.provider.claims = {}
    back = anna.show("/en/team/hospital/fresh", **asked())
    sign_out(anna.reader)
    assert anna.reader.send(BACK, back) == "/en/team/in"  # the session that asked is over
    assert [one.factor_at for one in sessions(app_database) if one.factor_at not in shown] == []


def test_an_account_with_a_password_takes_the_hospital_as_a_second_way(
    app: Flask, app_database: Database, leader: Reader, anna: Somebody, lead: Team, clock: StillClock
) -> None:
    who = Somebody(leader, anna.provider, ANNA)
    token = leader.get("/en/team/account").token("/en/team/hospital/connect")
    before = everything(app_database)
    page = leader.post(BACK, who.show("/en/team/hospital/connect", token=token), status=422)
    assert "Each person has one account" in page.main  # two accounts of one person could sign for two people
    assert everything(app_database) == before
    who.subject = "lead@st-elsewhere"
    assert who.come_in("/en/team/hospital/connect", token=token) == "/en/team/account"
    assert "The hospital’s own sign-in" in leader.get("/en/team/account").main
    sign_out(leader)
    assert who.come_in() == "/en/team/first"
    sign_out(leader)
    clock.forward(seconds=31)
    leader.sign_in(lead, clock(), "en")  # the password goes on working: the day the provider is down


def test_one_sign_in_of_the_hospital_joins_once(
    app: Flask, app_database: Database, anna: Somebody, leader: Reader, clock: StillClock
) -> None:
    address = invite(leader, "anna.again")
    path = address.replace("/team/join/", "/team/hospital/join/")
    before = everything(app_database)
    page = anna.is_refused("taken", path)
    assert "another account here" in page.main
    assert address in page.links  # the invitation is not used: back to it
    assert everything(app_database) == before
    anna.subject = "dora@st-elsewhere"
    back = anna.show(path)
    clock.moment += INVITED_FOR
    anna.reader.post(path, status=404)
    anna.reader.post(BACK, back, status=422)


def test_an_invitation_that_ends_on_the_way_is_said(app: Flask, leader: Reader, provider: Pretending) -> None:
    path = invite(leader).replace("/team/join/", "/team/hospital/join/")
    first, second = Somebody(Reader(app), provider, "one@h"), Somebody(Reader(app), provider, "two@h")
    back = second.show(path)
    first.come_in(path)
    assert "has ended" in second.reader.post(BACK, back, status=422).main


def test_leaving_forgets_a_try(anna: Somebody) -> None:
    anna.begin()
    assert anna.reader.client.get_cookie("h")
    anna.reader.client.get("/en/q")
    assert anna.reader.client.get_cookie("h") is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_speaks_every_language(app: Flask, leader: Reader, provider: Pretending, language: str) -> None:
    reader = Reader(app)
    address = invite(leader).replace("/en/", f"/{language}/")
    for path in (f"/{language}/team/in", address, f"/{language}/team/hospital/back?code=a&state=b"):
        reader.get(path)
    leader.get(f"/{language}/team/account")
    for path in ("in", f"join/{address.rsplit('/', 1)[1]}"):
        reader.post(f"/{language}/team/hospital/{path}")
    reader.post(f"/{language}/team/hospital/back", {"code": "x"}, status=422)
