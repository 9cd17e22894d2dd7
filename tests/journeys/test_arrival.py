"""The arrival card on a small phone, without scripts: ticked, left and found empty again, shown, printed."""

import re

from playwright.sync_api import Page, expect

from portal.library.languages import LANGUAGES
from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import Site, Walker, Window

TICKED = ("silent", "interpreter")


def tick(walk: Walker) -> Page:
    page = walk.page
    for name in TICKED:
        page.locator(f"label[for={name}]").click()
    page.select_option("#tongue", index=3)
    return page


def assert_empty(page: Page) -> None:
    assert page.locator("input:checked").count() == 0
    assert page.locator("#tongue").evaluate("field => field.selectedIndex") == 0


def test_ticked_shown_and_forgotten(walker: Window, site: Site) -> None:
    walk = walker(java_script_enabled=False)
    page = walk.open("/fr/a/")
    walk.tap('main a[href="/fr/a/nl"]')
    sides = [page.locator(f"label[for={name}]").bounding_box() for name in TICKED]
    assert all(box is not None and box["height"] >= 44 for box in sides)
    desk, own = page.locator("h1 .desk"), page.locator("h1 .own")
    size = "one => parseFloat(getComputedStyle(one).fontSize)"
    assert desk.evaluate(size) > own.evaluate(size)
    tick(walk)
    assert_accessible(page, walk.looker, "ticked")
    walk.picture("arrival-ticked")
    walk.tap("label[for=only]")
    assert page.locator(".need:visible").count() == len(TICKED)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    walk.picture("arrival-only")
    page.reload()
    assert_empty(page)
    tick(walk)
    walk.tap('main a[href="/fr/a/"]')
    page.go_back()
    assert_empty(page)
    tick(walk)
    page.go_back()
    page.go_forward()
    assert_empty(page)
    assert page.context.cookies() == []
    assert all(re.fullmatch(r"/fr/a/(nl)?", address.removeprefix(site.address)) for address in walk.asked)


def test_the_paper_holds_the_card_alone(walker: Window, site: Site) -> None:
    walk = walker(java_script_enabled=False, color_scheme="dark")
    page = walk.open("/fr/a/nl")
    tick(walk)
    page.emulate_media(media="print")
    for kept_off in (".bar", ".noprint", "footer", ".brand", ".langs"):
        assert page.locator(kept_off).locator("visible=true").count() == 0, kept_off
    expect(page.locator(".need")).to_have_count(10)
    for name in TICKED:
        expect(page.locator(f"#{name}")).to_be_visible()
        expect(page.locator(f"#{name}")).to_be_checked()
    walk.picture("arrival-print")
    for desk in LANGUAGES:
        walk.open(f"/fr/a/{desk}")
        bare = page.pdf(format="A5")
        assert len(re.findall(rb"/Type\s*/Page\b", bare)) == 1, desk
        # The browser is asked for its lines with date, title and address: there is no room for them.
        crowded = page.pdf(format="A5", display_header_footer=True, margin={"top": "12mm", "bottom": "12mm"})
        assert len(crowded) == len(bare), desk
