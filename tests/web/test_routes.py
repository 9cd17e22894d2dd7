"""Every route is known here; each is tried by a stranger, by every role, without its token and from another site."""

from dataclasses import replace

import pytest
from flask import Flask

from portal.access.roles import Duty, Role
from portal.access.team import add_member
from portal.records.cases import WORKED_ON
from portal.records.database import Database
from portal.records.models import Base, CaseRecord, JournalLine, Link, Message, RequestRecord, SignIn, Visit
from tests.clock import StillClock
from tests.conftest import Team
from tests.reader import Reader

PUBLIC = {
    ("/", "GET"),
    ("/.well-known/security.txt", "GET"),
    ("/<lang:language>/", "GET"),
    ("/<lang:language>/i/", "GET"),
    ("/<lang:language>/i/<code>", "GET"),
    ("/<lang:language>/e/", "GET"),
    ("/<lang:language>/e/<code>", "GET"),
    ("/<lang:language>/b/", "GET"),
    ("/<lang:language>/k/", "GET"),
    ("/<lang:language>/a/", "GET"),
    ("/<lang:language>/a/<lang:desk>", "GET"),
    ("/<lang:language>/p/", "GET"),
    ("/<lang:language>/p/", "POST"),
    ("/<lang:language>/p/<code>", "GET"),
    ("/<lang:language>/h/", "GET"),
    ("/<lang:language>/s/", "GET"),
    ("/<lang:language>/s/<code>", "GET"),
    ("/<lang:language>/o/", "GET"),
    ("/<lang:language>/o/<code>", "GET"),
    ("/<lang:language>/q", "GET"),
    ("/<lang:language>/f/", "GET"),
    ("/<lang:language>/f/", "POST"),
    ("/<lang:language>/f/<sealed>", "GET"),
    ("/<lang:language>/l/", "GET"),
    ("/<lang:language>/l/", "POST"),
    ("/<lang:language>/l/<token>", "GET"),
    ("/<lang:language>/l/<token>", "POST"),
    ("/<lang:language>/team/in", "GET"),
    ("/<lang:language>/team/in", "POST"),
    ("/<lang:language>/team/in/passkey", "POST"),
    ("/<lang:language>/team/join/<token>", "GET"),
    ("/<lang:language>/team/join/<token>", "POST"),
    ("/<lang:language>/team/hospital/in", "POST"),
    ("/<lang:language>/team/hospital/join/<token>", "POST"),
    ("/<lang:language>/team/hospital/back", "GET"),
    ("/<lang:language>/team/hospital/back", "POST"),
}
HERS = {
    ("/<lang:language>/m/", "GET"),
    ("/<lang:language>/m/<any(a,b):manner>/<int:code>/", "GET"),
    ("/<lang:language>/m/<any(a,b):manner>/<int:code>/", "POST"),
    ("/<lang:language>/m/<any(a,b):manner>/<int:code>/<sealed>", "GET"),
    ("/<lang:language>/m/<any(a,b):manner>/<int:code>/<sealed>", "POST"),
    ("/<lang:language>/m/<any(a,b):manner>/r/<number>", "GET"),
    ("/<lang:language>/m/<any(a,b):manner>/s", "GET"),
    ("/<lang:language>/m/f/<number>", "GET"),
    ("/<lang:language>/m/g/<number>", "GET"),
    ("/<lang:language>/m/g/<number>/f", "GET"),
    ("/<lang:language>/m/i", "GET"),
    ("/<lang:language>/m/p", "GET"),
    ("/<lang:language>/m/x/<number>", "POST"),
}
TEAMS: dict[tuple[str, str], Duty] = {
    ("/<lang:language>/team/", "GET"): Duty.CARE,
    ("/<lang:language>/team/new", "GET"): Duty.CARE,
    ("/<lang:language>/team/new", "POST"): Duty.CARE,
    ("/<lang:language>/team/day/<part>/<int:number>", "GET"): Duty.CARE,
    ("/<lang:language>/team/duty", "POST"): Duty.CARE,
    ("/<lang:language>/team/find", "GET"): Duty.CARE,
    ("/<lang:language>/team/find", "POST"): Duty.CARE,
    ("/<lang:language>/team/first", "GET"): Duty.OWN,
    ("/<lang:language>/team/handover", "GET"): Duty.CARE,
    ("/<lang:language>/team/line/<kind>/<thing_id>/end", "POST"): Duty.CARE,
    ("/<lang:language>/team/line/<kind>/<thing_id>/remind", "POST"): Duty.CARE,
    ("/<lang:language>/team/line/<kind>/<thing_id>/take", "POST"): Duty.CARE,
    ("/<lang:language>/team/settings", "GET"): Duty.LEAD,
    ("/<lang:language>/team/settings", "POST"): Duty.LEAD,
    ("/<lang:language>/team/account", "GET"): Duty.OWN,
    ("/<lang:language>/team/out", "POST"): Duty.OWN,
    ("/<lang:language>/team/account/elsewhere", "POST"): Duty.OWN,
    ("/<lang:language>/team/account/codes", "GET"): Duty.OWN,
    ("/<lang:language>/team/account/codes", "POST"): Duty.OWN,
    ("/<lang:language>/team/account/password", "GET"): Duty.OWN,
    ("/<lang:language>/team/account/password", "POST"): Duty.OWN,
    ("/<lang:language>/team/account/authenticator", "GET"): Duty.OWN,
    ("/<lang:language>/team/account/authenticator", "POST"): Duty.OWN,
    ("/<lang:language>/team/account/passkeys", "GET"): Duty.OWN,
    ("/<lang:language>/team/account/passkeys", "POST"): Duty.OWN,
    ("/<lang:language>/team/account/passkeys/name", "POST"): Duty.OWN,
    ("/<lang:language>/team/account/passkeys/remove", "POST"): Duty.OWN,
    ("/<lang:language>/team/fresh", "POST"): Duty.OWN,
    ("/<lang:language>/team/fresh/passkey", "POST"): Duty.OWN,
    ("/<lang:language>/team/hospital/fresh", "POST"): Duty.OWN,
    ("/<lang:language>/team/hospital/connect", "POST"): Duty.OWN,
    ("/<lang:language>/team/people", "GET"): Duty.LEAD,
    ("/<lang:language>/team/people", "POST"): Duty.LEAD,
    ("/<lang:language>/team/people/<number>", "GET"): Duty.LEAD,
    ("/<lang:language>/team/people/<number>/invite", "POST"): Duty.LEAD,
    ("/<lang:language>/team/people/<number>/role", "POST"): Duty.LEAD,
    ("/<lang:language>/team/people/<number>/disable", "POST"): Duty.LEAD,
    ("/<lang:language>/team/journal", "GET"): Duty.AUDIT,
    ("/<lang:language>/team/journal/open", "POST"): Duty.AUDIT,
    ("/<lang:language>/team/journal/openings", "GET"): Duty.AUDIT,
    ("/<lang:language>/team/figures", "GET"): Duty.FIGURES,
    ("/<lang:language>/team/figures", "POST"): Duty.FIGURES,
    ("/<lang:language>/team/figures/<int:year>.csv", "GET"): Duty.FIGURES,
    ("/<lang:language>/team/c/<case_id>", "GET"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/calls", "GET"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/calls", "POST"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/open", "POST"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/review", "POST"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/why", "GET"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/link", "POST"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/link/end", "POST"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/ask", "POST"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/thing", "POST"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/known", "POST"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/hold", "POST"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/lift", "POST"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/contact", "POST"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/contact/confirm", "POST"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/contact/withdraw", "POST"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/choices", "POST"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/admission", "POST"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/consent", "POST"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/support", "POST"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/moved", "POST"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/back", "POST"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/correct", "GET"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/correct", "POST"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/correct/<item_id>", "GET"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/correct/<item_id>", "POST"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/file", "GET"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/file", "POST"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/send", "POST"): Duty.CARE,
    ("/<lang:language>/team/m/<message_id>/<any(cancel,again,seen):doing>", "POST"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/end", "POST"): Duty.CARE,
    ("/<lang:language>/team/c/<case_id>/again", "POST"): Duty.CARE,
    ("/<lang:language>/team/r/<request_id>", "GET"): Duty.CARE,
    ("/<lang:language>/team/r/<request_id>/open", "POST"): Duty.CARE,
    ("/<lang:language>/team/r/<request_id>/certificate", "GET"): Duty.CARE,
    ("/<lang:language>/team/r/<request_id>/<step>", "POST"): Duty.CARE,
}
TABLES = (CaseRecord, Link, Message, RequestRecord, SignIn, Visit)


def address(rule: str, case_id: str = "0" * 32, request_id: str = "0" * 32) -> str:
    for name, value in (
        ("<lang:language>", "en"),
        ("<lang:desk>", "nl"),
        ("<token>", "A" * 22),
        ("<case_id>", case_id),
        ("<request_id>", request_id),
        ("<item_id>", "0" * 32),
        ("<thing_id>", case_id),
        ("<kind>", "call" if "take" in rule else "date-7"),
        ("<part>", "requests"),
        ("<int:number>", "1"),
        ("<step>", "take-up"),
        ("<message_id>", "0" * 32),
        ("<any(cancel,again,seen):doing>", "seen"),
        ("<code>", "5"),
        ("<any(a,b):manner>", "a"),
        ("<int:code>", "1"),
        ("<int:year>", "2025"),
        ("<sealed>", "x"),
        ("<number>", "2222-2222"),
    ):
        rule = rule.replace(name, value)
    return rule


def rows(database: Database) -> list[int]:
    with database.reading() as session:
        return [session.query(table).count() for table in TABLES]


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table, but when a session was last seen."""
    with database.reading() as session:
        return {
            name: [tuple(row) for row in session.execute(table.select())]
            for name, table in Base.metadata.tables.items()
            if name != "sign_in"
        }


def noted(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Return every row, but the lines of the journal that say that somebody goes on working."""
    rows = everything(database)
    journal = JournalLine.__tablename__
    return {**rows, journal: [row for row in rows[journal] if WORKED_ON not in row]}


def test_no_route_appears_or_vanishes_unnoticed(app: Flask) -> None:
    found = {
        (str(rule), method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert found == PUBLIC | HERS | set(TEAMS)


def test_a_stranger_opens_nothing(reader: Reader, case_id: str, app_database: Database) -> None:
    before = rows(app_database)
    for rule, method in HERS:
        response = reader.client.open(address(rule), method=method, headers={"Sec-Fetch-Site": "same-origin"})
        assert response.status_code == 403, rule
    for rule, method in TEAMS:
        response = reader.client.open(address(rule, case_id), method=method, headers={"Sec-Fetch-Site": "same-origin"})
        assert (response.status_code, response.headers["Location"]) == (303, "/en/team/in"), rule
    assert rows(app_database) == before


def test_nothing_is_taken_from_another_site(app: Flask, team: Team, case_id: str, clock: StillClock) -> None:
    nurse = Reader(app)
    page = nurse.sign_in(team, clock(), "en")
    before = rows(app.extensions["portal"].database)
    for rule, method in PUBLIC | HERS | set(TEAMS):
        if method == "POST":
            for headers in (
                {"Sec-Fetch-Site": "cross-site"},
                {"Sec-Fetch-Site": "same-site"},
                {"Origin": "https://elsewhere.example"},
            ):
                answer = nurse.client.post(address(rule, case_id), data={"token": page.token()}, headers=headers)
                assert answer.status_code == 403, rule
    assert rows(app.extensions["portal"].database) == before


@pytest.mark.parametrize("role", Role)
def test_each_role_reaches_its_own_work_and_nothing_else(
    app: Flask, app_database: Database, team: Team, case_id: str, clock: StillClock, role: Role
) -> None:
    reader = signed_in(app, app_database, team, clock, role)
    before = everything(app_database)
    for (rule, method), duty in TEAMS.items():
        if rule.endswith("/out"):
            continue
        answer = reader.client.open(address(rule, case_id), method=method, headers={"Sec-Fetch-Site": "same-origin"})
        assert (answer.status_code == 403) == (not role.may(duty)), (rule, method, answer.status_code)
        assert ("another role" in answer.text) == (not role.may(duty)), rule  # said as it is, not as a forged form
    assert everything(app_database) == before


def signed_in(app: Flask, database: Database, team: Team, clock: StillClock, role: Role) -> Reader:
    """Return somebody of a role, at work."""
    login, password = f"somebody-{role}", "a long password"
    member = add_member(database, team.centre_id, login, password, clock(), role)
    reader = Reader(app)
    reader.sign_in(replace(team, login=login, password=password, authenticator=member.authenticator), clock(), "en")
    return reader


def test_no_teams_form_is_taken_without_its_own_sessions_token(
    app: Flask, app_database: Database, team: Team, other_team: Team, case_id: str, clock: StillClock
) -> None:
    other = Reader(app)
    stolen = other.sign_in(other_team, clock(), "en").token()
    at_work = {role: signed_in(app, app_database, team, clock, role) for role in Role}
    before = rows(app_database)
    for (rule, method), duty in TEAMS.items():
        if method == "POST":
            who = next(reader for role, reader in at_work.items() if role.may(duty))
            for token in ("", stolen):
                answer = who.client.post(
                    address(rule, case_id), data={"token": token}, headers={"Sec-Fetch-Site": "same-origin"}
                )
                assert answer.status_code in (400, 422), rule
    assert rows(app_database) == before


def test_reading_writes_nothing(reader: Reader, link: object, app_database: Database) -> None:
    before = rows(app_database)
    for rule, method in PUBLIC:
        if method == "GET":
            reader.client.get(address(rule))
    assert rows(app_database) == before
