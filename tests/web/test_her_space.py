"""Link → code → dates and four requests → an extension, written once → the nurse took it up → leave."""

import re
import time
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from portal import law
from portal.access.links import NewLink, Power, make_link
from portal.access.team import add_member
from portal.law.course import Doing, Means, Step
from portal.library import LANGUAGES
from portal.records import requests
from portal.records.cases import Why, note_viewing, open_case
from portal.records.choices import Contact, Reminder, change_choices
from portal.records.database import Database
from portal.records.models import RequestRecord
from portal.records.notes import add_item, note_facts, set_hold
from portal.records.requests import Outcome, Wish
from tests.clock import StillClock
from tests.conftest import Team, make_case
from tests.kinds import BOTH, SQLITE
from tests.patterns import owners_hands, taken_away
from tests.reader import Page, Reader

EXTENSION = Wish(law.RequestKind.EXTENSION)
NUMBER = re.compile(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_opens_nothing_and_the_code_opens_it(reader: Reader, link: NewLink, language: str) -> None:
    page = reader.get(f"/{language}/l/{link.token}")
    assert "Set-Cookie" not in page.response.headers
    space = reader.open_space(link, language)
    assert "2026" in space.main
    assert (
        space.main.count("Law of 26 April 2024")
        + space.main.count("26 april 2024")
        + space.main.count("26 avril 2024")
        + space.main.count("26. April 2024")
        >= 4
    )


def test_a_hundred_previews_burn_nothing(reader: Reader, link: NewLink) -> None:
    for agent in ("WhatsApp/2.23", "Outlook-SafeLinks", "Googlebot", "curl/8"):
        for method in ("GET", "HEAD", "OPTIONS"):
            for _ in range(9):
                answer = reader.client.open(f"/fr/l/{link.token}", method=method, headers={"User-Agent": agent})
                assert answer.status_code == 200
    assert reader.open_space(link).status == 200


def test_the_code_may_be_typed_with_spaces(reader: Reader, link: NewLink) -> None:
    assert reader.send(f"/nl/l/{link.token}", {"code": f" {link.code[:4]} {link.code[4:]} "}) == "/nl/m/i"


def test_her_dates_and_the_four_requests(reader: Reader, link: NewLink) -> None:
    space = reader.open_space(link, "en")
    assert "10 November 2026" in space.main  # told: the earliest reading
    assert "12 November 2026" not in space.main  # kept: for the team only
    headings = [heading.get("id") for heading in space.all("h3")]
    assert headings == ["extension", "report-copy", "destruction", "restitution"]
    assert "/en/m/a/1/" in space.links


def test_an_extension_is_asked_confirmed_and_written_once(
    reader: Reader, link: NewLink, app_database: Database, clock: StillClock
) -> None:
    reader.open_space(link, "en")
    form = reader.get("/en/m/a/1/")
    token = form.token()
    to = reader.send("/en/m/a/1/", {"token": token})
    for _ in range(2):  # pressed again
        assert reader.send("/en/m/a/1/", {"token": token}) == "/en/m/"
    receipt = reader.get(to)
    assert "Your written request arrived on 1 August 2026 at 12:00." in receipt.main
    assert "Nothing is destroyed while the centre handles" in receipt.main
    with app_database.reading() as session:
        (asked,) = session.query(RequestRecord).all()
    assert set(NUMBER.findall(receipt.main)) == {asked.number}
    space = reader.get("/en/m/")
    assert asked.number in space.main
    assert "Cancel" not in space.main  # an extension is never cancelled online
    assert "/en/m/a/1/" not in space.links


def test_without_the_forms_token_nothing_is_written(reader: Reader, link: NewLink, app_database: Database) -> None:
    reader.open_space(link, "fr")
    for token in ("", "x", "a.b.c", reader.get("/fr/m/a/1/").token()[:-2] + "xx"):
        page = reader.post("/fr/m/a/1/", {"token": token}, status=422)
        assert page.token()  # a fresh one, so that the button can be pressed again
    with app_database.reading() as session:
        assert session.query(RequestRecord).count() == 0


def test_leaving_ends_the_session(reader: Reader, link: NewLink) -> None:
    reader.open_space(link)
    left = reader.client.get("/fr/q")
    assert (left.status_code, left.headers["Location"]) == (303, "https://neutral.example/fr/")
    assert left.headers["Referrer-Policy"] == "no-referrer"
    assert "cookies" in left.headers["Clear-Site-Data"]
    assert "Max-Age=0" in left.headers["Set-Cookie"]
    reader.get("/fr/m/", status=403)


@BOTH
def test_leaving_waits_for_nobody(reader: Reader, link: NewLink, app_database: Database) -> None:
    """Somebody writes for a long time, or the records are gone: she leaves all the same, and her cookie with her."""
    reader.open_space(link)
    cookie = reader.client.get_cookie("v")
    assert cookie is not None
    with owners_hands(app_database) as busy:
        busy.exec_driver_sql("BEGIN IMMEDIATE" if busy.dialect.name == SQLITE else "LOCK TABLE visit")
        began = time.monotonic()
        left = reader.client.get("/fr/q")
        assert time.monotonic() - began < 5
    assert left.status_code == 303
    assert reader.client.get_cookie("v") is None
    taken_away(app_database)
    reader.client.set_cookie("v", cookie.value)
    assert reader.client.get("/fr/q").headers["Location"] == "https://neutral.example/fr/"


def test_a_copied_cookie_is_worthless_after_leaving(reader: Reader, link: NewLink) -> None:
    reader.open_space(link)
    cookie = reader.client.get_cookie("v")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Strict"
    reader.client.get("/fr/q")
    reader.client.set_cookie("v", cookie.value)
    reader.get("/fr/m/", status=403)


def test_the_session_ends_by_itself(reader: Reader, link: NewLink, clock: StillClock) -> None:
    reader.open_space(link)
    for _ in range(3):
        clock.forward(minutes=9)
        reader.get("/fr/m/")
    clock.forward(minutes=4)  # thirty-one in all
    reader.get("/fr/m/", status=403)
    reader.open_space(link)
    clock.forward(minutes=10)
    reader.get("/fr/m/", status=403)


def test_a_link_for_dates_only(
    reader: Reader, app_database: Database, team: Team, case_id: str, clock: StillClock
) -> None:
    link = make_link(app_database, team.centre_id, case_id, team.staff_id, clock(), Power.DATES)
    space = reader.open_space(link, "fr")
    assert "10 novembre 2026" in space.main
    assert "/fr/m/a/1/" not in space.links
    assert reader.client.get("/fr/m/a/1/").headers["Location"] == "/fr/m/"


def test_after_the_date_it_is_said_plainly_and_can_still_be_asked(
    reader: Reader, app_database: Database, team: Team, case_id: str, clock: StillClock
) -> None:
    clock.forward(days=120)
    link = make_link(app_database, team.centre_id, case_id, team.staff_id, clock())
    space = reader.open_space(link, "en")
    assert "The date in law has passed. Call today" in space.main
    to = reader.send("/en/m/a/1/", {"token": reader.get("/en/m/a/1/").token()})
    assert "Nothing is destroyed" in reader.get(to).main


HIDING = [law.Complaint.BEFORE_EXAM, law.Complaint.UNKNOWN]


def page_of(
    reader: Reader, database: Database, team: Team, clock: StillClock, power: Power = Power.EXTEND, **case: Any
) -> str:
    reference = f"CASE-{uuid4()}"
    case_id = make_case(database, clock, team, reference, **case)
    link = make_link(database, team.centre_id, case_id, team.staff_id, clock(), power)
    return reader.open_space(link, "en").main


def test_what_hides_a_complaint_looks_like_a_choice_of_hers(
    app_database: Database, reader: Reader, team: Team, clock: StillClock
) -> None:
    """A complaint before the exam, an unknown one, or a link for everything in person: the same page to the letter."""
    hidden = [page_of(reader, app_database, team, clock, complaint=complaint) for complaint in HIDING]
    chosen = page_of(reader, app_database, team, clock, Power.IN_PERSON)
    assert set(hidden) == {chosen}
    assert "complaint" not in chosen.casefold()
    assert "judicial" not in chosen.casefold()


def test_also_after_the_team_has_dealt_with_it(
    app_database: Database, reader: Reader, team: Team, clock: StillClock
) -> None:
    """An extension entered for one person, a request answered for another: with nothing shown, the same page."""
    pages = []
    for complaint, power in ((law.Complaint.BEFORE_EXAM, Power.EXTEND), (law.Complaint.NONE, Power.IN_PERSON)):
        case_id = make_case(app_database, clock, team, f"DEALT-{power}", complaint=complaint)
        requests.ask(app_database, team.centre_id, case_id, EXTENSION, clock())
        with app_database.reading() as session:
            asked = requests.pending(session, case_id, law.RequestKind.EXTENSION)
        assert asked is not None
        last = Step.DECLINE if complaint is law.Complaint.BEFORE_EXAM else Step.CARRY_OUT
        for step in (Step.TAKE_UP, last):
            doing = Doing(step, team.staff_id, clock())
            requests.move(app_database, team.centre_id, asked.id, doing, outcome=Outcome("ordered", "talked over"))
        link = make_link(app_database, team.centre_id, case_id, team.staff_id, clock(), power)
        pages.append(NUMBER.sub("", reader.open_space(link, "en").main))
    assert pages[0] == pages[1]


@pytest.mark.parametrize("case", [{"exam_on": None}, {"minor": True, "exam_on": None}])
def test_without_an_exam_a_complaint_changes_nothing(
    app_database: Database, reader: Reader, team: Team, clock: StillClock, case: dict[str, Any]
) -> None:
    pages = {page_of(reader, app_database, team, clock, complaint=complaint, **case) for complaint in law.Complaint}
    assert len(pages) == 1


def test_a_complaint_after_the_exam_changes_nothing_that_is_dated(
    app_database: Database, reader: Reader, team: Team, clock: StillClock
) -> None:
    case = make_case(app_database, clock, team, "AFTER", complaint=law.Complaint.AFTER_EXAM)
    link = make_link(app_database, team.centre_id, case, team.staff_id, clock())
    space = reader.open_space(link, "en")
    assert "10 November 2026" in space.main
    assert "/en/m/a/1/" in space.links
    assert "complaint" not in space.main.casefold()


def test_a_minor_reads_of_long_periods_and_no_extension(
    app_database: Database, reader: Reader, team: Team, clock: StillClock
) -> None:
    case = make_case(app_database, clock, team, "MINOR", minor=True)
    link = make_link(app_database, team.centre_id, case, team.staff_id, clock())
    space = reader.open_space(link, "en")
    assert "no extension is needed" in space.main
    assert "/en/m/a/1/" not in space.links


def test_the_card_helps_who_cannot_tap_the_link(reader: Reader, link: NewLink) -> None:
    for typed in (link.token, f"http://localhost/fr/l/{link.token}", f"  {link.token} "):
        assert reader.send("/fr/l/", {"reference": typed}) == f"/fr/l/{link.token}"
    for typed in ("", "short", link.token + "x", "\x00" * 22, "é" * 22):
        reader.post("/fr/l/", {"reference": typed}, status=422)


def test_wrong_expired_and_unknown_links_look_the_same(
    reader: Reader, link: NewLink, app_database: Database, clock: StillClock, team: Team, case_id: str
) -> None:
    wrong = "00000000" if link.code != "00000000" else "00000001"
    make_link(app_database, team.centre_id, case_id, team.staff_id, clock())  # ends the first one
    ended = reader.post(f"/en/l/{link.token}", {"code": wrong}, status=422).main
    unknown = reader.post(f"/en/l/{'A' * 22}", {"code": wrong}, status=422).main
    assert ended == unknown
    right = reader.post(f"/en/l/{link.token}", {"code": link.code}, status=422).main
    assert "this link no longer works" in right


def test_after_five_wrong_codes_every_answer_gives_the_time(reader: Reader, link: NewLink, clock: StillClock) -> None:
    wrong = "00000000" if link.code != "00000000" else "00000001"
    for _ in range(5):
        reader.post(f"/en/l/{link.token}", {"code": wrong}, status=422)
    for code in (wrong, link.code):
        assert (
            "try again on 1 August 2026 at 12:00" in reader.post(f"/en/l/{link.token}", {"code": code}, status=422).main
        )
    clock.forward(seconds=31)
    assert reader.open_space(link).status == 200


@pytest.mark.parametrize("minor", [False, True], ids=["adult", "minor"])
@pytest.mark.parametrize("power", [Power.DATES, Power.EXTEND, Power.EVERYTHING, Power.IN_PERSON], ids=str)
def test_a_later_complaint_a_hold_and_a_seizure_change_no_letter(
    app_database: Database, reader: Reader, team: Team, clock: StillClock, minor: bool, power: Power
) -> None:
    """Four people alike in everything but what her link must not tell: the same pages, before and after asking."""
    pages: list[list[str]] = []
    for number, secret in enumerate((None, "complaint", "hold", "seized")):
        case_id = make_case(app_database, clock, team, f"ALIKE-{number}", minor=minor)
        note_item(app_database, team, clock, case_id)
        keep_secret(app_database, team, clock, case_id, secret)
        link = make_link(app_database, team.centre_id, case_id, team.staff_id, clock(), power)
        seen = [reader.open_space(link, "en").main]
        for code in range(1, 10):
            response = reader.client.get(f"/en/m/a/{code}/")
            seen.append(f"{response.status_code} {words_of(response)}")
        for kind in (law.RequestKind.EXTENSION, law.RequestKind.DESTRUCTION, law.RequestKind.REPORT_COPY):
            requests.ask(app_database, team.centre_id, case_id, Wish(kind), clock())
        seen.append(reader.get("/en/m/").main)
        pages.append([NUMBER.sub("", page) for page in seen])
    assert pages[0] == pages[1] == pages[2] == pages[3]


@pytest.mark.parametrize("secret", ["complaint", "hold", "seized"])
def test_what_becomes_known_after_she_was_spoken_with_moves_nothing_on_her_page(
    app_database: Database, reader: Reader, team: Team, clock: StillClock, secret: str
) -> None:
    """Noting it opens the request again, for the team to ask her anew: whoever watches her page sees no step back."""
    case_id = make_case(app_database, clock, team, "WATCHED")
    contact = Contact("call", "0470 00 00 00")
    change_choices(app_database, team.centre_id, case_id, team.staff_id, clock(), contact=contact)
    requests.ask(app_database, team.centre_id, case_id, Wish(law.RequestKind.DESTRUCTION), clock())
    with app_database.reading() as session:
        (asked,) = requests.of_case(session, case_id)
    clock.forward(days=8)
    for doing in (
        Doing(Step.TAKE_UP, team.staff_id, clock()),
        Doing(Step.CONFIRM, team.staff_id, clock(), Means.VOICE),
    ):
        requests.move(app_database, team.centre_id, asked.id, doing)
    link = make_link(app_database, team.centre_id, case_id, team.staff_id, clock(), Power.EVERYTHING)
    before = reader.open_space(link, "en").main
    keep_secret(app_database, team, clock, case_id, secret)
    assert reader.get("/en/m/").main == before
    with app_database.reading() as session:
        assert requests.of_case(session, case_id)[0].state == "taken-up"


def keep_secret(database: Database, team: Team, clock: StillClock, case_id: str, secret: str | None) -> None:
    """Note what her link must not tell."""
    if secret == "complaint":
        note_facts(database, team.centre_id, case_id, team.staff_id, clock(), complaint=law.Complaint.AFTER_EXAM)
    elif secret == "hold":
        set_hold(database, team.centre_id, case_id, team.staff_id, clock())
    elif secret == "seized":
        note_facts(database, team.centre_id, case_id, team.staff_id, clock(), seized=True)


@pytest.mark.parametrize("power", [Power.DATES, Power.EXTEND, Power.EVERYTHING], ids=str)
@pytest.mark.parametrize("minor", [False, True], ids=["adult", "minor"])
def test_an_exam_on_order_looks_like_her_choice_of_everything_in_person(
    app_database: Database, reader: Reader, team: Team, clock: StillClock, minor: bool, power: Power
) -> None:
    chosen = page_of(reader, app_database, team, clock, Power.IN_PERSON, minor=minor)
    for complaint in HIDING:
        assert page_of(reader, app_database, team, clock, power, minor=minor, complaint=complaint) == chosen


def test_each_thing_of_a_minor_has_its_own_date_and_there_is_no_single_one(
    app_database: Database, reader: Reader, team: Team, clock: StillClock
) -> None:
    case_id = make_case(app_database, clock, team, "MINOR", minor=True)
    for kind in (law.ItemKind.TOXICOLOGY, law.ItemKind.CLOTHES):
        note_item(app_database, team, clock, case_id, kind)
    link = make_link(app_database, team.centre_id, case_id, team.staff_id, clock())
    space = reader.open_space(link, "en")
    assert "the period in law runs to 10 May 2031" in space.main  # five years, the earliest reading
    assert "the period in law runs to 10 May 2076" in space.main
    assert not [element for element in space.all("p") if element.get("class") == "big"]


def test_what_was_not_allowed_at_the_exam_cannot_be_asked_by_a_hand_made_address(
    app_database: Database, reader: Reader, team: Team, case_id: str, clock: StillClock
) -> None:
    link = make_link(app_database, team.centre_id, case_id, team.staff_id, clock(), Power.DATES)
    reader.open_space(link, "en")
    token = reader.get("/en/m/a/5/").token()
    for code in (1, 2, 3, 4, 8):
        assert reader.client.get(f"/en/m/a/{code}/").headers["Location"] == "/en/m/"
        assert reader.send(f"/en/m/a/{code}/", {"token": token}) == "/en/m/"
    reader.get("/en/m/a/10/", status=404)
    with app_database.reading() as session:
        assert session.query(RequestRecord).count() == 0


def test_answers_travel_sealed_and_serve_no_other_session(
    app_database: Database, reader: Reader, team: Team, case_id: str, clock: StillClock
) -> None:
    link = make_link(app_database, team.centre_id, case_id, team.staff_id, clock(), Power.EVERYTHING)
    reader.open_space(link, "en")
    to = reader.send("/en/m/a/5/", {"token": reader.get("/en/m/a/5/").token(), "answer": "call"})
    assert "call" not in to
    assert reader.get(to).all("fieldset")
    reader.client.get("/en/q")
    reader.open_space(link, "en")
    for address in (to, "/en/m/a/5/nonsense"):
        assert reader.client.get(address).headers["Location"] == "/en/m/"


@pytest.mark.parametrize("manner", ["a", "b"])
def test_a_choice_is_confirmed_and_changes_no_date(
    app_database: Database, reader: Reader, team: Team, case_id: str, link: NewLink, manner: str
) -> None:
    reader.open_space(link, "en")
    to = f"/en/m/{manner}/9/"
    for given in ("yes", "write", "evening"):
        to = reader.send(to, {"token": reader.get(to).token(), "answer": given})
    saved = reader.send(to, {"token": reader.get(to).token()})
    assert "Your choice is saved." in reader.get(saved).main
    with app_database.reading() as session:
        case = open_case(app_database, session, team.centre_id, case_id)
    assert case is not None
    assert case.choices.reminder == Reminder("write", "evening")


def test_where_all_is_talked_over_no_address_tells_how_a_destruction_ended(
    app_database: Database, reader: Reader, team: Team, case_id: str, clock: StillClock
) -> None:
    colleague = add_member(app_database, team.centre_id, "colleague", "a long password", clock()).staff_id
    wish = Wish(law.RequestKind.DESTRUCTION)
    requests.ask(app_database, team.centre_id, case_id, wish, clock(), asked_by=team.staff_id)
    with app_database.reading() as session:
        (asked,) = requests.of_case(session, case_id)
    for step, by in (
        (Step.TAKE_UP, team.staff_id),
        (Step.CONFIRM, team.staff_id),
        (Step.SIGN, colleague),
        (Step.CARRY_OUT, colleague),
    ):
        doing = Doing(step, by, clock(), Means.IN_PERSON)
        requests.move(app_database, team.centre_id, asked.id, doing, outcome=Outcome(done_on="2026-08-01"))
    for power, status in ((Power.EVERYTHING, 200), (Power.IN_PERSON, 404)):
        reader.open_space(make_link(app_database, team.centre_id, case_id, team.staff_id, clock(), power), "en")
        for address in (f"/en/m/g/{asked.number}", f"/en/m/g/{asked.number}/f"):
            assert reader.client.get(address).status_code == status


def test_stopping_messages_works_at_once_and_the_team_is_told(
    app_database: Database, reader: Reader, team: Team, case_id: str, link: NewLink, clock: StillClock
) -> None:
    reader.open_space(link, "en")
    reader.send("/en/m/a/7/", {"token": reader.get("/en/m/a/7/").token()})
    with app_database.reading() as session:
        case = open_case(app_database, session, team.centre_id, case_id)
        assert [one.kind for one in requests.of_case(session, case_id)] == ["stop-messages"]
    assert case is not None
    assert case.choices.messages_stopped
    assert "/en/m/a/9/" not in reader.get("/en/m/").links


def test_who_opened_is_shown_only_where_she_chose_it(
    app_database: Database, reader: Reader, team: Team, case_id: str, link: NewLink, clock: StillClock
) -> None:
    assert "When and why the team opened" not in reader.open_space(link, "en").main
    change_choices(app_database, team.centre_id, case_id, team.staff_id, clock(), shows_openings=True)
    clock.forward(minutes=20)
    note_viewing(app_database, team.centre_id, team.staff_id, case_id, clock(), Why.REQUEST)
    page = reader.open_space(link, "en").main
    assert "When and why the team opened" in page
    assert "1 August 2026: for one of your requests (Nurse)" in page
    assert team.login not in page
    assert team.staff_id not in page


def test_pages_are_chosen_for_her_but_none_that_speaks_of_police(
    app_database: Database, reader: Reader, team: Team, case_id: str, link: NewLink, clock: StillClock
) -> None:
    change_choices(app_database, team.centre_id, case_id, team.staff_id, clock(), pages=("keeping", "report"))
    page = reader.open_space(link, "en")
    assert "How long things are kept" in page.main
    assert "Reporting to the police" not in page.main


def note_item(
    database: Database, team: Team, clock: StillClock, case_id: str, kind: law.ItemKind = law.ItemKind.CLOTHES
) -> str:
    return add_item(database, team.centre_id, case_id, team.staff_id, law.Item(kind, date(2026, 5, 11)), "7", clock())


def words_of(response: TestResponse) -> str:
    return Page(response).main if response.status_code == 200 else response.headers["Location"]
