"""The one list of languages: `content/languages.toml`. A language that is added there is one here, and nowhere else."""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Self

from babel.dates import format_date, format_time, format_timedelta

from portal.clock import BRUSSELS

LIST = Path(__file__).resolve().parents[2] / "content" / "languages.toml"


@dataclass(frozen=True)
class Spoken:
    """What is known of a language of the site; `content/languages.toml` says of each field what it is."""

    code: str
    own_name: str
    day: str
    moment: str
    paragraph: str
    never: str
    tells: str
    complaint: str
    first_day: str = ""
    search: str = ""
    endings: tuple[str, ...] = ()
    beginnings: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


def read_list(path: Path = LIST) -> tuple[dict[str, Spoken], str]:
    """Return the languages by code, in their order, and the code of the one that the others are compared with.

    Raises:
        ValueError: a code stands twice, is not two letters, or the one to compare with is not there.
        TypeError: a field is missing or unknown.

    """
    listed = tomllib.loads(path.read_text(encoding="utf-8"))
    lists = ("endings", "beginnings", "links")
    entries = [one | {name: tuple(one.get(name, ())) for name in lists} for one in listed["language"]]
    spoken = {one["code"]: Spoken(**one) for one in entries}
    unlike = [code for code in spoken if not (len(code) == 2 and code.isascii() and code.islower())]
    if len(spoken) != len(entries) or unlike or listed["reference"] not in spoken:
        raise ValueError(f"{path.name}: two letters a language, each once, and `reference` is one of them")
    return spoken, listed["reference"]


SPOKEN, _REFERENCE = read_list()


class Language(str):
    """A language of the site; its value stands in every address and in `lang`. ValueError for another code."""

    __slots__ = ()

    def __new__(cls, code: str) -> Self:
        """Return the language of a code."""
        if code not in SPOKEN:
            raise ValueError(f"{code!r} is no language of the site")
        return super().__new__(cls, code)


LANGUAGES = tuple(Language(code) for code in SPOKEN)
FIRST = LANGUAGES[0]
"""The one that speaks where nothing says which."""
REFERENCE = Language(_REFERENCE)
"""The one that the others are compared with."""
OWN_NAMES = {language: SPOKEN[language].own_name for language in LANGUAGES}

Translated = dict[str, str]
"""A text in every language, by language code."""


@lru_cache(maxsize=1000)  # a page says the day of each source: the same few days, thousands of times
def say_date(day: date, language: str) -> str:
    """Write a calendar day: 1er mai 2026, 1 mei 2026, 1. Mai 2026, 1 May 2026."""
    spoken = SPOKEN[language]
    return format_date(day, (spoken.first_day if day.day == 1 else "") or spoken.day, locale=language)


def say_moment(moment: datetime, language: str) -> str:
    """Write an aware moment as the day and time it is in Brussels."""
    local = moment.astimezone(BRUSSELS)
    time = format_time(local.time(), "HH:mm", locale=language)
    return SPOKEN[language].moment.format(say_date(local.date(), language), time)


def say_days(days: int, language: str) -> str:
    """Say a number of days: 1 jour, 7 dagen, 7 Tage."""
    return format_timedelta(timedelta(days=days), granularity="day", threshold=10**6, locale=language)
