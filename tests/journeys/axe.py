"""axe at a stop of a journey: WCAG 2.2 A and AA, and best practices, nothing let through.

axe needs timers, which a window without scripts does not have: the page as it stands is shown to a second window
of the same size and colours, where axe can look at it.
"""

import os
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

LOOKS = "PORTAL_TESTS_LOOKS"  # a file that grows by one byte with each look, for whoever counts them
EVERYTHING = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],  # of what passed, one example is enough
}
# All that looks at colours: most of what axe does on a page, and all that can differ between light and dark, where the
# style sheet changes nothing but the colours.
COLOURS = ("color-contrast", "link-in-text-block")
ONLY_COLOURS = {"runOnly": {"type": "rule", "values": list(COLOURS)}, "resultTypes": ["violations"]}
ALL_BUT_COLOURS = {**EVERYTHING, "rules": {rule: {"enabled": False} for rule in COLOURS}}
FOUND = """options => axe.run(document, options).then(({violations, passes}) => ({looked_at: passes.length,
found: violations.flatMap(({id, nodes}) => nodes.map(node =>
`${id}: ${node.html.slice(0, 160)} (${(node.failureSummary ?? "").slice(0, 300)})`))}))"""
# How each element that shows words is painted, and all that it stands in, up to the page itself: whatever its colours
# are judged by. Two elements of the same paint are judged the same, on whichever page they stand.
PAINTED = """() => {
const KEPT = ["color", "backgroundColor", "backgroundImage", "opacity", "fontSize", "fontWeight", "fontStyle",
  "display", "position", "visibility", "textDecorationLine", "textShadow", "borderBottomStyle", "borderBottomWidth",
  "filter", "mixBlendMode", "float", "clipPath"];
const own = (element, pseudo) => { const style = getComputedStyle(element, pseudo);
  return pseudo && style.content === "none" ? "" : KEPT.map(name => style[name]).join(";"); };
const known = new Map();
const paint = element => { if (element && !known.has(element)) known.set(element, [
    element.localName, element.matches(":disabled, [aria-disabled=true], [inert]"),
    own(element), own(element, "::before"), own(element, "::after"), paint(element.parentElement)].join("|"));
  return element ? known.get(element) : ""; };
const shows = element => element.matches("input, select, textarea")
  || [...element.childNodes].some(one => one.nodeType === Node.TEXT_NODE && one.data.trim());
return [...new Set([...document.body.querySelectorAll("*")].filter(shows).map(paint))]; }"""
_script = Axe().axe_script  # stays in the window, however many pages it is shown
_judged: set[int] = set()  # the paints in which axe found nothing


def assert_accessible(page: Page, looker: Page, where: str, *, and_in_the_dark: bool = False) -> None:
    """Fail with what axe found, and where; look at a light page once more in the dark, where it is wanted.

    Every page is looked at whole. Only its colours, which take most of the time, are looked at where one of them is
    new: words in a paint that was judged on another page are not judged again.
    """
    assert_accessible_as(page.content(), looker, where, and_in_the_dark=and_in_the_dark)


def assert_accessible_as(shown: str, looker: Page, where: str, *, and_in_the_dark: bool = False) -> None:
    """Do the same with a page in its own words."""
    looker.set_content(shown)
    if not looker.evaluate("'axe' in window"):
        looker.evaluate(_script)
    new = _not_yet_judged(looker)
    _assert_nothing_found(looker, EVERYTHING if new else ALL_BUT_COLOURS, where)
    _judged.update(new)
    if and_in_the_dark:
        looker.emulate_media(color_scheme="dark")
        if new := _not_yet_judged(looker):
            _assert_nothing_found(looker, ONLY_COLOURS, f"{where}, in the dark")
            _judged.update(new)
        looker.emulate_media(color_scheme="light")


def _not_yet_judged(looker: Page) -> set[int]:
    """Return which paints of the page no other page had."""
    return {hash(one) for one in looker.evaluate(PAINTED)} - _judged


def _assert_nothing_found(looker: Page, options: dict[str, Any], where: str) -> None:
    seen = looker.evaluate(FOUND, options)
    assert not seen["found"], f"{where}:\n" + "\n".join(seen["found"])
    assert seen["looked_at"], f"{where}: axe looked at nothing"
    if counted := os.environ.get(LOOKS):
        with Path(counted).open("ab") as file:
            file.write(b".")
