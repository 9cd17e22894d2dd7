"""The commands by which a case leaves this installation, or arrives in it (art. 17 al. 6)."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from portal.cli.reading_settings import records, settings

if TYPE_CHECKING:
    from portal.records.database import Database
    from portal.records.envelopes import OwnKeys, PublicKey

WHY_NOT_OPENED = {
    "form": "it is no envelope that this version reads",
    "sender": "it is not signed by this sender",
    "receiver": "it is closed for another installation",
    "changed": "something in it was changed",
}


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands."""
    group = commands.add_parser("custody", help="hand a case over to another installation, or take one in")
    steps = group.add_subparsers(required=True)

    one = steps.add_parser("key", help="print this installation's public key, and what to compare by telephone")
    one.add_argument("centre", nargs="?", help="a centre whose hospital holds its key itself: it has a pair of its own")
    one.set_defaults(run=print_key)

    one = steps.add_parser("send", help="hand a case over: it is closed here, and written into a file for the receiver")
    one.add_argument("centre")
    one.add_argument("reference")
    one.add_argument("--to", required=True, metavar="PUBLICKEY", help="what `portal custody key` prints there")
    one.add_argument("file", type=Path)
    one.set_defaults(run=send_case)

    one = steps.add_parser("receive", help="take a case in from a file")
    one.add_argument("file", type=Path)
    one.add_argument("--from", required=True, dest="sender", metavar="PUBLICKEY", help="the sender's public key")
    one.add_argument("centre")
    one.set_defaults(run=receive_case)


def print_key(options: argparse.Namespace) -> int:
    """Print the public key; what is compared by telephone goes beside it."""
    from portal.records.envelopes import OwnKeys

    installation = settings()
    public = OwnKeys.of(installation.sealing_keys[-1]).public
    if options.centre is not None:
        with records(installation) as database:
            centre_id = _centre(database, options.centre)
            if centre_id is None:
                return _say("there is no such centre")
            public = _own(database, centre_id)[-1].public
    print(public)
    print(f"compare by telephone, with somebody you know: {public.fingerprint}", file=sys.stderr)
    return 0


def send_case(options: argparse.Namespace) -> int:
    """Hand a case over. The file is whole on the disk before the case is closed here."""
    from portal.access.team import OPERATOR
    from portal.clock import system_clock
    from portal.records.cases import find_case
    from portal.records.custody import send
    from portal.records.news import MovedError

    installation, to = settings(), _key(options.to)
    part = options.file.with_name(f"{options.file.name}.part")
    if to is None or options.file.exists():
        return _say("--to is no public key" if to is None else f"{options.file} is there already")
    with records(installation) as database:
        centre_id = _centre(database, options.centre)
        case_id = find_case(database, centre_id, options.reference) if centre_id else None
        if centre_id is None or case_id is None:
            return _say("there is no such centre, or it has no case under this reference")
        own = _own(database, centre_id)[-1]
        try:
            send(database, own, centre_id, case_id, to, OPERATOR, system_clock(), lambda sealed: _write(part, sealed))
        except MovedError:
            return _say(f"it was handed over before; where {part} is there, that is the envelope: rename it")
        except OSError as problem:
            part.unlink(missing_ok=True)
            return _say(f"{part}: {problem.strerror or problem}; nothing was handed over")
    part.rename(options.file)
    print(f"handed over to {to.fingerprint}: {options.file}. The case is closed here; her link has ended")
    return 0


def receive_case(options: argparse.Namespace) -> int:
    """Take a case in, under new ids; what waits is taken up here anew."""
    from portal.access.team import OPERATOR
    from portal.clock import system_clock
    from portal.records.cases import AlreadyRegisteredError
    from portal.records.custody import AlreadyHereError, receive
    from portal.records.envelopes import NotOpenedError, receiver_of

    installation, sender = settings(), _key(options.sender)
    if sender is None:
        return _say("--from is no public key")
    with records(installation) as database:
        centre_id = _centre(database, options.centre)
        if centre_id is None:
            return _say("there is no such centre")
        try:
            envelope = options.file.read_bytes()
            own = receiver_of(envelope, _own(database, centre_id))
            receive(database, own, centre_id, envelope, sender, OPERATOR, system_clock())
        except OSError as problem:
            return _say(f"{options.file}: {problem.strerror or problem}")
        except NotOpenedError as problem:
            return _say(f"{options.file}: {WHY_NOT_OPENED[problem.reason]}; nothing was taken in")
        except (AlreadyRegisteredError, AlreadyHereError):
            return _say("a case of this reference, or one of its requests, is here already; nothing was taken in")
    print(f"taken in from {sender.fingerprint}. Her link has ended: make her another. Then delete {options.file}")
    return 0


def _key(text: str) -> "PublicKey | None":
    from portal.records.envelopes import PublicKey

    try:
        return PublicKey.read(text)
    except ValueError:
        return None


def _own(database: "Database", centre_id: str) -> "list[OwnKeys]":
    """Return the keys under which a centre sends and receives, the newest last."""
    from portal.records.envelopes import OwnKeys

    with database.reading(centre_id) as session:
        return [OwnKeys.of(key) for key in database.wrapping_keys(session, centre_id)]


def _centre(database: "Database", name: str) -> str | None:
    from sqlalchemy import select

    from portal.records.fence import Across
    from portal.records.models import Centre

    with database.reading(across=Across.CENTRES) as session:
        return session.scalar(select(Centre.id).where(Centre.name == name))


def _write(path: Path, content: bytes) -> None:
    """Write a file whole, for this account alone, and wait until it is on the disk."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _say(problem: str) -> int:
    print(problem, file=sys.stderr)
    return 1
