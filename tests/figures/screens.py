"""The first screen of a small phone on every plan and every place: what to do, whom to call, how to write."""

from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import Page

from portal.library import LANGUAGES, Library
from portal.web.places import place_paths
from tests import machine
from tests.figures.browser import window
from tests.figures.figure import Bench, Figure, not_measured
from tests.journeys.conftest import PHONE

TARGET = "an action, a checked number, a way to write"
EMERGENCY = frozenset({"112", "101"})
SAMPLE = 40
SEEN = """() => {
const whole = it => { const box = it.getBoundingClientRect();
return box.height > 0 && box.top >= 0 && box.bottom <= innerHeight };
const main = [...document.querySelectorAll("main a")].filter(whole);
return {
heading: [...document.querySelectorAll("main h1")].some(whole),
actions: main.filter(it => it.classList.contains("go")).length,
mains: main.filter(it => it.classList.contains("main")).length,
numbers: main.map(it => it.getAttribute("href")).filter(it => it.startsWith("tel:")).map(it => it.slice(4)),
written: main.some(it => it.getAttribute("href").endsWith("#written")),
leaving: [...document.querySelectorAll(".leave")].some(whole),
}}"""


@dataclass(frozen=True)
class Screens:
    """Which addresses were looked at, and what was missing where."""

    looked_at: int
    of: int
    missing: list[str]


def screens(bench: Bench) -> Iterator[Figure]:
    """Give how many first screens lack something."""
    library: Library = bench.app.extensions["portal-library"]
    plans = [f"/{language}/o/{code}" for language in LANGUAGES for code in library.guide.tree.plans]
    with bench.app.app_context():
        municipalities = place_paths()
    areas = [f"/{language}/p/{code}" for language in LANGUAGES for code in library.directory.areas]
    for what, paths in (("every plan", plans), ("every place", [*areas, *municipalities])):
        name = f"first screen at {PHONE['width']}×{PHONE['height']} of {what}"
        if machine.browser() is None:
            yield not_measured(name, TARGET, machine.HOW["browser"])
            continue
        found = _seen(bench, what, paths, _checked(library))
        how = f"{found.looked_at} of {found.of} pages in Chromium; every number there is checked, 112 among them"
        measured = f"{len(found.missing)} without" + "".join(f"; {one}" for one in found.missing[:3])
        yield Figure(name, TARGET, measured, not found.missing, how)


def _seen(bench: Bench, what: str, paths: list[str], checked: frozenset[str]) -> Screens:
    client, missing = bench.app.test_client(), list[str]()
    looked_at = bench.some(paths, SAMPLE)
    with window(2) as (_, page):
        for path in bench.often(looked_at, f"first screens of {what}"):
            page.set_content(client.get(path).text)
            missing += [f"{path}: {lack}" for lack in _lacks(page, checked)]
    return Screens(len(looked_at), len(paths), missing)


def _lacks(page: Page, checked: frozenset[str]) -> Iterator[str]:
    seen = page.evaluate(SEEN)
    numbers = set(seen["numbers"])
    if not seen["heading"]:
        yield "its heading"
    if not seen["actions"] or seen["mains"] > 1:
        yield "one action"
    if not numbers - EMERGENCY:
        yield "a number of somebody who helps"
    if "112" not in numbers:
        yield "112"
    if numbers - checked:
        yield f"a check of {sorted(numbers - checked)}"
    if not seen["written"]:
        yield "a way to write"
    if not seen["leaving"]:
        yield "leaving"


def _checked(library: Library) -> frozenset[str]:
    """Return every number that two sources or a person confirmed: another has no `phone` in the library."""
    centres = (centre.phone for centre in library.directory.centres.values())
    services = (one.phone for one in library.services.services.values())
    return EMERGENCY | {number.replace(" ", "") for number in (*centres, *services) if number}
