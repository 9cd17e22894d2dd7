"""A link: one form, a card in her language that tells nothing, its life on the page of the case."""

import re
from dataclasses import replace
from xml.etree.ElementTree import Element

import pytest
import segno
from flask import Flask

from portal.access.links import NewLink, Power
from portal.clock import system_clock
from portal.library import LANGUAGES, Library
from portal.library.languages import Language
from portal.library.words import TELLING
from portal.messages import senders_from
from portal.records.choices import change_choices
from portal.records.database import Database
from portal.records.models import Centre, JournalLine, Link, Visit
from portal.records.outbox import Kind
from portal.web.team.qr import QUIET, qr_of
from tests.clock import StillClock
from tests.conftest import Team, make_case
from tests.reader import Page, Reader, words
from tests.web.test_routes import everything
from tests.web.test_team_notes import opened
from tests.web.test_team_sending import MAIL, SMS

ADDRESS = re.compile(rf"http://localhost/({'|'.join(LANGUAGES)})/l/[A-Za-z0-9_-]{{22}}")
CODE = re.compile(r"\d{4} \d{4}")
DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


@pytest.fixture
def nurse(reader: Reader, team: Team, clock: StillClock) -> Reader:
    reader.sign_in(team, clock(), "en")
    return reader


def make(nurse: Reader, case_id: str, language: str = "en", **said: object) -> Page:
    """Send the form of a link as it stands on the page of the case, with what is said in it; return what is shown."""
    path = f"/{language}/team/c/{case_id}"
    page = nurse.get(path)
    return nurse.post(f"{path}/link", {"token": page.token(f"{path}/link"), "instead_of": instead_of(page), **said})


def instead_of(page: Page) -> str:
    return next(field.get("value", "") for field in page.all("input") if field.get("name") == "instead_of")


def handouts(page: Page) -> list[Element]:
    """Return what is printed: everything else on the page is hidden from the printer."""
    printed = [one for one in page.all("section") if "handout" in (one.get("class") or "")]
    for outside in page.one("main"):
        assert outside in printed or outside.get("class") == "noprint"
    return printed


def joined(element: Element) -> str:
    """Return what is read without any space: an address stands in groups."""
    return "".join("".join(element.itertext()).split())


def link_of(page: Page) -> NewLink:
    """Return the link that a page shows."""
    address, code = ADDRESS.search(page.main), CODE.search(page.main)
    assert address
    assert code
    return NewLink(address[0][-22:], code[0].replace(" ", ""), ends_at=None)  # type: ignore[arg-type]


def journal(database: Database) -> list[str]:
    with database.reading() as session:
        return [line.action for line in session.query(JournalLine).order_by(JournalLine.seq)]


# The card


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_the_card_tells_in_any_language(
    nurse: Reader, team: Team, app_database: Database, clock: StillClock, language: Language
) -> None:
    case_id = make_case(app_database, clock, team, "CARD", language=language)
    link_card, code_card = handouts(make(nurse, case_id, code_by="card"))
    for handout in (link_card, code_card):
        assert handout.get("lang") == language  # hers, not the nurse's
        read = [words(handout), joined(handout), *(one.get("aria-label") or "" for one in handout.iter())]
        assert [match for text in read if (match := TELLING.search(text))] == []
        assert "CARD" not in words(handout)
        assert team.login not in words(handout)
    assert ADDRESS.search(joined(link_card))


def test_the_card_has_the_address_and_never_the_code(nurse: Reader, case_id: str) -> None:
    page = make(nurse, case_id)
    (card,) = handouts(page)
    link = link_of(page)
    assert f"http://localhost/fr/l/{link.token}" in joined(card)
    assert not CODE.search(words(card))
    assert link.code not in joined(card)
    assert CODE.search(page.main)  # said by voice, from the screen


def test_a_second_card_has_the_code_and_nothing_of_the_link(nurse: Reader, case_id: str) -> None:
    page = make(nurse, case_id, code_by="card")
    link_card, code_card = handouts(page)
    assert not CODE.search(words(link_card))
    assert CODE.search(words(code_card))
    assert "localhost" not in words(code_card)
    assert link_of(page).token not in joined(code_card)


def test_the_code_is_said_digit_by_digit_in_her_language(
    nurse: Reader, team: Team, app_database: Database, clock: StillClock
) -> None:
    case_id = make_case(app_database, clock, team, "SAID", language="en")
    page = make(nurse, case_id)
    (spelled,) = [one for one in page.all("p") if one.get("id") == "spelled"]
    code = link_of(page).code
    groups = [", ".join(DIGITS[int(digit)] for digit in group) for group in (code[:4], code[4:])]
    assert words(spelled) == " – ".join(groups)
    assert spelled.get("lang") == "en"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card_shows_each_wording_that_may_come_and_where_real_links_begin(
    nurse: Reader, library: Library, team: Team, app_database: Database, clock: StillClock, language: Language
) -> None:
    case_id = make_case(app_database, clock, team, "WORDED", language=language)
    (card,) = handouts(make(nurse, case_id))
    for kind in Kind:
        assert library.messages[kind][language].replace("{link}", f"http://localhost/{language}/l/…") in words(card)


def test_whom_messages_come_from_is_named_or_written_by_hand(app: Flask, nurse: Reader, case_id: str) -> None:
    (card,) = handouts(make(nurse, case_id))
    assert [one for one in card.iter() if one.get("class") == "hand"]  # nothing is sent from here: a line to write on
    sending = replace(app.extensions["portal"].settings, mail=MAIL, sms=SMS)
    app.extensions["portal"] = replace(app.extensions["portal"], senders=senders_from(sending, system_clock))
    (card,) = handouts(make(nurse, case_id))
    assert MAIL.sender in words(card)
    assert SMS.sender in words(card)


@pytest.mark.parametrize(("directory_id", "phone"), [("gent", "09 332 80 80"), ("liege", None), (None, None)])
def test_a_phone_stands_on_the_card_only_where_it_is_checked_and_wanted(
    nurse: Reader, team: Team, case_id: str, app_database: Database, directory_id: str | None, phone: str | None
) -> None:
    with app_database.writing(team.centre_id) as session:
        session.get_one(Centre, team.centre_id).directory_id = directory_id
    offered = [one for one in nurse.get(f"/en/team/c/{case_id}").all("input") if one.get("name") == "phone"]
    assert bool(offered) == (phone is not None)
    assert all(one.get("checked") is None for one in offered)
    (silent,) = handouts(make(nurse, case_id))
    (card,) = handouts(make(nurse, case_id, phone="1"))
    assert not re.search(r"\d\d \d\d \d\d", words(silent))
    assert (phone in words(card)) if phone else not re.search(r"\d\d \d\d \d\d", words(card))


def test_the_qr_code_is_that_of_the_address(nurse: Reader, case_id: str) -> None:
    page = make(nurse, case_id)
    address = ADDRESS.search(page.main)
    assert address
    (drawing,) = page.tree.iter("{http://www.w3.org/2000/svg}svg")
    white, dark = drawing.iter("{http://www.w3.org/2000/svg}path")
    matrix = [list(map(bool, row)) for row in segno.make_qr(address[0], error="m").matrix_iter(border=QUIET)]
    assert drawn(dark.get("d", ""), len(matrix)) == matrix
    assert drawing.get("viewBox") == f"0 0 {len(matrix)} {len(matrix)}"
    assert (white.get("class"), QUIET) == ("w", 4)


def drawn(path: str, side: int) -> list[list[bool]]:
    """Return the modules that a path fills."""
    found = [[False] * side for _ in range(side)]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", path):
        for column in range(int(x), int(x) + int(width)):
            found[int(y)][column] = True
    return found


def test_the_longest_address_still_prints_large_modules() -> None:
    assert qr_of("https://" + "x" * 15 + "/fr/l/" + "y" * 22).side <= 41  # at 40 mm, a module has almost one


def test_token_and_code_are_shown_once_and_no_address_but_hers_holds_them(nurse: Reader, case_id: str) -> None:
    page = make(nurse, case_id)
    link = link_of(page)
    assert not [href for href in page.links if link.token in href]
    for path in (f"/en/team/c/{case_id}", "/en/team/"):
        text = nurse.get(path).text
        assert link.token not in text
        assert link.code not in text
        assert f"{link.code[:4]} {link.code[4:]}" not in text
    assert nurse.client.get(f"/en/team/c/{case_id}/link").status_code == 405  # a GET shows nothing


# Making one


def test_one_button_makes_the_usual_link(nurse: Reader, case_id: str, app_database: Database) -> None:
    make(nurse, case_id)
    with app_database.reading() as session:
        assert session.query(Link).one().power == Power.EXTEND


@pytest.mark.parametrize("ticked", [[], ["first-days"], ["later"], ["first-days", "later"]])
def test_a_ready_set_goes_with_the_link_by_one_tick(
    nurse: Reader, team: Team, case_id: str, app_database: Database, library: Library, ticked: list[str]
) -> None:
    sets = {one.id: one.pages for one in library.sets}
    make(nurse, case_id, sets=ticked)
    assert opened(app_database, team, case_id).choices.pages == tuple(page for one in ticked for page in sets[one])
    assert journal(app_database).count("choices-changed") == bool(ticked)


def test_a_set_adds_to_the_pages_at_hand_and_takes_none_away(
    nurse: Reader, team: Team, case_id: str, app_database: Database, clock: StillClock, library: Library
) -> None:
    own = ("men", "keeping")
    change_choices(app_database, team.centre_id, case_id, team.staff_id, clock(), pages=own)
    make(nurse, case_id, sets=["later"])
    make(nurse, case_id, sets=["later"])
    later = next(one.pages for one in library.sets if one.id == "later")
    assert opened(app_database, team, case_id).choices.pages == (*own, *(page for page in later if page not in own))
    assert journal(app_database).count("choices-changed") == 2  # what she chose, and what was added, once


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("said", "field"), [({"power": "destroy"}, "power"), ({"sets": ["all"]}, "sets"), ({"code_by": "post"}, "code_by")]
)
def test_what_does_not_fit_is_told_and_makes_no_link(
    nurse: Reader, case_id: str, app_database: Database, language: str, said: dict[str, object], field: str
) -> None:
    path = f"/{language}/team/c/{case_id}"
    page = nurse.get(path)
    before = everything(app_database)
    page = nurse.post(f"{path}/link", {"token": page.token(f"{path}/link"), **said}, status=422)
    (alert,) = [element for element in page.tree.iter() if element.get("role") == "alert"]
    assert f"#{field}" in [a.get("href") for a in alert.iter() if a.get("href")]
    assert everything(app_database) == before


def test_a_form_sent_twice_ends_no_card_by_a_slip(nurse: Reader, case_id: str, app_database: Database) -> None:
    """Pressed twice, sent again by reloading the card's own page, or from a page that stood open."""
    path = f"/en/team/c/{case_id}"
    sent = {"token": nurse.get(path).token(f"{path}/link"), "instead_of": "", "power": "dates", "sets": ["later"]}
    nurse.post(f"{path}/link", sent)
    before = everything(app_database)
    page = nurse.post(f"{path}/link", sent, status=422)
    assert "A link was made or ended since" in page.main
    assert everything(app_database) == before
    with app_database.reading() as session:
        assert instead_of(page) == session.query(Link).one().id  # who means it presses once more
    nurse.post(f"{path}/link", {**sent, "instead_of": instead_of(page)})
    assert journal(app_database).count("link-made") == 2


def test_the_language_of_a_new_case_is_that_of_the_console_and_may_be_left_alone(
    nurse: Reader, team: Team, app_database: Database
) -> None:
    form = nurse.get("/nl/team/new")
    checked = [one.get("value") for one in form.all("input") if one.get("checked") is not None]
    assert checked == ["nl"]
    required = {"reference": "R-9", "exam_on": "2026-07-20", "age": "adult", "complaint": "none"}
    to = nurse.send("/nl/team/new", {**required, "token": form.token()})
    assert opened(app_database, team, to.rsplit("/", 1)[1]).admission.language == "nl"


# Its life


def test_the_page_of_a_case_tells_what_became_of_its_link(
    nurse: Reader, team: Team, case_id: str, app: Flask, clock: StillClock
) -> None:
    before = nurse.get(f"/en/team/c/{case_id}")
    assert f"/en/team/c/{case_id}/link/end" not in [form.get("action") for form in before.all("form")]
    link = link_of(make(nurse, case_id, power="dates"))
    page = nurse.get(f"/en/team/c/{case_id}").main
    assert f"Made 1 August 2026 – {team.login} It may show the dates only First opened not yet" in page
    clock.forward(minutes=4)
    Reader(app).open_space(link)
    assert "First opened 1 August 2026 The link works until" in nurse.get(f"/en/team/c/{case_id}").main  # no hour


def test_a_link_is_ended_at_once_with_what_is_open_and_once(
    nurse: Reader, app: Flask, case_id: str, app_database: Database
) -> None:
    link = link_of(make(nurse, case_id))
    person = Reader(app)
    person.open_space(link)
    end = f"/en/team/c/{case_id}/link/end"
    token = nurse.get(f"/en/team/c/{case_id}").token(end)
    assert nurse.send(end, {"token": token}) == f"/en/team/c/{case_id}#link"
    with app_database.reading() as session:
        assert session.query(Visit).count() == 0
    assert person.client.get("/fr/m/").status_code == 403
    before = everything(app_database)
    nurse.send(end, {"token": token})
    assert everything(app_database) == before
    page = nurse.get(f"/en/team/c/{case_id}")
    assert "The team ended the link" in page.main
    assert instead_of(page) == ""
    assert journal(app_database)[-1] == "link-revoked"
    make(nurse, case_id)  # and a new one is made like the first


def test_a_new_link_ends_the_one_before_and_what_is_open_on_it(nurse: Reader, app: Flask, case_id: str) -> None:
    first = link_of(make(nurse, case_id))
    person = Reader(app)
    person.open_space(first)
    second = link_of(make(nurse, case_id))
    assert person.client.get("/fr/m/").status_code == 403
    assert first.token != second.token
    Reader(app).open_space(second)
