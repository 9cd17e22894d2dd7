"""The command that delivers messages."""

import argparse
import signal
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from portal.cli.reading_settings import settings
from portal.events import Event, tell, tell_error
from portal.runs import note_run

if TYPE_CHECKING:
    from portal.messages import Deliverer

SECONDS_BETWEEN = 20


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command."""
    one = commands.add_parser("outbox", help="deliver the messages that are due, and go on until it is stopped")
    one.add_argument("--once", action="store_true", help="deliver what is due now, and end")
    one.set_defaults(run=outbox)


def outbox(options: argparse.Namespace) -> int:
    """Deliver messages. What is printed counts; it names nobody."""
    from portal.clock import system_clock
    from portal.library import load_library
    from portal.messages import Deliverer, senders_from
    from portal.records.database import Database
    from portal.records.migrate import is_current

    installation = settings()
    senders = senders_from(installation, system_clock)
    if not senders:
        print("PORTAL_SMTP, PORTAL_SMS_GATEWAY: neither is set; cards are printed", file=sys.stderr)
        return 2
    database = Database.of(installation)
    if not is_current(database):
        print("PORTAL_DATABASE: its tables are not of this version; run `portal migrate`", file=sys.stderr)
        return 2
    library = load_library(cache=installation.data / "built")
    deliverer = Deliverer(database, library, senders, system_clock)
    if options.once:
        deliver(deliverer, threading.Event())
        note_run(installation.data, "outbox")
        return 0
    tell(Event.DELIVERING, **{str(channel): 1 for channel in senders})
    go_on(deliverer, _told_to_stop(), lambda: note_run(installation.data, "outbox"))
    tell(Event.STOPPED)
    return 0


def go_on(deliverer: "Deliverer", stop: threading.Event, note: Callable[[], None]) -> None:
    """Deliver until told to stop, which waits for what is in hand. What the records cannot do now, they do later.

    `note` is called after each look that came to a good end.
    """
    from sqlalchemy.exc import SQLAlchemyError

    while not stop.is_set():
        try:
            deliver(deliverer, stop)
            note()
        except SQLAlchemyError as error:
            tell_error(Event.RECORDS_AWAY, error)
        except OSError as error:  # a full disk: messages still go out, and that nothing was noted is seen
            tell_error(Event.UNEXPECTED, error)
        stop.wait(SECONDS_BETWEEN)


def deliver(deliverer: "Deliverer", stop: threading.Event) -> None:
    """Deliver what is due, and say what became of how many."""
    if became := deliverer.run(stop.is_set):
        tell(Event.DELIVERED, **dict(sorted(became.items())))


def _told_to_stop() -> threading.Event:
    stop = threading.Event()
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, lambda *_: stop.set())
    return stop
