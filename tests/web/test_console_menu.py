"""The console's one row: what is used all day is at hand, the rest unfolds without a script, and nothing is lost."""

from xml.etree.ElementTree import Element

import pytest
from flask import Flask, url_for

from portal.access.roles import Role
from portal.library import LANGUAGES
from portal.records.database import Database
from portal.web.team.menu import AT_HAND, MENU
from tests.clock import StillClock
from tests.conftest import Team
from tests.reader import XHTML, Page, Reader, words
from tests.web.test_routes import signed_in


def addresses(part: Element) -> list[str]:
    """Where a part leads to, in the same language."""
    return [a.get("href", "") for a in part.iter(f"{XHTML}a") if not a.get("hreflang")]


def languages(part: Element) -> set[str]:
    return {a.get("href", "") for a in part.iter(f"{XHTML}a") if a.get("hreflang")}


def menu(page: Page) -> tuple[Element, Element]:
    """Return the console's row, and what unfolds in it."""
    (row,) = [nav for nav in page.all("nav") if "desk" in nav.get("class", "")]
    (more,) = row.iter(f"{XHTML}details")
    return row, more


@pytest.mark.parametrize("role", Role)
def test_every_role_finds_all_its_pages_and_the_first_of_them_at_hand(
    app: Flask, app_database: Database, clock: StillClock, team: Team, role: Role
) -> None:
    row, more = menu(signed_in(app, app_database, team, clock, role).get("/en/team/account"))
    with app.test_request_context():
        wanted = [url_for(f"team.{one.endpoint}", language="en") for one in MENU if role.may(one.duty)]
    folded = [one for one in addresses(more) if one in wanted]
    assert [one for one in addresses(row) if one in wanted] == wanted
    assert folded == wanted[AT_HAND:]
    assert "open" not in more.attrib


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_the_way_out_and_the_public_pages_are_in_the_menu_once(
    reader: Reader, clock: StillClock, team: Team, language: str
) -> None:
    page = reader.sign_in(team, clock(), language)
    _row, more = menu(page)
    assert [form.get("action") for form in more.iter(f"{XHTML}form")] == [f"/{language}/team/out"]
    assert languages(more) == {f"/{other}/team/" for other in LANGUAGES}
    assert page.links.count(f"/{language}/") == 1
    assert f"/{language}/f/" not in page.links  # what searches the public pages is not beside what finds a case


def test_who_is_not_signed_in_has_no_menu_and_may_change_the_language(reader: Reader) -> None:
    page = reader.get("/en/team/in")
    assert not page.all("details")
    assert {f"/{language}/team/in" for language in LANGUAGES} <= set(page.links)


def test_where_she_is_stands_out_in_the_menu(reader: Reader, clock: StillClock, team: Team) -> None:
    reader.sign_in(team, clock(), "en")
    for path, name in (("/en/team/", "Today"), ("/en/team/account", "My account")):
        row, _more = menu(reader.get(path))
        assert [words(a) for a in row.iter(f"{XHTML}a") if a.get("aria-current") == "page"] == [name]
