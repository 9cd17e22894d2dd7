"""The menu: every page, by the situation a reader is in, with the place it has in an address and where it leads on."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from portal.library.languages import LANGUAGES, Translated
from portal.library.problems import Problem

MENU_FILE = "site.toml"
EASY = "easy/"
"""What stands before a page's id, and in its folder's path, in the version that is easy to read."""


@dataclass(frozen=True)
class Entry:
    """A page's place: its id, its code in addresses, the pages it leads on to, and whether it has an easy version."""

    id: str
    code: str
    next: tuple[str, ...]
    has_easy: bool


@dataclass(frozen=True)
class Situation:
    """What a reader would say of herself, and the pages for it."""

    id: str
    title: Translated
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Menu:
    """All situations, in the order readers meet them."""

    situations: tuple[Situation, ...]

    @property
    def entries(self) -> dict[str, Entry]:
        """Every page's entry by its id, in order."""
        return {entry.id: entry for situation in self.situations for entry in situation.entries}

    @property
    def codes(self) -> dict[str, str]:
        """Every page's code by its id, in order."""
        return {name: entry.code for name, entry in self.entries.items()}

    @property
    def easy(self) -> tuple[str, ...]:
        """The ids of the easy versions, `easy/keeping`, in order."""
        return tuple(EASY + name for name, entry in self.entries.items() if entry.has_easy)


def load_menu(content: Path) -> tuple[Menu, list[Problem]]:
    """Read site.toml; return the menu with what is wrong in it."""
    listed = tomllib.loads((content / MENU_FILE).read_text(encoding="utf-8"))["situation"]
    menu = Menu(
        tuple(
            Situation(
                one["id"],
                one["title"],
                tuple(
                    Entry(page["id"], page["code"], tuple(page["next"]), page.get("easy", False))
                    for page in one["page"]
                ),
            )
            for one in listed
        )
    )
    return menu, [*_problems(menu), *_strangers(content, menu)]


def _problems(menu: Menu) -> list[Problem]:
    everywhere = [entry for situation in menu.situations for entry in situation.entries]
    problems = [
        Problem(MENU_FILE, f"{what} {value!r} stands twice")
        for what, values in (("id", [e.id for e in everywhere]), ("code", [e.code for e in everywhere]))
        for value in sorted({value for value in values if values.count(value) > 1})
    ]
    problems += [
        Problem(MENU_FILE, f"situation {situation.id} has no title in {language}")
        for situation in menu.situations
        for language in LANGUAGES
        if not situation.title.get(language)
    ]
    for entry in everywhere:
        if not entry.next:
            problems.append(
                Problem(MENU_FILE, f"{entry.id} leads nowhere", None, "name the pages that follow in `next`")
            )
        problems += [
            Problem(MENU_FILE, f"{entry.id} leads on to the unknown page {name!r}")
            for name in entry.next
            if name not in menu.entries
        ]
    return problems


def _strangers(content: Path, menu: Menu) -> list[Problem]:
    problems = []
    for folder, listed in (("pages", set(menu.entries)), ("easy", {name.removeprefix(EASY) for name in menu.easy})):
        found = {path.name for path in (content / folder).glob("*") if path.is_dir()}
        problems += [
            Problem(f"{folder}/{name}", f"is not listed in {MENU_FILE}", None, "give it a code and a situation")
            for name in sorted(found - listed)
        ]
    return problems
