"""When a service answers: in words for readers, and as times to reckon with where they are confirmed."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from portal.clock import BRUSSELS
from portal.law.holidays import legal_holidays
from portal.library.languages import Translated

DAY = 24 * 60


@dataclass(frozen=True)
class Opening:
    """A span on some days of the week, in minutes since midnight; it may run past midnight."""

    days: tuple[int, ...]  # ISO: Monday is 1
    begin: int
    end: int

    def covers(self, day: date, minute: int) -> bool:
        """Tell whether the span that began on a day holds a minute counted from that day's midnight."""
        end = self.end if self.end > self.begin else self.end + DAY
        return day.isoweekday() in self.days and self.begin <= minute < end


@dataclass(frozen=True)
class Hours:
    """The hours of a service, as far as they are known."""

    text: Translated
    is_checked: bool
    around_the_clock: bool = False
    closed_on_holidays: bool = False
    openings: tuple[Opening, ...] = ()

    def is_open(self, moment: datetime) -> bool | None:
        """Tell whether somebody answers at an aware moment, by the clocks of Brussels; None where nobody confirmed it.

        On a legal holiday within the usual hours it is None too, unless it is known to be closed then.

        Raises:
            ValueError: the moment has no time zone.

        """
        if moment.tzinfo is None:
            raise ValueError("a moment without a time zone")
        if not self.is_checked or not (self.around_the_clock or self.openings):
            return None
        if self.around_the_clock:
            return True
        local = moment.astimezone(BRUSSELS)
        minute = local.hour * 60 + local.minute
        today = local.date()
        for day, since in ((today, minute), (today - timedelta(days=1), minute + DAY)):
            if any(opening.covers(day, since) for opening in self.openings):
                return self._on(day)
        return False

    def _on(self, day: date) -> bool | None:
        if day in legal_holidays(day.year):
            return False if self.closed_on_holidays else None
        return True


def read_opening(entry: dict[str, Any]) -> Opening:
    """Return an opening from `{ days = [1], from = "08:00", to = "24:00" }`; ValueError for what is no time or day."""
    days = tuple(entry["days"])
    if not days or not set(days) <= set(range(1, 8)):
        raise ValueError(f"the days {list(days)}")
    return Opening(days, _minutes(entry["from"]), _minutes(entry["to"]))


def _minutes(text: str) -> int:
    hours, minutes = (int(part) for part in text.split(":"))
    if not (0 <= minutes < 60 and 0 <= hours * 60 + minutes <= DAY):
        raise ValueError(f"the time {text}")
    return hours * 60 + minutes
