"""How hard a text is to read: its sentences, their length, and LIX, a measure that works in our languages."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

LIMITS = (28, 15.0)
"""The longest sentence and the longest average of a page, in words."""
EASY_LIMITS = (14, 9.0)
"""The same for a page that is easy to read."""

A_LONG_WORD = 6  # LIX counts words of more letters than this

MARK = re.compile(r"[ \t]*\{src:[^}]*\}|^\{(figure|lines):[^}]*\}$")
PLACEHOLDER = re.compile(r"\{[a-z]+: *[^}]+\}")
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
BULLET = re.compile(r"^\s*(?:-|\d+\.|>)\s+")
SENTENCE_END = re.compile(r"(?<=[.?!…])[»”“’\"*]*\s+(?=[«“„‘\"*\w])")
WORD = re.compile(r"\w+(?:[-’']\w+)*")


@dataclass(frozen=True)
class Sentence:
    """One sentence, and the line of its file on which it begins."""

    line: int
    text: str
    is_quoted: bool = False  # the law's own words may be long

    @property
    def words(self) -> list[str]:
        """Its words; a number that comes from data counts as one."""
        return WORD.findall(self.text)


@dataclass(frozen=True)
class Reading:
    """What a text asks of its reader."""

    sentences: int
    average: float  # words a sentence
    longest: int
    lix: int  # below 30 very easy, 30–40 easy, 40–50 as a newspaper

    @classmethod
    def of(cls, sentences: Iterable[Sentence]) -> "Reading":
        """Measure some sentences; all zero where there is none."""
        lengths = [len(sentence.words) for sentence in sentences if sentence.words]
        if not lengths:
            return cls(0, 0.0, 0, 0)
        words = [word for sentence in sentences for word in sentence.words]
        average = len(words) / len(lengths)
        long_words = sum(len(word) > A_LONG_WORD for word in words)
        return cls(len(lengths), round(average, 1), max(lengths), round(average + 100 * long_words / len(words)))


def sentences_in(body: str, first_line: int = 1) -> list[Sentence]:
    """Return the sentences of Markdown with our marks; headings, marks and lists of numbers are left out."""
    found = []
    for number, line in enumerate(body.splitlines(), first_line):
        plain = PLACEHOLDER.sub("x", LINK.sub(r"\1", MARK.sub("", line)))
        if plain.startswith("#"):
            continue
        text = BULLET.sub("", plain).strip()
        quoted = line.lstrip().startswith(">")
        found += [Sentence(number, part, quoted) for part in SENTENCE_END.split(text) if WORD.search(part)]
    return found
