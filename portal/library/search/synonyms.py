"""Everyday words: what people type and what pages say; words without weight; words that call for a line at once."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.library.languages import LANGUAGES
from portal.library.problems import Problem
from portal.library.search.fold import Stemming, folded, words_in
from portal.library.search.nearness import distance, mistakes_allowed

EVERYDAY_FILE = "synonyms.toml"
FIRST = ("danger", "dark")
"""What comes before any result: danger now, thoughts of suicide. The pages of the same names answer."""
LARGEST_GAP = 2  # words that may stand between the words of such a phrase
SHORTEST_FORGIVEN = 5


@dataclass(frozen=True)
class Everyday:
    """The everyday words of one language.

    ignored: words that say little about a question (I, can, the).
    alike: groups of words or short phrases that stand for each other.
    first: phrases by what they call for, `danger` or `dark`.
    """

    language: str
    ignored: frozenset[str]  # folded
    alike: tuple[tuple[tuple[str, ...], ...], ...]
    first: dict[str, tuple[tuple[str, ...], ...]]

    def calls_for(self, words: list[str]) -> list[str]:
        """Return which lines must come first, for the words of a query; mistakes in typing are forgiven."""
        stemming = Stemming(self.language)
        typed = [(folded(word), stemming.stem(word)) for word in words]
        return [
            name
            for name in FIRST
            if any(
                _said([(folded(word), stemming.stem(word)) for word in phrase], typed) for phrase in self.first[name]
            )
        ]


def load_everyday(content: Path) -> tuple[dict[str, Everyday], list[Problem]]:
    """Read synonyms.toml; return the everyday words by language with what is wrong in them."""
    listed = tomllib.loads((content / EVERYDAY_FILE).read_text(encoding="utf-8"))
    try:
        return {language: _everyday(language, listed[language]) for language in LANGUAGES}, []
    except (KeyError, TypeError, AttributeError) as error:
        return {}, [Problem(EVERYDAY_FILE, f"cannot be read: {error!r}", None, "each language has the same tables")]


def _everyday(language: str, entry: dict[str, Any]) -> Everyday:
    return Everyday(
        language,
        frozenset(folded(word) for word in words_in(entry["ignored"])),
        tuple(tuple(tuple(words_in(phrase)) for phrase in (meant, *typed)) for meant, typed in entry["means"].items()),
        {name: tuple(tuple(words_in(phrase)) for phrase in entry["first"][name]) for name in FIRST},
    )


def _said(phrase: list[tuple[str, str]], typed: list[tuple[str, str]]) -> bool:
    """Tell whether the words of a phrase stand in this order, near to each other."""
    return any(_continued(phrase[1:], typed[place + 1 :]) for place, word in enumerate(typed) if _same(phrase[0], word))


def _continued(phrase: list[tuple[str, str]], typed: list[tuple[str, str]]) -> bool:
    if not phrase:
        return True
    near = typed[: LARGEST_GAP + 1]
    return any(_continued(phrase[1:], typed[place + 1 :]) for place, word in enumerate(near) if _same(phrase[0], word))


def _same(one: tuple[str, str], other: tuple[str, str]) -> bool:
    most = mistakes_allowed(one[0]) if len(one[0]) >= SHORTEST_FORGIVEN else 0  # `bill me` is not `kill me`
    return one[0] == other[0] or one[1] == other[1] or (most > 0 and distance(one[0], other[0], most) <= most)
