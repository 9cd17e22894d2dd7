"""Sign-in, a case, a link, the inbox; two centres that cannot see each other."""

import pyotp
import pytest
from flask import Flask

from portal.access.links import NewLink
from portal.law import Complaint
from portal.library import LANGUAGES
from portal.records import requests
from portal.records.database import Database
from portal.records.models import CaseRecord, JournalLine, RequestRecord
from tests.clock import StillClock
from tests.conftest import Team, make_case
from tests.reader import Reader

CASE = {
    "reference": "2026/0815",
    "exam_on": "2026-07-20",
    "age": "adult",
    "complaint": "none",
    "language": "nl",
}


@pytest.fixture
def nurse(reader: Reader, team: Team, clock: StillClock) -> Reader:
    reader.sign_in(team, clock())
    return reader


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_a_case_to_a_link_in_every_language(reader: Reader, team: Team, clock: StillClock, language: str) -> None:
    reader.sign_in(team, clock(), language)
    form = reader.get(f"/{language}/team/new")
    to = reader.send(f"/{language}/team/new", {**CASE, "token": form.token()})
    case = reader.get(to)
    assert CASE["reference"] in case.heading
    shown = reader.post(f"{to}/link", {"token": case.token(f"{to}/link"), "power": "extend"})
    assert "http://localhost/nl/l/" in shown.main  # in her language, not the nurse's
    assert "Goeiedag. Uw informatie staat klaar:" in shown.main
    assert to not in [a.get("href") for a in shown.all("a") if a.get("lang")]


def test_every_page_of_a_demonstration_says_so(nurse: Reader) -> None:
    form = nurse.get("/en/team/new")
    to = nurse.send("/en/team/new", {**CASE, "token": form.token()})
    for path in ("/en/team/", "/en/team/new", to):
        assert "Demonstration: all data are invented." in nurse.get(path).text
    assert "Demonstration" in Reader(nurse.app).get("/en/team/in").text
    assert "Demonstration" in nurse.get("/en/team/nothing", status=404).text
    assert "Demonstration" not in nurse.get("/en/").text


def test_the_nurse_sees_that_it_arrived_takes_it_up_and_enters_it(
    nurse: Reader, app: Flask, link: NewLink, app_database: Database
) -> None:
    person = Reader(app)
    person.open_space(link, "en")
    person.send("/en/m/e", {"token": person.get("/en/m/e").token()})
    with app_database.reading() as session:
        (asked,) = session.query(RequestRecord).all()
    today = nurse.get("/en/team/")
    assert asked.number in today.main
    assert "REF-1" in today.main

    take_up = f"/en/team/r/{asked.id}/take-up"
    assert nurse.send(take_up, {"token": today.token(take_up)}) == "/en/team/"
    assert "Being handled by the centre since" in person.get("/en/m/").main

    enter = f"/en/team/r/{asked.id}/enter"
    today = nurse.get("/en/team/")
    nurse.send(enter, {"token": today.token(enter)})
    nurse.send(enter, {"token": today.token(enter)})  # twice changes nothing
    assert "Nothing is waiting." in nurse.get("/en/team/").main
    space = person.get("/en/m/")
    assert "Extended: contact your centre again before this date. 10 May 2027" in space.main


def test_a_request_cannot_be_entered_before_it_is_taken_up(
    nurse: Reader, app_database: Database, team: Team, case_id: str, clock: StillClock
) -> None:
    requests.ask(app_database, team.centre_id, case_id, EXTENSION, clock())
    with app_database.reading() as session:
        (asked,) = session.query(RequestRecord).all()
    token = nurse.get("/en/team/").token()
    nurse.send(f"/en/team/r/{asked.id}/enter", {"token": token})
    with app_database.reading() as session:
        assert session.get_one(RequestRecord, asked.id).state == "asked"


def test_the_other_centre_sees_and_changes_nothing(
    app: Flask, team: Team, other_team: Team, case_id: str, app_database: Database, clock: StillClock
) -> None:
    requests.ask(app_database, team.centre_id, case_id, EXTENSION, clock())
    with app_database.reading() as session:
        (asked,) = session.query(RequestRecord).all()
    stranger = Reader(app)
    page = stranger.sign_in(other_team, clock(), "en")
    assert "REF-1" not in page.text
    token = page.token()
    stranger.get(f"/en/team/c/{case_id}", status=404)
    for path in (f"c/{case_id}/open", f"c/{case_id}/link", f"r/{asked.id}/take-up", f"r/{asked.id}/enter"):
        stranger.post(f"/en/team/{path}", {"token": token, "power": "extend"}, status=404)
    with app_database.reading() as session:
        assert session.get_one(RequestRecord, asked.id).state == "asked"
    # The same reference may exist in both: neither learns of the other.
    to = stranger.send("/en/team/new", {**CASE, "reference": "REF-1", "token": token})
    assert case_id not in to


def test_a_code_works_once(reader: Reader, team: Team, clock: StillClock) -> None:
    code = pyotp.TOTP(team.authenticator).at(clock())
    form = {"login": team.login, "password": team.password, "code": code}
    reader.send("/fr/team/in", form)
    page = Reader(reader.app).post("/fr/team/in", form, status=422)
    assert team.password not in page.text


def test_what_does_not_fit_is_not_said(reader: Reader, team: Team, clock: StillClock) -> None:
    code = pyotp.TOTP(team.authenticator).at(clock())
    wrongs = [
        {"login": "nobody", "password": team.password, "code": code},
        {"login": team.login, "password": "something else", "code": code},
        {"login": team.login, "password": team.password, "code": "000000"},
    ]
    answers = set()
    for form in wrongs:
        page = reader.post("/en/team/in", form, status=422)
        answers.add(page.main.replace(form["login"], ""))
    assert len(answers) == 1


def test_signing_in_is_slowed_down(reader: Reader, team: Team, clock: StillClock) -> None:
    form = {"login": team.login, "password": "something else", "code": "000000"}
    for _ in range(5):
        reader.post("/en/team/in", form, status=422)
    right = {"login": team.login, "password": team.password, "code": pyotp.TOTP(team.authenticator).at(clock())}
    assert "try again on" in reader.post("/en/team/in", right, status=422).main
    clock.forward(seconds=31)
    reader.sign_in(team, clock())


def test_the_session_ends_by_itself_and_with_leaving(reader: Reader, team: Team, clock: StillClock) -> None:
    reader.sign_in(team, clock())
    clock.forward(minutes=15)
    assert reader.client.get("/fr/team/").headers["Location"] == "/fr/team/in"
    reader.sign_in(team, clock())
    reader.client.get("/fr/q")
    assert reader.client.get("/fr/team/").headers["Location"] == "/fr/team/in"


def test_sign_out(nurse: Reader) -> None:
    assert nurse.send("/en/team/out", {"token": nurse.get("/en/team/").token()}) == "/en/team/in"
    assert nurse.client.get("/en/team/").status_code == 303


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reference": ""}, "reference"),
        ({"reference": "x" * 61}, "reference"),
        ({"reference": "a\x00b"}, "reference"),
        ({"exam_on": "2027-01-01"}, "exam_on"),
        ({"exam_on": "1990-01-01"}, "exam_on"),
        ({"exam_on": "31/12/2025"}, "exam_on"),
        ({"exam_on": ""}, "no_exam"),
        ({"no_exam": "1"}, "exam_on"),
        ({"reference": "   "}, "reference"),
        ({"reference": "a\u200bb"}, "reference"),
        ({"age": "other"}, "age"),
        ({"age": ""}, "age"),
        ({"complaint": ""}, "complaint"),
        ({"complaint": "after-exam"}, "complaint"),
        ({"language": "es"}, "language"),
    ],
)
def test_a_case_that_does_not_fit_is_told_what_and_keeps_what_was_typed(
    nurse: Reader, app_database: Database, change: dict[str, str], field: str
) -> None:
    form = nurse.get("/fr/team/new")
    page = nurse.post("/fr/team/new", {**CASE, **change, "token": form.token()}, status=422)
    (alert,) = [element for element in page.tree.iter() if element.get("role") == "alert"]
    assert f"#{field}" in [a.get("href") for a in alert.iter() if a.get("href")]
    if field != "reference":
        assert CASE["reference"] in page.text
    with app_database.reading() as session:
        assert session.query(CaseRecord).count() == 0


def test_the_same_reference_twice_leads_to_the_first(nurse: Reader, case_id: str) -> None:
    form = nurse.get("/en/team/new")
    page = nurse.post("/en/team/new", {**CASE, "reference": " ref-1 ", "token": form.token()}, status=422)
    assert f"/en/team/c/{case_id}/open" in [form.get("action") for form in page.all("form")]


def test_a_case_is_opened_by_a_button_and_the_journal_says_so_once(
    nurse: Reader, team: Team, case_id: str, app_database: Database, clock: StillClock
) -> None:
    clock.forward(hours=1)
    nurse.sign_in(team, clock(), "en")
    assert nurse.client.get(f"/en/team/c/{case_id}").headers["Location"] == "/en/team/"  # a GET opens nothing
    opening = f"/en/team/c/{case_id}/open"
    for _ in range(3):
        assert nurse.send(opening, {"token": nurse.get("/en/team/").token(opening)}) == f"/en/team/c/{case_id}"
        assert "REF-1" in nurse.get(f"/en/team/c/{case_id}").heading
    with app_database.reading() as session:
        viewed = session.query(JournalLine).filter_by(action="case-viewed", subject=case_id).all()
    assert [line.actor for line in viewed] == [team.staff_id]
    clock.forward(minutes=14)
    nurse.get("/en/team/")
    clock.forward(minutes=2)
    assert nurse.client.get(f"/en/team/c/{case_id}").status_code == 303


def test_the_next_date_is_shown_and_the_past_is_counted(
    nurse: Reader, team: Team, app_database: Database, clock: StillClock
) -> None:
    for number in range(55):
        make_case(app_database, clock, team, f"OLD-{number}", "2024-01-10")
    make_case(app_database, clock, team, "DUE-TODAY", "2026-02-02")  # 1 August 2026 is its last day
    page = nurse.get("/en/team/")
    assert "DUE-TODAY" in page.main
    assert "OLD-1" not in page.main
    assert ": 55." in page.main


def test_what_cannot_be_extended_is_answered_and_leaves_the_inbox(
    nurse: Reader, team: Team, app_database: Database, clock: StillClock
) -> None:
    case_id = make_case(app_database, clock, team, "ORDERED", complaint=Complaint.BEFORE_EXAM)
    requests.ask(app_database, team.centre_id, case_id, EXTENSION, clock())
    with app_database.reading() as session:
        request_id = session.query(RequestRecord).one().id
    for step in ("take-up", "answer"):
        path = f"/en/team/r/{request_id}/{step}"
        nurse.send(path, {"token": nurse.get("/en/team/").token(path)})
    with app_database.reading() as session:
        assert session.get_one(RequestRecord, request_id).state == "answered"
    assert request_id not in nurse.get("/en/team/").text


def test_nobody_can_shut_a_nurse_out_or_learn_her_name(reader: Reader, team: Team, clock: StillClock) -> None:
    answers = []
    for name in (team.login, "nobody"):
        form = {"login": name, "password": "something else", "code": "000000"}
        answers.append([reader.post("/en/team/in", form, status=422).main.replace(name, "") for _ in range(7)])
    assert answers[0] == answers[1]
    for _ in range(30):  # somebody goes on trying for half an hour
        clock.forward(seconds=61)
        reader.post("/en/team/in", {"login": team.login, "password": "something else", "code": "000000"}, status=422)
    clock.forward(seconds=61)
    reader.sign_in(team, clock(), "en")


def test_codes_cannot_be_guessed_with_a_stolen_password(reader: Reader, team: Team, clock: StillClock) -> None:
    waits = []
    for number in range(14):
        form = {"login": team.login, "password": team.password, "code": f"{number:06d}"}
        waits.append("try again on" in reader.post("/en/team/in", form, status=422).main)
        clock.forward(seconds=61)
    assert waits.count(True) >= 5
