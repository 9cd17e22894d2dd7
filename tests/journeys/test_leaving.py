"""Leaving: first, in sight, by tap and by keyboard, with and without scripts; and what it does not do."""

import pytest
from playwright.sync_api import expect

from portal.library.languages import LANGUAGES, Language
from tests.journeys.conftest import Site, Window


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_tap_replaces_the_page_and_ends_the_session(walker: Window, site: Site, language: Language) -> None:
    walk = walker()
    link = site.links[language]
    page = walk.open(f"/{language}/l/{link.token}")
    page.fill("#code", link.code)
    walk.tap("main button")
    page.wait_for_url(f"**/{language}/m/")
    assert len(page.context.cookies()) == 1
    walk.tap(".leave")
    page.wait_for_url(f"{site.neutral}/**")
    assert page.context.cookies() == []
    page.go_back()  # an earlier page may be one Back away, as the site says; it is not her space
    assert f"/{language}/m/" not in page.url


@pytest.mark.parametrize("language", LANGUAGES)
def test_shift_three_times(walker: Window, site: Site, language: Language) -> None:
    walk = walker()
    page = walk.open(f"/{language}/i/5")
    status = page.locator("[data-one]")
    page.keyboard.press("Shift")
    expect(status).to_have_text(status.get_attribute("data-two") or "")
    page.keyboard.press("Shift")
    expect(status).to_have_text(status.get_attribute("data-one") or "")
    page.keyboard.press("Shift")
    page.wait_for_url(f"{site.neutral}/**")


def test_shift_while_typing_something_else_does_not_leave(walker: Window, site: Site) -> None:
    page = walker().open("/fr/p/")
    for _ in range(2):
        page.keyboard.press("Shift")
    page.keyboard.press("a")
    page.keyboard.press("Shift")
    page.wait_for_timeout(300)
    assert page.url.endswith("/fr/p/")


def test_the_page_goes_blank_at_once_when_the_network_is_slow(walker: Window, site: Site) -> None:
    walk = walker()
    page = walk.open("/nl/i/3")
    walk.context.route("**/q", lambda route: None)  # an answer that does not come
    shown = page.evaluate(
        "() => { document.querySelector('.leave').click(); return [document.body.hidden, document.title]; }"
    )
    assert shown == [True, "…"]


@pytest.mark.parametrize("scripts", [True, False])
def test_it_is_the_first_thing_the_keyboard_reaches(walker: Window, site: Site, scripts: bool) -> None:
    walk = walker(java_script_enabled=scripts)
    for path in ("/", "/de/", "/de/i/7", "/de/o/", "/de/p/van", "/de/nothing", f"/de/l/{'A' * 22}", "/de/team/in"):
        page = walk.open(path)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "leave", path
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.neutral}/de/")


@pytest.mark.parametrize(("width", "height"), [(320, 256), (320, 640), (1280, 720)])
def test_it_is_in_sight_on_small_screens_and_at_four_hundred_percent(
    walker: Window, site: Site, width: int, height: int
) -> None:
    walk = walker(viewport={"width": width, "height": height})
    for path in ("/fr/", "/fr/i/6", "/fr/o/", "/fr/p/", "/fr/h/", f"/fr/l/{'A' * 22}"):
        page = walk.open(path)
        box = page.locator(".leave").bounding_box()
        assert box is not None
        assert 0 <= box["y"] < height
        assert box["height"] >= 44
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path


def test_the_next_site_is_not_told_where_she_came_from(walker: Window, site: Site) -> None:
    walk = walker()
    told: list[dict[str, str]] = []
    walk.page.on("request", lambda request: told.append(request.headers))
    walk.open("/fr/i/3")
    walk.tap(".leave")
    walk.page.wait_for_url(f"{site.neutral}/**")
    assert told
    assert not [headers for headers in told if "referer" in headers]


def test_a_page_is_one_request(walker: Window, site: Site) -> None:
    walk = walker()
    walk.open("/fr/i/6")
    assert walk.asked == [f"{site.address}/fr/i/6"]
