"""How long traces are kept (art. 29 §§ 3 and 4): always two dates, never one.

The law counts "à compter de la date de l'examen" and says nothing of how days and months are counted.
Several readings can be defended. What is told is the earliest of them, so that nobody asks a day after the end;
what is kept is the latest, so that nothing is destroyed a day before it.
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from portal.law.holidays import next_working_day

ADULT_MONTHS = 6
EXTENSION_MONTHS = 6
MINOR_YEARS = 50
MINOR_TOXICOLOGY_YEARS = 5


@dataclass(frozen=True)
class Keeping:
    """A retention period of traces.

    `ask_by` is the earliest reading: the only date told to the person concerned.
    `keep_through` is the latest reading, inclusive: for the team only. Destruction may be proposed to
    a human from the day after it, never before.
    """

    ask_by: date
    keep_through: date
    article: str


def keeping(taken_on: date, *, minor: bool, toxicology: bool = False, extended: bool = False) -> Keeping:
    """Return the two dates of keeping for traces taken on a calendar day (Europe/Brussels).

    Adults: six months from the examination, twelve once extended, counted from the examination and never
    chained (art. 29 § 3); the law has no period of its own for their toxicology samples. Minors: five years for
    toxicology samples, fifty for all others, from the day of sampling (art. 29 § 4), and no extension.
    `minor` is the status on the day of sampling and does not change at eighteen.

    Raises:
        ValueError: an extension of a minor's traces, which the law does not know.

    """
    if minor and extended:
        raise ValueError("art. 29 § 4 knows no extension of a minor's traces")
    if minor:
        years = MINOR_TOXICOLOGY_YEARS if toxicology else MINOR_YEARS
        return _period(taken_on, years * 12, "29 § 4 al. 1")
    if extended:
        return _period(taken_on, ADULT_MONTHS + EXTENSION_MONTHS, "29 § 3 al. 2")
    return _period(taken_on, ADULT_MONTHS, "29 § 3 al. 1")


def _period(taken_on: date, months: int, article: str) -> Keeping:
    same_number = _months_later(taken_on, months)
    eve_of_number = _months_later(taken_on + timedelta(days=1), months) - timedelta(days=1)
    return Keeping(
        ask_by=same_number - timedelta(days=1),  # the day of the examination counts as the first day
        keep_through=next_working_day(max(same_number, eve_of_number, _months_later_overflowing(taken_on, months))),
        article=article,
    )


def _months_later(day: date, months: int) -> date:
    """Return the same day number, or the last day of a shorter month."""
    year, month = _shift(day, months)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _months_later_overflowing(day: date, months: int) -> date:
    """Return the same day number, counted on into the next month where the month is too short (31 → 3 March)."""
    year, month = _shift(day, months)
    return date(year, month, 1) + timedelta(days=day.day - 1)


def _shift(day: date, months: int) -> tuple[int, int]:
    years, month = divmod(day.month - 1 + months, 12)
    return day.year + years, month + 1
