"""The commands that erase what is over, replay erasures after a restore, and print the data map."""

import argparse
import sys
from collections import Counter
from typing import TYPE_CHECKING

from portal.cli.reading_settings import records, settings

if TYPE_CHECKING:
    from portal.records.database import Database
    from portal.records.erasure_list import ErasureList
    from portal.settings import Settings

EVERY = 100  # cases between two words of progress
RUNNING = "another sweep or replay runs"
UNREADABLE = "{count} cases cannot be read, and are kept: the log names their rows (docs/operating.md)"
RESTORED = "{count} erased cases are there again: a backup was restored. Run `portal erasures replay`, then start"


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands."""
    one = commands.add_parser("data-map", help="print every column: why, on which basis, of whom, for whom, how long")
    one.set_defaults(run=print_data_map)

    one = commands.add_parser("sweep", help="erase what is past its written period: daily, by a timer")
    one.set_defaults(run=sweep)

    one = commands.add_parser("erasures", help="replay: erase again what a restored backup brought back")
    one.add_argument("what", choices=("replay",))
    one.set_defaults(run=replay_erasures)


def print_data_map(_options: argparse.Namespace) -> int:
    """Print the data map as a table for the data protection officer. No setting is read."""
    from portal.records.data_map import as_lines, data_map

    for line in as_lines(data_map()):
        print(line)
    print(f"to approve these periods: PORTAL_PERIODS_APPROVED={data_map().fingerprint}", file=sys.stderr)
    return 0


def sweep(_options: argparse.Namespace) -> int:
    """Erase what is past its period: what is short-lived always, cases where the hospital approved the periods."""
    from portal.clock import system_clock
    from portal.records.migrate import is_current
    from portal.records.sweeping import leave_no_trace, sweep_rest

    installation = settings()
    with records(installation) as database:
        if not is_current(database):
            print("PORTAL_DATABASE: its tables are not of this version; run `portal migrate`", file=sys.stderr)
            return 2
        swept = sweep_rest(database, system_clock())
        print(", ".join(f"{count} {name}" for name, count in swept.items()), flush=True)
        status = _sweep_cases(installation, database)
        if not leave_no_trace(database):
            print("somebody reads: what was deleted is written over by the next sweep")
        return status


def replay_erasures(_options: argparse.Namespace) -> int:
    """Erase again what a restored backup brought back, after every restore and before the portal is served."""
    from portal.access.team import OPERATOR
    from portal.clock import system_clock
    from portal.records.erasure import replay
    from portal.records.erasure_list import open_to_add
    from portal.records.sweeping import leave_no_trace

    installation = settings()
    if installation.erasures is None:
        print("PORTAL_ERASURES: is not set", file=sys.stderr)
        return 2
    with records(installation) as database:
        try:
            with open_to_add(installation.erasures, database) as listed:
                done, passed_over = replay(database, listed, OPERATOR, system_clock()), listed.listed.passed_over
        except OSError as problem:
            return _not_opened(installation, problem)
        leave_no_trace(database)
    print(f"erased again: {done.erased}; begun and kept, because something stands against it: {done.kept}")
    _say_unreadable(done.unreadable)
    if passed_over:
        print(f"lines that are not this installation's, or were cut short: {passed_over}", file=sys.stderr)
    return 1 if passed_over or done.unreadable else 0


def was_restored(installation: "Settings", database: "Database") -> bool:
    """Tell, and say, whether a backup brought back what was erased: nothing is then served."""
    from portal.records.erasure import brought_back
    from portal.records.erasure_list import read_list

    if installation.erasures is None:
        return False
    back = brought_back(database, read_list(installation.erasures, database))
    if back:
        print(RESTORED.format(count=len(back)), file=sys.stderr)
    return bool(back)


def _sweep_cases(installation: "Settings", database: "Database") -> int:
    from portal.records.data_map import data_map
    from portal.records.erasure_list import open_to_add

    if installation.erasures is None:
        print("no case is erased: PORTAL_ERASURES is not set")
        return 0
    if installation.periods_approved != data_map().fingerprint:
        print("no case is erased: PORTAL_PERIODS_APPROVED does not name the periods that `portal data-map` prints")
        return 1 if installation.periods_approved else 0
    if was_restored(installation, database):
        return 2
    try:
        with open_to_add(installation.erasures, database) as listed:
            unreadable = _erase_due(database, listed)
    except OSError as problem:
        return _not_opened(installation, problem)
    _say_unreadable(unreadable)
    return 1 if unreadable else 0


def _erase_due(database: "Database", listed: "ErasureList") -> int:
    """Erase what was begun and what is due; return how many cases cannot be read."""
    from portal.access.team import OPERATOR
    from portal.clock import system_clock
    from portal.records.erasure import confirmed_long_ago, erase_readable, finish
    from portal.records.wrapping import NotGivenError

    begun = finish(database, listed, OPERATOR, system_clock())
    became = Counter({"erased": begun.erased})
    for number, (centre_id, case_id) in enumerate(confirmed_long_ago(database, system_clock()), 1):
        try:
            reasons = erase_readable(database, listed, centre_id, case_id, OPERATOR, system_clock())
        except (NotGivenError, LookupError):  # of a closed centre, or gone meanwhile: the others go on
            reasons = ("closed",)
        became.update(f"kept: {reason}" for reason in reasons) if reasons else became.update(("erased",))
        if number % EVERY == 0:
            print(f"{number} cases looked at, {became['erased']} erased", flush=True)
    print("; ".join(f"{what} {count}" for what, count in sorted(became.items())), flush=True)
    return begun.unreadable + became["kept: unreadable"]


def _say_unreadable(count: int) -> None:
    if count:
        print(UNREADABLE.format(count=count), file=sys.stderr)


def _not_opened(installation: "Settings", problem: OSError) -> int:
    told = RUNNING if isinstance(problem, BlockingIOError) else problem.strerror or problem
    print(f"{installation.erasures}: {told}", file=sys.stderr)
    return 2
