"""What somebody of the team does with her hands: keys alone, each counted; and each stop held against axe."""

from collections.abc import Callable
from datetime import datetime

import pyotp
from playwright.sync_api import expect

from tests.conftest import Team
from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import Walker


class Hands:
    """What a nurse does with her hands, counted."""

    def __init__(self, walker: Walker) -> None:
        self.walker, self.page, self.actions = walker, walker.page, 0

    def sign_in(self, team: Team, moment: datetime, language: str = "en") -> None:
        """Sign in with an authenticator's code of the moment."""
        self.walker.open(f"/{language}/team/in")
        self.page.fill("#login", team.login)
        self.page.fill("#password", team.password)
        self.page.fill("#code", pyotp.TOTP(team.authenticator).at(moment))
        self.press("main form button")
        expect(self.page.locator("nav.desk")).to_be_visible()

    def press(self, selector: str) -> None:
        """Reach a button or a link and press it; the next page is there."""
        self.page.locator(selector).first.focus()
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.actions += 1

    def tick(self, selector: str) -> None:
        """Reach a box and tick it."""
        self.page.locator(selector).focus()
        self.page.keyboard.press("Space")
        expect(self.page.locator(selector)).to_be_checked()

    def unfold(self, part: str) -> None:
        """Unfold a part of a page."""
        self.page.locator(f"{part} > summary").focus()
        self.page.keyboard.press("Enter")
        expect(self.page.locator(part)).to_have_attribute("open", "")

    def show_code(self, team: Team, now: Callable[[], datetime]) -> None:
        """Show a factor where the page asks for one; what was filled in is kept."""
        expect(self.page.locator("main")).to_contain_text("What you filled in is kept.")
        self.page.fill("#code", pyotp.TOTP(team.authenticator).at(now()))
        self.press('form[action$="/team/fresh"] button')

    def look(self, where: str) -> None:
        """Hold the page against axe, and against the width of the window."""
        assert_accessible(self.page, self.walker.looker, where)
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{where} scrolls sideways by {wide}"
        self.walker.picture(where)
