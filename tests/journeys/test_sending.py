"""A nurse sends a link from the keyboard, and what did not leave comes back to her: on a phone and a ward tablet."""

from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Locator

from portal.library import Library
from portal.library.languages import Language
from portal.messages import Deliverer
from portal.records.choices import Contact, Reminder, change_choices
from portal.records.models import CaseRecord
from portal.records.recipients import Channel
from tests.clock import StillClock, at
from tests.conftest import NOW
from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import Site, Window, running_site
from tests.messages.post import NUMBER, Post, Way

TABLET = {"width": 1024, "height": 768}


@pytest.fixture
def clock() -> StillClock:
    return StillClock(at(NOW))


@pytest.fixture
def post(clock: StillClock) -> Post:
    return Post(clock)


@pytest.fixture
def sending_site(
    tmp_path: Path, built: Path, clock: StillClock, post: Post, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    monkeypatch.setattr("portal.app.senders_from", lambda _settings, _clock: {Channel.SMS: post})
    data = tmp_path / "site"
    data.mkdir()
    with running_site(data, built, clock) as running:
        yield running


def enter(target: Locator) -> None:
    """Press Enter where it leads to a page, and wait until that page is there."""
    with target.page.expect_navigation():
        target.press("Enter")


@pytest.mark.parametrize(("language", "screen"), [(Language("fr"), None), (Language("nl"), TABLET)])
def test_a_link_is_sent_and_what_did_not_leave_comes_back(
    walker: Window,
    sending_site: Site,
    library: Library,
    post: Post,
    clock: StillClock,
    language: Language,
    screen: dict[str, int] | None,
) -> None:
    team, database = sending_site.teams[language], sending_site.database
    with database.reading() as session:
        case_id = session.query(CaseRecord.id).filter_by(centre_id=team.centre_id).scalar()
    chosen = {"contact": Contact("sms", NUMBER, ("any",)), "reminder": Reminder("write", "any")}
    change_choices(database, team.centre_id, case_id, team.staff_id, clock(), **chosen)
    walk = walker(sending_site, java_script_enabled=False, **({"viewport": screen} if screen else {}))
    page = walk.open(f"/{language}/team/in")
    page.fill("#login", team.login)
    page.fill("#password", team.password)
    page.fill("#code", pyotp.TOTP(team.authenticator).at(clock()))
    enter(page.locator("#code"))
    walk.open(f"/{language}/team/c/{case_id}/why")
    page.locator("main input[type=radio]").first.check()
    enter(page.locator(f"form[action$='/c/{case_id}/open'] button"))

    def look(name: str) -> None:
        assert_accessible(page, walk.looker, f"{language} {name}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} scrolls sideways by {wide}"
        walk.picture(f"sending-{language}-{name}")

    page.locator("#link-new > summary").press("Enter")  # a link lives: another is made on purpose
    enter(page.locator("form[action$='/link'] button"))
    look("made")
    code = page.locator(".big").inner_text()
    enter(page.locator("form[action$='/send'] button"))
    look("queued")
    assert page.locator(".big").inner_text() == code
    post.ways = [Way.REFUSES]
    worker = Deliverer(database, library, {Channel.SMS: post}, clock)
    worker.run()
    enter(page.locator("main a.go").last)
    look("undelivered")
    enter(page.locator("form[action$='/again'] button"))
    page.locator("#messages summary").press("Enter")
    look("sent-again")
    worker.run()
    assert [message.to for _, message in post.left] == ["+32470123456"]
