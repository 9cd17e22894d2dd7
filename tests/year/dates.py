"""The law's dates, computed a second time and plainly, from rules.md § 15: the year does not mirror `portal.law`."""

from datetime import date, timedelta
from functools import cache
from itertools import count

SIX_MONTHS, TWELVE_MONTHS, FIVE_YEARS, FIFTY_YEARS = 6, 12, 60, 600  # art. 29 § 3 al. 1 and 2, § 4 al. 1
A_DAY = timedelta(days=1)

# From a calendar, not from a computus: Easter Monday, Ascension and Whit Monday of each year the periods end in.
FIXED = ("01-01", "05-01", "07-21", "08-15", "11-01", "11-11", "12-25")
MOVABLE = {2027: ("03-29", "05-06", "05-17"), 2028: ("04-17", "05-25", "06-05"), 2029: ("04-02", "05-10", "05-21")}
HOLIDAYS = {date.fromisoformat(f"{year}-{day}") for year, days in MOVABLE.items() for day in (*FIXED, *days)}


@cache
def told_until(taken_on: date, months: int) -> date:
    """The only day she is told: the earliest reading, R1, the eve of the same number."""
    return _clamped(taken_on, months) - A_DAY


@cache
def kept_until(taken_on: date, months: int) -> date:
    """The last day of the latest reading: of R2, R2b and R4, moved to a working day (R3)."""
    readings = (
        _clamped(taken_on, months),
        _clamped(taken_on + A_DAY, months) - A_DAY,
        _first_of_month(taken_on, months) + (taken_on.day - 1) * A_DAY,
    )
    return next(day for day in (max(readings) + n * A_DAY for n in count()) if _is_worked(day))


def _is_worked(day: date) -> bool:
    return day.isoweekday() <= 5 and day not in HOLIDAYS


def _first_of_month(day: date, months: int) -> date:
    first = day.replace(day=1)
    for _ in range(months):
        first = (first + 31 * A_DAY).replace(day=1)
    return first


def _clamped(day: date, months: int) -> date:
    """The same number, or the last day of the month where the month is too short."""
    first = _first_of_month(day, months)
    last = (first + 31 * A_DAY).replace(day=1) - A_DAY
    return min(first + (day.day - 1) * A_DAY, last)
