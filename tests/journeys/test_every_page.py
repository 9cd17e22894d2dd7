"""axe on every public page, in every language, on a small phone; and in the dark for one language."""

import re

import pytest
from flask import Flask

from portal.library import Library
from portal.library.languages import LANGUAGES
from portal.web.press import public_paths
from tests.covering import steps_of_the_guide
from tests.journeys.axe import assert_accessible_as
from tests.journeys.conftest import Site, Window


def one_of_each_kind(paths: list[str]) -> list[str]:
    """Return a few pages of each kind: their colours come from one sheet."""
    kinds: dict[str, list[str]] = {}
    for path in paths:
        kinds.setdefault("/".join(path.split("/")[:3]), []).append(path)
    return [path for members in kinds.values() for path in members[:: max(1, len(members) // 4)]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(walker: Window, site: Site, app: Flask, library: Library, language: str) -> None:
    walk = walker()
    steps = steps_of_the_guide(library)
    own = [path for path in public_paths(app) if path.startswith(f"/{language}/")]
    paths = [path for path in own if path.split("/")[2] != "o" or path.split("/")[3] in steps]
    assert len(paths) >= 45 + 10 + 16 + 13 + 28
    in_the_dark = set(one_of_each_kind(paths)) if language == "de" else set()
    looker = walk.looker
    for path in paths:
        page = without_scripts(walk.served(path))
        assert_accessible_as(page, looker, path, and_in_the_dark=path in in_the_dark)
        wide = looker.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path


def without_scripts(page: str) -> str:
    """Return a page as a browser without scripts has it: axe is one, so that its window has them."""
    return re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
