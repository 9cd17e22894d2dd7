"""The `portal` command. Each sub-command reads the settings once, asks the rooms below, and says what it did."""

import argparse
import logging
import os
import sys
from contextlib import nullcontext

from portal.cli import (
    anchoring,
    backing_up,
    custody,
    editing,
    erasing,
    figures,
    inventory,
    keys,
    offline_keys,
    outbox,
    people,
    proof,
    register,
    serving,
)
from portal.cli.reading_settings import settings
from portal.events import Event, on_stderr, tell, tell_error
from portal.runs import EXPECTED, note_run
from portal.settings import SettingError

GROUPS = (
    serving,
    editing,
    people,
    proof,
    outbox,
    anchoring,
    figures,
    erasing,
    custody,
    inventory,
    backing_up,
    offline_keys,
    register,
    keys,
)
SERVICES = {"serve", "outbox"}  # run until they are stopped
TIMED = set(EXPECTED) - SERVICES


def main(arguments: list[str] | None = None) -> int:
    """Run one sub-command and return its exit status: 0 done, 1 something to mend, 2 cannot begin."""
    options = _parser().parse_args(arguments)
    os.umask(0o077)  # what is written here is for this account alone
    timed = options.command in TIMED and not register.is_reading(options)
    with on_stderr() if timed or options.command in SERVICES else nullcontext():
        try:
            status = int(options.run(options))
            if timed:
                _note(options.command, status)
        except SettingError as problem:
            print(problem, file=sys.stderr)
            return 2
    return status


def _note(command: str, status: int) -> None:
    """Tell how a command of the timers ended, and note when it came to a good end."""
    tell(Event.COMMAND_ENDED, logging.ERROR if status else logging.INFO, command=command, status=status)
    if status == 0:
        try:
            note_run(settings().data, command)
        except OSError as problem:
            tell_error(Event.UNEXPECTED, problem)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="portal", description=__doc__)
    commands = parser.add_subparsers(required=True, dest="command")
    for group in GROUPS:
        group.add_to(commands)
    return parser
