"""What people type when a section is what they look for: rough words, which nobody reads and only the search knows."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from portal.library.languages import LANGUAGES
from portal.library.pages import Page
from portal.library.problems import Problem

Phrases = dict[tuple[str, str], tuple[str, ...]]
"""The phrases of a language, by page and section."""


def load_phrases(content: Path) -> dict[str, Phrases]:
    """Read phrases/<language>.toml: `"keeping#adults" = "how long, six months, my clothes"`."""
    return {language: _read(content / "phrases" / f"{language}.toml") for language in LANGUAGES}


def problems_of_phrases(phrases: dict[str, Phrases], pages: Mapping[tuple[str, str], Page]) -> list[Problem]:
    """Return every line of phrases that leads to no section."""
    sections = {(language, page.id, section.id) for (language, _), page in pages.items() for section in page.sections}
    return [
        Problem(f"phrases/{language}.toml", f"{page}#{section} is no section", None, "rename the line or take it out")
        for language, listed in phrases.items()
        for page, section in listed
        if (language, page, section) not in sections
    ]


def _read(path: Path) -> Phrases:
    if not path.exists():
        return {}
    listed = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        (page, section): tuple(phrase.strip() for phrase in text.split(",") if phrase.strip())
        for key, text in listed.items()
        for page, _, section in [key.partition("#")]
    }
