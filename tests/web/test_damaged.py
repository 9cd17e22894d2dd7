"""Where something sealed cannot be read, every page says so calmly: hers with a phone, the team's with a code."""

import pytest
from flask import Flask

from portal import law
from portal.access.links import NewLink
from portal.law import RequestKind
from portal.library import LANGUAGES
from portal.records import requests
from portal.records.case_codes import case_code
from portal.records.cases import Why, note_viewing
from portal.records.choices import Contact, change_choices
from portal.records.database import Database
from portal.records.models import Base, CaseRecord, Centre, ItemRecord, Message, RequestRecord
from portal.records.notes import add_item
from portal.records.outbox import Kind, State, Trouble, queue
from portal.records.requests import Wish
from portal.web.rooms import Rooms
from tests.clock import StillClock
from tests.conftest import Team, make_case
from tests.kinds import BOTH
from tests.reader import Reader
from tests.records.desk import EXAM, dump


@pytest.fixture
def nurse(reader: Reader, team: Team, clock: StillClock) -> Reader:
    reader.sign_in(team, clock(), "en")
    return reader


@pytest.fixture
def asked(app_database: Database, team: Team, case_id: str, clock: StillClock) -> str:
    """A request of the case that will be damaged, and one of a case beside it."""
    make_case(app_database, clock, team, "REF-BESIDE")
    with app_database.reading() as session:
        both = {one.id for one in session.query(CaseRecord)}
    for one in sorted(both):
        requests.ask(app_database, team.centre_id, one, Wish(RequestKind.REPORT_COPY), clock())
    with app_database.reading() as session:
        return session.query(RequestRecord).filter_by(case_id=case_id).one().id


def changed(sealed: bytes | None) -> bytes:
    """The same with one byte changed."""
    assert sealed
    return sealed[:-1] + bytes([sealed[-1] ^ 1])


def damage_case(database: Database, case_id: str) -> None:
    with database.writing() as session:
        record = session.get_one(CaseRecord, case_id)
        record.sealed_facts = changed(record.sealed_facts)


@BOTH
@pytest.mark.parametrize("language", LANGUAGES)
def test_today_shows_everything_else_and_names_the_case_by_its_code(
    nurse: Reader, app_database: Database, case_id: str, asked: str, language: str
) -> None:
    damage_case(app_database, case_id)
    for page in ("", "day/requests/1", "handover"):
        shown = nurse.get(f"/{language}/team/{page}").main
        assert case_code(case_id) in shown, page
        assert "REF-BESIDE" in shown, page
        assert "REF-1" not in shown, page


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_of_it_says_the_same_and_nothing_is_changed(
    nurse: Reader, app_database: Database, team: Team, case_id: str, asked: str, clock: StillClock, language: str
) -> None:
    note_viewing(app_database, team.centre_id, team.staff_id, case_id, clock(), Why.FILE)
    token = nurse.get(f"/{language}/team/new").token()
    here = f"/{language}/team/c/{case_id}"
    damage_case(app_database, case_id)
    before = without_sessions(app_database)
    found = nurse.send(f"/{language}/team/find", {"token": token, "reference": "REF-1"})
    headings = {nurse.get(path, status=503).heading for path in (found, here, f"/{language}/team/r/{asked}")}
    for path in (
        f"{here}/open",
        f"{here}/hold",
        f"{here}/link",
        f"{here}/known",
        f"/{language}/team/r/{asked}/take-up",
    ):
        page = nurse.post(path, {"token": token, "why": Why.FILE}, status=503)
        headings.add(page.heading)
    assert len(headings) == 1
    assert case_code(case_id) in nurse.get(here, status=503).main
    assert "REF-1" not in nurse.get(here, status=503).main
    assert without_sessions(app_database) == before


def without_sessions(database: Database) -> dict[str, list[str]]:
    return {name: rows for name, rows in dump(database).items() if name not in {"sign_in", "visit"}}


@pytest.mark.parametrize("table", [CaseRecord, ItemRecord, RequestRecord])
@pytest.mark.parametrize("language", LANGUAGES)
def test_her_page_gives_the_phone_of_her_centre(
    app: Flask,
    app_database: Database,
    team: Team,
    link: NewLink,
    case_id: str,
    asked: str,
    clock: StillClock,
    table: type[Base],
    language: str,
) -> None:
    rooms: Rooms = app.extensions["portal"]
    centre_id, phone = next((name, one.phone) for name, one in rooms.library.directory.centres.items() if one.phone)
    thing = law.Item(law.ItemKind.CLOTHES, EXAM)
    add_item(app_database, team.centre_id, case_id, team.staff_id, thing, "bag 1", clock())
    with app_database.writing() as session:
        session.get_one(Centre, team.centre_id).directory_id = centre_id
    she = Reader(app)
    she.open_space(link, language)
    with app_database.writing() as session:
        if table is RequestRecord:
            request = session.get_one(RequestRecord, asked)
            request.sealed_details = changed(request.sealed_details)
        elif table is ItemRecord:
            thing_kept = session.query(ItemRecord).filter_by(case_id=case_id).one()
            thing_kept.sealed_facts = changed(thing_kept.sealed_facts)
        else:
            record = session.get_one(CaseRecord, case_id)
            record.sealed_facts = changed(record.sealed_facts)
    hers = she.get(f"/{language}/m/", status=503)
    assert phone in hers.main
    assert "Set-Cookie" not in hers.response.headers
    with app_database.writing() as session:
        session.get_one(Centre, team.centre_id).directory_id = None
    without = she.get(f"/{language}/m/", status=503)
    assert without.heading == hers.heading
    assert phone not in without.main
    assert she.client.get(f"/{language}/q").status_code == 303  # leaving works as everywhere
    she.get(f"/{language}/m/", status=403)


def test_a_message_that_cannot_be_read_is_told_on_the_page_of_its_case(
    nurse: Reader, app_database: Database, team: Team, case_id: str, clock: StillClock
) -> None:
    change_choices(
        app_database, team.centre_id, case_id, team.staff_id, clock(), contact=Contact("sms", "0470 12 34 56", ("any",))
    )
    message_id = queue(app_database, team.centre_id, case_id, team.staff_id, Kind.CALL, clock()).message_id
    with app_database.writing() as session:
        message = session.get_one(Message, message_id)
        message.state, message.problem, message.ended_at = State.FAILED, Trouble.UNREADABLE, clock()
        message.sealed_text = changed(message.sealed_text)
    note_viewing(app_database, team.centre_id, team.staff_id, case_id, clock(), Why.MESSAGE)
    page = nurse.get(f"/en/team/c/{case_id}")
    assert page.main.count("cannot be read") == 1
    assert "REF-1" in nurse.get("/en/team/").main
    forms = [form.get("action", "") for form in page.all("form")]
    assert f"/en/team/m/{message_id}/seen" in forms
    assert f"/en/team/m/{message_id}/again" not in forms
