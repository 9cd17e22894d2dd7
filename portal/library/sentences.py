"""Sentences kept in TOML, one file a language: their facts filled in, and what is wrong wherever they stand."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from portal.library.languages import OWN_NAMES, REFERENCE, Language, say_date
from portal.library.problems import Problem
from portal.library.prose import Vocabulary
from portal.library.sources import Sources
from portal.library.words import NEVER_SAID

FACT = re.compile(r"\{fact: *(?P<id>[^}]+?) *\}")
MARK = re.compile(r"\{[^}]*\}")


def flat(entries: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Yield each sentence with its key, `step.exam.self`, and in a list with its place, `minor.plain[0]`."""
    for key, value in entries.items():
        if isinstance(value, dict):
            yield from flat(value, f"{before}{key}.")
        elif isinstance(value, list):
            yield from ((f"{before}{key}[{place}]", one) for place, one in enumerate(value))
        else:
            yield before + key, value


def filled(sentence: str, language: Language, sources: Sources) -> str:
    """Return a sentence with its facts written as its language does; an unknown fact leaves nothing."""

    def fill(match: re.Match[str]) -> str:
        fact = sources.facts.get(match["id"])
        value = fact.value if fact else ""
        return say_date(value, language) if isinstance(value, date) else str(value)

    return FACT.sub(fill, sentence)


def marks_in(sentence: str) -> list[str]:
    """Return the marks of a sentence, in the same order in every language."""
    return sorted(mark.replace(" ", "") for mark in MARK.findall(sentence))


def problems_in_sentence(sentence: str, language: str, sources: Sources, vocabulary: Vocabulary) -> Iterator[str]:
    """Yield what is wrong with a sentence, however long it may be."""
    if not sentence.strip():
        yield "is empty"
    if match := NEVER_SAID.search(sentence):
        yield f"says {match[0]!r}"
    for word, why, instead in vocabulary.said_in(sentence, language):
        yield f"says {word!r}, which {why}; write: {instead}"
    for fact in FACT.finditer(sentence):
        if fact["id"] not in sources.facts:
            yield f"names the unknown fact {fact['id']!r}"


def unlike(folder: str, told: Mapping[str, Mapping[str, str]]) -> list[Problem]:
    """Return where one language says something that another does not, or with other facts than the reference."""
    every = {key for sentences in told.values() for key in sentences}
    problems = []
    for language, sentences in told.items():
        where = f"{folder}/{language}.toml"
        problems += [Problem(where, f"{key} is missing") for key in sorted(every - set(sentences))]
        for key, sentence in sentences.items():
            if marks_in(sentence) != marks_in(told[REFERENCE].get(key, sentence)):
                problems.append(Problem(where, f"{key} has other facts than {OWN_NAMES[REFERENCE]}"))
    return problems
