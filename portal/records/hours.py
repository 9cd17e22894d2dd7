"""When a message may reach her, by the clock in Brussels: while the centre is not quiet, and it is safe for her."""

from collections.abc import Collection
from datetime import datetime, timedelta

from portal.clock import BRUSSELS

# What each answer about hours means, here and nowhere else: from the first hour, until before the second.
SAFE = {"any": (0, 24), "morning": (8, 12), "afternoon": (12, 17), "evening": (17, 22)}
NEVER = (0, 0)  # an answer nobody knows opens nothing
MARGIN = timedelta(minutes=5)  # what is handed over now may ring a little later: not in the last minutes
AN_HOUR = timedelta(hours=1)
LOOKED_AHEAD = 49  # hours: whatever the day, and through a night when the clocks change


def is_safe(moment: datetime, quiet: tuple[int, int], *safe: Collection[str]) -> bool:
    """Tell whether something may go out at an aware moment, so that it arrives while it is safe.

    `quiet` is from which hour until which the centre sends nothing; equal hours mean no quiet ones. Each of `safe` is a
    list of answers, of which one must hold; an empty list asks for nothing.
    """
    return all(_is_hour(each.astimezone(BRUSSELS).hour, quiet, safe) for each in (moment, moment + MARGIN))


def next_safe(moment: datetime, quiet: tuple[int, int], *safe: Collection[str]) -> datetime | None:
    """Return the first moment, from one on, at which something may go out; None where no hour is left.

    It goes from full hour to full hour in UTC, which are full hours in Brussels also when the clocks change.
    """
    if is_safe(moment, quiet, *safe):
        return moment
    hour = moment.replace(minute=0, second=0, microsecond=0)
    later = (hour + number * AN_HOUR for number in range(1, LOOKED_AHEAD))
    return next((each for each in later if is_safe(each, quiet, *safe)), None)


def _is_hour(hour: int, quiet: tuple[int, int], safe: Collection[Collection[str]]) -> bool:
    return not _is_quiet(hour, *quiet) and all(_is_among(hour, names) for names in safe if names)


def _is_among(hour: int, names: Collection[str]) -> bool:
    return any(first <= hour < last for first, last in (SAFE.get(name, NEVER) for name in names))


def _is_quiet(hour: int, first: int, last: int) -> bool:
    if first <= last:
        return first <= hour < last
    return hour >= first or hour < last
