"""The commands that write the register, and print it on the day when nothing else works."""

import argparse
import sys
from datetime import date
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

from portal.cli.offline_keys import add_secret, closing_key, opening_key
from portal.cli.proof import public_key
from portal.cli.reading_settings import records, settings
from portal.cli.spoken import add_language

if TYPE_CHECKING:
    from portal.records.register import Line
    from portal.records.register_files import Register

WHY_NOT_OPENED = {
    "form": "it is no register that this version reads",
    "key": "it is closed for another key",
    "signer": "it is signed by another installation than that of --signed-by",
    "changed": "something in it was changed, added or cut off",
}
HEADS = ("register.code", "register.ask_by", "register.keep_through", "register.hold", "register.note")
PARTS = ("register.soon", "register.past", "register.others")
EMPTY = "–"
PAPER = 78  # letters across a page
SIGNERS = "a key that `portal receipt-key` prints, once for each; without it, who wrote the file is not looked at"


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands."""
    one = commands.add_parser(
        "register",
        help="FOLDER: write the list for the day when nothing works; read FILE: print one, on any laptop",
    )
    one.add_argument("what", nargs="+", metavar="FOLDER | read FILE")
    one.add_argument("--centre", help="write the register of this centre alone; without it, one file for each")
    one.add_argument("--to", metavar="PUBLICKEY", help="close it for this key, instead of PORTAL_REGISTER_KEY")
    add_secret(one, "register", required=False)
    one.add_argument("--signed-by", metavar="PUBLICKEY_BASE64", action="append", type=public_key, help=SIGNERS)
    add_language(one, "fr")
    one.add_argument("--on", type=date.fromisoformat, metavar="DAY", help="print as if it were this day (2026-11-22)")
    one.set_defaults(run=register)


def is_reading(options: argparse.Namespace) -> bool:
    """Tell whether a register is read: on any laptop, without an installation's settings."""
    return bool(options.command == "register" and options.what[:1] == ["read"])


def register(options: argparse.Namespace) -> int:
    """Write the register into a folder, or print one."""
    match options.what:
        case ["read", file] if options.key:
            return read(Path(file), options)
        case ["read", *_]:
            print("to print a register: portal register read FILE --key KEYFILE", file=sys.stderr)
        case [folder]:
            return write(Path(folder), options)
        case _:
            print("one folder, or: read FILE", file=sys.stderr)
    return 2


def write(folder: Path, options: argparse.Namespace) -> int:
    """Write the register of each centre, or of one."""
    from sqlalchemy import select

    from portal.access.team import OPERATOR
    from portal.clock import system_clock
    from portal.records.anchoring import note
    from portal.records.fence import Across
    from portal.records.models import Centre
    from portal.records.offline_keys import Use
    from portal.records.register import WRITTEN, lines_of
    from portal.records.register_files import write_register

    installation, now = settings(), system_clock()
    to = closing_key(Use.REGISTER, options.to or installation.register_key)
    if to is None:
        return 2
    with records(installation) as database:
        wanted = select(Centre).order_by(Centre.name)
        with database.reading(across=Across.CENTRES) as session:
            centres = session.scalars(wanted.where(Centre.name == options.centre) if options.centre else wanted).all()
        found = []
        for one in centres:
            with database.reading(one.id) as session:
                found.append((one.id, one.name, lines_of(session, one.id)))
        if not found:
            print("there is no such centre", file=sys.stderr)
            return 1
        for centre_id, name, lines in found:
            try:
                path = write_register(folder, centre_id, name, lines, to, installation.receipt_keys, now)
            except OSError as problem:
                print(f"{problem.filename or folder}: {problem.strerror or problem}", file=sys.stderr)
                return 2
            note(database, centre_id, WRITTEN, centre_id, now, OPERATOR)
            print(f"{name}: {path}, {len(lines)} lines, closed for {to.fingerprint}", flush=True)
    return 0


def read(file: Path, options: argparse.Namespace) -> int:
    """Print a register as plain text, to be printed on paper."""
    from portal.clock import brussels_day, system_clock
    from portal.records.offline_keys import Use
    from portal.records.register_files import read_register
    from portal.records.sealed_files import NotOpenedError

    opening = opening_key(Use.REGISTER, options.key)
    if opening is None:
        return 2
    try:
        register = read_register(file, opening, options.signed_by)
    except NotOpenedError as problem:
        print(f"{file}: {WHY_NOT_OPENED[problem.reason]}", file=sys.stderr)
        return 1
    except OSError as problem:
        print(f"{file} cannot be read: {problem.strerror}", file=sys.stderr)
        return 2
    if options.signed_by is None:
        print("who wrote this file was not looked at: --signed-by was not given", file=sys.stderr)
    print("\n".join(printed(register, options.on or brussels_day(system_clock()), options.language)))
    return 0


def printed(register: "Register", today: date, language: str) -> list[str]:
    """Return a register as lines of text: what is due first comes first."""
    from portal.clock import BRUSSELS
    from portal.web.languages import words_of

    say = words_of(language)
    written = f"{register.written_at.astimezone(BRUSSELS):%Y-%m-%d %H:%M}"
    told = (
        say["register.title"] % {"centre": register.centre},
        say["register.written"] % {"moment": written, "today": today.isoformat()},
        say["register.nothing_ends"],
        say["register.how"],
    )
    lines = [line for one in told for line in wrap(one, PAPER)]
    for key, part in zip(PARTS, register.parts(today), strict=True):
        lines += ["", f"{say[key]} ({len(part)})", *_table([say[head] for head in HEADS], part, say["yes"])]
    return lines


def _table(heads: list[str], part: "tuple[Line, ...]", yes: str) -> list[str]:
    """Return a table with a last column to write in by hand."""
    rows = [
        (one.code, str(one.ask_by or EMPTY), str(one.keep_through or EMPTY), yes if one.is_held else "", "_" * 16)
        for one in part
    ]
    widths = [max(len(row[place]) for row in (tuple(heads), *rows)) for place in range(len(heads))]
    table = [tuple(heads), *rows] if rows else []
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
