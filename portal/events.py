"""What the operator's log says: one JSON line an event, of words and numbers known beforehand.

Nothing that came in can stand in a line: an event has its name from a closed set, a word holds no digit, so that no
address, code, telephone number or token fits in it, and what a library says is told without its text. Of a row that
cannot be read, its random id is told: whoever puts it back must find it.
"""

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

LOG = logging.getLogger("portal.events")
WORD = re.compile(r"[A-Za-z_][A-Za-z_.<>-]{0,59}")
ROW = re.compile(r"[0-9a-f]{32}")  # the random id of a row; no address, code, telephone number or token has this form
NOT_A_WORD = "?"


class Event(StrEnum):
    """Everything that may be said."""

    SERVING = "serving"
    STOPPED = "stopped"
    NOT_LISTENING = "not-listening"  # the address is taken, or cannot be had
    WORKER_STUCK = "worker-stuck"
    WORKER_LOST = "worker-lost"
    WORKER_NOT_STARTED = "worker-not-started"
    SERVER_TROUBLE = "server-trouble"
    REQUEST_NOT_HANDLED = "request-not-handled"
    UNEXPECTED = "unexpected"
    NO_CHECKED_PHONE = "no-checked-phone"
    SESSION_NOT_ENDED = "session-not-ended"
    HOSPITAL_SIGN_IN = "hospital-sign-in"  # nobody was shown; the reason is one of a closed list
    STAFF_LOG_NOT_WRITTEN = "staff-log-not-written"
    DELIVERING = "delivering"
    DELIVERED = "delivered"
    RECORDS_AWAY = "records-away"
    UNREADABLE = "unreadable"  # a row that does not open: its table, its column, its random id
    HAND_OVER_FAILED = "hand-over-failed"
    COMMAND_ENDED = "command-ended"
    ELSEWHERE = "elsewhere"  # a library said something; what, is left out


def tell(event: Event, level: int = logging.INFO, **facts: int | str) -> None:
    """Write an event. A fact is a number, or a word without digits; anything else is left out of the line."""
    kept = {name: fact if isinstance(fact, int) else _word(fact) for name, fact in facts.items()}
    LOG.log(level, "%s %s", event, kept, extra={"event": event, "facts": kept})


def tell_error(event: Event, error: BaseException, **facts: int | str) -> None:
    """Write that something went wrong: which kind of error and where, never its text: it may hold what was typed."""
    place = traceback.extract_tb(error.__traceback__)[-1:]
    where: dict[str, int | str] = {}
    if place:
        where = {"file": Path(place[0].filename).stem, "line": place[0].lineno or 0}
    tell(event, logging.ERROR, **{"kind": type(error).__name__, **where, **facts})


def tell_unreadable(table: str = "", column: str = "", row: str = "", *_: str) -> None:
    """Write that a row does not open: where it stands, by its random id, for whoever puts it back from a backup.

    Once for each in a process: how often somebody comes back to it is nobody's to know.
    """
    if (column, row) in _TOLD:
        return
    _TOLD.add((column, row))
    kept = {"table": _word(table), "column": _word(column), "row": row if ROW.fullmatch(row) else NOT_A_WORD}
    LOG.error("%s %s", Event.UNREADABLE, kept, extra={"event": Event.UNREADABLE, "facts": kept})


_TOLD: set[tuple[str, str]] = set()


@contextmanager
def on_stderr() -> Iterator[None]:
    """Write every event of this process on its standard error, one JSON line each; and nothing else of any log."""
    handler, root = _Stderr(), logging.getLogger()
    handler.setFormatter(_Lines())
    before, of_threads, own_level = root.handlers[:], threading.excepthook, LOG.level
    root.handlers[:] = [handler]
    LOG.setLevel(logging.INFO)
    logging.captureWarnings(True)
    threading.excepthook = lambda failed: _of_a_thread(failed.exc_value)
    try:
        yield
    finally:
        root.handlers[:] = before
        LOG.setLevel(own_level)
        logging.captureWarnings(False)
        threading.excepthook = of_threads


class _Lines(logging.Formatter):
    """One JSON line a record; of a record that is no event, only who said it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        event = getattr(record, "event", Event.ELSEWHERE)
        facts = getattr(record, "facts", {"by": _word(record.name)})
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="seconds")
        return json.dumps({"at": at, "level": record.levelname.lower(), "event": event, **facts})


class _Stderr(logging.Handler):
    """The standard error of the moment. A line that cannot be written is lost: it is not worth an answer."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        with suppress(OSError, ValueError):
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()


def _of_a_thread(error: BaseException | None) -> None:
    if error is not None and not isinstance(error, SystemExit):
        tell_error(Event.UNEXPECTED, error, by="thread")


def _word(text: str) -> str:
    return str(text) if WORD.fullmatch(text) else NOT_A_WORD
