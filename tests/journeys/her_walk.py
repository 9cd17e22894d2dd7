"""A person on the site: her case, her link, how she asks for each thing; what holds wherever she stops; her team.

The team is played on the records, by what the law lets it do; its own pages have journeys of their own.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import count
from typing import Any, Literal

from babel.messages.pofile import read_po
from playwright.sync_api import Browser, Page

from portal import law
from portal.access.links import NewLink, Power, make_link
from portal.clock import brussels_day
from portal.law.course import Doing, Means, Step
from portal.library.languages import Language
from portal.library.space import REMINDER
from portal.library.words import TELLING, TELLS_OF_A_COMPLAINT
from portal.records import requests
from portal.records.cases import Admission, OpenedCase, open_case, register_case
from portal.records.choices import Contact, change_choices
from portal.records.notes import add_item
from portal.records.requests import OpenedRequest, Outcome
from portal.web.followup.questions import Form
from portal.web.followup.shown import CODES
from portal.web.languages import TRANSLATIONS
from tests.conftest import Team
from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import PHONE, Site, Walker

KINDS = tuple(CODES)
REACHED_AT = "somebody@mail.example"  # agreed at the examination, and never shown on her pages
TYPED = "Dr Elias, Gent"
TOO_LONG = "Elias" * 50
BAGS: Mapping[law.ItemKind, str] = {kind: f"K-{number}" for number, kind in enumerate(law.ItemKind, 1)}
NUMBER = re.compile(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b")
WRITTEN_BY_CHANCE = re.compile(r"(?<=/m/[ab]/)\d+/.+|(?<=/l/).+")  # sealed answers and tokens: letters without sense
LOOK = """contact => {
const all = selector => [...document.querySelectorAll(selector)], root = document.documentElement;
const leave = document.querySelector(".leave").getBoundingClientRect();
return {
wide: root.scrollWidth - root.clientWidth,
leave_in_sight: leave.height >= 44 && leave.top >= 0 && leave.bottom <= innerHeight,
language: root.lang,
path: location.pathname,
text: document.querySelector("main").innerText,
shows_contact: root.outerHTML.includes(contact),
heading: document.querySelector("h1").innerText,
landmarks: Object.fromEntries(
["h1", "main h1", "main", "body > header", "body > footer", "nav.bar[aria-label]"].map(one => [one, all(one).length])),
levels: all("main :is(h1, h2, h3)").map(one => +one.tagName[1]),
ways: all("main a, main form").map(one => one.getAttribute("href") ?? one.getAttribute("action") ?? ""),
}}"""
_references = count(1)
_looked_at: set[tuple[object, ...]] = set()  # by axe, in this run


@dataclass(frozen=True)
class Way:
    """How somebody reads: with scripts or without, in which colours and words, on a screen of which size."""

    scripts: bool = True
    scheme: Literal["light", "dark"] = "light"
    is_easy: bool = False
    size: tuple[int, int] = (360, 640)


@dataclass(frozen=True)
class Screen:
    """A question, how it is answered, and what she answers; a thing is named by its kind."""

    question: str
    form: Form
    given: Any


SCREENS: Mapping[str, tuple[Screen, ...]] = {
    law.RequestKind.EXTENSION: (),
    law.RequestKind.REPORT_COPY: (
        Screen("copy-what", Form.ONE, "report"),
        Screen("copy-how", Form.ONE, "professional"),
        Screen("copy-who", Form.TEXT, TYPED),
    ),
    law.RequestKind.DESTRUCTION: (
        Screen("destruction-which", Form.ONE, "some"),
        Screen("destruction-items", Form.THINGS, (law.ItemKind.CLOTHES, law.ItemKind.SAMPLE)),
    ),
    law.RequestKind.RESTITUTION: (
        Screen("restitution-items", Form.EACH_THING, {law.ItemKind.CLOTHES: "not-now", law.ItemKind.THING: "return"}),
        Screen("restitution-where", Form.ONE, "centre"),
    ),
    law.RequestKind.CONTACT_ME: (
        Screen("contact-how", Form.ONE, "write"),
        Screen("contact-when", Form.ONE, "morning"),
    ),
    law.RequestKind.LANGUAGE_HELP: (
        Screen("needs-what", Form.MANY, ("language", "carer")),
        Screen("needs-text", Form.TEXT, TYPED),
    ),
    law.RequestKind.WITHDRAW_SERVICE: (Screen("service-what", Form.ONE, "contacts"),),
    law.RequestKind.STOP_MESSAGES: (),
    REMINDER: (
        Screen("reminder-whether", Form.ONE, "yes"),
        Screen("reminder-how", Form.ONE, "write"),
        Screen("contact-when", Form.ONE, "evening"),
    ),
}


@dataclass(frozen=True)
class Person:
    """A case with a thing of each kind and an agreed contact, and the link to it."""

    site: Site
    team: Team
    case_id: str
    link: NewLink
    items: Mapping[law.ItemKind, str]

    def case(self) -> OpenedCase:
        """Return her case as it stands."""
        with self.site.database.reading() as session:
            case = open_case(self.site.database, session, self.team.centre_id, self.case_id)
        assert case is not None
        return case

    def asked(self) -> list[OpenedRequest]:
        """Return what she asked for, the newest first."""
        case = self.case()
        with self.site.database.reading() as session:
            every = requests.of_case(session, self.case_id)
            return [requests.read(self.site.database, session, case, one) for one in every]

    def other_link(self, power: Power = Power.EVERYTHING) -> NewLink:
        """Give her a new link, which ends the one she had."""
        now = self.site.clock()
        return make_link(self.site.database, self.team.centre_id, self.case_id, self.team.staff_id, now, power)

    def team_does(self, step: Step, by: str | None = None, outcome: Outcome | None = None) -> None:
        """Make a step with what she asked for last."""
        doing = Doing(step, by or self.team.staff_id, self.site.clock(), Means.VOICE if step is Step.CONFIRM else None)
        request = self.asked()[0].record
        requests.move(self.site.database, self.team.centre_id, request.id, doing, outcome=outcome)

    def answers(self, kind: str) -> dict[str, Any]:
        """Return what her answers look like, once they were written."""
        return {screen.question: self._written(screen) for screen in SCREENS[kind]}

    def _written(self, screen: Screen) -> Any:
        match screen.form:
            case Form.MANY:
                return list(screen.given)
            case Form.THINGS:
                return [self.items[kind] for kind in screen.given]
            case Form.EACH_THING:
                return {self.items[kind]: wish for kind, wish in screen.given.items()}
        return screen.given


def make_person(
    site: Site, language: Language, power: Power = Power.EVERYTHING, *, minor: bool = False, days_ago: int = 30
) -> Person:
    """Register somebody who was examined some days ago, agree on a contact, and give her a link."""
    team, now, database = site.teams[language], site.clock(), site.database
    exam_on = brussels_day(now) - timedelta(days=days_ago)
    admission = Admission(f"HER-{next(_references)}", exam_on, minor, law.Complaint.NONE, language)
    case_id = register_case(database, team.centre_id, team.staff_id, admission, now)
    of_case = (database, team.centre_id, case_id, team.staff_id)
    items = {kind: add_item(*of_case, law.Item(kind, exam_on), bag, now) for kind, bag in BAGS.items()}
    change_choices(*of_case, now, contact=Contact("write", REACHED_AT))
    return Person(site, team, case_id, make_link(*of_case, now, power), items)


@cache
def said_in(language: Language) -> frozenset[str]:
    """Return every sentence of the interface in a language."""
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return frozenset(str(message.string) for message in read_po(file, locale=language))


class HerWalk:
    """She walks through her space, screen by screen; at each stop the house keeps what it promises."""

    def __init__(
        self,
        walker: Walker,
        person: Person,
        language: Language,
        *,
        is_easy: bool = False,
        is_looked_at: bool = True,
    ) -> None:
        self.walker, self.person, self.language, self.is_easy = walker, person, language, is_easy
        self.is_looked_at = is_looked_at
        self.texts: list[str] = []
        self.headings: list[str] = []

    @property
    def page(self) -> Page:
        """The page she sees."""
        return self.walker.page

    @property
    def home(self) -> str:
        """The address of her space."""
        return f"/{self.language}/m/"

    def address(self, kind: str) -> str:
        """Return where a request begins."""
        return f"{self.home}{'b' if self.is_easy else 'a'}/{CODES[kind]}/"

    def button(self, kind: str) -> str:
        """Return where the button of a request leads from her space: to plain words first."""
        return f"{self.home}a/{CODES[kind]}/"

    def come_in(self, link: NewLink | None = None) -> Page:
        """Open her space by link and code."""
        link = link or self.person.link
        page = self.walker.open(f"/{self.language}/l/{link.token}")
        page.fill("#code", link.code)
        self.go("main form button")
        page.wait_for_url(self.walker.site.address + self.home)  # a page that says nothing leads on by itself
        return page

    def go(self, selector: str) -> Page:
        """Tap what leads to another page, and wait until it is there."""
        with self.page.expect_navigation():
            self.walker.tap(selector)
        return self.page

    def begin(self, kind: str) -> Page:
        """Tap the button of a request, and choose how she wants to read."""
        self.go(f'main a[href="{self.button(kind)}"]')
        if self.is_easy:
            self.go("main a.back")
        assert self.page.url == self.walker.site.address + self.address(kind)
        return self.page

    def answer(self, screen: Screen) -> None:
        """Answer a question and go on."""
        self.fill(screen)
        self.go("main form button")

    def fill(self, screen: Screen) -> None:
        """Answer a question, and stay."""
        for selector in self._answers_of(screen):
            self.page.check(selector)
        if screen.form is Form.TEXT:
            self.page.fill("#answer", screen.given)

    def ask(self, kind: str, *, name: str = "", wrong_turns: bool = False) -> str | None:
        """Ask for something from her space to the receipt and back; return the number of the request, if it has one."""
        self.begin(kind)
        for screen in SCREENS[kind]:
            self.stop(f"{name}{kind} {screen.question}", kind=kind)
            if wrong_turns:
                self.turn_wrong(screen, f"{name}{kind} {screen.question} again", kind)
            self.answer(screen)
        self.stop(f"{name}{kind} check", kind=kind)
        assert self.page.locator("#answer").count() == 0
        if wrong_turns:
            self.confirm_wrongly(f"{name}{kind} check again", kind)
        self.go("main form button")
        if kind == REMINDER:
            self.stop(f"{name}{kind} saved")
            assert self.page.url.endswith(f"/m/{'b' if self.is_easy else 'a'}/s")
            self.go(f'main a.main[href="{self.home}"]')
            self.stop(f"{name}space")
            return None
        self.stop(f"{name}{kind} receipt")
        number = self.page.locator("main .big").inner_text()
        assert NUMBER.fullmatch(number)
        assert self.page.url.endswith(f"/m/{'b' if self.is_easy else 'a'}/r/{number}")
        self.go(f'main a.main[href="{self.home}"]')
        self.stop(f"{name}space")
        return number

    def turn_wrong(self, screen: Screen, name: str, kind: str) -> None:
        """Send a form that says nothing yet, or too much: it is said kindly, and what was given stays."""
        before = len(self.person.asked())
        offered = self.page.locator("main input:not([name=token])").count()
        kept = self._give_too_little(screen)
        with self.page.expect_response(lambda answer: answer.request.method == "POST") as sent:
            self.go("main form button")
        assert sent.value.status == 422
        self.stop(name, kind=kind)
        assert self.page.evaluate("document.activeElement.id") == "problem", name
        assert self.in_first_screen("#problem"), name
        assert self.page.locator("#problem p").inner_text() in said_in(self.language), name
        assert self.page.locator("main input:not([name=token])").count() == offered, name
        if screen.form is Form.TEXT:
            assert self.page.input_value("#answer") == TOO_LONG, name
        for selector in kept:
            assert self.page.is_checked(selector), name
        assert self.page.locator("main input:checked").count() == len(kept), name
        assert len(self.person.asked()) == before, name

    def confirm_wrongly(self, name: str, kind: str) -> None:
        """Confirm with a form that was not made for this session: it is asked again, and nothing is written."""
        before = len(self.person.asked())
        self.page.evaluate("document.querySelector('main form [name=token]').value = 'elsewhere'")
        with self.page.expect_response(lambda answer: answer.request.method == "POST") as sent:
            self.go("main form button")
        assert sent.value.status == 422
        self.stop(name, kind=kind)
        assert self.page.evaluate("document.activeElement.id") == "problem", name
        assert self.page.locator("#problem p").inner_text() in said_in(self.language), name
        assert len(self.person.asked()) == before, name

    def stop(self, name: str, *, kind: str | None = None) -> Page:
        """Look at everything that holds on every page; axe looks at each page once for a language and a manner."""
        page, where = self.page, f"{self.language} {name}"
        seen = page.evaluate(LOOK, REACHED_AT)
        assert seen["wide"] <= 0, f"{where} scrolls sideways by {seen['wide']}"
        assert seen["leave_in_sight"], where
        assert seen["language"] == self.language, where
        assert not seen["shows_contact"], where
        assert not TELLING.search(page.title()), f"{where}: {page.title()}"
        assert not TELLING.search(WRITTEN_BY_CHANCE.sub("", seen["path"])), f"{where}: {seen['path']}"
        if kind != law.RequestKind.REPORT_COPY:  # its own page says, to everybody, to whom a copy may be given
            assert not (told := TELLS_OF_A_COMPLAINT.search(seen["text"])), f"{where}: {told}"
        # One heading of the page, and the landmarks by which somebody who listens finds her way.
        assert set(seen["landmarks"].values()) == {1}, f"{where}: {seen['landmarks']}"
        steps = zip(seen["levels"], seen["levels"][1:], strict=False)
        assert all(after - before <= 1 for before, after in steps), f"{where}: {seen['levels']}"
        ways = [WRITTEN_BY_CHANCE.sub("", way) for way in seen["ways"]]
        self.texts.append(NUMBER.sub("", "\n".join([name, seen["text"], *ways])))
        self.headings.append(seen["heading"])
        if self.is_looked_at and (looked := (name, self.language, self.is_easy)) not in _looked_at:
            assert_accessible(page, self.walker.looker, where)
            _looked_at.add(looked)
            self.walker.picture(f"her-{where}-{'easy' if self.is_easy else 'plain'}".replace(" ", "-"))
        return page

    def is_closed(self) -> None:
        """See the page that says kindly that the session ended, and how to open it again."""
        self.stop("closed")
        assert self.page.locator(f'main a.main[href="/{self.language}/l/"]').count() == 1
        assert self.page.locator("main form, main .big").count() == 0

    def in_first_screen(self, selector: str) -> bool:
        """Tell whether something is seen without scrolling."""
        box = self.page.locator(selector).first.bounding_box()
        height = (self.page.viewport_size or PHONE)["height"]
        return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= height

    def _answers_of(self, screen: Screen) -> list[str]:
        items = self.person.items
        match screen.form:
            case Form.ONE:
                return [f'main input[name="answer"][value="{screen.given}"]']
            case Form.MANY:
                return [f'main input[name="answer"][value="{one}"]' for one in screen.given]
            case Form.THINGS:
                return [f'main input[name="answer"][value="{items[kind]}"]' for kind in screen.given]
            case Form.EACH_THING:
                return [
                    f'main input[name="thing-{items[kind]}"][value="{wish}"]' for kind, wish in screen.given.items()
                ]
        return []

    def _give_too_little(self, screen: Screen) -> list[str]:
        """Answer so that it cannot go on, and return what must stay chosen."""
        if screen.form is Form.TEXT:
            self.page.fill("#answer", TOO_LONG)
        if screen.form is not Form.EACH_THING:
            return []
        keeps_all = Screen(screen.question, screen.form, dict.fromkeys(screen.given, "keep"))
        self.fill(keeps_all)
        return self._answers_of(keeps_all)


class Windows:
    """Two lasting windows for many walks, with scripts and without: to open one takes longer than to walk."""

    def __init__(self, chromium: Browser, site: Site) -> None:
        self._contexts = {scripts: chromium.new_context(java_script_enabled=scripts) for scripts in (True, False)}
        self._looker = chromium.new_context().new_page()
        self._walkers = {
            scripts: Walker(context, lambda: self._looker, site) for scripts, context in self._contexts.items()
        }

    def open(self, site: Site, way: Way) -> Walker:
        """Return the window as somebody finds it who was never there."""
        walker = self._walkers[way.scripts]
        walker.site = site
        walker.context.clear_cookies()
        walker.asked.clear()
        width, height = way.size
        for page in (walker.page, self._looker):
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=way.scheme)
        return walker

    def close(self) -> None:
        """Close them."""
        for context in (*self._contexts.values(), self._looker.context):
            context.close()
