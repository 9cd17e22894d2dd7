"""Two centres in one installation: whatever has an id, nobody of the other centre sees, changes or finds out about."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.access.roles import Role
from portal.law.course import Step
from portal.records.database import Database
from portal.records.lines import LineKind
from portal.records.models import Passkey, Staff
from portal.records.recipients import Channel
from tests.clock import StillClock
from tests.conftest import Team
from tests.kept import Kept
from tests.kinds import BOTH
from tests.messages.post import Post
from tests.reader import Reader
from tests.records.desk import dump
from tests.web.house import House, Try, names_a_thing
from tests.web.test_routes import TEAMS, signed_in

TOKEN = re.compile(r'name="token"[^>]*value="[^"]*"|value="[^"]*"[^>]*name="token"')
ID = re.compile(r"[0-9a-f]{32}|\b\d{6}\b|\b0{6}\b")


@dataclass
class Towns:
    """Two centres: the north has everything, and somebody who may do everything; the south has one of each role."""

    house: House
    tries: list[Try]
    hers: tuple[Reader, str]
    others: dict[Role, tuple[Reader, str]]


def at_work(app: Flask, database: Database, team: Team, clock: StillClock, role: Role) -> tuple[Reader, str]:
    """Return somebody of a role who showed a factor a moment ago, with a token of their own session."""
    reader = signed_in(app, database, team, clock, role)
    return reader, reader.get("/en/team/account").token()


@pytest.fixture(autouse=True)
def by_sms(clock: StillClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages can go out: what can be sent is sent by the right member, and by nobody else."""
    monkeypatch.setattr("portal.app.senders_from", lambda _settings, _clock: {Channel.SMS: Post(clock)})


@pytest.fixture
def towns(app: Flask, app_database: Database, team: Team, other_team: Team, clock: StillClock) -> Towns:
    house = House(app_database, clock, team)
    tries = list(house.tries())
    others = {role: at_work(app, app_database, other_team, clock, role) for role in Role}
    hers = lead_of(app, app_database, team, clock)
    return Towns(house, tries, hers, others)


def lead_of(app: Flask, database: Database, team: Team, clock: StillClock) -> tuple[Reader, str]:
    """Return the coordinator of the centre that has everything, who opened every case a moment ago."""
    with database.writing(team.centre_id) as session:
        session.get_one(Staff, team.staff_id).role = Role.COORDINATOR
    reader = Reader(app)
    reader.sign_in(team, clock(), "en")
    return reader, reader.get("/en/team/account").token()


def call(who: tuple[Reader, str], one: Try) -> TestResponse:
    reader, token = who
    said: dict[str, Any] = {"token": token, **one.said} if one.method == "POST" else {}
    return reader.client.open(one.address, method=one.method, data=said, headers={"Sec-Fetch-Site": "same-origin"})


def seen(answer: TestResponse) -> str:
    """Return what an answer shows, but for what every session and every address has of its own."""
    return ID.sub("…", TOKEN.sub("", answer.get_data(as_text=True)))


def test_every_route_that_names_a_thing_is_tried_in_every_way(towns: Towns) -> None:
    tried = {(one.rule, one.method) for one in towns.tries}
    assert tried == {each for each in TEAMS if names_a_thing(each[0])}
    ways: dict[str, set[str]] = {}
    for one in towns.tries:
        for place, name in one.where.items():
            ways.setdefault(place, set()).add(name)
    assert ways["<step>"] == set(Step)
    assert ways["<kind>"] == set(LineKind)
    assert ways["<any(cancel,again,seen):doing>"] == {"cancel", "again", "seen"}


@BOTH
def test_nobody_of_another_centre_sees_changes_or_learns_of_anything(towns: Towns) -> None:
    """With a fresh factor, a token of their own session, and a form that would be right."""
    before = dump(towns.house.database)
    for one in towns.tries:
        duty = TEAMS[one.rule, one.method]
        for role, who in towns.others.items():
            answer = call(who, one)
            assert answer.status_code == (404 if role.may(duty) else 403), (role, one, answer.status_code)
            if role.may(duty):  # and what is nowhere is answered in the same way
                assert seen(answer) == seen(call(who, one.elsewhere())), one
        assert dump(towns.house.database) == before, one


def test_to_the_right_member_each_of_them_is_there(towns: Towns, tmp_path: Path) -> None:
    """So no try above passed for a wrong address, or a form that nobody would take."""
    house = towns.house
    house.look_at_everything(house.nurse)
    kept = Kept(house.database, tmp_path)
    other = []
    for one in towns.tries:
        before = dump(house.database)
        status = call(towns.hers, one).status_code
        changed = dump(house.database) != before
        does = one.method == "POST" and not one.rule.endswith("/open")  # an opening a moment ago is one line
        if status not in ((200, 303) if one.method == "POST" else (200,)) or changed != does:
            other.append((one, status, changed))
        if changed:
            kept.put_back()
    assert not other


def test_an_id_of_another_centre_in_a_form_about_ones_own_case_changes_nothing(
    app: Flask, app_database: Database, team: Team, other_team: Team, clock: StillClock
) -> None:
    """A thing, a proposal, a list, a link, somebody's passkey: typed by hand into a form that is right otherwise."""
    house = House(app_database, clock, team)
    house.with_contact("REF-1")
    shirt, proposal, link = house.add(), house.proposed_contact(), house.link()
    with app_database.writing(team.centre_id) as session:
        session.add(
            Passkey(
                credential_hash="f" * 64,
                staff_id=team.staff_id,
                credential_id=b"id",
                public_key=b"key",
                name="blue",
                added_at=clock(),
            )
        )
    south = House(app_database, clock, other_team)
    own = south.with_contact("REF-1", "2026-01-05")
    reader = Reader(app)
    reader.sign_in(other_team, clock(), "en")
    who = (reader, reader.get("/en/team/account").token())
    south.look_at_everything(south.nurse)
    before = dump(app_database)
    here = {"<case_id>": own, "<item_id>": shirt}
    moved = {"moved_to": "registry", "moved_by": "receipt 7", "moved_on": "2026-07-30"}
    thing = {"thing": "thing", "taken_on": "2026-05-21", "why": "a slip"}
    forms: dict[str, dict[str, Any]] = {
        "c/<case_id>/ask": {"kind": "restitution", "things": [shirt], "seen_alone": "1"},
        "c/<case_id>/moved": {"moved_things": [shirt], **moved},
        "c/<case_id>/correct/<item_id>": thing,
        "c/<case_id>/contact/confirm": {"proposal": proposal, "seen_too": "1"},
        "c/<case_id>/contact/withdraw": {"proposal": proposal},
        "c/<case_id>/end": {"listed": shirt, "checked": "1"},
        "c/<case_id>/link": {"power": "extend", "code_by": "voice", "instead_of": link},
        "c/<case_id>/send": {"kind": "link", "link": link},
        "account/passkeys/name": {"key": "f" * 64, "name": "mine"},
        "account/passkeys/remove": {"key": "f" * 64},
    }
    for rule, said in forms.items():
        answer = call(who, Try(f"/<lang:language>/team/{rule}", "POST", here, said))
        assert answer.status_code in (303, 404, 422), rule
        assert dump(app_database) == before, rule
