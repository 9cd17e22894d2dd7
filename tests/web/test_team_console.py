"""Sign-in, a case, a link, the inbox; two centres that cannot see each other."""

import pyotp
import pytest
from flask import Flask

from portal.law import Complaint, RequestKind
from portal.library import LANGUAGES
from portal.records import requests
from portal.records.cases import Why
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
        assert "Demonstration: all of it is invented." in nurse.get(path).text
    assert "Demonstration" in Reader(nurse.app).get("/en/team/in").text
    assert "Demonstration" in nurse.get("/en/team/nothing", status=404).text
    assert "Demonstration" not in nurse.get("/en/").text


def asked_extension(database: Database, team: Team, case_id: str, clock: StillClock) -> RequestRecord:
    requests.ask(database, team.centre_id, case_id, requests.Wish(RequestKind.EXTENSION), clock())
    with database.reading() as session:
        return session.query(RequestRecord).one()


def test_the_nurse_sees_that_it_arrived_takes_it_up_and_enters_it(
    nurse: Reader, team: Team, case_id: str, app_database: Database, clock: StillClock
) -> None:
    asked = asked_extension(app_database, team, case_id, clock)
    today = nurse.get("/en/team/")
    assert asked.number in today.main
    assert "REF-1" in today.main

    take_up = f"/en/team/r/{asked.id}/take-up"
    assert nurse.send(take_up, {"token": today.token(take_up)}) == f"/en/team/r/{asked.id}"
    assert "Being handled" in nurse.get("/en/team/").main

    enter = f"/en/team/r/{asked.id}/carry-out"
    page = nurse.get(f"/en/team/r/{asked.id}")
    nurse.send(enter, {"token": page.token(enter)})
    nurse.send(enter, {"token": page.token(enter)})  # twice changes nothing
    assert "Nothing is waiting." in nurse.get("/en/team/").main
    assert "This request has ended." in nurse.get(f"/en/team/r/{asked.id}").main
    assert "10 May 2027" in nurse.get(f"/en/team/c/{case_id}").main  # twelve months from the examination


def test_a_request_cannot_be_entered_before_it_is_taken_up(
    nurse: Reader, app_database: Database, team: Team, case_id: str, clock: StillClock
) -> None:
    asked = asked_extension(app_database, team, case_id, clock)
    token = nurse.get("/en/team/").token()
    assert nurse.send(f"/en/team/r/{asked.id}/carry-out", {"token": token}) == f"/en/team/r/{asked.id}"
    with app_database.reading() as session:
        assert session.get_one(RequestRecord, asked.id).state == "asked"


def test_two_centres_may_use_the_same_reference_and_neither_learns_of_the_other(
    app: Flask, other_team: Team, case_id: str, clock: StillClock
) -> None:
    """What else another centre cannot do: tests/web/test_two_centres.py, on every route."""
    stranger = Reader(app)
    page = stranger.sign_in(other_team, clock(), "en")
    assert "REF-1" not in page.text
    to = stranger.send("/en/team/new", {**CASE, "reference": "REF-1", "token": page.token()})
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
    nurse: Reader, team: Team, app_database: Database, clock: StillClock
) -> None:
    case_id = make_case(app_database, clock, team, exam_on="2026-02-04")  # its last day to ask comes in two days
    clock.forward(hours=1)
    nurse.sign_in(team, clock(), "en")
    case = f"/en/team/c/{case_id}"
    assert nurse.client.get(case).headers["Location"] == f"{case}/why"  # a GET opens nothing
    opening = f"/en/team/c/{case_id}/open"
    for _ in range(3):
        sent = {"token": nurse.get("/en/team/").token(opening), "why": "date"}  # as its line sends it
        assert nurse.send(opening, sent) == f"/en/team/c/{case_id}"
        assert "REF-1" in nurse.get(f"/en/team/c/{case_id}").heading
    assert viewed(app_database, case_id) == [(team.staff_id, Why.DATE)]
    clock.forward(minutes=14)
    nurse.get("/en/team/")
    clock.forward(minutes=2)
    assert nurse.client.get(f"/en/team/c/{case_id}").status_code == 303


def test_a_request_is_opened_by_a_button_and_the_journal_says_that_it_was_for_a_request(
    nurse: Reader, team: Team, case_id: str, app_database: Database, clock: StillClock
) -> None:
    asked = asked_extension(app_database, team, case_id, clock)
    clock.forward(hours=1)
    nurse.sign_in(team, clock(), "en")
    for page in (f"/en/team/r/{asked.id}", f"/en/team/c/{case_id}"):
        assert nurse.client.get(page).headers["Location"] == f"/en/team/c/{case_id}/why"  # a GET opens nothing
    opening = f"/en/team/r/{asked.id}/open"
    assert nurse.send(opening, {"token": nurse.get("/en/team/").token(opening)}) == f"/en/team/r/{asked.id}"
    assert "REF-1" in nurse.get(f"/en/team/r/{asked.id}").heading
    assert "REF-1" in nurse.get(f"/en/team/c/{case_id}").heading  # the page of the request leads to it
    assert viewed(app_database, case_id) == [(team.staff_id, Why.REQUEST)]


def test_a_case_that_is_known_already_is_opened_for_another_reason(
    nurse: Reader, team: Team, case_id: str, app_database: Database, clock: StillClock
) -> None:
    clock.forward(hours=1)
    nurse.sign_in(team, clock(), "en")
    page = nurse.post("/en/team/new", {**CASE, "reference": "REF-1", "token": nurse.get("/en/team/").token()}, 422)
    opening = f"/en/team/c/{case_id}/open"
    asked_why = nurse.post(opening, {"token": page.token(opening)}, status=422)
    assert "Choose a reason." in asked_why.main
    assert viewed(app_database, case_id) == []
    nurse.send(opening, {"token": asked_why.token(opening), "why": Why.CORRECTING})
    assert viewed(app_database, case_id) == [(team.staff_id, Why.CORRECTING)]


def viewed(database: Database, case_id: str) -> list[tuple[str, str]]:
    with database.reading() as session:
        lines = session.query(JournalLine).filter(JournalLine.action.in_(list(Why)), JournalLine.subject == case_id)
        return [(line.actor, line.action) for line in lines]


def test_what_cannot_be_extended_is_talked_over_and_leaves_the_inbox(
    nurse: Reader, team: Team, app_database: Database, clock: StillClock
) -> None:
    case_id = make_case(app_database, clock, team, "ORDERED", complaint=Complaint.BEFORE_EXAM)
    asked = asked_extension(app_database, team, case_id, clock)
    assert "To be decided with the person" in nurse.get("/en/team/").main
    nurse.send(f"/en/team/r/{asked.id}/take-up", {"token": nurse.get("/en/team/").token()})
    page = nurse.get(f"/en/team/r/{asked.id}")
    assert "The law gives no extension here" in page.main
    assert f"/en/team/r/{asked.id}/carry-out" not in [form.get("action") for form in page.all("form")]
    decline = f"/en/team/r/{asked.id}/decline"
    answer = {"reason": "no-ground", "remedy": "The prosecutor can be asked", "token": page.token(decline)}
    nurse.send(decline, answer)
    with app_database.reading() as session:
        assert session.get_one(RequestRecord, asked.id).state == "not-done"
    assert asked.id not in nurse.get("/en/team/").text


def test_wrong_passwords_hold_a_nurse_up_for_a_minute_and_tell_nobody_her_name(
    reader: Reader, team: Team, clock: StillClock
) -> None:
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
