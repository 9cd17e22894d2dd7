"""Which waiting request the law expects first. Only the order: what can be done with each is `portal.law.course`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import TypeVar

from portal.law.openings import RequestKind

NEAR = timedelta(days=7)


class Place(IntEnum):
    """Where a request stands in the order of a day's work, and why.

    `LAST_DAY`: an extension is a right that ends on a day (art. 29 § 3 al. 2); near that day, or after it, every hour
    counts, because the hospital destroys without a further word once the period is over (art. 29 § 5; A-07).
    `CALL`: she asks to be called: what she wants cannot be seen from here, and may be a complaint (arts 14, 35, 36).
    `REST`: everything else, whatever waited longest first; the law sets no day, only "as soon as possible" (art. 24).
    `STILL_WAITING`: a destruction whose waiting time runs: nothing can be done but to keep. Once the time is over it
    stands among the rest, counted from its end.
    """

    LAST_DAY = 0
    CALL = 1
    REST = 2
    STILL_WAITING = 3


@dataclass(frozen=True)
class Waiting:
    """What the order asks of a request: all of it stands in clear, nothing needs to be unsealed."""

    kind: str
    asked_at: datetime
    ask_by: date | None
    waits_until: datetime | None = None


W = TypeVar("W", bound=Waiting)


def place_of(one: Waiting, now: datetime, today: date) -> Place:
    """Return where a request stands; `today` is the day in Brussels on which `now` falls."""
    if one.kind == RequestKind.EXTENSION and one.ask_by is not None and one.ask_by - today <= NEAR:
        return Place.LAST_DAY
    if one.kind == RequestKind.CONTACT_ME:
        return Place.CALL
    if one.waits_until is not None and one.waits_until > now:
        return Place.STILL_WAITING
    return Place.REST


def in_order(waiting: Iterable[W], now: datetime, today: date) -> list[W]:
    """Return requests in the order in which the law expects them; among equals, what waited longest."""
    return sorted(waiting, key=lambda one: _rank(one, now, today))


def _rank(one: Waiting, now: datetime, today: date) -> tuple[Place, date, datetime]:
    place = place_of(one, now, today)
    last_day = one.ask_by if place is Place.LAST_DAY and one.ask_by else date.min
    return place, last_day, max(one.waits_until or one.asked_at, one.asked_at)
