"""A nurse answers an extension from *Today*, corrects a case and files it: in few actions, by keyboard, with axe."""

import time

import pyotp
import pytest
from playwright.sync_api import Page

from portal import law
from portal.library.languages import Language
from portal.records import requests
from portal.records.models import CaseRecord
from tests.journeys.conftest import PHONE, Site, Window, own_team
from tests.journeys.hands import Hands

TABLET = {"width": 1024, "height": 768}
LONGEST_SECONDS = 120  # "answers a request in two minutes": of which reading is the most


def on_the_first_screen(page: Page, selector: str) -> bool:
    """Tell whether something is whole in the window before anybody scrolls; the line of a demonstration aside."""
    bottom = "it => it.getBoundingClientRect().bottom + scrollY"
    line = page.locator(".demo").evaluate("it => it.offsetHeight")
    return float(page.locator(selector).first.evaluate(bottom)) - float(line) <= float(page.evaluate("innerHeight"))


@pytest.mark.parametrize(("language", "viewport"), [(Language("de"), PHONE), (Language("fr"), TABLET)])
def test_an_extension_is_answered_in_two_actions_and_a_case_is_corrected_and_filed(
    walker: Window, site: Site, language: Language, viewport: dict[str, int]
) -> None:
    team, case_id = own_team(site, language)
    wish = requests.Wish(law.RequestKind.EXTENSION)
    number = requests.ask(site.database, team.centre_id, case_id, wish, site.clock()).number
    hands = Hands(walker(java_script_enabled=False, viewport=viewport))
    page = hands.walker.open(f"/{language}/team/in")
    page.fill("#login", team.login)
    page.fill("#password", team.password)
    page.fill("#code", pyotp.TOTP(team.authenticator).at(int(time.time())))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{language}/team/")

    began = time.monotonic()
    hands.press(f'section:has-text("{number}") form[action$="/take-up"] button')
    assert on_the_first_screen(page, 'form[action$="/carry-out"] button')
    hands.press('form[action$="/carry-out"] button')
    print(f"answer an extension: {hands.actions} actions, {time.monotonic() - began:.1f} s")
    assert hands.actions == 2
    assert time.monotonic() - began < LONGEST_SECONDS
    assert page.locator('form[action$="/carry-out"]').count() == 0
    hands.look(f"request-{language}")

    hands.press('a.back[href*="/team/c/"]')
    page.wait_for_url(f"**/team/c/{case_id}")
    for fold in page.locator("main details > summary").all():
        fold.click()
    hands.look(f"case-{language}")
    hands.press("#corrected a.go")
    page.wait_for_url("**/correct")
    page.fill("#exam_on", "2025-06-02")
    page.fill("#why", "K. 7")
    hands.press("main form button.go")
    hands.look(f"correct-{language}")
    assert page.locator("#agreed").count() == 1
    page.check("#agreed")
    hands.press("main form button.go")
    hands.press('main a[href$="/file"]')
    page.wait_for_url("**/file")
    hands.look(f"file-{language}")
    assert number in page.input_value("#text")
    hands.press("main form button.main")
    with site.database.reading() as session:
        assert session.get_one(CaseRecord, case_id).in_file_by == team.staff_id
