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
    bad = ((UNREADABLE_IN_THE_DARK, r"in the dark:\ncolor-contrast"), (WITHOUT_WORDS, r"image-alt"))
    for page, found in (*bad, *bad):  # what was found once is found again
        walk.page.set_content(GOOD)
        assert_accessible(walk.page, walk.looker, "good", and_in_the_dark=True)
        walk.page.set_content(page)
        with pytest.raises(AssertionError, match=found):
            assert_accessible(walk.page, walk.looker, "bad", and_in_the_dark=True)


UNREADABLE = {
    "its own colour": GOOD.replace("<p>", '<p style="color: #bbb">'),
    "what it stands in": GOOD.replace("<main>", '<main style="background: #555">'),
    "letters half there": GOOD.replace("<main>", '<main style="opacity: .3">'),
    "a field": GOOD.replace("<p>", '<label>A name <input style="color: #ccc" value="Anne"></label><p>'),
    "a link like the words around it": GOOD.replace(
        "What", '<a href="/" style="color: #333; text-decoration: none">What</a> and more,'
    ),
}


@pytest.mark.parametrize("page", UNREADABLE.values(), ids=list(UNREADABLE))
def test_a_colour_that_no_page_had_is_looked_at_wherever_it_stands(walker: Window, page: str) -> None:
    walk = walker(java_script_enabled=False)
    for shown in (GOOD, GOOD):
        walk.page.set_content(shown)
        assert_accessible(walk.page, walk.looker, "good")
    for _ in range(2):
        walk.page.set_content(page)
        with pytest.raises(AssertionError, match=r"color-contrast|link-in-text-block"):
            assert_accessible(walk.page, walk.looker, "bad")
