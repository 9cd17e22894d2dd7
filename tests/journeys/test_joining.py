"""A coordinator invites; a colleague joins on her phone, and signs in from then on with the key on her key ring."""

import re
from dataclasses import replace

import pyotp
import pytest
from playwright.sync_api import Page, expect

from portal.access.passkeys import Place
from portal.access.roles import Role
from portal.access.team import add_member
from portal.library.languages import Language
from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import Site, Walker, Window, press

TABLET = {"width": 1024, "height": 768}
PASSWORD = "four words in a row"
SECURITY_KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def looked_at(walk: Walker, name: str) -> None:
    walk.picture(f"joining-{name}")
    assert_accessible(walk.page, walk.looker, name)


def key_on(page: Page) -> str:
    return page.locator("b.key").inner_text().replace(" ", "")


def invited(walk: Walker, site: Site, password: str) -> str:
    """A coordinator signs in and invites, by keyboard; return the path of the address that she hands over."""
    made = add_member(
        site.database, site.teams[Language("fr")].centre_id, "lead", password, site.clock(), Role.COORDINATOR
    )
    page = walk.open("/fr/team/in")
    looked_at(walk, "sign-in")
    for name, value in (("login", "lead"), ("password", password), ("code", pyotp.TOTP(made.authenticator).now())):
        page.locator(f"#{name}").fill(value)
    page.keyboard.press("Enter")
    press(page.get_by_role("link", name="Équipe", exact=True))
    looked_at(walk, "people")
    page.locator("#login").focus()
    page.keyboard.type("anna.peeters")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("anna.peeters")
    looked_at(walk, "invitation")
    found = re.search(r"/fr/team/join/\S{22}", page.locator("main").inner_text())
    assert found
    return found[0]


def joined(walk: Walker, path: str) -> None:
    """Anna chooses a password, types the key into her app, and keeps her codes."""
    page = walk.open(path)
    looked_at(walk, "password")
    page.locator("#password").fill("court")
    page.locator("#again").fill("court")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    looked_at(walk, "password-short")
    page.locator("#password").fill(PASSWORD)
    page.locator("#again").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("b.key")).to_be_visible()
    looked_at(walk, "authenticator")
    page.locator("#code").fill(pyotp.TOTP(key_on(page)).now())
    page.keyboard.press("Enter")
    expect(page.locator(".codes li")).to_have_count(10)
    looked_at(walk, "codes")
    press(page.locator("a.go.main"))
    expect(page.locator(".desk")).to_be_visible()


def test_from_an_invitation_to_a_key_on_a_key_ring(site: Site, walker: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    named = replace(site, address=site.address.replace("127.0.0.1", "localhost"))
    monkeypatch.setattr(Place, "of", classmethod(lambda cls, _address: cls("localhost", named.address)))
    path = invited(walker(where=named, viewport=TABLET), site, "a long password of who leads")
    anna = walker(where=named)
    joined(anna, path)
    tools = anna.context.new_cdp_session(anna.page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": SECURITY_KEY})

    page = anna.open("/fr/team/account")
    looked_at(anna, "account")
    press(page.get_by_role("link", name="Mes clés d’accès"))
    looked_at(anna, "passkeys-none")
    page.locator("#name").fill("clé bleue")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="clé bleue")).to_be_visible()
    looked_at(anna, "passkeys")
    page.locator("nav.desk summary").click()
    page.locator(".desk form button").click()
    expect(page.locator("#login")).to_be_visible()
    page.get_by_role("button", name="Utiliser ma clé").click()
    expect(page.locator(".desk")).to_be_visible()
    assert not [one for one in anna.asked if one.startswith("elsewhere")]
