"""axe at a stop of a journey: WCAG 2.2 A and AA, and best practices, nothing let through.

axe needs timers, which a window without scripts does not have: the page as it stands is shown to a second window
of the same size and colours, where axe can look at it.
"""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

EVERYTHING = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],  # of what passed, one example is enough
}
# All that can differ between light and dark, where the style sheet changes nothing but the colours.
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
FOUND = """options => axe.run(document, options).then(({violations, passes}) => ({looked_at: passes.length,
found: violations.flatMap(({id, nodes}) => nodes.map(node =>
`${id}: ${node.html.slice(0, 160)} (${(node.failureSummary ?? "").slice(0, 300)})`))}))"""
_script = Axe().axe_script  # stays in the window, however many pages it is shown


def assert_accessible(page: Page, looker: Page, where: str, *, and_in_the_dark: bool = False) -> None:
    """Fail with what axe found, and where; look at a light page once more in the dark, where it is wanted."""
    looker.set_content(page.content())
    if not looker.evaluate("'axe' in window"):
        looker.evaluate(_script)
    _assert_nothing_found(looker, EVERYTHING, where)
    if and_in_the_dark:
        looker.emulate_media(color_scheme="dark")
        _assert_nothing_found(looker, COLOURS, f"{where}, in the dark")
        looker.emulate_media(color_scheme="light")


def _assert_nothing_found(looker: Page, options: dict[str, Any], where: str) -> None:
    seen = looker.evaluate(FOUND, options)
    assert not seen["found"], f"{where}:\n" + "\n".join(seen["found"])
    assert seen["looked_at"], f"{where}: axe looked at nothing"
