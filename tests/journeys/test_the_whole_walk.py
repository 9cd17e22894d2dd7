"""One walk through the whole house, on a small phone, without scripts, in each language, with axe at each stop."""

import re
import time

import pyotp
import pytest
from playwright.sync_api import Page, expect

from portal.law import Age, Answers, ComplaintSoFar, What, When, Who
from portal.library import Library
from portal.library.languages import LANGUAGES, Language
from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import PHONE, Site, Walker, Window

THREE_DAYS_AGO = Answers(Who.SELF, What.CONTACT, When.DAYS_2_TO_5, Age.ADULT, ComplaintSoFar.NONE)


class Walk:
    """Stops and looks: axe, in light or in both light and dark, no sideways scrolling, leaving in sight and first."""

    def __init__(self, walker: Walker, language: Language, *, in_both: bool = False) -> None:
        self.walker, self.language, self.in_both, self.stops = walker, language, in_both, 0

    @property
    def page(self) -> Page:
        return self.walker.page

    def stop(self, name: str) -> Page:
        self.stops += 1
        assert_accessible(self.page, self.walker.looker, f"{self.language} {name}", and_in_the_dark=self.in_both)
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} scrolls sideways by {wide}"
        assert self.page.locator(".leave").bounding_box() is not None
        assert self.in_first_screen(".leave")
        self.walker.picture(f"{self.language}-{self.stops:02}-{name}")
        return self.page

    def in_first_screen(self, selector: str) -> bool:
        box = self.page.locator(selector).first.bounding_box()
        height = (self.page.viewport_size or PHONE)["height"]
        return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= height


@pytest.mark.parametrize(
    ("language", "typed", "town"),
    [
        (Language("fr"), "combien de temps gardent-ils mes habits", "Luik"),
        (Language("nl"), "kleren terug", "Lüttich"),
        (Language("de"), "wie lange werden Spuren aufbewahrt", "Liège"),
        (Language("en"), "does he get to know", "Liege"),
    ],
)
def test_asking_in_her_own_words_and_finding_a_place(
    walker: Window, site: Site, language: Language, typed: str, town: str
) -> None:
    walk = Walk(walker(java_script_enabled=False), language)
    page = walk.walker.open(f"/{language}/f/")
    page.fill("#words", typed)
    walk.walker.tap("main form button")
    page = walk.stop("found")
    assert page.locator(".found li").count() >= 3
    assert typed.split(maxsplit=1)[0] not in page.url
    results = page.url
    walk.walker.tap(".found a")
    walk.stop("answer")
    page.go_back()
    assert page.url == results  # Back shows the same results, without sending anything again
    page = walk.walker.open(f"/{language}/p/")
    page.fill("#place", town)
    walk.walker.tap("main form button")
    page = walk.stop("municipality")
    assert page.locator('main a[href^="tel:"]').first.is_visible()
    walk.walker.open(f"/{language}/p/")
    page.fill("#place", "Xqzzyv")
    walk.walker.tap("main form button")
    walk.stop("no-such-place")


@pytest.mark.parametrize("language", LANGUAGES)
def test_reading_a_right_and_finding_help(walker: Window, site: Site, library: Library, language: Language) -> None:
    walk = Walk(walker(java_script_enabled=False), language, in_both=True)
    walk.walker.open("/")
    walk.stop("chooser")
    walk.walker.tap(f'main a[href="/{language}/"]')
    walk.stop("home")
    walk.walker.tap(f'main a[href="/{language}/i/"]')
    walk.stop("topics")
    walk.walker.tap(f'main details:has(a[href="/{language}/i/5"]) > summary')
    walk.stop("topics-open")
    walk.walker.tap(f'main a[href="/{language}/i/5"]')
    page = walk.stop("how-long")
    walk.walker.tap("summary")
    assert page.locator("details[open] .src li").count() >= 1
    walk.stop("how-long-sources")

    walk.walker.open(f"/{language}/o/")
    *asked, end = library.guide.tree.walk(THREE_DAYS_AGO)
    for number, code in enumerate([*asked[1:], end], 1):
        walk.stop(f"question-{number}")
        walk.walker.tap(f'main a[href="/{language}/o/{code}"]')
    walk.stop("plan")
    assert walk.in_first_screen("main h1")
    assert walk.in_first_screen(f'main a.main[href="/{language}/p/"]')
    assert walk.in_first_screen('main a[href^="tel:"]')
    assert walk.in_first_screen(f'main a[href="/{language}/h/#written"]')
    page.go_back()
    assert page.url.endswith(asked[-1])
    page.go_forward()

    walk.walker.tap(f'main a.main[href="/{language}/p/"]')
    walk.stop("places")
    page.fill("#place", "12")
    walk.walker.tap("main button")
    walk.stop("places-again")
    assert page.input_value("#place") == "12"
    assert page.evaluate("document.activeElement.id") == "problem"
    page.fill("#place", "2000")
    walk.walker.tap("main button")
    walk.stop("place")
    assert walk.in_first_screen("main h1")
    for selector in ('main a.go[href^="tel:"]', 'main p a[href="tel:112"]', 'main a[href$="#written"]'):
        assert walk.in_first_screen(selector)
    assert walk.in_first_screen('main p a[href^="tel:10"]')  # a line that answers, where the centre has no number
    walk.walker.tap('nav.bar a[href$="#written"]')
    walk.stop("numbers")
    walk.walker.open(f"/{language}/nothing")
    walk.stop("not-here")
    assert page.context.cookies() == []
    assert not [address for address in walk.walker.asked if address.startswith("elsewhere")]
    assert not [address for address in walk.walker.asked if "?" in address or "2000" in address.rsplit(":", 1)[1][5:]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_link_extension_nurse_and_back(walker: Window, site: Site, language: Language) -> None:
    person = Walk(walker(java_script_enabled=False), language)
    link = site.links[language]
    page = person.walker.open(f"/{language}/l/{link.token}")
    person.stop("code")
    assert page.context.cookies() == []
    page.fill("#code", "12")
    person.walker.tap("main button")
    person.stop("code-again")
    page.fill("#code", f"{link.code[:4]} {link.code[4:]}")
    person.walker.tap("main button")
    page.wait_for_url(f"{site.address}/{language}/m/")  # the token is gone from the address
    person.stop("space")
    person.walker.tap(f'main a[href="/{language}/m/a/1/"]')
    person.stop("extension")
    person.walker.tap("main button")
    person.stop("receipt")
    number = page.locator("main .big").inner_text()
    assert re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}", number)

    nurse = Walk(walker(java_script_enabled=False, viewport={"width": 1100, "height": 800}), language)
    sign_in(nurse, site, language)
    desk = nurse.stop("today")
    assert number in desk.locator("main").inner_text()
    nurse.walker.tap('form[action$="/take-up"] button')
    nurse.stop("request-taken-up")
    person.walker.tap(f'main a[href="/{language}/m/"]')
    person.stop("space-taken-up")
    assert number in page.locator("main").inner_text()
    nurse.walker.tap('form[action$="/carry-out"] button')
    nurse.stop("request-done")
    nurse.walker.open(f"/{language}/team/new")
    nurse.stop("new-case")
    nurse.walker.tap("main button")
    nurse.stop("new-case-again")
    desk.fill("#reference", f"NEW-{language}")
    desk.fill("#exam_on", "2026-07-20")
    for name, value in (("age", "adult"), ("complaint", "none"), ("language", str(language))):
        desk.locator(f'input[name="{name}"][value="{value}"]').check()
    nurse.walker.tap("main form button")
    nurse.stop("case")
    nurse.walker.tap('form[action$="/link"] button')
    nurse.stop("link")
    assert f"http://127.0.0.1:8000/{language}/l/" in desk.locator("main").inner_text()
    nurse.walker.tap("main a.go")
    ask_for_a_destruction_in_person(nurse)

    come_back_later(person, language, site)
    assert not [address for address in person.walker.asked + nurse.walker.asked if address.startswith("elsewhere")]


def ask_for_a_destruction_in_person(nurse: Walk) -> None:
    """From the page of a case: list a thing, record what is asked of it, confirm it; a second member must sign."""
    page = nurse.page
    for fold in page.locator("main details > summary").all():
        fold.click()
    nurse.stop("case-unfolded")
    page.check('input[name="thing"][value="clothes"]')
    page.fill("#taken_on", "2026-07-20")
    nurse.walker.tap('form[action$="/thing"] button')
    nurse.stop("thing-again")
    assert page.is_checked('input[name="thing"][value="clothes"]')  # what was typed is kept
    page.fill("#mark", "K2")
    nurse.walker.tap('form[action$="/thing"] button')
    page.locator("#asking > summary").click()
    page.check('input[name="kind"][value="destruction"]')
    page.check('input[name="things"]')
    page.check("#seen_alone")
    nurse.walker.tap('form[action$="/ask"] button')
    nurse.stop("destruction-asked")
    nurse.walker.tap('form[action$="/take-up"] button')
    nurse.walker.tap('form[action$="/confirm"] button')
    nurse.stop("confirm-again")
    page.locator("main details > summary").click()
    nurse.stop("other-steps")
    page.check('input[value="in-person"]')
    nurse.walker.tap('form[action$="/confirm"] button')
    nurse.stop("second-member-needed")
    assert page.locator('form[action$="/sign"]').count() == 0


def come_back_later(person: Walk, language: Language, site: Site) -> None:
    """Leave, find the space closed, open it with the same link and code, and leave again."""
    page, link = person.page, site.links[language]
    person.walker.tap(".leave")
    expect(page).to_have_title("Weather")
    person.walker.open(f"/{language}/m/")
    person.stop("closed")
    person.walker.open(f"/{language}/l/{link.token}")
    page.fill("#code", link.code)
    person.walker.tap("main button")
    page.wait_for_url(f"**/{language}/m/")
    person.stop("space-extended")
    assert page.locator("main .note .big").count() == 1
    person.walker.tap(".leave")
    assert page.context.cookies() == []


def sign_in(nurse: Walk, site: Site, language: Language) -> None:
    team = site.teams[language]
    page = nurse.walker.open(f"/{language}/team/in")
    nurse.stop("sign-in")
    nurse.walker.tap("main button")
    nurse.stop("sign-in-again")
    page.fill("#login", team.login)
    page.fill("#password", team.password)
    page.fill("#code", pyotp.TOTP(team.authenticator).at(int(time.time())))
    nurse.walker.tap("main button")
