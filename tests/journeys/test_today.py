"""A nurse's morning in a real browser, by keyboard alone; axe reads each page."""

from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect

from portal.library.languages import Language
from portal.records.choices import change_choices
from tests.clock import StillClock, at
from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import Site, Window, running_site
from tests.records.morning import Morning

TABLET = {"width": 1024, "height": 768}


@pytest.fixture(scope="module")
def clock() -> StillClock:
    return StillClock(at("2026-08-01T10:00:00"))


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory, built: Path, clock: StillClock) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("today"), built, clock) as site:
        yield site


def press_until(page: Page, wanted: str, most: int = 120) -> None:
    """Press Tab until what has the focus begins with some words, as somebody without a mouse does."""
    for _ in range(most):
        page.keyboard.press("Tab")
        said = page.evaluate("document.activeElement.innerText || ''")
        if str(said).strip().startswith(wanted):
            return
    raise AssertionError(f"never reached: {wanted}")


def test_a_morning_by_keyboard(walker: Window, still: Site, clock: StillClock) -> None:
    team = still.teams[Language("en")]
    every = Morning(still.database, clock, team).one_of_each()
    change_choices(still.database, team.centre_id, every["NO-WISH"], team.staff_id, clock(), messages_stopped=True)
    nurse = walker(still, viewport=TABLET, java_script_enabled=False)
    page = nurse.open("/en/team/in")
    page.fill("#login", team.login)
    page.fill("#password", team.password)
    page.fill("#code", pyotp.TOTP(team.authenticator).at(clock()))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Today")
    nurse.picture("today-tablet")
    assert_accessible(page, nurse.looker, "today, tablet")
    page.set_viewport_size({"width": 360, "height": 640})
    nurse.picture("today-phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.emulate_media(color_scheme="dark")
    nurse.picture("today-dark")
    page.emulate_media(color_scheme="light")

    press_until(page, "I told the person")
    page.keyboard.press("Enter")
    expect(page.locator("main")).not_to_contain_text("SOON")
    press_until(page, "Open how to reach the person")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Calls to the person – CALL")
    assert_accessible(page, nurse.looker, "calls")
    nurse.picture("calls")
    for path, name in (
        ("handover", "handover"),
        ("find", "find"),
        (f"c/{every['HELD']}/why", "why"),
        ("day/looks/1", "part"),
    ):
        nurse.open(f"/en/team/{path}")
        assert_accessible(page, nurse.looker, name)
        nurse.picture(name)
