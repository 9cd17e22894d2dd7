"""axe at a stop of a journey: WCAG 2.2 A and AA, and best practices, nothing let through.

axe needs timers, which a window without scripts does not have: the page as it stands is shown to a second window
of the same size and colours, where axe can look at it.
"""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

OPTIONS = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],  # of what passed, one example is enough
}
_axe = Axe()


def assert_accessible(page: Page, looker: Page, where: str) -> None:
    """Fail with what axe found, and where."""
    looker.set_content(page.content())
    results = _axe.run(looker, options=OPTIONS)
    found = [
        f"{violation['id']}: {node['html'][:160]} ({node.get('failureSummary', '')[:300]})"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]
    assert not found, f"{where}:\n" + "\n".join(found)
    assert results.response["passes"], f"{where}: axe looked at nothing"
