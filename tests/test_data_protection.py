"""docs/data-protection.md: what is promised is held by tests that exist, and the rest is said to be undecided."""

import re

from tests.named import HOUSE, missing_in, named_in

PAGE = (HOUSE / "docs" / "data-protection.md").read_text(encoding="utf-8")
PROMISES = PAGE.partition("## What is promised")[2].partition("**Not promised**")[0]
PROMISE = re.compile(r"^\| (?P<what>[^|]*) \| (?P<held>[^|]*) \|$", re.MULTILINE)


def test_every_test_that_is_named_exists() -> None:
    assert named_in("data-protection.md")
    assert not missing_in("data-protection.md")


def test_every_promise_is_held_by_a_test() -> None:
    promises = [one for one in PROMISE.finditer(PROMISES) if one["held"] not in ("held by", "---")]
    assert len(promises) > 15
    for one in promises:
        assert "`tests/" in one["held"], one[0]


def test_what_a_lawyer_must_say_is_not_said_here() -> None:
    assert PAGE.count("**to decide**") + PAGE.count("**To decide**") > 5
    assert "**Not promised**: anonymity" in PAGE
