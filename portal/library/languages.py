"""The one list of languages."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from babel.dates import format_date, format_time, format_timedelta

from portal.clock import BRUSSELS


class Language(StrEnum):
    """A language of the site; its value stands in every address and in `lang`."""

    FR = "fr"
    NL = "nl"
    DE = "de"
    EN = "en"


LANGUAGES = tuple(Language)

OWN_NAMES = {
    Language.FR: "Français",
    Language.NL: "Nederlands",
    Language.DE: "Deutsch",
    Language.EN: "English",
}

Translated = dict[str, str]
"""A text in every language, by language code."""

AT = {Language.FR: "{} à {}", Language.NL: "{} om {}", Language.DE: "{} um {}", Language.EN: "{} at {}"}


def say_date(day: date, language: str) -> str:
    """Write a calendar day: 1er mai 2026, 1 mei 2026, 1. Mai 2026, 1 May 2026."""
    if language == Language.FR and day.day == 1:
        return "1er" + format_date(day, " MMMM y", locale=language)
    return format_date(day, "d. MMMM y" if language == Language.DE else "d MMMM y", locale=language)


def say_moment(moment: datetime, language: str) -> str:
    """Write an aware moment as the day and time it is in Brussels."""
    local = moment.astimezone(BRUSSELS)
    time = format_time(local.time(), "HH:mm", locale=language)
    return AT[Language(language)].format(say_date(local.date(), language), time)


def say_days(days: int, language: str) -> str:
    """Say a number of days: 1 jour, 7 dagen, 7 Tage."""
    return format_timedelta(timedelta(days=days), granularity="day", threshold=10**6, locale=language)
