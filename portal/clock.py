"""The one clock. It is passed in, so that a test can say what time it is; days are counted in Europe/Brussels."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")

Clock = Callable[[], datetime]
"""Gives the present moment, aware and in UTC."""


def system_clock() -> datetime:
    """Return the machine's time, in UTC."""
    return datetime.now(UTC)


def brussels_day(moment: datetime) -> date:
    """Return the calendar day in Brussels on which an aware moment falls (rules A-02: calendar days)."""
    return moment.astimezone(BRUSSELS).date()
