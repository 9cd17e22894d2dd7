"""A nurse joins by the hospital's sign-in, comes back in the morning, and shows who she is before what counts.

Without scripts: the way there and back is made of pages. The provider is a real one, on this machine.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.access.people import invite
from portal.access.roles import Role
from portal.access.team import add_member
from portal.law import RequestKind
from portal.library.languages import Language
from portal.records import requests
from portal.records.choices import change_choices
from portal.records.models import RequestRecord, SignIn
from portal.settings import HospitalSignIn
from tests.clock import StillClock
from tests.conftest import make_case
from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import Site, Walker, Window, running_site
from tests.provider import ACR, CLIENT, SECRET, Pretending, running
from tests.web.test_team_steps import AGREED


@pytest.fixture
def provider(clock: StillClock) -> Iterator[Pretending]:
    with running(Pretending(clock)) as pretending:
        yield pretending


@pytest.fixture
def ward(tmp_path: Path, built: Path, clock: StillClock, provider: Pretending) -> Iterator[Site]:
    hospital = HospitalSignIn(provider.address, CLIENT, SECRET, ACR)
    with running_site(tmp_path, built, clock, hospital) as site:
        yield site


def invitation(site: Site, clock: StillClock) -> str:
    centre_id = site.teams[Language("fr")].centre_id
    lead = add_member(site.database, centre_id, "lead", "a long password", clock(), Role.COORDINATOR)
    return invite(site.database, centre_id, lead.staff_id, "anna.peeters", Role.NURSE, clock()).token


def asked(site: Site, clock: StillClock) -> str:
    """She asks for a destruction by her link; return which request it is."""
    team = site.teams[Language("fr")]
    case_id = make_case(site.database, clock, team)
    change_choices(site.database, team.centre_id, case_id, team.staff_id, clock(), contact=AGREED)
    wish = requests.Wish(RequestKind.DESTRUCTION, None, {})
    requests.ask(site.database, team.centre_id, case_id, wish, clock())
    with site.database.reading() as session:
        return session.query(RequestRecord).filter_by(case_id=case_id).one().id


def looked_at(walk: Walker, name: str) -> None:
    walk.picture(f"hospital-{name}")
    assert_accessible(walk.page, walk.looker, name)


def at_the_hospital(page: Page, name: str, button: str = "Sign in") -> None:
    """Sign in on the hospital's page, which opened by itself; come back to a page that opened nothing."""
    expect(page.locator("h1")).to_have_text("St. Elsewhere")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("button", name="Continuer")).to_be_focused()


def state(site: Site, request_id: str) -> str:
    with site.database.reading() as session:
        return session.get_one(RequestRecord, request_id).state


def test_joining_the_next_morning_and_an_approval(
    walker: Window, ward: Site, provider: Pretending, clock: StillClock
) -> None:
    walk = walker(ward, java_script_enabled=False)
    walk.context.route(provider.address + "/**", lambda route: route.continue_())
    request_id = asked(ward, clock)
    page = walk.open(f"/fr/team/join/{invitation(ward, clock)}")
    looked_at(walk, "join")
    page.get_by_role("button", name="Rejoindre l’équipe par la connexion de l’hôpital").click()
    at_the_hospital(page, "anna")
    assert "/fr/team/hospital/back?code=" in page.url
    looked_at(walk, "back")
    with ward.database.reading() as session:
        assert session.query(SignIn).count() == 0
    page.keyboard.press("Enter")
    page.wait_for_url("**/fr/team/")
    page.locator("nav.desk summary").click()
    page.get_by_role("button", name="Se déconnecter").click()

    clock.forward(days=7, minutes=1)  # and the destruction that she asked for has waited
    page.wait_for_url("**/fr/team/in")
    looked_at(walk, "sign-in")
    page.get_by_role("button", name="Se connecter par l’hôpital").click()
    at_the_hospital(page, "anna", "No")  # the wrong button
    looked_at(walk, "stopped")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    looked_at(walk, "problem")
    page.locator("main a.main").click()
    page.get_by_role("button", name="Se connecter par l’hôpital").click()
    at_the_hospital(page, "anna")
    page.keyboard.press("Enter")
    page.wait_for_url("**/fr/team/")

    page.locator(f'form[action="/fr/team/r/{request_id}/open"] button').click()
    page.locator('form[action$="/take-up"] button').click()
    expect(page.locator('form[action$="/confirm"]')).to_be_visible()
    clock.forward(minutes=6)
    page.reload()
    expect(page.locator("#factor")).to_be_visible()
    looked_at(walk, "approval")
    page.get_by_role("button", name="Passer par la connexion de l’hôpital").click()
    at_the_hospital(page, "anna")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/fr/team/r/{request_id}")
    page.locator('input[name="means"][value="voice"]').check()
    page.locator('form[action$="/confirm"] button').click()
    expect(page.locator('form[action$="/sign"]')).to_have_count(0)  # the second signature is somebody else's
    assert state(ward, request_id) == "confirmed"
    assert not [address for address in walk.asked if address.startswith("elsewhere")]
