"""A small picture of time: the examination, today, the last day to ask. The words beside it say the same."""

from dataclasses import dataclass
from datetime import date

from portal import law

LEFT, RIGHT = 12.0, 316.0


@dataclass(frozen=True)
class Timeline:
    """Where each moment lies on the line, and its day. `extended_to` is where one extension would lead, if any."""

    exam_on: date
    ask_by: date
    extended_to: date | None
    today_at: float
    ask_by_at: float
    end_at: float = RIGHT


def timeline(case: law.Case | None, today: date) -> Timeline | None:
    """Return the picture of an adult's period; None where none runs."""
    period = law.own_keeping(case) if case else None
    if case is None or case.exam_on is None or period is None or case.minor:
        return None
    longest = law.keeping(case.exam_on, minor=False, extended=True).ask_by
    days = (longest - case.exam_on).days

    def at(day: date) -> float:
        share = min(max((day - case.exam_on).days / days, 0.0), 1.0) if case.exam_on else 0.0
        return round(LEFT + (RIGHT - LEFT) * share, 1)

    return Timeline(case.exam_on, period.ask_by, None if case.extended else longest, at(today), at(period.ask_by))
