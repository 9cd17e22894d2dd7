"""An auditor signs in, opens the journal, narrows it down, looks at who opened cases, and at the figures."""

import pyotp

from portal.access.roles import Role
from portal.access.team import OPERATOR, add_member
from portal.library.languages import Language
from portal.records.figures import publish
from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import Site, Window


def test_an_auditor_reads_the_journal_by_keyboard(site: Site, walker: Window) -> None:
    team, now = site.teams[Language("de")], site.clock()
    auditor = add_member(site.database, team.centre_id, "auditor-walk", "a long password", now, Role.AUDITOR)
    publish(site.database, team.centre_id, now.year - 1, now, OPERATOR)
    walk = walker(java_script_enabled=False)
    page = walk.open("/de/team/in")
    for name, value in (
        ("login", "auditor-walk"),
        ("password", "a long password"),
        ("code", pyotp.TOTP(auditor.authenticator).now()),
    ):
        page.locator(f"[name={name}]").fill(value)
    page.keyboard.press("Enter")
    button = page.locator("form[action$='/journal/open'] button")
    button.focus()
    assert_accessible(page, walk.looker, "closed")
    page.keyboard.press("Enter")
    page.locator("table.lines").wait_for()
    page.locator("main summary").first.focus()
    page.keyboard.press("Enter")
    page.locator("#who").select_option(label=next(iter(page.locator("#who option").all_inner_texts()[1:])))
    page.locator("#about").fill("not a number")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert_accessible(page, walk.looker, "not a number")
    walk.picture("auditor-problem")
    page.locator("#about").fill("")
    with page.expect_navigation():  # the lines may have stood there before
        page.keyboard.press("Enter")
    page.locator("table.lines").wait_for()
    assert_accessible(page, walk.looker, "lines")
    walk.picture("auditor-lines")
    for path in ("/de/team/journal/openings", "/de/team/figures"):
        page = walk.open(path)
        assert_accessible(page, walk.looker, path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        walk.picture(f"auditor-{path.rsplit('/', 1)[1]}")
