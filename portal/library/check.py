"""What must hold across the languages and the pages: parity, words that promise too much, titles that tell too much."""

from collections.abc import Iterable

from portal.library.languages import LANGUAGES
from portal.library.menu import EASY, Menu
from portal.library.pages import Page
from portal.library.problems import Problem
from portal.library.words import TELLING

KINDS = ("sources", "facts", "links", "figures", "numbers")
"""What the parity of a section holds, in its order."""


def problems_across(pages: Iterable[Page], menu: Menu) -> list[Problem]:
    """Return every difference between the languages of a page, and every word that must not be said."""
    by_key = {(page.id, page.language): page for page in pages}
    problems = []
    for name in (*menu.entries, *menu.easy):
        versions = [by_key.get((name, language)) for language in LANGUAGES]
        for language, version in zip(LANGUAGES, versions, strict=True):
            if version is None:
                problems.append(Problem(f"{name}/{language}.md", "is missing"))
        present = [version for version in versions if version]
        for other in present[1:]:
            problems += _differences(present[0], other)
        for version in present:
            problems += _telling_tab(version)
    problems += _same_tabs(by_key.values())
    problems += _dangling_sections(by_key)
    problems += _forgotten(by_key, menu)
    return problems


def _differences(one: Page, other: Page) -> list[Problem]:
    where = f"{other.id}/{other.language}.md"
    ours, theirs = [s.id for s in one.sections], [s.id for s in other.sections]
    if ours != theirs:
        return [Problem(where, f"has the sections {theirs}, {one.language} has {ours}")]
    problems = []
    for mine, yours in zip(one.sections, other.sections, strict=True):
        for what, here, there in zip(KINDS, mine.parity, yours.parity, strict=True):
            if here != there:
                problems.append(
                    Problem(where, f"section {mine.id} has the {what} {list(there)}, {one.language} has {list(here)}")
                )
    if len(one.short) != len(other.short):
        problems.append(Problem(where, f"has {len(other.short)} lines in short, {one.language} has {len(one.short)}"))
    return problems


def _telling_tab(page: Page) -> list[Problem]:
    match = TELLING.search(page.tab)
    where = f"{page.id}/{page.language}.md"
    return [Problem(where, f"its tab tells: {match[0]!r}", None, "choose neutral words")] if match else []


def _same_tabs(pages: Iterable[Page]) -> list[Problem]:
    seen: dict[tuple[str, str], str] = {}
    problems = []
    for page in pages:
        key = (page.language, page.tab)
        if key in seen:
            problems.append(Problem(f"{page.id}/{page.language}.md", f"has the same tab as {seen[key]}"))
        seen[key] = page.id
    return problems


def _dangling_sections(by_key: dict[tuple[str, str], Page]) -> list[Problem]:
    problems = []
    for (name, language), page in by_key.items():
        for link in (link for section in page.sections for link in section.links if "#" in link):
            target, wanted = link.split("#")
            own = by_key.get((EASY + target, language)) if name.startswith(EASY) else None
            found = own or by_key.get((target, language))
            if found and wanted not in [section.id for section in found.sections]:
                problems.append(Problem(f"{name}/{language}.md", f"links to {link}, but {target} has no such section"))
    return problems


def _forgotten(by_key: dict[tuple[str, str], Page], menu: Menu) -> list[Problem]:
    """Find the pages that only the menu knows: nobody who reads on would reach them."""
    reached = {name for entry in menu.entries.values() for name in entry.next if name != entry.id}
    reached |= {
        link.split("#")[0]
        for (name, _), page in by_key.items()
        for section in page.sections
        for link in section.links
        if link.split("#")[0] != name
    }
    return [
        Problem(f"pages/{name}", "is linked from no other page", None, "link to it, or name it in a page's `next`")
        for name in menu.entries
        if name not in reached
    ]
