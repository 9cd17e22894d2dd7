"""Looked at before anything is read: a language that a file does not know at all, as when one is being added."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from portal.library.languages import LANGUAGES
from portal.library.problems import Problem

FOLDERS = ("guide", "space")
"""One file a language, which must be there to be compared with the others."""
EACH_PLACE = ("terms.toml",)
"""Files of which no place may lack a language."""
MENDED_BY = "say it beside the others; docs/editing.md, “Add a language”"


def problems_of_languages(content: Path) -> list[Problem]:
    """Return, for each language, the files that are missing, and those that say nothing in it where others do."""
    problems = [
        Problem(f"{folder}/{language}.toml", "is missing")
        for language in LANGUAGES
        for folder in FOLDERS
        if not (content / folder / f"{language}.toml").exists()
    ]
    for path in sorted(content.glob("*.toml")):
        tables = list(_tables(tomllib.loads(path.read_text(encoding="utf-8"))))
        for language in LANGUAGES:
            problems += _unsaid(path.name, language, tables)
    return problems


def _unsaid(name: str, language: str, tables: list[tuple[str, dict[str, Any]]]) -> Iterator[Problem]:
    others = set(LANGUAGES) - {language}
    lacking = [where for where, table in tables if others and others <= set(table) and language not in table]
    if lacking and (name in EACH_PLACE or not any(language in table for _, table in tables)):
        count = f"{len(lacking)} places" if len(lacking) > 1 else "one place"
        yield Problem(
            name, f"lacks {language} in {count}, the first is {lacking[0] or 'the whole file'}", None, MENDED_BY
        )


def _tables(value: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every table with the way to it: `need[3].title`."""
    if isinstance(value, dict):
        yield where, value
        for key, inner in value.items():
            yield from _tables(inner, f"{where}.{key}".lstrip("."))
    elif isinstance(value, list):
        for place, inner in enumerate(value, 1):
            yield from _tables(inner, f"{where}[{place}]")
