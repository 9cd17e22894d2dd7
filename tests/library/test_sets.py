"""The ready sets of pages: each page is there, may be chosen, and somebody wrote down why."""

from dataclasses import replace

import pytest

from portal.library import LANGUAGES, Library
from portal.library.sets import PageSet, problems_of_sets


def test_the_two_sets_as_they_are_have_no_problem(real: Library) -> None:
    assert [one.id for one in real.sets] == ["first-days", "later"]
    assert problems_of_sets(real.sets, real.pages) == []
    assert "keeping" in real.sets[1].pages


def test_no_page_of_a_set_speaks_of_a_complaint_in_its_title(real: Library) -> None:
    for one in real.sets:
        assert all(real.may_be_chosen(page) for page in one.pages)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"pages": ("body", "nowhere")}, "names the unknown page 'nowhere'"),
        ({"pages": ("body", "complaint")}, "names 'complaint', whose title tells of a complaint"),
        ({"pages": ("body", "body")}, "has no page, or one twice"),
        ({"pages": ()}, "has no page, or one twice"),
        ({"reason": " "}, "has no reason"),
        ({"title": {"fr": "Les premiers jours"}}, "has no title in nl"),
        ({"id": "later"}, "later stands twice"),
    ],
)
def test_a_set_that_cannot_go_with_a_link_stops_the_build(real: Library, change: dict[str, object], found: str) -> None:
    first, later = real.sets
    changed: PageSet = replace(first, **change)  # type: ignore[arg-type]
    told = [str(problem) for problem in problems_of_sets((changed, later), real.pages)]
    assert any(found in problem for problem in told)
    assert all("sets.toml" in problem for problem in told)


def test_a_set_has_a_name_in_every_language(real: Library) -> None:
    assert all(one.title[language] for one in real.sets for language in LANGUAGES)
