"""Belgian legal holidays, needed by the reading that moves a period's last day to a working day."""

from datetime import date, timedelta
from functools import cache

FIXED = ((1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25))
DAYS_AFTER_EASTER = (1, 39, 50)  # Easter Monday, Ascension, Whit Monday


def easter(year: int) -> date:
    """Return Easter Sunday of a Gregorian year, by the computus of Meeus, Jones and Butcher."""
    golden = year % 19
    century, of_century = divmod(year, 100)
    leaps, rest = divmod(century, 4)
    moon = (19 * golden + century - leaps - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    quarters, quarter_rest = divmod(of_century, 4)
    weekday = (32 + 2 * rest + 2 * quarters - moon - quarter_rest) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@cache
def legal_holidays(year: int) -> frozenset[date]:
    """Return the ten legal holidays of a year."""
    movable = {easter(year) + timedelta(days=days) for days in DAYS_AFTER_EASTER}
    return frozenset(movable | {date(year, month, day) for month, day in FIXED})


def is_working_day(day: date) -> bool:
    """Tell whether a day is neither Saturday, Sunday nor a legal holiday."""
    return day.weekday() < 5 and day not in legal_holidays(day.year)


def next_working_day(day: date) -> date:
    """Return the day itself when it is a working day, else the first working day after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day
