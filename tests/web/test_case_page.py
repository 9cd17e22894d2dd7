"""The page of a case: noted once, corrected with an account, copied into the patient file; what to say of a request."""

from datetime import date
from typing import Any

import pyotp
import pytest

from portal import law
from portal.access.links import NewLink
from portal.library import LANGUAGES
from portal.records import notes, requests
from portal.records.cases import OpenedCase, open_case
from portal.records.consents import admission_of, consents_of
from portal.records.corrections import Thing, correct_case
from portal.records.database import Database
from portal.records.models import CaseRecord, JournalLine, Visit
from portal.records.requests import Wish
from tests.clock import StillClock
from tests.conftest import Team, make_case
from tests.reader import Page, Reader
from tests.web.test_routes import everything

ADMITTED = {"admitted_on": "2026-05-11", "admitted_hour": "03:30", "phase": "counted", "facts_on": "2026-05-09"}
STANDS = {"reference": "REF-1", "exam_on": "2026-05-11", "age": "adult", "complaint": "none"}
WHY = "typed the wrong day"


@pytest.fixture
def nurse(reader: Reader, team: Team, clock: StillClock) -> Reader:
    reader.sign_in(team, clock(), "en")
    return reader


def opened(database: Database, team: Team, case_id: str) -> OpenedCase:
    with database.reading() as session:
        case = open_case(database, session, team.centre_id, case_id)
    assert case is not None
    return case


def post(nurse: Reader, path: str, /, **said: Any) -> Page:
    """Send a form; return the page it leads to."""
    said = {"token": nurse.get("/en/team/").token(), **said}
    return nurse.get(nurse.send(path, said).split("#")[0])


def refused(nurse: Reader, path: str, /, **said: Any) -> Page:
    """Send a form that does not fit; return the page that says what is needed."""
    return nurse.post(path, {"token": nurse.get("/en/team/").token(), **said}, status=422)


def test_a_new_case_speaks_the_nurses_language_until_she_chooses(nurse: Reader) -> None:
    for language in LANGUAGES:
        ticked = [
            one.get("value") for one in nurse.get(f"/{language}/team/new").all("input") if "checked" in one.attrib
        ]
        assert ticked == [language]


def test_the_admission_is_noted_once_and_the_day_it_happened_is_not_kept(
    nurse: Reader, team: Team, case_id: str, app_database: Database
) -> None:
    path = f"/en/team/c/{case_id}/admission"
    page = post(nurse, path, **ADMITTED)
    assert "acute: 7 days or less after the events – counted from a day" in page.main
    assert "11 May 2026, 03:30" in page.main
    assert "9 May 2026" not in page.main
    case = opened(app_database, team, case_id)
    assert case.admission.phase is law.Phase.ACUTE
    assert "2026-05-09" not in str(case)
    before = everything(app_database)
    post(nurse, path, **{**ADMITTED, "phase": "non-acute"})  # pressed again, later, by somebody else
    assert everything(app_database) == before


@pytest.mark.parametrize(
    ("part", "said", "field"),
    [
        ("admission", {**ADMITTED, "facts_on": ""}, "phase"),
        ("admission", {**ADMITTED, "facts_on": "2026-05-12"}, "facts_on"),
        ("admission", {**ADMITTED, "admitted_hour": "half past"}, "admitted_hour"),
        ("admission", {**ADMITTED, "admitted_on": "2027-01-01"}, "admitted_on"),
        ("consent", {"consent": "exam", "consent_on": ""}, "consent_on"),
        ("consent", {"consent": "everything", "consent_on": "2026-05-11"}, "consent"),
        ("consent", {"consent": "early-destruction", "consent_on": "2026-05-11"}, "consent"),
        ("consent", {"consent": "exam", "consent_on": "2026-05-11", "withdrawn": "1"}, "withdrawn"),
        ("support", {"support": "yes", "reach": "0400 11 22 33"}, "reach"),
        ("known", {"seized": "1"}, "told_by"),
        ("known", {"complaint": "1", "told_by": "a letter"}, "told_by"),
        ("hold", {"hold_why": " "}, "hold_why"),
        ("moved", {"moved_to": "registry", "moved_by": "receipt 7", "moved_on": "2026-07-30"}, "moved_things"),
        ("back", {"back_why": "the wrong bag"}, "back_things"),
        ("correct", STANDS, "why"),
        ("correct", {**STANDS, "why": WHY, "exam_on": ""}, "no_exam"),
    ],
)
def test_what_does_not_fit_is_told_and_changes_nothing(
    nurse: Reader, case_id: str, app_database: Database, part: str, said: dict[str, str], field: str
) -> None:
    before = everything(app_database)
    page = refused(nurse, f"/en/team/c/{case_id}/{part}", **said)
    (alert,) = [element for element in page.tree.iter() if element.get("role") == "alert"]
    assert f"#{field}" in [a.get("href") for a in alert.iter() if a.get("href")]
    for typed in set(said) & {"admitted_on", "facts_on", "exam_on", "told_by", "why", "reach", "moved_by"}:
        assert said[typed] in page.text
    assert everything(app_database) == before


def test_consents_say_that_they_are_in_the_file_and_nothing_more(
    nurse: Reader, team: Team, case_id: str, app_database: Database
) -> None:
    path = f"/en/team/c/{case_id}/consent"
    page = post(nurse, path, consent="support-contact", consent_on="2026-05-11")
    assert "contact with the support person: noted in the file on 11 May 2026" in page.main
    before = everything(app_database)
    post(nurse, path, consent="support-contact", consent_on="2026-05-11")  # pressed twice
    assert everything(app_database) == before
    page = post(nurse, f"/en/team/c/{case_id}/support", support="yes", reach="a sister, 0400 11 22 33")
    assert "a sister, 0400 11 22 33" in page.text
    page = post(nurse, path, consent="support-contact", consent_on="2026-06-01", withdrawn="1")
    assert "a sister" not in page.text
    assert consents_of(opened(app_database, team, case_id)) == {}


def test_a_correction_that_shortens_is_said_first_and_needs_a_second_tick(
    nurse: Reader, team: Team, case_id: str, app_database: Database
) -> None:
    path = f"/en/team/c/{case_id}/correct"
    said = {**STANDS, "exam_on": "2026-05-01", "why": WHY}
    before = everything(app_database)
    page = refused(nurse, path, **said)
    assert "10 November 2026" in page.main  # the last day to ask, as it is told to her now
    assert "31 October 2026" in page.main  # and as it would be
    assert WHY in page.text
    assert everything(app_database) == before
    page = post(nurse, path, **said, agreed="1")
    assert "11 May 2026 → 1 May 2026. Reason: typed the wrong day." in page.main
    assert opened(app_database, team, case_id).record.ask_by == date(2026, 10, 31)


def test_a_seizure_stands_in_the_head_and_nothing_says_that_nothing_holds(nurse: Reader, case_id: str) -> None:
    path = f"/en/team/c/{case_id}"
    page = nurse.get(path)
    assert "Nothing holds anything now." in page.main
    assert "Seized" not in page.main
    page = post(nurse, f"{path}/known", seized="1", told_by="the judge", told_on="2026-07-30")
    head = page.main.partition("What became known since")[0]
    assert "On hold no Seized Law of 26 April 2024, art. 40 yes" in head
    assert "Nothing holds anything now." not in page.main
    assert "The things were seized. Ask the prosecutor or the judge." in page.main


def test_a_bag_added_twice_is_one_bag(nurse: Reader, team: Team, case_id: str, app_database: Database) -> None:
    path = f"/en/team/c/{case_id}/thing"
    bag = {"thing": "clothes", "taken_on": "2026-05-11", "mark": "D1"}
    post(nurse, path, **bag)
    before = everything(app_database)
    page = post(nurse, path, **bag)
    assert "clothes, bag D1" in page.main
    assert everything(app_database) == before
    for other in ({"mark": "D2"}, {"thing": "thing"}, {"taken_on": "2026-05-12"}):
        post(nurse, path, **{**bag, **other})
    assert len(opened(app_database, team, case_id).items) == 4


def showed(page: Page) -> dict[str, str]:
    """Return what a page of corrections says that it showed, as its form sends it."""
    return {
        name: one.get("value", "") for one in page.all("input") if (name := one.get("name", "")).startswith("showed-")
    }


def set_complaint(database: Database, team: Team, case_id: str, clock: StillClock, complaint: law.Complaint) -> None:
    where = (database, team.centre_id, case_id, team.staff_id, clock())
    correct_case(*where, {"complaint": complaint}, "the wrong box", agreed=True)


def test_a_correction_names_each_change_before_it_is_agreed_to(nurse: Reader, case_id: str) -> None:
    path = f"/en/team/c/{case_id}/correct"
    page = refused(nurse, path, **{**STANDS, "reference": "REF-7", "exam_on": "2026-05-01"}, why=WHY)
    assert "Reference : REF-1 → REF-7." in page.main
    assert "Date of the examination : 11 May 2026 → 1 May 2026." in page.main


def test_an_older_page_takes_back_nothing_that_a_colleague_corrected(
    nurse: Reader, team: Team, case_id: str, app_database: Database, clock: StillClock
) -> None:
    path = f"/en/team/c/{case_id}/correct"
    older = showed(nurse.get(path))
    set_complaint(app_database, team, case_id, clock, law.Complaint.BEFORE_EXAM)
    page = post(nurse, path, **{**STANDS, **older, "reference": "REF-7"}, why=WHY)
    assert "REF-1 → REF-7." in page.main
    stands = opened(app_database, team, case_id).admission
    assert (stands.reference, stands.complaint) == ("REF-7", law.Complaint.BEFORE_EXAM)


def test_where_a_colleague_corrected_the_same_it_is_looked_at_again(
    nurse: Reader, team: Team, case_id: str, app_database: Database, clock: StillClock
) -> None:
    path = f"/en/team/c/{case_id}/correct"
    older = showed(nurse.get(path))
    set_complaint(app_database, team, case_id, clock, law.Complaint.BEFORE_EXAM)
    before = everything(app_database)
    said = {**STANDS, **older, "reference": "REF-7", "complaint": "unknown", "why": WHY}
    page = refused(nurse, path, **said, agreed="1")
    assert "Complaint: a colleague changed this meanwhile." in page.main
    assert everything(app_database) == before
    chosen = {
        one.get("value") for one in page.all("input") if one.get("name") == "complaint" and "checked" in one.attrib
    }
    assert chosen == {"before-exam"}  # what stands now
    for kept in ("REF-7", WHY):
        assert kept in page.text
    agreeing = {**STANDS, **showed(page), "reference": "REF-7", "why": WHY}
    page = refused(nurse, path, **agreeing)  # having looked: now each change is said by its name
    assert "Complaint : " in page.main
    assert "Reference : REF-1 → REF-7." in page.main


def test_what_a_colleague_changed_while_a_factor_was_asked_is_not_taken_back(
    nurse: Reader, team: Team, case_id: str, app_database: Database, clock: StillClock
) -> None:
    path = f"/en/team/c/{case_id}/correct"
    older = showed(nurse.get(path))
    clock.forward(minutes=6)
    said = {**STANDS, **older, "reference": "REF-7", "why": WHY}
    asking = refused(nurse, path, **said)
    set_complaint(app_database, team, case_id, clock, law.Complaint.BEFORE_EXAM)
    on = next(one.get("value", "") for one in asking.all("input") if one.get("name") == "on")
    code = pyotp.TOTP(team.authenticator).at(clock())
    back = nurse.send("/en/team/fresh", {"token": asking.token("/en/team/fresh"), "on": on, "code": code})
    page = nurse.get(back)
    assert "REF-7" in page.text
    chosen = {
        one.get("value") for one in page.all("input") if one.get("name") == "complaint" and "checked" in one.attrib
    }
    assert chosen == {"before-exam"}


def test_a_thing_that_a_colleague_corrected_is_looked_at_again(
    nurse: Reader, team: Team, case_id: str, app_database: Database, clock: StillClock
) -> None:
    where = (app_database, team.centre_id, case_id, team.staff_id)
    item_id = notes.add_item(*where, law.Item(law.ItemKind.CLOTHES, date(2026, 5, 11)), "K2", clock())
    path = f"/en/team/c/{case_id}/correct/{item_id}"
    older = showed(nurse.get(path))
    thing = Thing(item_id, law.Item(law.ItemKind.CLOTHES, date(2026, 5, 20)))
    correct_case(*where, clock(), {}, "the wrong day", thing=thing)
    page = refused(nurse, path, **older, thing="clothes", taken_on="2026-05-21", why=WHY)
    assert "Day it was taken or handed over: a colleague changed this meanwhile." in page.main
    page = post(nurse, path, **older, thing="thing", taken_on="2026-05-11", why=WHY)
    (kept,) = opened(app_database, team, case_id).items
    assert (kept.item.kind, kept.item.taken_on) == (law.ItemKind.THING, date(2026, 5, 20))


@pytest.mark.parametrize(
    "change",
    [{"complaint": "before-exam"}, {"age": "minor"}, {"exam_on": "2026-05-12"}],
    ids=["complaint", "age", "exam"],
)
def test_where_her_link_would_tell_of_a_correction_it_is_said_first_and_the_link_ends(
    nurse: Reader, case_id: str, app_database: Database, link: NewLink, change: dict[str, str]
) -> None:
    """Whoever holds the link, the phone and the code would see the dates go, and know of a complaint."""
    hers = Reader(nurse.client.application)
    shows = hers.open_space(link, "en").main
    path = f"/en/team/c/{case_id}/correct"
    before = everything(app_database)
    said = {**STANDS, **showed(nurse.get(path)), **change, "why": WHY}
    page = refused(nurse, path, **said)
    assert "It ends at once, also where it is open." in page.main
    assert everything(app_database) == before
    assert hers.get("/en/m/").main == shows
    form = {"token": nurse.get("/en/team/").token(), **said, "agreed": "1"}
    to = nurse.send(path, form)
    assert to.endswith("#link")
    page = nurse.get(to.split("#")[0])
    assert "Make another link when you have talked it over in person." in page.main
    hers.get("/en/m/", status=403)  # the open space closed, as for one that never was
    with app_database.reading() as session:
        lines = [line.action for line in session.query(JournalLine).order_by(JournalLine.seq)]
        assert lines[-2:] == ["case-corrected", "link-revoked"]
        assert session.query(Visit).count() == 0
    after = everything(app_database)
    nurse.send(path, form)  # pressed twice
    assert everything(app_database) == after


def test_a_correction_that_her_link_does_not_tell_leaves_it(
    nurse: Reader, team: Team, case_id: str, app_database: Database, link: NewLink
) -> None:
    post(nurse, f"/en/team/c/{case_id}/correct", **{**STANDS, "complaint": "after-exam"}, why=WHY)
    assert opened(app_database, team, case_id).admission.complaint is law.Complaint.AFTER_EXAM
    assert "10 November 2026" in Reader(nurse.client.application).open_space(link, "en").main


def test_a_thing_is_corrected_on_its_own_page(
    nurse: Reader, team: Team, case_id: str, app_database: Database, clock: StillClock
) -> None:
    item = law.Item(law.ItemKind.CLOTHES, date(2026, 5, 11))
    item_id = notes.add_item(app_database, team.centre_id, case_id, team.staff_id, item, "K2", clock())
    path = f"/en/team/c/{case_id}/correct/{item_id}"
    assert "clothes, bag K2" in nurse.get(path).heading
    page = post(nurse, path, thing="thing", taken_on="2026-05-21", why=WHY)
    assert "(K2) : 11 May 2026 → 21 May 2026." in page.main
    moved: dict[str, Any] = {
        "moved_things": [item_id],
        "moved_to": "registry",
        "moved_by": "receipt 7",
        "moved_on": "2026-07-30",
    }
    page = post(nurse, f"/en/team/c/{case_id}/moved", **moved)
    assert "not here: court registry" in page.main
    assert "Bag K2: court registry, 30 July 2026. According to: receipt 7." in page.main
    nurse.get(path, status=404)  # what is not here is not corrected here
    page = post(nurse, f"/en/team/c/{case_id}/back", back_things=[item_id], back_why="the wrong bag")
    assert "Bag K2: here after all, not: court registry. Reason: the wrong bag." in page.main
    assert "not here: court registry" not in page.main
    assert "bag K2" in nurse.get(path).heading


def test_an_answer_of_the_prosecutor_is_asked_only_after_a_later_complaint(
    nurse: Reader, team: Team, case_id: str, app_database: Database
) -> None:
    path = f"/en/team/c/{case_id}/known"
    word = {"told_by": "prosecutor, letter 7", "told_on": "2026-07-30"}
    post(nurse, path, answered="1", **word)
    assert not opened(app_database, team, case_id).admission.answered
    page = post(nurse, path, complaint="1", **word)
    assert "A complaint, or not knowing of one, holds everything." in page.main
    page = post(nurse, path, answered="1", **word)
    assert "nothing need be kept for them : yes. According to: prosecutor, letter 7. Day: 30 July 2026." in page.main
    assert "Nothing holds anything now." in page.main
    assert opened(app_database, team, case_id).admission.complaint is law.Complaint.AFTER_EXAM


def test_a_page_of_corrections_or_the_file_is_only_for_a_case_that_was_opened(
    nurse: Reader, case_id: str, clock: StillClock
) -> None:
    clock.forward(minutes=14)
    nurse.get("/en/team/")
    clock.forward(minutes=2)
    for page in ("correct", "file"):
        assert nurse.client.get(f"/en/team/c/{case_id}/{page}").headers["Location"] == f"/en/team/c/{case_id}/why"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_copy_for_the_file_holds_all_that_was_done_and_no_way_in(
    nurse: Reader, team: Team, case_id: str, app_database: Database, clock: StillClock, language: str
) -> None:
    post(nurse, f"/en/team/c/{case_id}/consent", consent="exam", consent_on="2026-05-11")
    post(nurse, f"/en/team/c/{case_id}/correct", **{**STANDS, "exam_on": "2026-05-12"}, why=WHY)
    post(nurse, f"/en/team/c/{case_id}/hold", hold_why="a call")
    requests.ask(app_database, team.centre_id, case_id, Wish(law.RequestKind.EXTENSION), clock())
    path = f"/{language}/team/c/{case_id}/file"
    page = nurse.get(path)
    text = page.one("textarea").text or ""
    assert text.startswith("REF-1\n")
    assert f" {team.login}, " in text.split("\n\n")[0]  # who registered it
    for told in (WHY, team.login, "a call", "2026"):
        assert told in text
    assert not any(sign in text for sign in ("http", "/team/", "<", "None", "casepage."))
    with app_database.reading() as session:
        assert session.get_one(CaseRecord, case_id).in_file_at is None
    to = nurse.send(path, {"token": page.token(path)})
    nurse.get(to.split("#")[0])
    with app_database.reading() as session:
        assert session.get_one(CaseRecord, case_id).in_file_by == team.staff_id
    assert 'method="post" action="/' + language + "/team/c/" + case_id + '/file"' not in nurse.get(path).text


def test_a_request_says_what_to_say_and_who_makes_each_step(
    nurse: Reader, team: Team, app_database: Database, clock: StillClock
) -> None:
    minor = make_case(app_database, clock, team, "MINOR", minor=True)
    page = post(nurse, f"/en/team/c/{minor}/ask", kind="destruction", seen_alone="1")
    assert "nobody can examine these things any more" in page.main
    assert "A parent cannot ask this in their place" in page.main
    assert "Sign as the second member – another member of the team" in page.main
    assert "Record the destruction – one of the two who confirmed and signed" in page.main
    adult = make_case(app_database, clock, team, "ADULT")
    page = post(nurse, f"/en/team/c/{adult}/ask", kind="extension", seen_alone="1")
    assert "twelve months from the examination" in page.main
    assert "Record the extension – any member of the team" in page.main
    assert admission_of(opened(app_database, team, adult)) is None
