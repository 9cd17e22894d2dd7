"""The console's header on a phone: one row, by keyboard, without a script; on a wide screen everything at once."""

import pytest
from playwright.sync_api import expect

from portal.library.languages import LANGUAGES, Language
from tests.journeys.conftest import PHONE, Site, Window, own_team
from tests.journeys.hands import Hands

WARD = {"width": 1280, "height": 800}
ROW = 60  # pixels: one row of what a thumb meets
SMALLEST = 44
TARGETS = "els => els.filter(one => one.checkVisibility()).map(one => { const box = one.getBoundingClientRect(); \
return [one.innerText, box.height] })"


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_phone_the_menu_is_one_row_and_unfolds_by_keyboard(walker: Window, site: Site, language: Language) -> None:
    team, _case = own_team(site, language)
    hands = Hands(walker(java_script_enabled=False, viewport=PHONE))
    hands.sign_in(team, site.clock(), language)
    row = hands.page.locator("nav.desk")
    box = row.bounding_box()
    assert box is not None
    assert box["height"] <= ROW, f"{language}: {box['height']}"
    account = row.locator('a[href$="/team/account"]')
    expect(account).to_be_hidden()
    hands.unfold("nav.desk details")
    expect(account).to_be_visible()
    expect(row.locator('form[action$="/team/out"] button')).to_be_visible()
    targets = row.locator("a, summary, button").evaluate_all(TARGETS)
    assert [one for one in targets if one[1] < SMALLEST] == []
    hands.look(f"menu-{language}")
    hands.press('nav.desk a[href$="/team/handover"]')
    expect(hands.page.locator("nav.desk details")).not_to_have_attribute("open", "")


def test_on_a_wide_screen_nothing_is_folded(walker: Window, site: Site) -> None:
    team, _case = own_team(site, Language("de"))
    hands = Hands(walker(java_script_enabled=False, viewport=WARD))
    hands.sign_in(team, site.clock(), "de")
    row = hands.page.locator("nav.desk")
    expect(row.get_by_role("link", name="Mein Konto")).to_be_visible()
    expect(row.get_by_role("button", name="Abmelden")).to_be_visible()
    expect(row.locator("summary")).to_be_hidden()
    box = row.bounding_box()
    assert box is not None
    assert box["height"] <= ROW
    hands.look("menu-wide")
