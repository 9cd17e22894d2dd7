"""What is sent out: one wording per kind of message, for everybody, and what must not stand in it."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from portal.library.languages import LANGUAGES, Translated
from portal.library.problems import Problem
from portal.library.sentences import marks_in
from portal.library.sms import segments
from portal.library.words import NEVER_SAID, TELLING

FILE = "messages.toml"
SUBJECT = "subject"  # of every e-mail, whatever it is about
MARKS = {"link": ["{link}"], "reminder": [], "call": [], SUBJECT: []}
LONGEST_LINK = 51
ANY_LINK = "x" * LONGEST_LINK
NUMBER = re.compile(r"\d")


def load_messages(content: Path) -> tuple[dict[str, Translated], list[Problem]]:
    """Return every wording by kind and language, and what is wrong with them."""
    messages: dict[str, Translated] = tomllib.loads((content / FILE).read_text(encoding="utf-8"))
    unknown = [f"{kind} is a kind that nothing sends" for kind in messages if kind not in MARKS]
    wrong = [
        f"{kind} {said}"
        for kind in MARKS
        for language in LANGUAGES
        for said in _wrong(kind, language, messages.get(kind, {}).get(language, ""))
    ]
    return messages, [Problem(FILE, said) for said in unknown + wrong]


def _wrong(kind: str, language: str, text: str) -> Iterator[str]:
    if not text.strip() or marks_in(text) != MARKS[kind]:
        yield f"is missing in {language} or has other marks than {MARKS[kind]}"
    if segments(text.replace("{link}", ANY_LINK)) > 1:
        yield f"in {language} is longer than one SMS"
    if "\n" in text or NUMBER.search(text):
        yield f"in {language} has a number or a second line: no date, no time, no place"
    if match := NEVER_SAID.search(text):
        yield f"in {language} says {match[0]!r}"
    if match := TELLING.search(text):
        yield f"in {language} tells: {match[0]!r}"
