"""What a person reads in her space when she asks for something: `content/space/<language>.toml`, plain and easy."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from portal.law import HERS, ItemKind, RequestKind
from portal.library.languages import LANGUAGES, Language, say_days
from portal.library.problems import Problem, line_of
from portal.library.prose import Vocabulary
from portal.library.reading import EASY_LIMITS, LIMITS, Reading, sentences_in
from portal.library.sentences import FACT, MARK, filled, flat, marks_in, problems_in_sentence, unlike
from portal.library.sources import Sources
from portal.library.words import TELLS_OF_A_COMPLAINT

Lines = tuple[str, ...]

REMINDER = "reminder"  # her choice, not a request
MATTERS: Lines = (*HERS, REMINDER)
OTHERWISE_FOR_MINORS: Lines = (RequestKind.DESTRUCTION, RequestKind.RESTITUTION)  # art. 29 § 4

QUESTIONS: Mapping[str, Lines] = {
    "copy-what": ("all", "report", "data", "talk"),
    "copy-how": ("in-person", "professional", "talk"),
    "copy-who": (),
    "destruction-which": ("all", "some", "talk"),
    "destruction-items": (),
    "restitution-items": ("keep", "return", "not-now"),
    "restitution-where": ("centre", "talk"),
    "contact-how": ("call", "write"),
    "contact-when": ("any", "morning", "afternoon", "evening"),
    "needs-what": ("language", "sign", "support-person", "access", "carer", "other"),
    "needs-text": (),
    "service-what": ("service", "contacts", "other"),
    "reminder-whether": ("yes", "no"),
    "reminder-how": ("call", "write"),
}
"""Each question with the answers it offers; none where something is chosen from a list of her own, or typed."""

MANNERS = ("plain", "easy")
WAITING = "{waiting}"
WAITS = f"matter.{RequestKind.DESTRUCTION}."

TELLS_NOTHING = re.compile(
    rf"matter\.{RequestKind.CONTACT_ME}\.|question\.contact-|common\.|.*\.asked\[|.*\.sure$",
)
DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Manner:
    """A matter said plainly, or so that it is easy to read: before, what stays possible, the button, and after.

    `minor` is read before as well, by whoever was a minor when the things were taken.
    """

    before: Lines
    still: Lines
    sure: str
    asked: Lines
    minor: Lines = ()

    def with_waiting(self, days: int, language: Language) -> "Manner":
        """Return the same with the hospital's waiting time filled in; without the sentence where there is none."""

        def wait(lines: Lines) -> Lines:
            return tuple(
                line.replace(WAITING, say_days(days, language)) for line in lines if days or WAITING not in line
            )

        return replace(
            self, before=wait(self.before), still=wait(self.still), asked=wait(self.asked), minor=wait(self.minor)
        )


@dataclass(frozen=True)
class Matter:
    """Something she can ask for, or choose."""

    kind: str
    title: str
    short: str
    plain: Manner
    easy: Manner


@dataclass(frozen=True)
class Question:
    """Something asked beside a request, with its answers in the order they are offered."""

    id: str
    plain: str
    easy: str
    hint: str
    answers: Mapping[str, str]


@dataclass(frozen=True)
class Common:
    """What is said alike on many pages: whenever the team decides, and on every space."""

    nurse: Lines
    two_sides: str


@dataclass(frozen=True)
class SpaceWords:
    """Everything her space says about asking, in one language, with its facts filled in."""

    language: Language
    matters: Mapping[str, Matter]
    questions: Mapping[str, Question]
    items: Mapping[str, str]
    plain: Common
    easy: Common


def load_space(content: Path, sources: Sources) -> dict[Language, SpaceWords]:
    """Read the words of each language; they must be without problems."""
    return {language: _Reader(content, language, sources).words() for language in LANGUAGES}


def problems_of_space(content: Path, sources: Sources, vocabulary: Vocabulary) -> list[Problem]:
    """Return what is wrong with the words of each language, and where the languages, or plain and easy, differ."""
    problems = []
    told: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        text = _file(content, language).read_text(encoding="utf-8")
        where = f"space/{language}.toml"
        told[language] = dict(flat(tomllib.loads(text)))
        for key, sentence in told[language].items():
            wrong = [
                *_problems_of_words(key, sentence, language, sources, vocabulary),
                *_problems_of_form(key, sentence),
            ]
            problems += [Problem(where, f"{key} {what}", line_of(text, sentence)) for what in wrong]
        problems += [Problem(where, what) for what in _problems_of_whole(told[language])]
    return problems + unlike("space", told)


def _file(content: Path, language: Language) -> Path:
    return content / "space" / f"{language}.toml"


class _Reader:
    """Reads the file of one language."""

    def __init__(self, content: Path, language: Language, sources: Sources) -> None:
        self._language, self._sources = language, sources
        self._entries: dict[str, Any] = tomllib.loads(_file(content, language).read_text(encoding="utf-8"))

    def words(self) -> SpaceWords:
        return SpaceWords(
            language=self._language,
            matters={kind: self._matter(kind) for kind in MATTERS},
            questions={name: self._question(name) for name in QUESTIONS},
            items={kind: self._said(self._entries["item"][kind]) for kind in ItemKind},
            plain=self._common("plain"),
            easy=self._common("easy"),
        )

    def _matter(self, kind: str) -> Matter:
        entry = self._entries["matter"][kind]
        plain, easy = (self._manner(entry[manner], entry.get("minor", {}).get(manner, ())) for manner in MANNERS)
        return Matter(kind, self._said(entry["title"]), self._said(entry["short"]), plain, easy)

    def _manner(self, entry: dict[str, Any], minor: list[str]) -> Manner:
        return Manner(
            before=self._lines(entry["before"]),
            still=self._lines(entry["still"]),
            sure=self._said(entry["sure"]),
            asked=self._lines(entry["asked"]),
            minor=self._lines(minor),
        )

    def _question(self, name: str) -> Question:
        entry = self._entries["question"][name]
        answers = {answer: self._said(entry["answers"][answer]) for answer in QUESTIONS[name]}
        plain, easy, hint = (self._said(entry[part]) for part in (*MANNERS, "hint"))
        return Question(name, plain, easy, hint, answers)

    def _common(self, manner: str) -> Common:
        entry = self._entries["common"][manner]
        return Common(self._lines(entry["nurse"]), self._said(entry["two-sides"]))

    def _lines(self, sentences: list[str]) -> Lines:
        return tuple(self._said(sentence) for sentence in sentences)

    def _said(self, sentence: str) -> str:
        return filled(sentence, self._language, self._sources)


def _problems_of_words(
    key: str, sentence: str, language: str, sources: Sources, vocabulary: Vocabulary
) -> Iterator[str]:
    if sentence or not key.endswith(".hint"):
        yield from problems_in_sentence(sentence, language, sources, vocabulary)
    if TELLS_NOTHING.match(key) and (match := TELLS_OF_A_COMPLAINT.search(sentence)):
        yield f"says {match[0]!r}, which tells of a complaint"


def _problems_of_form(key: str, sentence: str) -> Iterator[str]:
    for mark in MARK.findall(sentence):
        if mark == WAITING and not key.startswith(WAITS):
            yield "has a waiting time, and only a destruction waits"
        if mark != WAITING and not FACT.fullmatch(mark):
            yield f"has the unknown mark {mark!r}"
    if DIGIT.search(MARK.sub("", sentence)):
        yield "has a number of its own; write {fact: …}"
    longest = _limits(key)[0]
    for one in sentences_in(sentence):
        if len(one.words) > longest:
            yield f"has a sentence of {len(one.words)} words, at most {longest}: {one.text[:40]!r}…"


def _problems_of_whole(told: Mapping[str, str]) -> Iterator[str]:
    shape = {re.sub(r"\[\d+\]$", "[]", key) for key in told}
    yield from (f"{key} has no words" for key in sorted(_expected() - shape))
    yield from (f"{key} is unknown" for key in sorted(shape - _expected()))
    for limits in (LIMITS, EASY_LIMITS):
        read = [
            one for key, text in told.items() if "[" in key and _limits(key) == limits for one in sentences_in(text)
        ]
        if (average := Reading.of(read).average) > limits[1]:
            yield f"its sentences have {average} words on average, at most {limits[1]:.0f}"
    for kind in MATTERS:
        plain, easy = (_marks_of(told, kind, manner) for manner in MANNERS)
        if plain != easy:
            yield f"matter.{kind} has other facts in easy words: {', '.join(sorted(plain ^ easy))}"


def _limits(key: str) -> tuple[int, float]:
    """Return the limits of plain words for what is plain; what is read in both manners must be easy."""
    return LIMITS if re.search(r"\.plain\b", key) else EASY_LIMITS


def _marks_of(told: Mapping[str, str], kind: str, manner: str) -> set[str]:
    said = re.compile(rf"matter\.{kind}\..*\b{manner}\b")
    return {mark for key, sentence in told.items() if said.match(key) for mark in marks_in(sentence)}


def _expected() -> set[str]:
    """Return every key that a language must have; a list ends in `[]`."""
    matters = {
        f"matter.{kind}.{part}"
        for kind in MATTERS
        for part in (
            "title",
            "short",
            *(f"{manner}.{one}" for manner in MANNERS for one in ("before[]", "still[]", "sure", "asked[]")),
        )
    }
    minors = {f"matter.{kind}.minor.{manner}[]" for kind in OTHERWISE_FOR_MINORS for manner in MANNERS}
    questions = {f"question.{name}.{part}" for name in QUESTIONS for part in (*MANNERS, "hint")}
    answers = {f"question.{name}.answers.{answer}" for name, offered in QUESTIONS.items() for answer in offered}
    items = {f"item.{kind}" for kind in ItemKind}
    common = {f"common.{manner}.{part}" for manner in MANNERS for part in ("nurse[]", "two-sides")}
    return matters | minors | questions | answers | items | common
