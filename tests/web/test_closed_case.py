"""A case is open for a reason that stands, for fifteen minutes; closed, it takes and shows nothing, and keeps words."""

import pytest
from flask import Flask

from portal.records.cases import WORKED_ON, Why
from portal.records.database import Database
from tests.clock import StillClock
from tests.conftest import Team, make_case
from tests.reader import Page, Reader
from tests.web.test_routes import everything
from tests.web.test_today import written

TYPED: dict[str, dict[str, str]] = {
    "ask": {"kind": "contact-me", "seen_alone": "1"},
    "thing": {"thing": "clothes", "taken_on": "2026-07-25", "mark": "K3"},
    "contact": {"way": "call", "to": "0470 12 34 56", "hours": "morning"},
    "known": {"vulnerable": "1", "told_by": "her doctor", "told_on": "2026-08-01"},
    "hold": {"hold_why": "a call of the prosecutor"},
    "choices": {"shows_openings": "yes"},
    "link": {"power": "dates"},
    "admission": {"phase": "acute", "admitted_on": "2026-07-25"},
    "consent": {"consent_on": "2026-07-25"},
    "support": {"support": "yes", "reach": "0470 65 43 21"},
    "calls": {"called": "not-reached", "on": "2026-10-10"},
    "correct": {"reference": "ANOTHER", "why": "a slip"},
}


@pytest.fixture
def nurse(reader: Reader, team: Team, clock: StillClock) -> Reader:
    reader.sign_in(team, clock(), "en")
    return reader


@pytest.fixture
def case(app_database: Database, clock: StillClock, team: Team, nurse: Reader) -> str:
    """The path of a case that closed, while the session went on."""
    case_id = make_case(app_database, clock, team, "QUIET-1", "2026-07-25")
    closed(nurse, clock)
    return f"/en/team/c/{case_id}"


def closed(nurse: Reader, clock: StillClock) -> None:
    """Have every case close, the session going on."""
    clock.forward(minutes=14)
    nurse.get("/en/team/")
    clock.forward(minutes=2)


def token(nurse: Reader) -> str:
    return nurse.get("/en/team/").token()


def typed_in(page: Page) -> set[tuple[str, str]]:
    """Return what stands in the fields of a page, and what is chosen there."""
    fields = [one for one in page.all("input") if one.get("type") not in ("radio", "checkbox")]
    chosen = [one for one in page.all("input") if one.get("checked") is not None]
    return {(one.get("name", ""), one.get("value", "")) for one in [*fields, *chosen]}


def test_a_reason_of_the_day_opens_nothing_where_no_such_line_stands(
    nurse: Reader, app_database: Database, case: str
) -> None:
    for why in ("date", "call", "message", "contact", "look"):
        page = nurse.post(f"{case}/open", {"token": token(nurse), "why": why}, status=422)
        assert "Choose a reason." in page.main
        assert "QUIET-1" not in page.text
    assert written(app_database, *Why) == []


def test_a_form_of_a_case_that_is_not_open_records_nothing_and_shows_nothing(
    nurse: Reader, app_database: Database, case: str
) -> None:
    sent, before = {"token": token(nurse)}, everything(app_database)
    for part in ("file", "link/end", "contact/withdraw"):  # nothing is typed there
        to = nurse.send(f"{case}/{part}", sent)
        assert to == f"{case}/why?unsaved=1"
    for day in ("", "2026-10-30"):
        assert nurse.send(f"{case}/again", {**sent, "on": day}) == "/en/team/"
    page = nurse.get(to)
    assert "What you just sent was not noted. Open the case and note it again." in page.main
    assert "QUIET-1" not in page.text
    assert everything(app_database) == before


@pytest.mark.parametrize("part", TYPED)
def test_what_was_typed_into_a_case_that_closed_is_there_when_it_is_opened_again(
    nurse: Reader, app_database: Database, case: str, part: str
) -> None:
    sent, before = {"token": token(nurse), **TYPED[part]}, everything(app_database)
    to = nurse.send(f"{case}/{part}", sent)
    assert to.startswith(f"{case}/why?unsaved=1&kept=")
    asking = nurse.get(to)
    assert "was not noted yet. Open the case: what you typed is there." in asking.main
    assert "QUIET-1" not in asking.text
    (on,) = [one.get("value", "") for one in asking.all("input") if one.get("name") == "on"]
    again = nurse.post(f"{case}/open", {"token": asking.token(), "on": on}, status=422)  # without a reason
    assert ("on", on) in typed_in(again)
    assert everything(app_database) == before
    back = nurse.send(f"{case}/open", {"token": again.token(), "on": on, "why": Why.SHE_CALLED})
    page = nurse.get(back.split("#")[0])
    assert set(TYPED[part].items()) <= typed_in(page)
    assert "Nothing was changed yet. What you filled in is kept." in page.main
    assert written(app_database, *Why) == [(Why.SHE_CALLED, case.rpartition("/")[2])]


def test_what_was_typed_comes_back_to_nobody_else(
    nurse: Reader, app: Flask, team: Team, case: str, clock: StillClock
) -> None:
    to = nurse.send(f"{case}/hold", {"token": token(nurse), "hold_why": "a call"})
    other = Reader(app)
    clock.forward(seconds=30)
    other.sign_in(team, clock(), "en")
    page = other.get(to)
    assert "Open the case and note it again." in page.main
    assert other.send(f"{case}/open", {"token": page.token(), "on": to.partition("kept=")[2], "why": Why.FILE}) == case


def test_whoever_goes_on_working_is_never_shut_out(
    nurse: Reader, app_database: Database, case: str, clock: StillClock
) -> None:
    nurse.send(f"{case}/open", {"token": token(nurse), "why": Why.FILE})
    for minutes in (6, 14, 14, 14, 1):
        clock.forward(minutes=minutes)
        nurse.send(
            f"{case}/known", {"token": token(nurse), "vulnerable": "1", "told_by": "she", "told_on": "2026-08-01"}
        )
        assert "QUIET-1" in nurse.get(case).heading
    assert [action for action, _ in written(app_database, *Why)] == [Why.FILE]  # opened once, for one reason
    assert len(written(app_database, WORKED_ON)) == 5


def test_opened_again_or_worked_on_a_case_stays_open_and_says_when_it_closed(
    nurse: Reader, app_database: Database, case: str, clock: StillClock
) -> None:
    nurse.send(f"{case}/open", {"token": token(nurse), "why": Why.FILE})
    clock.forward(minutes=11)
    nurse.send(f"{case}/open", {"token": token(nurse), "why": Why.SHE_CALLED})
    clock.forward(minutes=14)
    assert "QUIET-1" in nurse.get(case).heading
    nurse.post(f"{case}/hold", {"token": token(nurse)}, status=422)  # what did not fit is work as well
    clock.forward(minutes=14)
    assert "QUIET-1" in nurse.get(case).heading
    clock.forward(minutes=1)
    assert nurse.client.get(case).headers["Location"] == f"{case}/why"
    assert "closes by itself 15 minutes after" in nurse.get(f"{case}/why").main
    nurse.send(f"{case}/open", {"token": token(nurse), "why": Why.SHE_CALLED})
    assert [action for action, _ in written(app_database, *Why)] == [Why.FILE, Why.SHE_CALLED]
