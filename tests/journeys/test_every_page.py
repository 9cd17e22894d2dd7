"""axe on every public page, in every language, on a small phone; and in the dark for one language."""

import pytest
from flask import Flask

from portal.library import Library
from portal.library.languages import LANGUAGES
from portal.web.press import public_paths
from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import Site, Window


def steps_of_the_guide(library: Library) -> set[str]:
    """Return the codes of enough of the guide to hold every step, action, voice and question at least once.

    The other pages of the guide are made of the same lines in the same list.
    """
    tree = library.guide.tree
    chosen, seen = set(library.guide.pockets), set[object]()
    for code, page in tree.plans.items():
        holds = {page.plan.action, page.plan.voice, *page.plan.steps}
        if not holds <= seen:
            chosen.add(code)
            seen |= holds
    for code, question in tree.questions.items():
        if (asked := (question.question, question.voice)) not in seen:
            chosen.add(code)
            seen.add(asked)
    return chosen


def one_of_each_kind(paths: list[str]) -> list[str]:
    """Return a few pages of each kind: their colours come from one sheet."""
    kinds: dict[str, list[str]] = {}
    for path in paths:
        kinds.setdefault("/".join(path.split("/")[:3]), []).append(path)
    return [path for members in kinds.values() for path in members[:: max(1, len(members) // 4)]]


@pytest.mark.parametrize(("language", "scheme"), [*((language, "light") for language in LANGUAGES), ("de", "dark")])
def test_axe_finds_nothing(
    walker: Window, site: Site, app: Flask, library: Library, language: str, scheme: str
) -> None:
    walk = walker(java_script_enabled=False, color_scheme=scheme)
    steps = steps_of_the_guide(library)
    own = [path for path in public_paths(app) if path.startswith(f"/{language}/")]
    paths = [path for path in own if path.split("/")[2] != "o" or path.split("/")[3] in steps]
    assert len(paths) >= 45 + 10 + 16 + 13 + 28
    if scheme == "dark":
        paths = one_of_each_kind(paths)
    for path in paths:
        assert_accessible(walk.open(path), walk.looker, path)
        wide = walk.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
