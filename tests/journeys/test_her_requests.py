"""Her space in a real browser: each request from the first screen to the end, by whoever asks, in each language."""

import base64
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as BrowserError

from portal import law
from portal.access.links import Power
from portal.access.team import add_member
from portal.access.visits import IDLE
from portal.cli import main as portal
from portal.clock import BRUSSELS
from portal.law.course import State, Step
from portal.library.languages import LANGUAGES, Language
from portal.library.space import REMINDER
from portal.library.words import TELLING
from portal.records import receipts
from portal.records.choices import Reminder
from portal.records.notes import note_facts, set_hold
from portal.records.requests import Outcome
from portal.web.followup.questions import Form
from tests.clock import StillClock, at
from tests.journeys.conftest import Launch, Site, Walker, running_site
from tests.journeys.her_walk import KINDS, SCREENS, TYPED, HerWalk, Person, Screen, Way, Windows, make_person

FR, NL, DE, EN = LANGUAGES
Kind = law.RequestKind
EXTENSION, COPY, DESTRUCTION, RETURN = Kind.EXTENSION, Kind.REPORT_COPY, Kind.DESTRUCTION, Kind.RESTITUTION
CONTACT, HELP, STOP, SERVICE = Kind.CONTACT_ME, Kind.LANGUAGE_HELP, Kind.STOP_MESSAGES, Kind.WITHDRAW_SERVICE
PERSONS = ("adult", "minor", "complaint-later")
SIZES = ((1100, 800), (320, 640), (360, 640), (360, 640))
LONGEST_WAITING = timedelta(days=7)


@pytest.fixture(scope="module")
def windows(chromium: Browser, site: Site) -> Iterator[Windows]:
    lasting = Windows(chromium, site)
    yield lasting
    lasting.close()


class StillSite:
    """A site whose time passes only when a test says so."""

    def __init__(self, site: Site, clock: StillClock) -> None:
        self.site, self.clock = site, clock


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory, built: Path) -> Iterator[StillSite]:
    clock = StillClock(at("2026-08-01T10:00:00"))
    with running_site(tmp_path_factory.mktemp("still"), built, clock) as site:
        yield StillSite(site, clock)


# --- Each request, from the link to the receipt and back ---


def way_of(kind: str, who: str, language: Language) -> Way:
    """Return how a request is read, so that each meets scripts or none, light or dark, plain or easy, small or wide."""
    k, p, n = KINDS.index(kind), PERSONS.index(who), LANGUAGES.index(language)
    return Way(
        scripts=(k + n) % 2 == 0,
        scheme="dark" if (p + n // 2) % 2 else "light",
        is_easy=(p + n) % 2 == 1,
        size=SIZES[(k + p + n) % len(SIZES)],
    )


@pytest.mark.parametrize("kind", KINDS)
def test_each_request_meets_every_way_of_reading(kind: str) -> None:
    ways = [way_of(kind, who, language) for who in PERSONS for language in LANGUAGES]
    assert len({(way.scripts, way.scheme, way.is_easy) for way in ways}) == 8
    assert {way.size for way in ways} == set(SIZES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("who", PERSONS)
@pytest.mark.parametrize("kind", KINDS)
def test_each_request_from_link_to_receipt_and_back(
    windows: Windows, site: Site, kind: str, who: str, language: Language
) -> None:
    way = way_of(kind, who, language)
    person = make_person(site, language, minor=who == "minor")
    if who == "complaint-later":
        complaint_later(person)
    walk = HerWalk(windows.open(site, way), person, language, is_easy=way.is_easy)
    minors = "minor " if who == "minor" else ""
    walk.come_in()
    walk.stop(f"{minors}space before")
    if (who, kind) == ("minor", EXTENSION):
        is_not_offered(walk, kind)
        return
    wrong_turns = who == "adult" and KINDS.index(kind) % len(LANGUAGES) == LANGUAGES.index(language)
    number = walk.ask(kind, name=minors, wrong_turns=wrong_turns)
    is_written(person, kind, number)
    if number:
        assert walk.page.locator(f"section[aria-labelledby=r{number}]").count() == 1
        assert walk.page.locator(f'main a[href="{walk.button(kind)}"]').count() == 0  # it waits: not asked twice
    assert not [address for address in walk.walker.asked if address.startswith("elsewhere")]
    assert not [address for address in walk.walker.asked if "?" in address or "Elias" in address]


def is_written(person: Person, kind: str, number: str | None) -> None:
    """Look in the records for what was asked or chosen, exactly as it was answered."""
    choices = person.case().choices
    assert choices.messages_stopped == (kind == STOP)
    if kind == REMINDER:
        assert choices.reminder == Reminder("write", "evening")
        assert person.asked() == []
        return
    (asked,) = person.asked()
    assert (asked.record.number, asked.kind, asked.course.state) == (number, kind, State.ASKED)
    assert asked.wish.answers == person.answers(kind)
    assert asked.wish.items == things_of(person, kind)


def things_of(person: Person, kind: str) -> tuple[str, ...] | None:
    if kind == DESTRUCTION:
        return person.items[law.ItemKind.CLOTHES], person.items[law.ItemKind.SAMPLE]
    return (person.items[law.ItemKind.THING],) if kind == RETURN else None


def is_not_offered(walk: HerWalk, kind: str) -> None:
    """It is said that it does not apply, without a button; an address made by hand leads back and writes nothing."""
    assert walk.page.locator(f"section[aria-labelledby={kind}]").count() == 1
    assert walk.page.locator(f'main a[href="{walk.button(kind)}"]').count() == 0
    walk.walker.open(walk.address(kind))
    assert walk.page.url == walk.walker.site.address + walk.home
    assert walk.person.asked() == []


# --- What tells nothing ---


def complaint_later(person: Person) -> None:
    note_facts(*_noted(person), complaint=law.Complaint.AFTER_EXAM)


def hold(person: Person) -> None:
    set_hold(*_noted(person))


def seized(person: Person) -> None:
    note_facts(*_noted(person), seized=True)


def _noted(person: Person) -> tuple[Any, ...]:
    return person.site.database, person.team.centre_id, person.case_id, person.team.staff_id, person.site.clock()


BECAME_KNOWN: dict[str, tuple[Language, Callable[[Person], None]]] = {
    "complaint-later": (FR, complaint_later),
    "hold": (NL, hold),
    "seized": (DE, seized),
}


@pytest.mark.parametrize("known", BECAME_KNOWN)
def test_whatever_the_team_knows_she_reads_the_same(windows: Windows, still: StillSite, known: str) -> None:
    """Every request, one after the other: the same words and the same ways on at every stop, to the letter."""
    language, becomes_known = BECAME_KNOWN[known]
    texts = []
    for what in (lambda _: None, becomes_known):
        person = make_person(still.site, language)
        what(person)
        walk = HerWalk(windows.open(still.site, Way(False)), person, language, is_looked_at=False)
        walk.come_in()
        asked = KINDS if known == "complaint-later" else (EXTENSION, DESTRUCTION)
        for kind in sorted(asked, key=lambda one: one == STOP):  # which ends reminders: last
            walk.ask(kind)
        texts.append(walk.texts)
    assert len(texts[0]) > 3 * len(asked)
    assert texts[0] == texts[1]


# --- A destruction to its end ---

COURSE = (
    (Step.TAKE_UP, State.TAKEN_UP),
    (Step.CONFIRM, State.CONFIRMED),
    (Step.SIGN, State.SIGNED),
    (Step.CARRY_OUT, State.DONE),
)


def bring(person: Person, clock: StillClock, wanted: State) -> None:
    """Let the team go on with what she asked for last, until it stands where it is wanted; the waiting time passes."""
    order = [State.ASKED, *(reached for _, reached in COURSE)]
    stands = order.index(person.asked()[0].course.state)
    for step, _ in COURSE[stands : order.index(wanted)]:
        if step is Step.CONFIRM:
            clock.forward(days=LONGEST_WAITING.days)
        by = second_member(person) if step is Step.SIGN else None
        done_on = Outcome(done_on=clock().date().isoformat()) if step is Step.CARRY_OUT else None
        person.team_does(step, by, done_on)


def second_member(person: Person) -> str:
    """Add another member to the team: nobody destroys alone."""
    login = f"second-{person.case_id}"
    return add_member(
        person.site.database, person.team.centre_id, login, "a long password", person.site.clock()
    ).staff_id


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_destruction_is_seen_at_each_state_and_certified(
    windows: Windows, still: StillSite, language: Language, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    person = make_person(still.site, language)
    walk = HerWalk(windows.open(still.site, Way(LANGUAGES.index(language) % 2 == 0)), person, language)
    page = walk.come_in()
    number = walk.ask(DESTRUCTION)
    assert number
    card = page.locator(f"section[aria-labelledby=r{number}]")
    certificate = f"{walk.home}g/{number}"
    said = []
    for state in (State.ASKED, State.TAKEN_UP, State.CONFIRMED, State.SIGNED):
        bring(person, still.clock, state)
        assert person.asked()[0].course.state is state
        come_back(walk)
        walk.stop(f"destruction {state}")
        said.append(re.sub(r"\d", "", card.inner_text()))
        expect(card.locator("form button")).to_have_count(1)
        expect(card.locator("a")).to_have_count(1)  # the receipt, no certificate yet
        assert status_of(page, still.site.address + certificate) == 404
    assert said[0] != said[1] == said[2] == said[3]  # no step that a complaint would take back is shown
    bring(person, still.clock, State.DONE)
    come_back(walk)
    walk.stop("destruction done")
    expect(card.locator("form")).to_have_count(0)
    assert {kept.item.kind for kept in person.case().items if kept.gone_at is None} == {
        law.ItemKind.THING,
        law.ItemKind.TOXICOLOGY,
    }
    walk.go(f'main a[href="{certificate}"]')
    walk.stop("certificate")
    assert page.locator("main .big").inner_text() == number
    assert_genuine(saved_note(page, tmp_path / "certificate.txt", number), person.site, capsys, "done: ")
    walk.go(f'main a[href="{walk.home}"]')
    walk.go(f'main a[href="{walk.home}a/r/{number}"]')
    assert_genuine(saved_note(page, tmp_path / "receipt.txt", number), person.site, capsys, "received: ")


def come_back(walk: HerWalk) -> None:
    """Open her space again, as somebody does who comes back days later."""
    walk.page.context.clear_cookies()
    walk.come_in()


def status_of(page: Page, address: str) -> int:
    return page.request.get(address, max_redirects=0).status


def saved_note(page: Page, to: Path, number: str) -> Path:
    """Save the signed note as a file; its name tells nothing."""
    page.locator("details.folds summary").click()
    with page.expect_download() as saved:
        page.locator("details.folds a.go").click()
    assert saved.value.suggested_filename == f"note-{number}.txt"
    saved.value.save_as(to)
    assert not TELLING.search(to.read_text())
    return to


def assert_genuine(note: Path, site: Site, capsys: pytest.CaptureFixture[str], says: str) -> None:
    """A lawyer checks the file with the public key alone; one letter changed, and it is not genuine any more."""
    (key,) = receipts.public_halves(site.settings.receipt_keys)
    check = ["verify", "receipt", str(note), "--key", base64.b64encode(key).decode()]
    assert portal(check) == 0
    told = capsys.readouterr().out
    assert told.startswith("genuine\n")
    assert says in told
    text = note.read_text()
    other_letter = "A" if text[-2] != "A" else "B"
    for changed in (text.replace("matter: 3", "matter: 4"), f"{text[:-2]}{other_letter}\n"):
        note.write_text(changed)
        assert portal(check) == 1
        assert not capsys.readouterr().out.startswith("genuine")


@pytest.mark.parametrize("state", [State.ASKED, State.TAKEN_UP, State.CONFIRMED, State.SIGNED])
def test_a_destruction_is_cancelled_with_one_tap(windows: Windows, still: StillSite, state: State) -> None:
    cancels(windows, still, DESTRUCTION, state)


@pytest.mark.parametrize("state", [State.ASKED, State.TAKEN_UP, State.CONFIRMED])
def test_a_return_is_cancelled_with_one_tap(windows: Windows, still: StillSite, state: State) -> None:
    cancels(windows, still, RETURN, state)


def cancels(windows: Windows, still: StillSite, kind: str, state: State) -> None:
    language = LANGUAGES[list(State).index(state) % len(LANGUAGES)]
    person = make_person(still.site, language)
    walk = HerWalk(windows.open(still.site, Way(False)), person, language)
    walk.come_in()
    number = walk.ask(kind)
    bring(person, still.clock, state)
    come_back(walk)
    walk.go(f'form[action="{walk.home}x/{number}"] button')
    walk.stop(f"{kind} cancelled")
    assert person.asked()[0].course.state is State.CANCELLED
    assert not [kept for kept in person.case().items if kept.gone_at]
    assert walk.page.locator(f"section[aria-labelledby=r{number}] form").count() == 0
    assert walk.page.locator(f'main a[href="{walk.button(kind)}"]').count() == 1  # she can ask again


def test_an_extension_cannot_be_cancelled_here(windows: Windows, site: Site) -> None:
    person = make_person(site, FR)
    walk = HerWalk(windows.open(site, Way()), person, FR)
    page = walk.come_in()
    token = a_token(walk)
    number = walk.ask(EXTENSION)
    assert page.locator("main form").count() == 0
    by_hand = page.request.post(f"{site.address}/fr/m/x/{number}", form={"token": token}, max_redirects=0)
    assert by_hand.status == 303
    assert person.asked()[0].course.state is State.ASKED


# --- Leaving ---


@pytest.fixture(scope="module")
def remembering(launch: Launch) -> Iterator[Browser]:
    """A browser that keeps whole pages for Back, as people's browsers do; those driven by tests usually do not."""
    browser = launch(ignore_default_args=["--disable-back-forward-cache"])
    yield browser
    browser.close()


def at_her_space(walk: HerWalk) -> None:
    walk.stop("space before")


def in_a_half_filled_form(walk: HerWalk) -> None:
    walk.begin(HELP)
    walk.answer(SCREENS[HELP][0])
    walk.stop("half-filled")
    walk.page.fill("#answer", TYPED)


def at_a_form_sent_wrongly(walk: HerWalk) -> None:
    in_a_half_filled_form(walk)
    walk.turn_wrong(Screen("needs-text", Form.TEXT, TYPED), "sent wrongly", HELP)


def at_a_receipt(walk: HerWalk) -> None:
    walk.begin(HELP)
    for screen in SCREENS[HELP]:
        walk.answer(screen)
    walk.go("main form button")
    walk.stop("receipt")


ENDS = ("space", "receipt")  # pages with a second way to leave, at their end
PLACES: dict[str, Callable[[HerWalk], None]] = {
    "space": at_her_space,
    "half-filled": in_a_half_filled_form,
    "sent-wrongly": at_a_form_sent_wrongly,
    "receipt": at_a_receipt,
}


LEAVES = {"first": ".leave", "last": 'main a.go[href$="/q"]'}  # the button at the top, and the one at the end


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize(
    ("place", "button"),
    [(place, button) for place in PLACES for button in LEAVES if button == "first" or place in ENDS],
)
def test_leaving_from_anywhere_and_going_back(
    remembering: Browser, site: Site, place: str, button: str, scripts: bool
) -> None:
    person = make_person(site, NL)
    context = remembering.new_context(viewport={"width": 360, "height": 640}, java_script_enabled=scripts)
    walk = HerWalk(Walker(context, context.new_page, site), person, NL, is_looked_at=False)
    page = walk.come_in()
    PLACES[place](walk)
    left_at = page.url
    assert len(context.cookies()) == 1
    walk.walker.tap(LEAVES[button])
    page.wait_for_url(f"{site.neutral}/**")
    assert context.cookies() == []
    told = {*walk.headings, "Elias", person.link.code, *(asked.record.number for asked in person.asked())}
    for _ in range(8):
        if not goes_back(page):
            break
        shown = page.evaluate("document.body.innerText + [...document.querySelectorAll('input')].map(one => one.value)")
        assert not [one for one in told if one in shown], page.url
    page.goto(left_at)
    walk.is_closed()
    elsewhere(walk, left_at)
    context.close()


def goes_back(page: Page) -> bool:
    """Go one page back; tell whether there was one. A page that was sent is not sent again by going back."""
    before = page.url
    try:
        page.go_back(wait_until="commit")  # a page that was kept whole is there at once, and does not load
    except BrowserError as error:
        assert "ERR_CACHE_MISS" in error.message  # noqa: PT017  the browser's own page, without a word of ours
        return True
    while page.evaluate("document.readyState") != "complete":
        page.wait_for_timeout(20)
    return page.url != before


def elsewhere(walk: HerWalk, sealed: str) -> None:
    """Open the address in a session of another link of hers, and of somebody else: a space without the old answers."""
    other = make_person(walk.walker.site, NL)
    for link in (walk.person.other_link(), other.link):
        walk.page.context.clear_cookies()
        walk.come_in(link)
        answer = walk.page.goto(sealed)
        assert answer
        if "/r/" not in sealed:
            assert walk.page.url == walk.walker.site.address + walk.home
        elif link is other.link:
            assert answer.status == 404  # a receipt is shown in every session of her own case, and in no other
        assert "Elias" not in walk.page.content()


# --- With the keyboard alone ---

FOCUS = """() => {
const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
const bar = one.closest(".bar") ? 0 : document.querySelector(".bar").getBoundingClientRect().bottom;
return {name: one.outerHTML.slice(0, 120), outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
in_sight: box.bottom > bar && box.top < innerHeight && box.top >= bar - 4 && box.bottom <= innerHeight + 4}}"""


class Keyboard:
    """Somebody who does not touch the screen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def tab_to(self, selector: str) -> int:
        """Go on with Tab until something has the focus; wherever it goes, it is seen. Return how many presses."""
        for presses in range(1, 60):
            self.page.keyboard.press("Tab")
            focus = self.page.evaluate(FOCUS)
            assert focus["outline"] >= 2, focus
            assert focus["in_sight"], focus
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return presses
        raise AssertionError(f"Tab never reaches {selector}")

    def go(self, selector: str) -> None:
        """Reach something, press Enter, and wait for the next page."""
        self.tab_to(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def choose(self, value: str) -> None:
        """Choose one of several answers: Tab leads to them, Space takes the first, an arrow the next."""
        wanted = f'input[value="{value}"]'
        self.tab_to('main input[name="answer"]')
        self.page.keyboard.press("Space")
        while not self.page.is_checked(wanted):
            self.page.keyboard.press("ArrowDown")
            assert self.page.evaluate("document.activeElement.checked")

    def mark(self, values: list[str]) -> None:
        """Mark each of several things."""
        for value in values:
            self.tab_to(f'main input[value="{value}"]')
            self.page.keyboard.press("Space")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_destruction_and_contact_with_the_keyboard_alone(windows: Windows, site: Site, scripts: bool) -> None:
    person = make_person(site, DE)
    walk = HerWalk(windows.open(site, Way(scripts)), person, DE)
    page, keys = walk.page, Keyboard(walk.page)
    walk.walker.open(f"/de/l/{person.link.token}")
    keys.tab_to("#code")
    page.keyboard.type(person.link.code)
    keys.go("main form button")
    page.wait_for_url(site.address + walk.home)
    keys.go(f'main a[href="{walk.button(DESTRUCTION)}"]')
    keys.go("main form button")  # nothing chosen
    assert page.evaluate("document.activeElement.id") == "problem"
    keys.tab_to("#problem a")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "answer"
    keys.choose("some")
    keys.go("main form button")
    keys.mark([person.items[law.ItemKind.CLOTHES], person.items[law.ItemKind.SAMPLE]])
    keys.go("main form button")
    assert keys.tab_to("main a.go, main form button") < 60
    assert page.evaluate("document.activeElement.matches('a.go')")  # "Not now" comes first
    keys.go("main form button")
    number = page.locator("main .big").inner_text()
    keys.go(f'main a.main[href="{walk.home}"]')
    is_written(person, DESTRUCTION, number)

    keys.go(f'main a[href="{walk.button(CONTACT)}"]')
    for screen in SCREENS[CONTACT]:
        keys.choose(screen.given)
        keys.go("main form button")
    keys.go("main form button")
    keys.go(f'main a.main[href="{walk.home}"]')
    assert [asked.kind for asked in person.asked()] == [CONTACT, DESTRUCTION]
    keys.go(f'form[action="{walk.home}x/{number}"] button')
    assert person.asked()[1].course.state is State.CANCELLED


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [DESTRUCTION, RETURN])
def test_not_now_comes_before_yes_and_is_as_large(windows: Windows, site: Site, kind: str, language: Language) -> None:
    walk = HerWalk(windows.open(site, Way()), make_person(site, language), language)
    walk.come_in()
    walk.begin(kind)
    for screen in SCREENS[kind]:
        walk.answer(screen)
    for width in (320, 360, 1100):
        walk.page.set_viewport_size({"width": width, "height": 640})
        not_now = walk.page.locator(f'main a.go[href="{walk.home}"]').bounding_box()
        yes = walk.page.locator("main form button").bounding_box()
        assert not_now
        assert yes
        assert not_now["y"] + not_now["height"] <= yes["y"]
        assert [not_now[side] for side in ("x", "width", "height")] == [yes[side] for side in ("x", "width", "height")]
    walk.go(f'main a.go[href="{walk.home}"]')
    assert walk.person.asked() == []


# --- What a link may do ---

ALWAYS = {CONTACT, HELP, STOP}
OFFERED: dict[Power, set[str]] = {
    Power.DATES: {*ALWAYS, REMINDER},
    Power.EXTEND: {*ALWAYS, REMINDER, EXTENSION},
    Power.EVERYTHING: set(KINDS),
    Power.IN_PERSON: {*ALWAYS, EXTENSION},
}


@pytest.mark.parametrize("power", Power)
def test_a_link_does_what_was_chosen_for_it_and_nothing_else(windows: Windows, site: Site, power: Power) -> None:
    language = LANGUAGES[list(Power).index(power)]
    person = make_person(site, language, power)
    walk = HerWalk(windows.open(site, Way(False)), person, language)
    page = walk.come_in()
    walk.stop(f"space of a link {power}")
    buttons = page.locator(f'main a[href^="{walk.home}a/"]').evaluate_all("all => all.map(a => a.pathname)")
    assert sorted(buttons) == sorted(walk.button(kind) for kind in OFFERED[power])
    token = a_token(walk)
    for kind in set(KINDS) - OFFERED[power]:
        address = site.address + walk.address(kind)
        for answer in ({}, {"answer": "all"}, {"answer": "yes"}):
            sent = page.request.post(address, form={"token": token, **answer}, max_redirects=0)
            assert (sent.status, sent.headers["location"]) == (303, walk.home)
        page.goto(address)
        assert page.url == site.address + walk.home
    assert person.asked() == []
    assert person.case().choices.reminder is None


def a_token(walk: HerWalk) -> str:
    """Return the token of a form of this session, as somebody could read it in the page."""
    walk.begin(CONTACT)
    token = walk.page.locator("main form [name=token]").get_attribute("value")
    walk.go(f'main a.go[href="{walk.home}"]')
    assert token
    return token


# --- On paper ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_paper_there_is_what_she_keeps_and_no_button(windows: Windows, still: StillSite, language: Language) -> None:
    person = make_person(still.site, language)
    walk = HerWalk(windows.open(still.site, Way(False)), person, language)
    walk.come_in()
    number = walk.ask(DESTRUCTION)
    bring(person, still.clock, State.DONE)
    come_back(walk)
    for name, path, kept in (
        ("receipt", f"a/r/{number}", (".note .big", "pre.slip")),
        ("certificate", f"g/{number}", (".note .big", "pre.slip")),
        ("sheet", "p", ("#paper", ".write")),
    ):
        page = walk.walker.open(f"{walk.home}{path}")
        walk.stop(name)
        page.emulate_media(media="print")
        for selector in ("h1", *kept):
            box = page.locator(f"main {selector}").first.bounding_box()
            assert box, f"{name}: {selector}"
            assert box["height"] > 5, f"{name}: {selector}"
        for gone in page.locator(".bar, .find, .langs, a.go, button, footer, .noprint").all():
            assert not gone.is_visible(), f"{name}: {gone.inner_text()}"
        walk.walker.picture(f"her-{language}-{name}-on-paper")
        page.emulate_media(media="screen")


# --- The session ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_session_is_told_beforehand_and_ends_by_itself(
    windows: Windows, still: StillSite, language: Language
) -> None:
    person = make_person(still.site, language)
    walk = HerWalk(windows.open(still.site, Way(LANGUAGES.index(language) % 2 == 1)), person, language)
    page = walk.walker.open(f"/{language}/l/{person.link.token}")
    assert {"10", "30"} <= set(re.findall(r"\d+", page.locator("main").inner_text()))
    walk.come_in()
    ends = (still.clock() + IDLE).astimezone(BRUSSELS)
    assert re.search(rf"\b{ends.hour}\W?[:h.]\W?{ends.minute:02}\b", page.locator("main").inner_text())

    in_a_half_filled_form(walk)
    still.clock.forward(minutes=9)
    walk.go("main form button")  # each tap keeps it open
    still.clock.forward(minutes=10)
    walk.go("main form button")
    walk.is_closed()
    assert TYPED not in page.content()
    assert person.asked() == []
    assert page.context.cookies() == []

    walk.come_in()
    for _ in range(3):
        still.clock.forward(minutes=9)
        page.reload()
        assert page.url.endswith(walk.home)
        assert page.locator("#extension").count() == 1
    still.clock.forward(minutes=3)  # half an hour in all
    page.reload()
    walk.is_closed()


# --- Read aloud ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_of_time_says_the_same_as_its_words(windows: Windows, site: Site, language: Language) -> None:
    walk = HerWalk(windows.open(site, Way()), make_person(site, language), language)
    page = walk.come_in()
    picture, words = page.locator('figure svg[role="img"]'), page.locator("figcaption").inner_text()
    expect(picture).to_have_count(1)
    expect(picture).to_have_accessible_name(words)
    last_day = page.locator("main .note .big").first.inner_text()
    assert last_day in words
