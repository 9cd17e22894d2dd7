"""axe looks through one window at page after page: it sees what is wrong with each, and forgets the one before."""

import pytest

from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import Window

PAGE = """<!doctype html><html lang="en"><title>A page</title>
<style>@media (prefers-color-scheme: dark) { body { background: #000; color: #fff } p { color: DARK } }</style>
<main><h1>A page</h1><p>What it says.</p></main></html>"""
GOOD = PAGE.replace("DARK", "#fff")
UNREADABLE_IN_THE_DARK = PAGE.replace("DARK", "#222")
WITHOUT_WORDS = GOOD.replace("<p>", '<img src="data:,"><p>')


def test_axe_sees_each_page_as_it_is_in_light_and_in_the_dark(walker: Window) -> None:
    walk = walker(java_script_enabled=False)
    for page, found in ((UNREADABLE_IN_THE_DARK, r"in the dark:\ncolor-contrast"), (WITHOUT_WORDS, r"image-alt")):
        walk.page.set_content(GOOD)
        assert_accessible(walk.page, walk.looker, "good", and_in_the_dark=True)
        walk.page.set_content(page)
        with pytest.raises(AssertionError, match=found):
            assert_accessible(walk.page, walk.looker, "bad", and_in_the_dark=True)
