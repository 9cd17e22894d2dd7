"""The commands that make the key pairs which are kept offline, and how other commands are given them."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.records.offline_keys import Closing, Opening, Use

KEEP = {
    "backup": "Keep this line offline, in two places, and away from this machine: it opens every backup.",
    "register": "Keep this line offline, where the ward finds it when nothing works: it opens the list, and no backup.",
}
STANDARD_INPUT = Path("-")


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands."""
    one = commands.add_parser("backup-key", help="make the key pair that closes and opens backups; printed once")
    one.set_defaults(run=new_pair, use="backup")

    one = commands.add_parser("register-key", help="make the key pair of the list for when nothing works; printed once")
    one.set_defaults(run=new_pair, use="register")


def add_secret(parser: argparse.ArgumentParser, use: str, *, required: bool = True) -> None:
    """Let a command be given the offline half: in a file or by its standard input, never among its words."""
    told = f"the file with what `portal {use}-key` printed to be kept offline; - reads it from the standard input"
    parser.add_argument("--key", required=required, type=Path, metavar="FILE", help=told)


def new_pair(options: argparse.Namespace) -> int:
    """Make a pair and print it once: nothing is kept here. No setting is read."""
    from portal.records.offline_keys import Opening, Use

    opening = Opening.new(Use(options.use))
    print(f"PORTAL_{options.use.upper()}_KEY={opening.closing}")
    print(opening.written())
    print(f"The first line is a setting of this installation. {KEEP[options.use]}", file=sys.stderr)
    print(f"To tell it from others: {opening.closing.fingerprint}", file=sys.stderr)
    return 0


def closing_key(use: "Use", text: str | None) -> "Closing | None":
    """Return the public half that the settings name; say what is wrong with it."""
    from portal.records.offline_keys import Closing

    name = f"PORTAL_{use.upper()}_KEY"
    try:
        return Closing.read(use, text or "")
    except ValueError:
        print(f"{name}: {f'is not what `portal {use}-key` prints' if text else 'is not set'}", file=sys.stderr)
        return None


def opening_key(use: "Use", file: Path) -> "Opening | None":
    """Return the offline half out of a file; say what is wrong with it, and never what it is."""
    from portal.records.offline_keys import Opening

    try:
        text = sys.stdin.read() if file == STANDARD_INPUT else file.read_text(encoding="utf-8", errors="replace")
        return Opening.read(use, text)
    except OSError as problem:
        print(f"{file} cannot be read: {problem.strerror}", file=sys.stderr)
    except ValueError:
        print(f"{file}: holds no offline key of `portal {use}-key`", file=sys.stderr)
    return None
