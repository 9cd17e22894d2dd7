"""How a page speaks: words that must not be said, terms of the field, sentences that are too long."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.library.languages import LANGUAGES, Translated
from portal.library.menu import EASY
from portal.library.problems import Problem
from portal.library.reading import EASY_LIMITS, LIMITS, MARK, Reading, sentences_in
from portal.library.words import NEVER_SAID

TARGET = re.compile(r"\]\([^)]*\)")
NOT_SPOKEN = ("reviewed_on", "to_check", "+++")


@dataclass(frozen=True)
class Avoided:
    """Words that are not used, why, and what to write instead."""

    why: str
    patterns: dict[str, re.Pattern[str]]
    instead: Translated


@dataclass(frozen=True)
class Term:
    """A term of the field, and the languages in which a person must still confirm it."""

    id: str
    names: Translated
    to_check: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """The words of the field, and those that are not used."""

    avoided: tuple[Avoided, ...]
    terms: tuple[Term, ...]

    def said_in(self, text: str, language: str) -> Iterator[tuple[str, str, str]]:
        """Yield each word of a text that is not used: the word, why, and what to write instead."""
        for avoided in self.avoided:
            if (pattern := avoided.patterns.get(language)) and (match := pattern.search(text)):
                yield match[0], avoided.why, avoided.instead.get(language, "")


def load_vocabulary(content: Path) -> Vocabulary:
    """Read words.toml and terms.toml."""
    words = tomllib.loads((content / "words.toml").read_text(encoding="utf-8"))
    terms = tomllib.loads((content / "terms.toml").read_text(encoding="utf-8"))
    return Vocabulary(
        avoided=tuple(
            Avoided(
                entry["why"],
                {
                    language: re.compile(rf"(?<!\w)(?:{entry[language]})(?!\w)", re.IGNORECASE)
                    for language in LANGUAGES
                    if language in entry
                },
                entry["instead"],
            )
            for entry in words["avoid"]
        ),
        terms=tuple(
            Term(entry["id"], {language: entry[language] for language in LANGUAGES}, tuple(entry["to_check"]))
            for entry in terms["term"]
        ),
    )


def problems_in_prose(where: str, language: str, text: str, vocabulary: Vocabulary) -> list[Problem]:
    """Return every word of a page's file that must not be said, and every sentence that asks too much."""
    return [*_words(where, language, text, vocabulary), *_sentences(where, text)]


def body_of(text: str) -> tuple[str, int]:
    """Return what follows the front matter of a page's file, and the number of its first line."""
    parts = text.split("+++\n", 2)
    body = parts[2] if len(parts) == 3 else text
    return body, text.count("\n", 0, len(text) - len(body)) + 1


def _words(where: str, language: str, text: str, vocabulary: Vocabulary) -> Iterator[Problem]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(NOT_SPOKEN):
            continue
        plain = TARGET.sub("]", MARK.sub("", line))
        if match := NEVER_SAID.search(plain):
            near = plain[max(0, match.start() - 30) : match.end() + 20]
            yield Problem(
                where, f"says {match[0]!r} in {near!r}", number, "a promise nobody can prove, or a word that blames"
            )
        for word, why, instead in vocabulary.said_in(plain, language):
            yield Problem(where, f"says {word!r}, which {why}", number, f"write: {instead}")


def _sentences(where: str, text: str) -> Iterator[Problem]:
    body, first_line = body_of(text)
    sentences = [one for one in sentences_in(body, first_line) if not one.is_quoted]
    is_easy = where.startswith(EASY)
    longest, longest_average = EASY_LIMITS if is_easy else LIMITS
    for sentence in sentences:
        if len(sentence.words) > longest:
            what = f"a sentence has {len(sentence.words)} words: {sentence.text[:40]!r}…"
            yield Problem(where, what, sentence.line, f"at most {longest}: make two of it")
    if is_easy:
        lines = [sentence.line for sentence in sentences]
        for line in sorted({line for line in lines if lines.count(line) > 1}):
            yield Problem(where, "a line says more than one thing", line, "one sentence a line")
    average = Reading.of(sentences).average
    if average > longest_average:
        yield Problem(where, f"its sentences have {average} words on average", None, f"at most {longest_average:.0f}")
