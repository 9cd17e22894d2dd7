"""One page in the morning, as a nurse works with it: by its buttons, in her language, for her centre alone."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask

from portal.access.roles import Role
from portal.access.team import add_member
from portal.clock import system_clock
from portal.law.course import Step
from portal.library import LANGUAGES
from portal.messages import senders_from
from portal.records.cases import Why, open_case
from portal.records.choices import Contact, Reminder, change_choices
from portal.records.contacts import agree_contact, confirm_contact
from portal.records.database import Database
from portal.records.models import CaseRecord, Centre, JournalLine, Message, RequestRecord, Shift
from tests.clock import StillClock
from tests.conftest import Team, make_case
from tests.reader import Page, Reader
from tests.records.morning import Morning
from tests.web.test_routes import everything
from tests.web.test_team_sending import MAIL, SMS

RULES = {
    "waiting_days": "5",
    "grace_days": "14",
    "grace_written_on": "2026-07-01",
    "follow_up_days": "7, 30; 90",
    "quiet_from": "21",
    "quiet_until": "8",
}


@pytest.fixture
def morning(app_database: Database, clock: StillClock, team: Team) -> Morning:
    return Morning(app_database, clock, team)


@pytest.fixture
def nurse(reader: Reader, team: Team, clock: StillClock) -> Reader:
    reader.sign_in(team, clock(), "en")
    return reader


@pytest.fixture
def leader(app: Flask, app_database: Database, team: Team, clock: StillClock) -> Reader:
    member = add_member(app_database, team.centre_id, "leads", "a long password", clock(), Role.COORDINATOR)
    reader = Reader(app)
    reader.sign_in(
        replace(team, login="leads", password="a long password", authenticator=member.authenticator), clock(), "en"
    )
    return reader


def actions(page: Page) -> list[str]:
    return [form.get("action", "") for form in page.all("form")]


def written(database: Database, *wanted: str) -> list[tuple[str, str]]:
    with database.reading() as session:
        every = session.query(JournalLine).order_by(JournalLine.seq)
        return [(line.action, line.subject) for line in every if line.action in wanted]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_is_said_in_every_language(
    morning: Morning, reader: Reader, team: Team, clock: StillClock, language: str
) -> None:
    every = morning.one_of_each()
    page = reader.sign_in(team, clock(), language)
    for reference in every:
        assert reference in page.main
    assert len([one for one in page.all("li") if one.get("class") == "cardbox"]) == len(every)
    for part in ("requests", "soon", "later", "looks"):
        assert f"#{part}" in page.links
        assert "<h1>" in reader.get(f"/{language}/team/day/{part}/1").text
    assert "NEAR" in reader.get(f"/{language}/team/handover").main


def test_a_day_without_work_says_so(nurse: Reader) -> None:
    assert "Nothing is waiting." in nurse.get("/en/team/").main
    assert "Nothing is waiting." in nurse.get("/en/team/handover").main


def test_each_line_has_one_thing_to_do_and_somebody_who_does_it(
    morning: Morning, nurse: Reader, team: Team, clock: StillClock
) -> None:
    morning.one_of_each()
    page = nurse.get("/en/team/")
    for line in (one for one in page.all("li") if one.get("class") == "cardbox"):
        buttons = [button for button in line.iter() if button.tag.endswith("}button") and button.get("class") == "go"]
        assert len(buttons) == 1
        (whose,) = [one for one in line.iter() if one.get("class") == "whose"]
        assert whose.text in ("Yours", f"With: {team.login}")
    assert page.text.count('class="go main"') == 0  # nothing is pressed first by itself


def test_an_extension_is_answered_in_two_presses(morning: Morning, nurse: Reader, app_database: Database) -> None:
    morning.one_of_each()
    page = nurse.get("/en/team/")
    take_up = next(one for one in actions(page) if one.endswith("/take-up"))
    to = nurse.send(take_up, {"token": page.token(take_up)})
    asked = nurse.get(to)
    assert "After this step the last day to ask is" in asked.main
    nurse.send(f"{to}/carry-out", {"token": asked.token(f"{to}/carry-out")})
    with app_database.reading() as session:
        assert session.query(RequestRecord).filter_by(kind="extension").one().state == "done"


def test_what_was_told_leaves_the_page(morning: Morning, nurse: Reader, app_database: Database) -> None:
    every = morning.one_of_each()
    page = nurse.get("/en/team/")
    assert "The person wishes a reminder: by telephone, evening." in page.main
    end = f"/en/team/line/date-7/{every['SOON']}/end"
    sent = {"token": page.token(end), "day": "2026-08-03"}
    for _ in range(2):  # pressed twice
        assert nurse.send(end, sent) == "/en/team/"
    assert "SOON" not in nurse.get("/en/team/").main
    assert written(app_database, "line-ended") == [("line-ended", every["SOON"])]
    nurse.post(end, {**sent, "day": "2026-08-04"}, status=404)  # no such date
    nurse.post(end, {**sent, "day": "tomorrow"}, status=404)
    nurse.post(f"/en/team/line/look/{every['PAST']}/end", sent, status=404)  # ends by its own work alone


def test_a_line_is_taken_by_who_takes_it(morning: Morning, nurse: Reader, app: Flask, clock: StillClock) -> None:
    every = morning.one_of_each()
    morning.move(asked_by_her(morning, every["NEAR"]), Step.TAKE_UP, morning.colleague)
    page = nurse.get("/en/team/")
    assert "With: colleague" in page.main
    (take,) = [one for one in actions(page) if "/line/request/" in one]
    clock.forward(minutes=1)
    assert nurse.send(take, {"token": page.token(take)}) == "/en/team/"
    assert "With: colleague" not in nurse.get("/en/team/").main


def test_a_new_request_is_taken_by_handling_it_and_by_no_second_button(morning: Morning, nurse: Reader) -> None:
    every = morning.one_of_each()
    asked = asked_by_her(morning, every["NEAR"])
    new = [one for one in actions(nurse.get("/en/team/")) if asked in one]
    assert new == [f"/en/team/r/{asked}/take-up", f"/en/team/r/{asked}/open"]
    morning.move(asked, Step.TAKE_UP, morning.colleague)
    assert f"/en/team/line/request/{asked}/take" in actions(nurse.get("/en/team/"))


def asked_by_her(morning: Morning, case_id: str) -> str:
    with morning.database.reading() as session:
        return session.query(RequestRecord).filter_by(case_id=case_id).one().id


def test_a_case_is_looked_at_again_on_another_day(
    morning: Morning, nurse: Reader, app_database: Database, clock: StillClock
) -> None:
    every = morning.one_of_each()
    page = nurse.get("/en/team/")
    assert "Ordered examination: nobody asked for the traces" in page.main
    again = f"/en/team/c/{every['ORDERED']}/again"
    token = page.token(again)
    for wrong in ("", "2026-08-01", "2027-09-01", "soon"):
        answer = nurse.post(again, {"token": token, "on": wrong}, status=422)
        assert "at most one year from now" in answer.main
    nurse.send(again, {"token": token, "on": "2026-10-30"})
    assert "ORDERED" not in nurse.get("/en/team/").main
    with app_database.reading() as session:
        assert session.get_one(CaseRecord, every["ORDERED"]).review_on == date(2026, 10, 30)


def test_a_call_leads_to_how_she_is_reached_and_is_noted_there(
    morning: Morning, nurse: Reader, app_database: Database, clock: StillClock
) -> None:
    every = morning.one_of_each()
    clock.forward(minutes=14)
    page = nurse.get("/en/team/")
    clock.forward(minutes=2)  # registered a while ago
    case_id = every["CALL"]
    calls = f"/en/team/c/{case_id}/calls"
    assert nurse.client.get(calls).headers["Location"] == f"/en/team/c/{case_id}/why"  # a GET opens nothing
    opening = f"/en/team/c/{case_id}/open"
    assert nurse.send(opening, {"token": page.token(opening), "why": "call"}) == calls
    shown = nurse.get(calls)
    assert "0400 00 00 00" in shown.main
    assert "Law of 26 April 2024, art. 14 § 3" in shown.main
    token = shown.token()
    for wrong in ({}, {"called": "moved"}, {"called": "moved", "on": "2026-08-01"}, {"called": "other"}):
        nurse.post(calls, {"token": token, **wrong}, status=422)
    nurse.send(calls, {"token": token, "called": "not-reached"})
    assert "Next call: 3 August 2026." in nurse.get(calls).main
    nurse.send(calls, {"token": token, "called": "moved", "on": "2026-08-10"})
    assert "Next call: 10 August 2026." in nurse.get(calls).main
    nurse.send(calls, {"token": token, "called": "stopped"})
    assert "Do not call." in nurse.get(calls).main
    assert f'href="#{"calls"}"' not in nurse.get("/en/team/").text
    assert [action for action, _ in written(app_database, Why.CALL)] == [Why.CALL]


def test_where_the_law_provides_no_calls_none_is_noted(
    nurse: Reader, app_database: Database, team: Team, clock: StillClock
) -> None:
    case_id = make_case(app_database, clock, team, "NONE", None)
    calls = f"/en/team/c/{case_id}/calls"
    assert "The law provides no regular calls here." in nurse.get(calls).main
    nurse.post(calls, {"token": nurse.get(f"/en/team/c/{case_id}").token(), "called": "done"}, status=422)


def test_a_case_is_found_by_its_reference_alone_and_opened_for_a_reason(
    nurse: Reader, team: Team, app_database: Database, clock: StillClock
) -> None:
    case_id = make_case(app_database, clock, team, "2026/0815 A")
    clock.forward(minutes=14)
    form = nurse.get("/en/team/find")
    clock.forward(minutes=2)
    token = form.token()
    for unknown in ("2026/0815", "2026", "%", "Somebody"):
        answer = nurse.post("/en/team/find", {"token": token, "reference": unknown}, status=422)
        assert "Your centre has no case under this reference." in answer.main
        assert f'value="{unknown}"' in answer.text
    nurse.post("/en/team/find", {"token": token, "reference": " "}, status=422)
    to = nurse.send("/en/team/find", {"token": token, "reference": "  2026/0815 a "})
    assert to == f"/en/team/c/{case_id}/why"
    why = nurse.get(to)
    assert "2026/0815" not in why.text  # nothing of the case is shown before it is opened
    opening = f"/en/team/c/{case_id}/open"
    for wrong in ("", "other", "case-viewed-date", "case-registered"):
        assert "Choose a reason." in nurse.post(opening, {"token": why.token(), "why": wrong}, status=422).main
    assert written(app_database, *Why) == []
    assert nurse.client.get(f"/en/team/c/{case_id}").status_code == 303
    nurse.send(opening, {"token": why.token(), "why": Why.FILE})
    assert "2026/0815 A" in nurse.get(f"/en/team/c/{case_id}").heading
    assert written(app_database, *Why) == [(Why.FILE, case_id)]


def test_another_centres_reference_is_unknown_here(
    nurse: Reader, other_team: Team, app_database: Database, clock: StillClock
) -> None:
    case_id = make_case(app_database, clock, other_team, "SOUTH-1")
    token = nurse.get("/en/team/find").token()
    nurse.post("/en/team/find", {"token": token, "reference": "SOUTH-1"}, status=422)
    nurse.get(f"/en/team/c/{case_id}/why", status=404)


@pytest.mark.parametrize("language", LANGUAGES)
def test_she_reads_why_her_record_was_opened_and_never_of_a_hold(
    morning: Morning, nurse: Reader, app: Flask, team: Team, app_database: Database, clock: StillClock, language: str
) -> None:
    from portal.access.links import make_link

    every = morning.one_of_each()
    case_id = every["HELD"]
    morning.put(case_id, follow_up_on=morning.today)
    morning.message(case_id)
    change_choices(app_database, team.centre_id, case_id, team.staff_id, clock(), shows_openings=True)
    link = make_link(app_database, team.centre_id, case_id, team.staff_id, clock())
    for why in ("look", Why.APPOINTMENT, Why.SHE_CALLED, Why.CORRECTING, Why.FILE, "call", "message"):
        clock.forward(minutes=14)
        token = nurse.get("/en/team/").token()
        clock.forward(minutes=2)
        nurse.send(f"/en/team/c/{case_id}/open", {"token": token, "why": why})
    page = Reader(app).open_space(link, language)
    assert len([one for one in page.all("li") if "2026" in "".join(one.itertext())]) >= 8
    with app_database.reading() as session:
        kinds = {line.action for line in session.query(JournalLine).filter_by(subject=case_id)}
    assert not {one for one in kinds if one.startswith("case-viewed") and ("hold" in one or "look" in one)}


def test_the_shift_begins_with_a_button_and_the_page_says_who_is_on_duty(
    morning: Morning, nurse: Reader, team: Team, app_database: Database, clock: StillClock
) -> None:
    morning.one_of_each()
    assert "Nobody has said yet who is on duty." in nurse.get("/en/team/").main
    page = nurse.get("/en/team/handover")
    for _ in range(2):  # pressed twice
        assert nurse.send("/en/team/duty", {"token": page.token("/en/team/duty")}) == "/en/team/handover"
    clock.forward(minutes=5)
    assert f"On duty: {team.login}, since 1 August 2026 at 12:00." in nurse.get("/en/team/").main
    assert "/en/team/duty" not in actions(nurse.get("/en/team/handover"))
    assert written(app_database, "shift-begun") == [("shift-begun", team.staff_id)]
    with app_database.reading() as session:
        assert session.get_one(Shift, team.centre_id).since == clock() - timedelta(minutes=5)


def test_a_centre_writes_down_what_it_decided(leader: Reader, team: Team, app_database: Database) -> None:
    page = leader.get("/en/team/settings")
    leader.send("/en/team/settings", {**RULES, "token": page.token()})
    with app_database.reading() as session:
        centre = session.get_one(Centre, team.centre_id)
        assert (centre.waiting_days, centre.grace_days, centre.grace_written_on) == (5, 14, date(2026, 7, 1))
        assert (centre.follow_up_days, centre.quiet_from, centre.quiet_until) == ("7,30,90", 21, 8)
    shown = leader.get("/en/team/settings")
    assert 'value="7, 30, 90"' in shown.text
    assert 'value="2026-07-01"' in shown.text
    leader.send("/en/team/settings", {**RULES, "grace_days": "", "grace_written_on": "", "token": shown.token()})
    with app_database.reading() as session:
        assert session.get_one(Centre, team.centre_id).grace_days is None


def test_what_a_centre_decided_is_changed_by_who_shows_a_factor_and_what_was_typed_is_kept(
    leader: Reader, team: Team, app_database: Database, clock: StillClock
) -> None:
    token = leader.get("/en/team/settings").token()
    clock.forward(minutes=6)
    before = everything(app_database)
    asking = leader.post("/en/team/settings", {**RULES, "token": token}, status=422)
    assert "What you filled in is kept." in asking.main
    assert everything(app_database) == before
    (on,) = {one.get("value", "") for one in asking.all("input") if one.get("name") == "on"}
    shown = leader.get(f"/en/team/settings?kept={on}")
    assert 'value="7, 30; 90"' in shown.text
    assert "Nothing was changed yet." in shown.main


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"waiting_days": "8"}, "waiting_days"),
        ({"waiting_days": ""}, "waiting_days"),
        ({"waiting_days": "-1"}, "waiting_days"),
        ({"waiting_days": "0007"}, "waiting_days"),
        ({"waiting_days": "²"}, "waiting_days"),
        ({"grace_days": "91"}, "grace_days"),
        ({"grace_days": ""}, "grace_written_on"),
        ({"grace_written_on": ""}, "grace_days"),
        ({"grace_written_on": "2026-08-02"}, "grace_written_on"),
        ({"grace_written_on": "yesterday"}, "grace_written_on"),
        ({"follow_up_days": "seven"}, "follow_up_days"),
        ({"follow_up_days": "0, 7"}, "follow_up_days"),
        ({"follow_up_days": "1,2,3,4,5,6,7,8,9"}, "follow_up_days"),
        ({"quiet_from": "24"}, "quiet_from"),
        ({"quiet_until": "21"}, "quiet_until"),
    ],
)
def test_rules_that_do_not_fit_are_told_and_change_nothing(
    leader: Reader, app_database: Database, change: dict[str, str], field: str
) -> None:
    token = leader.get("/en/team/settings").token()
    before = everything(app_database)
    page = leader.post("/en/team/settings", {**RULES, **change, "token": token}, status=422)
    (alert,) = [element for element in page.tree.iter() if element.get("role") == "alert"]
    assert f"#{field}" in [a.get("href") for a in alert.iter() if a.get("href")]
    assert everything(app_database) == before


def test_without_a_written_grace_the_coordinator_is_asked_for_it(
    morning: Morning, nurse: Reader, leader: Reader, team: Team, app_database: Database
) -> None:
    morning.one_of_each()
    with app_database.writing(team.centre_id) as session:
        session.get_one(Centre, team.centre_id).grace_days = None
    assert "Nothing is proposed" in nurse.get("/en/team/").main
    assert "/en/team/settings" not in nurse.get("/en/team/").links
    assert "/en/team/settings" in leader.get("/en/team/").links


def test_no_address_of_the_day_tells_a_reference(morning: Morning, nurse: Reader) -> None:
    every = morning.one_of_each()
    page = nurse.get("/en/team/")
    for address in (*actions(page), *page.links):
        assert not any(reference in address for reference in every)


def test_the_reminder_she_wished_for_is_sent_with_one_tap(
    app: Flask, morning: Morning, nurse: Reader, app_database: Database
) -> None:
    case_id = morning.case("WRITES", "2026-02-04")
    morning.choose(case_id, reminder=Reminder("write", "evening"), contact=Contact("sms", "0470 12 34 56", ("any",)))
    remind = f"/en/team/line/date-7/{case_id}/remind"
    assert remind not in actions(nurse.get("/en/team/"))  # nothing is sent from here: she is told otherwise
    sending = replace(app.extensions["portal"].settings, mail=MAIL, sms=SMS)
    app.extensions["portal"] = replace(app.extensions["portal"], senders=senders_from(sending, system_clock))
    page = nurse.get("/en/team/")
    assert remind in actions(page)
    given = {"token": page.token(), "day": "2026-08-03"}
    assert nurse.send(remind, given) == "/en/team/"
    assert remind not in actions(nurse.get("/en/team/"))
    with app_database.reading() as session:
        (message,) = session.query(Message)
    assert (message.case_id, message.kind, message.state) == (case_id, "reminder", "waiting")
    with app_database.writing(morning.team.centre_id) as session:
        session.get_one(Message, message.id).state = "sent"
    assert nurse.send(remind, given) == "/en/team/"  # pressed again on an old page, long after it went out
    with app_database.reading() as session:
        assert session.query(Message).count() == 1
    assert (
        nurse.client.post(
            remind.replace("date-7", "call"), data=given, headers={"Sec-Fetch-Site": "same-origin"}
        ).status_code
        == 404
    )


def test_another_contact_waits_on_the_page_until_a_second_member_confirms(
    morning: Morning, nurse: Reader, app_database: Database, clock: StillClock
) -> None:
    case_id = morning.case("MOVES", "2026-07-01")
    of_case = (app_database, morning.team.centre_id, case_id)
    agree_contact(*of_case, morning.team.staff_id, Contact("call", "0400 00 00 00", ("any",)), clock())
    assert "Contact proposed" not in nurse.get("/en/team/").main
    agree_contact(*of_case, morning.colleague, Contact("call", "0400 00 00 01", ("any",)), clock())
    page = nurse.get("/en/team/")
    assert "Contact proposed on 1 August 2026 – MOVES" in page.main
    to = nurse.send(f"/en/team/c/{case_id}/open", {"token": page.token(), "why": "contact"})
    assert to == f"/en/team/c/{case_id}"
    with app_database.reading() as session:
        case = open_case(app_database, session, morning.team.centre_id, case_id)
    assert case is not None
    assert case.choices.contact_proposed is not None
    confirm_contact(*of_case, morning.team.staff_id, case.choices.contact_proposed.id, clock())
    assert "Contact proposed" not in nurse.get("/en/team/").main
