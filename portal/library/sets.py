"""Ready sets of pages that go with a link: what belongs together, and why, is content and not code."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.library.languages import LANGUAGES, Translated
from portal.library.pages import Page
from portal.library.problems import Problem
from portal.library.words import TELLS_OF_A_COMPLAINT

SETS_FILE = "sets.toml"


@dataclass(frozen=True)
class PageSet:
    """A few pages by their ids, under one name, with the reason why these."""

    id: str
    pages: tuple[str, ...]
    reason: str
    title: Translated


def load_sets(content: Path) -> tuple[PageSet, ...]:
    """Read sets.toml."""
    listed = tomllib.loads((content / SETS_FILE).read_text(encoding="utf-8"))["set"]
    return tuple(PageSet(one["id"], tuple(one["pages"]), one.get("reason", ""), one.get("title", {})) for one in listed)


def problems_of_sets(sets: tuple[PageSet, ...], by_key: Mapping[tuple[str, str], Page]) -> list[Problem]:
    """Return what is wrong: a page that is not there or may not be chosen, a name or a reason that is missing."""
    ids = [one.id for one in sets]
    found = [f"{name} stands twice" for name in sorted({name for name in ids if ids.count(name) > 1})]
    for one in sets:
        found += [f"{one.id} has no title in {language}" for language in LANGUAGES if not one.title.get(language)]
        if not one.reason.strip():
            found.append(f"{one.id} has no reason")
        if len(set(one.pages)) != len(one.pages) or not one.pages:
            found.append(f"{one.id} has no page, or one twice")
        for page in one.pages:
            if any((language, page) not in by_key for language in LANGUAGES):
                found.append(f"{one.id} names the unknown page {page!r}")
            elif not may_be_chosen(by_key, page):
                found.append(f"{one.id} names {page!r}, whose title tells of a complaint")
    return [Problem(SETS_FILE, what) for what in found]


def may_be_chosen(by_key: Mapping[tuple[str, str], Page], page_id: str) -> bool:
    """Tell whether a page may be named on somebody's space: that it was chosen must not tell of a complaint."""
    return not any(TELLS_OF_A_COMPLAINT.search(by_key[language, page_id].title) for language in LANGUAGES)
