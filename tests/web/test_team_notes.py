"""What the team notes on the page of a case: it only protects, or asks the person again; her link shows none of it."""

import pytest
from flask import Flask

from portal import law
from portal.access.links import Power
from portal.law import Complaint
from portal.library import LANGUAGES
from portal.records import requests
from portal.records.cases import OpenedCase, open_case
from portal.records.choices import Contact, Reminder, change_choices
from portal.records.database import Database
from portal.records.models import Hold, JournalLine, Link, RequestRecord
from portal.records.requests import Wish
from tests.clock import StillClock
from tests.conftest import Team, make_case
from tests.reader import Page, Reader, words
from tests.web.test_routes import everything

WORD = {"told_by": "letter of the prosecutor", "told_on": "2026-07-30"}
CONTACT = {"way": "sms", "to": "0400 00 00 00", "hours": ["morning", "evening"]}


@pytest.fixture
def nurse(reader: Reader, team: Team, clock: StillClock) -> Reader:
    reader.sign_in(team, clock(), "en")
    return reader


def opened(database: Database, team: Team, case_id: str) -> OpenedCase:
    with database.reading() as session:
        case = open_case(database, session, team.centre_id, case_id)
    assert case is not None
    return case


def send(nurse: Reader, case_id: str, part: str, **said: object) -> Page:
    """Send a form of the page of a case; return the page it leads to."""
    to = nurse.send(f"/en/team/c/{case_id}/{part}", {"token": nurse.get("/en/team/").token(), **said})
    return nurse.get(to.split("#")[0])


def test_things_are_listed_with_the_dates_of_each(nurse: Reader, case_id: str) -> None:
    send(nurse, case_id, "thing", thing="clothes", taken_on="2026-05-11", mark="K2")
    page = send(nurse, case_id, "thing", thing="sample", taken_on="2026-05-21", mark="S1")
    assert "clothes, bag K2" in page.main
    assert "12 November 2026" in page.main
    assert "23 November 2026" in page.main  # the later thing is kept longer
    assert "20 November 2026" not in page.main  # and yet one day is told for all


def test_a_contact_is_agreed_without_voicemail_unless_it_was_said(
    nurse: Reader, team: Team, case_id: str, app_database: Database
) -> None:
    page = send(nurse, case_id, "contact", **CONTACT)
    assert "0400 00 00 00" in page.main
    assert "no voicemail" in page.main
    assert opened(app_database, team, case_id).choices.contact == Contact(
        "sms", "0400 00 00 00", ("morning", "evening")
    )


def test_what_became_known_is_noted_once_and_never_unsaid_of_a_complaint(
    nurse: Reader, team: Team, case_id: str, app_database: Database
) -> None:
    page = send(nurse, case_id, "known", complaint="1", vulnerable="1", **WORD)
    assert "after the examination started" in page.main
    assert "note.complaint" not in page.text
    assert not [field for field in page.all("input") if field.get("name") == "complaint"]
    lines = noted(app_database)
    send(nurse, case_id, "known", vulnerable="1")  # the same again
    assert noted(app_database) == lines == 1
    page = send(nurse, case_id, "known", shown="vulnerable=yes", **WORD)
    case = opened(app_database, team, case_id).admission
    assert (case.complaint, case.vulnerable) == (Complaint.AFTER_EXAM, False)


def noted(database: Database) -> int:
    with database.reading() as session:
        return session.query(JournalLine).filter_by(action="fact-noted").count()


def test_the_two_tests_of_the_law_are_asked_for_a_minor_only(
    nurse: Reader, team: Team, case_id: str, app_database: Database, clock: StillClock
) -> None:
    def asked(case: str) -> set[str]:
        page = nurse.get(f"/en/team/c/{case}")
        return {field.get("name", "") for field in page.all("input")} & {"capable_29_4", "apt_29_4"}

    minor = make_case(app_database, clock, team, "MINOR", minor=True)
    assert asked(case_id) == set()
    assert asked(minor) == {"capable_29_4", "apt_29_4"}
    send(nurse, minor, "known", capable_29_4="yes", apt_29_4="open", **WORD)
    case = opened(app_database, team, minor).admission
    assert (case.capable_29_4, case.apt_29_4) == (True, None)  # one never stands for the other


@pytest.mark.parametrize("complaint", [Complaint.BEFORE_EXAM, Complaint.UNKNOWN])
def test_what_was_known_at_admission_is_not_asked_again(
    nurse: Reader, team: Team, app_database: Database, clock: StillClock, complaint: Complaint
) -> None:
    case_id = make_case(app_database, clock, team, "KNOWN", complaint=complaint)
    send(nurse, case_id, "known", complaint="1")
    assert opened(app_database, team, case_id).admission.complaint is complaint


def test_a_hold_is_set_once_and_lifted(nurse: Reader, case_id: str, app_database: Database) -> None:
    page = send(nurse, case_id, "hold", hold_why="the prosecutor called")
    assert "The team holds everything." in page.main
    send(nurse, case_id, "hold", hold_why="the prosecutor called")
    with app_database.reading() as session:
        assert session.query(Hold).count() == 1
    page = send(nurse, case_id, "lift", hold_why="the prosecutor wrote")
    assert "Nothing holds anything now." in page.main
    lines = everything(app_database)
    send(nurse, case_id, "lift", hold_why="the prosecutor wrote")
    assert everything(app_database) == lines


def test_what_the_person_chose_is_noted_and_the_reminder_is_read_only(
    nurse: Reader, team: Team, app_database: Database, clock: StillClock
) -> None:
    case_id = make_case(app_database, clock, team, "CHOSE", language="nl")
    change_choices(app_database, team.centre_id, case_id, "person", clock(), reminder=Reminder("write", "evening"))
    page = send(nurse, case_id, "choices", shows_openings="yes", pages=["keeping", "support"])
    choices = opened(app_database, team, case_id).choices
    assert (choices.pages, choices.shows_openings) == (("keeping", "support"), True)
    assert choices.reminder == Reminder("write", "evening")
    assert "in writing, evening" in page.main
    assert {span.get("lang") for span in page.all("span")} >= {"nl"}  # pages in her language
    ticked = [field.get("value") for field in page.all("input") if field.get("checked") is not None]
    assert {"keeping", "support", "yes"} <= set(ticked)


def test_who_stopped_messages_can_have_them_again_and_nobody_starts_them_in_passing(
    nurse: Reader, team: Team, case_id: str, app_database: Database, clock: StillClock
) -> None:
    requests.ask(app_database, team.centre_id, case_id, Wish(law.RequestKind.STOP_MESSAGES), clock())
    send(nurse, case_id, "choices", shows_openings="no")
    assert opened(app_database, team, case_id).choices.messages_stopped
    page = send(nurse, case_id, "choices", shows_openings="no", messages_again="y")
    assert not opened(app_database, team, case_id).choices.messages_stopped
    assert "messages_again" not in page.text  # nothing is stopped: nothing to start


def test_a_request_made_in_person_does_not_wait(
    nurse: Reader, team: Team, case_id: str, app_database: Database
) -> None:
    send(nurse, case_id, "thing", thing="clothes", taken_on="2026-05-11", mark="K2")
    (coat,) = opened(app_database, team, case_id).items
    page = send(nurse, case_id, "ask", kind="destruction", things=[coat.id], seen_alone="1")
    assert "Asked in person on 1 August 2026" in page.main
    assert "clothes, bag K2" in page.main
    assert "The waiting time runs" not in page.main + nurse.get("/en/team/").main
    again = send(nurse, case_id, "ask", kind="destruction", things=[coat.id], seen_alone="1")
    assert again.heading == page.heading
    with app_database.reading() as session:
        (asked,) = session.query(RequestRecord).all()
    assert (asked.asked_by, asked.waits_until) == (team.staff_id, asked.asked_at)
    assert "team holds" not in nurse.get(f"/en/team/c/{case_id}").main
    page = nurse.get(f"/en/team/c/{case_id}")
    assert f"A waiting request holds what it is about. Destruction – {asked.number}" in page.main
    assert "Hold 1" in page.main
    assert f"/en/team/r/{asked.id}" in page.links
    other = send(nurse, case_id, "ask", kind="restitution", things=[coat.id], seen_alone="1")
    assert "The team, or another request, holds these things." in other.main
    assert f"/en/team/r/{asked.id}" in other.links  # what holds is named, with a way there


def test_a_link_of_each_power_and_what_it_will_show(
    nurse: Reader, team: Team, case_id: str, app_database: Database, clock: StillClock
) -> None:
    says = "this link shows nothing but “talk with your centre”"
    assert says not in nurse.get(f"/en/team/c/{case_id}").main
    for power in Power:
        path = f"/en/team/c/{case_id}/link"
        nurse.post(path, {"token": nurse.get("/en/team/").token(), "power": power})
        with app_database.reading() as session:
            assert session.query(Link).filter_by(revoked_at=None).one().power == power
    for complaint in (Complaint.BEFORE_EXAM, Complaint.UNKNOWN):
        ordered = make_case(app_database, clock, team, f"REF-{complaint}", complaint=complaint)
        assert says in nurse.get(f"/en/team/c/{ordered}").main


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("part", "said", "field", "kept"),
    [
        ("thing", {"thing": "", "taken_on": "2026-05-11", "mark": "K2"}, "thing", "K2"),
        ("thing", {"thing": "clothes", "taken_on": "", "mark": "K2"}, "taken_on", "K2"),
        ("thing", {"thing": "clothes", "taken_on": "2027-01-01", "mark": "K2"}, "taken_on", "2027-01-01"),
        ("thing", {"thing": "clothes", "taken_on": "last week", "mark": "K2"}, "taken_on", "last week"),
        ("thing", {"thing": "clothes", "taken_on": "2026-05-11", "mark": "Anna D."}, "mark", "Anna D."),
        ("thing", {"thing": "clothes", "taken_on": "2026-05-11", "mark": "1234567890123"}, "mark", "1234567890123"),
        ("contact", {**CONTACT, "way": "pigeon"}, "way", "0400 00 00 00"),
        ("contact", {**CONTACT, "to": "  "}, "to", None),
        ("contact", {**CONTACT, "to": "x" * 201}, "to", "x" * 201),
        ("contact", {**CONTACT, "to": "a\x00b"}, "to", "ab"),
        ("contact", {**CONTACT, "hours": []}, "hours", "0400 00 00 00"),
        ("contact", {**CONTACT, "hours": ["night"]}, "hours", "0400 00 00 00"),
        ("choices", {"shows_openings": "perhaps"}, "shows_openings", None),
        ("choices", {"shows_openings": "no", "pages": ["nowhere"]}, "pages", None),
        ("ask", {"kind": "destruction", "things": ["K2"]}, "seen_alone", None),
        ("ask", {"kind": "all", "seen_alone": "1"}, "kind", None),
        ("ask", {"kind": "destruction", "seen_alone": "1"}, "things", None),
        ("ask", {"kind": "restitution", "seen_alone": "1", "things": ["S1"]}, "things", None),
        ("ask", {"kind": "destruction", "seen_alone": "1", "things": ["0" * 32]}, "things", None),
        ("link", {"power": "destroy"}, "power", None),
    ],
)
def test_what_does_not_fit_is_told_kept_and_changes_nothing(
    app: Flask,
    team: Team,
    case_id: str,
    app_database: Database,
    clock: StillClock,
    language: str,
    part: str,
    said: dict[str, object],
    field: str,
    kept: str | None,
) -> None:
    nurse = Reader(app)
    nurse.sign_in(team, clock(), language)
    token = nurse.get(f"/{language}/team/").token()
    for kind, mark in (("clothes", "K2"), ("sample", "S1")):
        thing = {"thing": kind, "taken_on": "2026-05-11", "mark": mark, "token": token}
        nurse.send(f"/{language}/team/c/{case_id}/thing", thing)
    marks = {one.mark: one.id for one in opened(app_database, team, case_id).items}
    if isinstance(said.get("things"), list):
        said = {**said, "things": [marks.get(one, one) for one in said["things"]]}  # type: ignore[attr-defined]
    before = everything(app_database)
    page = nurse.post(f"/{language}/team/c/{case_id}/{part}", {"token": token, **said}, status=422)
    (alert,) = [element for element in page.tree.iter() if element.get("role") == "alert"]
    assert f"#{field}" in [a.get("href") for a in alert.iter() if a.get("href")]
    assert "alid" not in page.main.replace("validity", "")  # no word of the library's own
    if kept:
        assert kept in page.text
    assert everything(app_database) == before


def test_a_minors_two_tests_must_be_answered(
    nurse: Reader, team: Team, app_database: Database, clock: StillClock
) -> None:
    minor = make_case(app_database, clock, team, "MINOR", minor=True)
    path = f"/en/team/c/{minor}/known"
    page = nurse.post(path, {"token": nurse.get("/en/team/").token(), "capable_29_4": "yes"}, status=422)
    assert "Judging the own interest: choose yes, no or not judged yet." in page.main


def test_working_on_after_a_while_is_written_down_and_is_no_opening(
    nurse: Reader, team: Team, case_id: str, app_database: Database, clock: StillClock
) -> None:
    token = nurse.get("/en/team/").token()
    clock.forward(minutes=14)  # after it was registered
    to = nurse.send(f"/en/team/c/{case_id}/contact", {"token": token, **CONTACT})
    assert "0400 00 00 00" in nurse.get(to.split("#")[0]).main
    with app_database.reading() as session:
        lines = [line.action for line in session.query(JournalLine).filter_by(subject=case_id)]
    assert lines == ["case-registered", "case-worked-on", "choices-changed"]


def test_what_is_answered_is_told_per_kind_with_its_article(nurse: Reader, case_id: str) -> None:
    page = nurse.get(f"/en/team/c/{case_id}")
    assert "Law of 26 April 2024, art. 29 § 3" in page.main


def test_nothing_is_given_back_that_is_not_listed(nurse: Reader, case_id: str, app_database: Database) -> None:
    sent = {"kind": "restitution", "seen_alone": "1", "token": nurse.get("/en/team/").token()}
    page = nurse.post(f"/en/team/c/{case_id}/ask", sent, status=422)
    assert "List the things kept first." in page.main
    with app_database.reading() as session:
        assert session.query(RequestRecord).count() == 0


def test_an_article_is_named_in_the_language_of_each_page(
    nurse: Reader, team: Team, app_database: Database, clock: StillClock
) -> None:
    minor = make_case(app_database, clock, team, "MINOR", minor=True)
    for language, provision in (("en", "29 § 4 para. 1"), ("nl", "29 § 4 lid 1"), ("de", "29 § 4 Abs. 1")):
        (capable,) = [
            one for one in nurse.get(f"/{language}/team/c/{minor}").all("fieldset") if one.get("id") == "capable_29_4"
        ]
        assert provision in words(capable)
