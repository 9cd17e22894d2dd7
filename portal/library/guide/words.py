"""What the guide says, in one language: `content/guide/<language>.toml`."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.law import Plan, Voice
from portal.library.languages import LANGUAGES, Language
from portal.library.problems import Problem, line_of
from portal.library.prose import Vocabulary
from portal.library.reading import LIMITS
from portal.library.sentences import FACT, filled, flat, problems_in_sentence, unlike
from portal.library.sources import Sources

SENTENCE_END = re.compile(r"(?<=[.?!:])\s+")

# Whose words are used where a voice has none of its own.
FALLS_BACK = {Voice.CANNOT_LEAVE: "self", Voice.PARENT: "other", Voice.PROFESSIONAL: "other", Voice.SUPPORTER: "other"}

Told = dict[str, str]
"""What one step, or one part of an action, says to each voice."""


@dataclass(frozen=True)
class Words:
    """The words of one language, with their facts filled in."""

    language: Language
    entries: dict[str, dict[str, Any]]

    def step(self, name: str, voice: Voice) -> str:
        """Return what a step says to a voice; KeyError where it says nothing."""
        entry: Told = self.entries["step"][name]
        return entry[_key(entry, "", voice)]

    def action(self, name: str, part: str, voice: Voice) -> str:
        """Return the `title`, the `text` or the `pocket` line of the one thing to do."""
        entry: Told = self.entries["action"][name]
        return entry[part if part in entry else _key(entry, f"{part}_", voice)]

    def spoken_by(self, plan: Plan) -> Iterator[tuple[str, str, str]]:
        """Yield the table, the id and the key of everything a plan says."""
        action: Told = self.entries["action"][plan.action]
        yield from (("action", plan.action, _key(action, part, plan.voice)) for part in ("title_", "text_"))
        yield "action", plan.action, "pocket"
        for step in plan.steps:
            yield "step", step.id, _key(self.entries["step"][step.id], "", plan.voice)

    def every_line(self) -> str:
        """Return everything that is said, one text a line, to measure how hard it is to read."""
        return "\n".join(text for _, text in flat(self.entries))

    def part(self, name: str, voice: Voice) -> str:
        """Return the heading of a part of a plan."""
        entry = self.entries["part"][name]
        return _spoken(entry, "title", voice)

    def question(self, name: str, voice: Voice) -> str:
        """Return how a question is asked of a voice."""
        return _spoken(self.entries["question"][name], "text", voice)

    def why(self, name: str) -> str:
        """Return why a question is asked."""
        return str(self.entries["question"][name]["why"])

    def answer(self, name: str, value: str) -> str:
        """Return the words of an answer."""
        return str(self.entries["question"][name]["answers"][value])


def load_words(content: Path, language: Language, sources: Sources) -> Words:
    """Read the words of a language."""
    entries = tomllib.loads(_file(content, language).read_text(encoding="utf-8"))
    return Words(language, _filled(entries, language, sources))


def problems_of_sentences(content: Path, sources: Sources, vocabulary: Vocabulary) -> list[Problem]:
    """Return what is wrong with the sentences of each language, and where the languages differ."""
    problems = []
    keys: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        path = _file(content, language)
        text = path.read_text(encoding="utf-8")
        keys[language] = dict(flat(tomllib.loads(text)))
        for key, sentence in keys[language].items():
            wrong = _problems(sentence, language, sources, vocabulary)
            problems += [Problem(f"guide/{path.name}", f"{key} {what}", line_of(text, sentence)) for what in wrong]
    return problems + unlike("guide", keys)


def _file(content: Path, language: Language) -> Path:
    return content / "guide" / f"{language}.toml"


def _key(entry: Told, prefix: str, voice: Voice) -> str:
    """Return the key of the words for a voice: its own, or those it falls back on."""
    return prefix + (voice if prefix + voice in entry else FALLS_BACK.get(voice, "self"))


def _spoken(entry: Told, name: str, voice: Voice) -> str:
    other = f"{name}_{FALLS_BACK.get(voice, 'self')}"
    return entry.get(f"{name}_{voice}") or entry.get(other) or entry[name]


def _problems(sentence: str, language: str, sources: Sources, vocabulary: Vocabulary) -> Iterator[str]:
    yield from problems_in_sentence(sentence, language, sources, vocabulary)
    for one in SENTENCE_END.split(FACT.sub("1", sentence)):
        if (count := len(one.split())) > LIMITS[0]:
            yield f"has a sentence of {count} words: {one[:40]!r}…"


def _filled(entries: dict[str, Any], language: Language, sources: Sources) -> dict[str, Any]:
    return {
        key: _filled(value, language, sources) if isinstance(value, dict) else filled(value, language, sources)
        for key, value in entries.items()
    }
