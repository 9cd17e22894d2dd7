"""A running site and a real browser for the journeys."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, sync_playwright
from werkzeug.serving import make_server

from portal.access.links import NewLink, make_link
from portal.app import create_app
from portal.clock import Clock, system_clock
from portal.library import Library
from portal.library.languages import LANGUAGES, Language
from portal.records.database import Database
from portal.records.migrate import upgrade
from portal.settings import HospitalSignIn, Settings, settings_from
from portal.web.pressed import Pressed
from tests import machine
from tests.clock import StillClock
from tests.conftest import Team, make_case, make_team
from tests.patterns import unhurried

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MOST_MILLISECONDS = 30_000  # a machine that is busy is not a fault: a wait ends as soon as what it waits for is there
PHONE = {"width": 360, "height": 640}
PICTURES = os.environ.get("PORTAL_TESTS_PICTURES")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives the browser."""
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.browser)


class Serving:
    """A server of this test alone, on a free port of this machine."""

    def __init__(self, app: Any) -> None:
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def weather(_environ: object, start_response: Any) -> list[bytes]:
    """Stand in for the neutral site, elsewhere."""
    start_response("200 OK", [("Content-Type", "text/html")])
    return [b"<!doctype html><title>Weather</title><h1>Weather</h1>"]


@dataclass(frozen=True)
class Site:
    """A running site with a nurse and a person for each language."""

    address: str
    neutral: str
    teams: dict[Language, Team]
    links: dict[Language, NewLink]
    database: Database
    settings: Settings
    clock: Clock


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, built: Path, pressed: Pressed) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site"), built, system_clock) as running:
        yield running


@contextmanager
def running_site(data: Path, built: Path, clock: Clock, hospital: HospitalSignIn | None = None) -> Iterator[Site]:
    """Run a site of its own data, by a clock; with it runs the neutral site, and a hospital sends people back to it."""
    (data / "built").symlink_to(built)
    settings = settings_from({"PORTAL_MODE": "demo", "PORTAL_DATA": str(data)})
    neutral = Serving(weather)
    settings = replace(settings, neutral_site=neutral.address + "/{lang}/", hospital=hospital)
    upgrade(Database.of(settings))
    app = create_app(settings, clock)
    database = app.extensions["portal"].database
    unhurried(database.engine)
    now = StillClock(clock())
    recent = (now().date().replace(day=1)).isoformat()
    teams, links = {}, {}
    for language in LANGUAGES:
        teams[language] = make_team(database, now, f"team-{language}")
        case_id = make_case(database, now, teams[language], f"REF-{language}", recent, language=language)
        links[language] = make_link(database, teams[language].centre_id, case_id, teams[language].staff_id, now())
    running = Serving(app)
    if hospital:
        settings = replace(settings, base_url=running.address)
        app.extensions["portal"] = replace(app.extensions["portal"], settings=settings)
    yield Site(running.address, neutral.address, teams, links, database, settings, clock)
    running.stop()
    neutral.stop()
    database.engine.dispose()


_names = count(1)


def own_team(site: Site, language: Language) -> tuple[Team, str]:
    """A team with a case of its own: what one walk does to it, and its codes of the moment, no other walk meets."""
    now, name = StillClock(site.clock()), f"own-{next(_names)}"
    team = make_team(site.database, now, name)
    recent = now().date().replace(day=1).isoformat()
    return team, make_case(site.database, now, team, f"REF-{name}", recent, language=language)


@pytest.fixture(scope="session")
def library(real: Library) -> Library:
    """The library of the running site: read once, for all walks."""
    return real


Launch = Callable[..., Browser]


@pytest.fixture(scope="session")
def launch() -> Iterator[Launch]:
    """Start the browser of this machine, with what one test may want of it."""
    path = machine.browser()
    assert path is not None, machine.HOW["browser"]
    with sync_playwright() as playwright:
        yield partial(playwright.chromium.launch, executable_path=path, args=ARGUMENTS)


@pytest.fixture(scope="session")
def chromium(launch: Launch) -> Iterator[Browser]:
    browser = launch()
    yield browser
    browser.close()


LEADS_ON = "it => it.matches('a[href]:not([href^=\"#\"]), button:not([type=button])')"


def press(target: Locator) -> None:
    """Press as a person does, who looks at the next page when it is there: a click alone does not wait for it."""
    if target.evaluate(LEADS_ON):
        with target.page.expect_navigation(wait_until="load"):
            target.click()
    else:
        target.click()


class Walker:
    """A browser window that keeps to this machine; the neutral site is a stand-in."""

    def __init__(self, context: BrowserContext, find_looker: Callable[[], Page], site: Site) -> None:
        self.asked: list[str] = []
        self._find_looker = find_looker
        self.context = context
        self.site = site
        context.route("**/*", self._stay_here)
        context.set_default_timeout(MOST_MILLISECONDS)
        self.page: Page = context.new_page()

    @property
    def looker(self) -> Page:
        """A second window of the same size and colours, with scripts: axe looks through it."""
        return self._find_looker()

    def _stay_here(self, route: Route) -> None:
        address = route.request.url
        if address.startswith((self.site.address, self.site.neutral)):
            self.asked.append(address)
            route.continue_()
        else:
            self.asked.append(f"elsewhere: {address}")
            route.abort()

    def open(self, path: str) -> Page:
        self.page.goto(self.site.address + path)
        return self.page

    def show(self, path: str) -> Page:
        """Show a page as it is served without going there: for hundreds of pages of which only the looks matter."""
        self.page.set_content(self.served(path))
        return self.page

    def served(self, path: str) -> str:
        """Return a page as it is served."""
        answer = self.context.request.get(self.site.address + path)
        assert answer.ok, f"{path}: {answer.status}"
        return answer.text()

    def tap(self, selector: str) -> Page:
        """Press what stands there; where it leads to a page, wait until that page is there."""
        press(self.page.locator(selector).first)
        return self.page

    def picture(self, name: str) -> None:
        """Keep a picture where somebody asked for pictures."""
        if PICTURES:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=str(Path(PICTURES) / f"{name}.png"))


Window = Callable[..., Walker]


@pytest.fixture(scope="session")
def looker(chromium: Browser) -> Iterator[Page]:
    """The one window through which axe looks at what stands in all the others."""
    context = chromium.new_context()
    context.set_default_timeout(MOST_MILLISECONDS)
    yield context.new_page()
    context.close()


@pytest.fixture
def walker(chromium: Browser, site: Site, looker: Page) -> Iterator[Window]:
    """Open windows, each with a cookie jar of its own; close them all with the test."""
    contexts: list[BrowserContext] = []

    def window(where: Site = site, **options: Any) -> Walker:
        wanted = {"viewport": PHONE, **options}
        contexts.append(chromium.new_context(**wanted))

        def find_looker() -> Page:
            if looker.viewport_size != wanted["viewport"]:
                looker.set_viewport_size(wanted["viewport"])
            looker.emulate_media(color_scheme=wanted.get("color_scheme", "light"))
            return looker

        return Walker(contexts[-1], find_looker, where)

    yield window
    for context in contexts:
        context.close()
