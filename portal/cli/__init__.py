"""The `portal` command. Each sub-command reads the settings once, asks the rooms below, and says what it did."""

import argparse
import os
import sys

from portal.cli import (
    anchoring,
    backing_up,
    custody,
    editing,
    erasing,
    figures,
    inventory,
    offline_keys,
    outbox,
    people,
    proof,
    register,
    serving,
)
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
)


def main(arguments: list[str] | None = None) -> int:
    """Run one sub-command and return its exit status: 0 done, 1 something to mend, 2 cannot begin."""
    options = _parser().parse_args(arguments)
    os.umask(0o077)  # what is written here is for this account alone
    try:
        return int(options.run(options))
    except SettingError as problem:
        print(problem, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="portal", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for group in GROUPS:
        group.add_to(commands)
    return parser
