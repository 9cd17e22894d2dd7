"""The commands that write a backup and put one back."""

import argparse
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from portal.cli.long_work import progress
from portal.cli.offline_keys import add_secret, closing_key
from portal.cli.reading_settings import records, settings

if TYPE_CHECKING:
    from portal.records.backup import Made
    from portal.records.database import Database


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands."""
    one = commands.add_parser("backup", help="write a backup into a folder, closed for the offline key: daily")
    one.add_argument("folder", type=Path)
    one.add_argument(
        "--without-keys",
        action="store_true",
        help="leave the keys of the cases out: it may be kept for longer than seven days, and opens no case alone",
    )
    one.set_defaults(run=backup)

    one = commands.add_parser("restore", help="put a backup into an empty database, and look at what stands there")
    one.add_argument("file", type=Path)
    add_secret(one, "backup")
    one.add_argument("--keys-of", type=Path, metavar="FILE", help="for a backup without keys: a younger one with them")
    one.add_argument("--anchors", metavar="FILE", action="append", type=Path, help="as for `portal verify journal`")
    one.set_defaults(run=_restore)


def backup(options: argparse.Namespace) -> int:
    """Write a backup; then delete this installation's own that hold keys and grow too old."""
    from portal.clock import system_clock
    from portal.records.backup import delete_older, make_backup
    from portal.records.migrate import is_current
    from portal.records.offline_keys import Use

    installation = settings()
    to = closing_key(Use.BACKUP, installation.backup_key)
    if to is None:
        return 2
    with records(installation) as database:
        if not is_current(database):
            return _say("PORTAL_DATABASE: its tables are not of this version; run `portal migrate`")
        try:
            made = make_backup(
                database,
                options.folder,
                to,
                installation.receipt_keys,
                system_clock(),
                version=own_version(),
                with_keys=not options.without_keys,
                progress=progress("rows written"),
            )
            print(f"{made.path}: {made.rows} rows, closed for {to.fingerprint}", flush=True)
            _note(database, made)
            for path in delete_older(options.folder, installation.receipt_keys, system_clock()):
                print(f"deleted, because it holds keys and grows older than seven days: {path}")
        except BlockingIOError:
            return _say(f"{options.folder}: another backup is being written there")
        except OSError as problem:
            return _say(f"{problem.filename or options.folder}: {problem.strerror or problem}")
    return 0


def _restore(options: argparse.Namespace) -> int:
    from portal.cli.restoring import restore

    return restore(options)


def own_version() -> str:
    """Return which version of the program this is, where it is installed."""
    try:
        return version("portal")
    except PackageNotFoundError:
        return "from the repository"


def _note(database: "Database", made: "Made") -> None:
    """Tell the journals. A database that takes no line any more is the one that most needs its backup."""
    from sqlalchemy.exc import SQLAlchemyError

    from portal.access.team import OPERATOR
    from portal.clock import system_clock
    from portal.records.backup import MADE, note_in_journals

    try:
        note_in_journals(database, MADE, made.about.id, system_clock(), OPERATOR)
    except SQLAlchemyError:
        print("the journal could not be told of it; the backup stands", file=sys.stderr)


def _say(problem: str) -> int:
    print(problem, file=sys.stderr)
    return 2
