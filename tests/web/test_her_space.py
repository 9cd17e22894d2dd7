"""Link → code → dates and four requests → an extension, written once → the nurse took it up → leave."""

import re
import time
from typing import Any
from uuid import uuid4

import pytest

from portal import law
from portal.access.links import NewLink, Power, make_link
from portal.library import LANGUAGES
from portal.records import requests
from portal.records.database import Database
from portal.records.models import RequestRecord
from portal.records.requests import Wish
from tests.clock import StillClock
from tests.conftest import Team, make_case
from tests.reader import Reader

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
    assert reader.send(f"/nl/l/{link.token}", {"code": f" {link.code[:4]} {link.code[4:]} "}) == "/nl/m/"


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
    for _ in range(3):  # pressed three times
        assert reader.send("/en/m/a/1/", {"token": token}) == "/en/m/r"
    receipt = reader.get("/en/m/r")
    assert "Your written request arrived on 1 August 2026 at 12:00." in receipt.main
    assert "Nothing is destroyed while the centre handles it." in receipt.main
    with app_database.reading() as session:
        (asked,) = session.query(RequestRecord).all()
    assert NUMBER.findall(receipt.main) == [asked.number]
    space = reader.get("/en/m/")
    assert asked.number in space.main
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


def test_leaving_waits_for_nobody(reader: Reader, link: NewLink, app_database: Database) -> None:
    """Somebody writes for a long time, or the records are gone: she leaves all the same, and her cookie with her."""
    reader.open_space(link)
    cookie = reader.client.get_cookie("v")
    assert cookie is not None
    with app_database.engine.connect() as busy:
        busy.exec_driver_sql("BEGIN IMMEDIATE")
        began = time.monotonic()
        left = reader.client.get("/fr/q")
        assert time.monotonic() - began < 5
        busy.exec_driver_sql("ROLLBACK")
    assert left.status_code == 303
    assert reader.client.get_cookie("v") is None
    with app_database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE visit")
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
    reader.send("/en/m/a/1/", {"token": reader.get("/en/m/a/1/").token()})
    assert "Nothing is destroyed" in reader.get("/en/m/r").main


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
        requests.take_up(app_database, team.centre_id, asked.id, team.staff_id, clock())
        last = requests.answer if complaint is law.Complaint.BEFORE_EXAM else requests.enter_extension
        last(app_database, team.centre_id, asked.id, team.staff_id, clock())
        link = make_link(app_database, team.centre_id, case_id, team.staff_id, clock(), power)
        pages.append(NUMBER.sub("", reader.open_space(link, "en").main))
    assert pages[0] == pages[1]


@pytest.mark.parametrize("case", [{"minor": True}, {"exam_on": None}, {"minor": True, "exam_on": None}])
def test_for_minors_and_without_an_exam_a_complaint_changes_nothing(
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
