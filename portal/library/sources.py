"""Sources and facts: where each statement comes from, and the only place of numbers and dates."""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from portal.library.languages import LANGUAGES, SPOKEN, Translated
from portal.library.problems import Problem

LAW, LAW_PREFIX = "law", "art. "
SUBJECTS = (LAW, "justice", "care", "help", "site")
"""What a source is about, in the order readers meet the subjects."""


@dataclass(frozen=True)
class Source:
    """A text that a statement rests on, and when it was last looked at and must be again."""

    id: str
    label: Translated
    url: str | None
    checked_on: date
    review_by: date
    subject: str


@dataclass(frozen=True)
class Fact:
    """A number, a date or a name that pages may print, with its source."""

    id: str
    value: int | str | date
    source: str
    checked_on: date


class Sources:
    """All sources and facts, found by the marks that pages use."""

    def __init__(self, sources: dict[str, Source], facts: dict[str, Fact]) -> None:
        """Keep both registers."""
        self._sources = sources
        self.facts = facts

    def __contains__(self, mark: str) -> bool:
        """Tell whether a mark is known."""
        return mark in self._sources

    def __getitem__(self, mark: str) -> Source:
        """Return the source behind a mark; KeyError where it is unknown."""
        return self._sources[mark]

    @property
    def listed(self) -> list[Source]:
        """Every source once, by subject; the law of 26 April 2024 as a whole stands for its provisions."""
        one_law = [source for source in self._sources.values() if not source.id.startswith(LAW_PREFIX)]
        return sorted(one_law, key=lambda source: SUBJECTS.index(source.subject))

    def overdue(self, today: date) -> list[Source]:
        """Return the sources that should have been looked at again before a day."""
        return [source for source in self._sources.values() if source.review_by < today]


def load_sources(content: Path) -> tuple[Sources, list[Problem]]:
    """Read sources.toml and facts.toml; return them with what is wrong in them."""
    listed = tomllib.loads((content / "sources.toml").read_text(encoding="utf-8"))
    sources = (
        {LAW: _source(LAW, listed["law"])}
        | _law(listed["law"])
        | {key: _source(key, entry) for key, entry in listed["source"].items()}
    )
    facts = {
        key: Fact(key, entry["value"], entry["source"], entry["checked_on"])
        for key, entry in tomllib.loads((content / "facts.toml").read_text(encoding="utf-8")).items()
    }
    problems = [
        Problem("sources.toml", f"source {source.id} has no label in {language}")
        for source in sources.values()
        for language in LANGUAGES
        if not source.label.get(language)
    ]
    problems += [
        Problem("facts.toml", f"fact {fact.id} names the unknown source {fact.source!r}")
        for fact in facts.values()
        if fact.source not in sources
    ]
    problems += [
        Problem(
            "sources.toml", f"source {source.id} has the unknown subject {source.subject!r}", None, ", ".join(SUBJECTS)
        )
        for source in sources.values()
        if source.subject not in SUBJECTS
    ]
    return Sources(sources, facts), problems


def article_label(provision: str, language: str) -> str:
    """Write a provision as its language does: `29 § 3 al. 2` becomes `29 § 3 lid 2` in Dutch."""
    return provision.replace("al.", SPOKEN[language].paragraph)


def _law(entry: dict[str, Any]) -> dict[str, Source]:
    return {
        LAW_PREFIX + provision: Source(
            id=LAW_PREFIX + provision,
            label={
                language: text.format(article_label(provision, language))
                for language in LANGUAGES
                if (text := entry["article"].get(language))
            },
            url=entry["url"],
            checked_on=entry["checked_on"],
            review_by=entry["review_by"],
            subject=LAW,
        )
        for provision in entry["provisions"]
    }


def _source(key: str, entry: dict[str, Any]) -> Source:
    return Source(
        key, entry["label"], entry.get("url"), entry["checked_on"], entry["review_by"], entry.get("subject", "")
    )
