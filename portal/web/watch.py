"""Whether this process is alive and ready, and what calls for somebody, as counts. Never on the public address.

The pages answer on one address and this on another, of this machine alone: no route of the site tells anything of it.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from portal.clock import Clock
from portal.events import Event, tell_error
from portal.records.database import Database
from portal.records.measures import Measures, measures
from portal.records.migrate import is_current
from portal.runs import EXPECTED, last_runs

SECONDS_KEPT = 10  # whoever asks more often costs the database nothing
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    """What is answered: a status, a kind of text, the text."""

    status: int
    kind: str
    text: str


class Watch:
    """Answers on the address of this machine alone."""

    def __init__(self, database: Database, data: Path, clock: Clock) -> None:
        """Remember where to look."""
        self._database, self._data, self._clock = database, data, clock
        self._kept: tuple[float, Answer] | None = None

    def answer(self, path: str) -> Answer:
        """Answer for an address: `/health` asks nobody, `/ready` the database, `/metrics` both and the disk."""
        known: dict[str, Callable[[], Answer]] = {
            "/health": lambda: _said(200, "alive"),
            "/ready": self._ready,
            "/metrics": self._metrics,
        }
        return known.get(path, lambda: _said(404, "not here"))()

    def _ready(self) -> Answer:
        state = self._state()
        return _said(200 if state == "ready" else 503, state)

    def _state(self) -> str:
        """Return `ready`, or what is missing. The library was read before this process could answer at all."""
        try:
            if not is_current(self._database):
                return "tables of another version"
            return "database takes nothing" if self._database.only_reads() else "ready"
        except SQLAlchemyError:
            return "database away"

    def _metrics(self) -> Answer:
        if self._kept is None or time.monotonic() - self._kept[0] > SECONDS_KEPT:
            text = metrics_text(self._database, self._data, self._clock)
            self._kept = (time.monotonic(), Answer(200, METRICS_TYPE, text))
        return self._kept[1]


def metrics_text(database: Database, data: Path, clock: Clock) -> str:
    """Return what calls for somebody, for Prometheus; where the database is away, what is known without it."""
    found, ready = None, False
    try:
        if is_current(database):
            found = measures(database, clock())
            ready = not database.only_reads()
    except SQLAlchemyError as error:
        tell_error(Event.RECORDS_AWAY, error)
    lines = [*_one("ready", "1 where the database takes what is written and has this version's tables", int(ready))]
    lines += _of_machine(data, clock().timestamp())
    if found:
        lines += _of_records(found)
    return "\n".join([*lines, ""])


def _of_machine(data: Path, now: float) -> Iterator[str]:
    yield from _one("data_free_bytes", "room left where PORTAL_DATA lies", shutil.disk_usage(data).free)
    runs = last_runs(data)
    ages = {f'command="{one}"': int(now - runs[one]) for one in sorted(EXPECTED) if one in runs}
    yield from _some("last_run_age_seconds", "since a command last came to a good end on this machine", ages)


def _of_records(found: Measures) -> Iterator[str]:
    yield from _one("messages_late", "messages that could have gone 15 minutes ago and did not", found.messages_late)
    yield from _one("messages_late_seconds", "how long the oldest of them has been due", found.seconds_late)
    yield from _one(
        "messages_undelivered",
        "messages that did not arrive, or may not have, and no nurse saw yet",
        found.messages_undelivered,
    )
    late = {f'part="{part}"': count for part, count in sorted(found.lines.items())}
    yield from _some("lines_overdue", "lines of all centres' days that are late, at most 1000 a centre", late)
    yield from _one(
        "journals_unanchored", "journals without an anchor for more than 26 hours", found.journals_unanchored
    )
    yield from _one(
        "journal_lines_unanchored",
        "journal lines since the last anchors, in whole hundreds",
        found.journal_lines_unanchored,
    )


def _one(name: str, meaning: str, value: int) -> Iterator[str]:
    return _some(name, meaning, {"": value})


def _some(name: str, meaning: str, values: dict[str, int]) -> Iterator[str]:
    yield f"# HELP portal_{name} {meaning}"
    yield f"# TYPE portal_{name} gauge"
    for labels, value in values.items():
        yield f"portal_{name}{{{labels}}} {value}" if labels else f"portal_{name} {value}"


def _said(status: int, text: str) -> Answer:
    return Answer(status, "text/plain; charset=utf-8", f"{text}\n")
