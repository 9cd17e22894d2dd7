"""Holding and freeing, a contact replaced by two, a colleague's work ended: slow on purpose, by keyboard, with axe."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from portal.access.roles import Role
from portal.access.team import add_member
from portal.library.languages import Language
from portal.records.choices import Contact, change_choices
from portal.records.contacts import agree_contact
from portal.records.models import CaseRecord, Hold, Staff
from tests.clock import StillClock, at
from tests.conftest import NOW, Team, make_case
from tests.journeys.conftest import PHONE, Site, Window, running_site
from tests.journeys.hands import Hands

TABLET = {"width": 1024, "height": 768}
PASSWORD = "a long password of a colleague"


@pytest.fixture(scope="module")
def clock() -> StillClock:
    return StillClock(at(NOW))


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory, built: Path, clock: StillClock) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("minds"), built, clock) as site:
        yield site


def colleague(site: Site, clock: StillClock, login: str, role: Role = Role.NURSE) -> Team:
    """Somebody else of the team."""
    team = site.teams[Language("en")]
    made = add_member(site.database, team.centre_id, login, PASSWORD, clock(), role)
    return replace(team, staff_id=made.staff_id, login=login, password=PASSWORD, authenticator=made.authenticator)


def opened(hands: Hands, case_id: str) -> None:
    """Open a case for a reason."""
    hands.walker.open(f"/en/team/c/{case_id}/why")
    hands.page.locator("main input[type=radio]").first.check()
    hands.press(f"form[action$='/c/{case_id}/open'] button")


def held(site: Site, case_id: str) -> int:
    with site.database.reading() as session:
        return session.query(Hold).filter_by(case_id=case_id, lifted_at=None).count()


def test_everything_is_held_and_later_freed_for_a_reason(walker: Window, still: Site, clock: StillClock) -> None:
    team = still.teams[Language("en")]
    case_id = make_case(still.database, clock, team, "HELD-1")
    nurse = Hands(walker(still, viewport=PHONE, java_script_enabled=False))
    page = nurse.page
    nurse.sign_in(team, clock())
    opened(nurse, case_id)
    nurse.unfold("#hold")
    nurse.press('form[action$="/hold"] button')
    expect(page.get_by_role("alert")).to_be_visible()
    nurse.look("hold-why-needed")
    assert held(still, case_id) == 0
    page.fill("#hold_why", "the prosecutor called")
    nurse.press('form[action$="/hold"] button')
    assert held(still, case_id) == 1
    nurse.unfold("#hold")
    nurse.look("hold-set")

    page.fill("#hold_why", "the letter came, n° 7")
    clock.forward(minutes=6)
    nurse.press('form[action$="/lift"] button')
    nurse.look("hold-who-is-there")
    assert held(still, case_id) == 1
    nurse.show_code(team, clock)
    assert page.url.endswith("#hold")
    expect(page.locator("#hold_why")).to_have_value("the letter came, n° 7")
    nurse.look("hold-kept")
    nurse.press('form[action$="/lift"] button')
    assert held(still, case_id) == 0
    nurse.unfold("#hold")
    expect(page.locator("#hold")).to_contain_text("the letter came, n° 7")
    nurse.look("hold-lifted")


def test_another_contact_stands_when_a_second_who_saw_her_says_so(
    walker: Window, still: Site, clock: StillClock
) -> None:
    team, second = still.teams[Language("en")], colleague(still, clock, "second")
    case_id = make_case(still.database, clock, team, "CONTACT-1")
    where = (still.database, team.centre_id, case_id, team.staff_id)
    change_choices(*where, clock(), contact=Contact("call", "0400 00 00 00", ("evening",)))
    agree_contact(*where, Contact("call", "0499 99 99 99", ("evening",)), clock())
    nurse = Hands(walker(still, viewport=TABLET, java_script_enabled=False))
    nurse.sign_in(second, clock())
    nurse.press('li.cardbox:has-text("CONTACT-1") form[action$="/open"] button.go')
    nurse.look("contact-to-confirm")
    nurse.tick("#seen_too")
    clock.forward(minutes=6)
    nurse.press('form[action$="/contact/confirm"] button')
    nurse.show_code(second, clock)
    expect(nurse.page.locator("#seen_too")).to_be_checked()
    nurse.look("contact-kept")
    nurse.press('form[action$="/contact/confirm"] button')
    nurse.unfold("#contact")
    expect(nurse.page.locator("#contact")).to_contain_text("0499 99 99 99")
    expect(nurse.page.locator("#contact")).not_to_contain_text("0400 00 00 00")
    nurse.look("contact-stands")
    with still.database.reading() as session:
        assert session.get_one(CaseRecord, case_id).contact_proposed_at is None


def test_a_colleague_gets_another_role_and_her_work_here_ends(walker: Window, still: Site, clock: StillClock) -> None:
    lead, leaving = colleague(still, clock, "lead", Role.COORDINATOR), colleague(still, clock, "leaving")
    hands = Hands(walker(still, viewport=PHONE, java_script_enabled=False))
    page = hands.page
    hands.sign_in(lead, clock())
    hands.unfold("nav.desk details")
    hands.press('nav.desk a[href$="/people"]')
    hands.press('a.go:has-text("leaving")')
    for part in page.locator("main details > summary").all():
        part.press("Enter")
    hands.look("colleague")
    page.locator('input[name="role"][value="auditor"]').check()
    clock.forward(minutes=6)
    hands.press('form[action$="/role"] button')
    hands.show_code(lead, clock)
    expect(page.locator('input[name="role"][value="auditor"]')).to_be_checked()
    hands.look("colleague-kept")
    hands.press('form[action$="/role"] button')
    hands.press('a.go:has-text("leaving")')
    page.locator('details:has(form[action$="/disable"]) > summary').press("Enter")
    hands.press('form[action$="/disable"] button')
    expect(page.get_by_role("alert")).to_be_visible()
    hands.look("colleague-sure")
    hands.tick("#end-sure")
    hands.press('form[action$="/disable"] button')
    with still.database.reading() as session:
        staff = session.get_one(Staff, leaving.staff_id)
        assert (staff.role, staff.active) == (Role.AUDITOR, False)


def test_a_year_is_published_once(walker: Window, still: Site, clock: StillClock) -> None:
    clock.forward(days=200)  # a year is published when it is over
    auditor = colleague(still, clock, "auditor", Role.AUDITOR)
    hands = Hands(walker(still, viewport=TABLET, java_script_enabled=False))
    page = hands.page
    hands.sign_in(auditor, clock())
    hands.press('nav.desk a[href$="/figures"]')
    hands.look("figures-none")
    page.locator('input[name="year"]').first.check()
    hands.press('form[action$="/figures"] button')
    expect(page.locator("main table").first).to_be_visible()
    hands.look("figures-published")
