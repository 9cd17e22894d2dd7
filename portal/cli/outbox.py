"""The command that delivers messages."""

import argparse
import signal
import sys
import threading
from typing import TYPE_CHECKING

from portal.cli.reading_settings import settings

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
    database = Database(installation.database, installation.sealing_key)
    if not is_current(database):
        print("PORTAL_DATABASE: its tables are not of this version; run `portal migrate`", file=sys.stderr)
        return 2
    library = load_library(cache=installation.data / "built")
    deliverer = Deliverer(database, library, senders, system_clock)
    if options.once:
        deliver(deliverer, threading.Event())
        return 0
    print(f"delivering: {', '.join(sorted(senders))}", flush=True)
    go_on(deliverer, _told_to_stop())
    return 0


def go_on(deliverer: "Deliverer", stop: threading.Event) -> None:
    """Deliver until told to stop, which waits for what is in hand. What the records cannot do now, they do later."""
    from sqlalchemy.exc import SQLAlchemyError

    while not stop.is_set():
        try:
            deliver(deliverer, stop)
        except SQLAlchemyError as error:
            print(f"the records cannot be reached: {type(error).__name__}", file=sys.stderr, flush=True)
        stop.wait(SECONDS_BETWEEN)


def deliver(deliverer: "Deliverer", stop: threading.Event) -> None:
    """Deliver what is due, and say what became of how many."""
    for became, count in sorted(deliverer.run(stop.is_set).items()):
        print(f"{count} {became}", flush=True)


def _told_to_stop() -> threading.Event:
    stop = threading.Event()
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, lambda *_: stop.set())
    return stop
