"""A new case, a link and its card, as a nurse does it on the ward's computer: how many presses, and what is printed.

`pytest -rP tests/journeys/test_a_link.py` prints the presses and the seconds. The seconds are the machine's: a browser
that presses without reading, on one computer with the server. What the nurse reads and asks comes on top.
"""

import re
import time
from dataclasses import dataclass

import pyotp
import pytest
from playwright.sync_api import Page

from portal.library.languages import Language
from portal.library.words import TELLING
from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import Site, Walker, Window, own_team, press

WARD = {"width": 1024, "height": 768}


@dataclass
class Count:
    """What a hand does: presses of a button, a field or an answer, and keys that are typed."""

    presses: int = 0
    keys: int = 0

    def press(self, page: Page, selector: str) -> None:
        press(page.locator(selector).first)
        self.presses += 1

    def type(self, page: Page, text: str) -> None:
        page.keyboard.type(text)
        self.keys += len(text)


def at_the_desk(walker: Walker, site: Site, language: Language) -> Page:
    """Sign a nurse in and stop at the first page, as in the middle of a shift."""
    (team, _), page = own_team(site, language), walker.open(f"/{language}/team/in")
    page.fill("#login", team.login)
    page.fill("#password", team.password)
    page.fill("#code", pyotp.TOTP(team.authenticator).at(int(time.time())))
    walker.tap("main button")
    return page


def stop(walker: Walker, name: str) -> None:
    """Look at a page: axe, and no scrolling sideways on a ward tablet or a phone."""
    assert_accessible(walker.page, walker.looker, name)
    wide = walker.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} scrolls sideways by {wide}"
    walker.picture(f"link-{name}")


def new_case_to_card(page: Page, count: Count, reference: str) -> None:
    """Only what is required: the language is the console's, the power is the usual one."""
    count.press(page, 'nav a[href$="/team/new"]')
    count.press(page, "#reference")
    count.type(page, reference)
    count.press(page, "#exam_on")
    page.fill("#exam_on", "2026-07-20")  # typed day by day: eight digits
    count.keys += 8
    count.press(page, 'input[name="age"][value="adult"]')
    count.press(page, 'input[name="complaint"][value="none"]')
    count.press(page, "main form button")
    count.press(page, 'form[action$="/link"] button')
    page.locator(".handout").wait_for()


@pytest.mark.parametrize("language", [Language("fr")])
def test_from_a_new_case_to_a_printed_card(walker: Window, site: Site, language: Language) -> None:
    ward = walker(java_script_enabled=False, viewport=WARD)
    page, count = at_the_desk(ward, site, language), Count()
    began = time.monotonic()
    new_case_to_card(page, count, "2026/0815")
    seconds = time.monotonic() - began
    print(f"new case to card: {count.presses} presses, {count.keys} keys, {seconds:.1f} s of this machine")
    assert count.presses <= 8
    stop(ward, "card-ward")
    what_is_printed(page, ward)
    page.set_viewport_size({"width": 360, "height": 640})
    stop(ward, "card-phone")
    lost = Count()
    lost.press(page, "main a.go")
    lost.press(page, "#link-new > summary")
    stop(ward, "case-phone")
    lost.press(page, 'input[name="sets"]')
    lost.press(page, 'input[value="card"]')
    lost.press(page, 'form[action$="/link"] button')
    print(f"a lost card replaced, with a set of pages and a second card for the code: {lost.presses} presses")
    stop(ward, "two-cards")
    what_is_printed(page, ward, sheets=2)
    another_contact_waits(page, ward)


def another_contact_waits(page: Page, walker: Walker) -> None:
    """A contact is agreed, and another is proposed: it waits on the page, and who proposed it cannot confirm it."""
    walker.tap("main a.go")
    for to in ("0400 00 00 00", "0499 99 99 99"):
        page.locator("#contact > summary").click()
        page.check('input[name="way"][value="call"]')
        page.fill("#to", to)
        page.locator('#hours input[value="evening"]').check()
        if page.locator("#seen").count():
            page.check("#seen")
        walker.tap('form[action$="/contact"] button')
    stop(walker, "contact-waits")
    assert page.locator('form[action$="/contact/withdraw"]').count() == 1
    assert page.locator('form[action$="/contact/confirm"]').count() == 0


def what_is_printed(page: Page, walker: Walker, sheets: int = 1) -> None:
    """On paper there is the card alone, and no word of it tells."""
    page.emulate_media(media="print")
    on_paper = page.locator("body").inner_text()
    assert page.locator(".handout").count() == sheets
    assert re.search(r"/fr/l/\s*[\w-]{22}", on_paper)
    assert not TELLING.search(on_paper), TELLING.search(on_paper)
    shown = page.locator("header, footer, .noprint, nav").evaluate_all("all => all.filter(one => one.offsetHeight > 0)")
    assert shown == []
    code = re.search(r"\b\d{4} \d{4}\b", page.locator(".handout").first.inner_text())
    assert code is None
    walker.picture(f"link-print-{sheets}")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == sheets
    page.emulate_media(media="screen")
