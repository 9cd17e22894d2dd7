"""The commands that prove: the journal, receipts."""

import argparse
import base64
import sys
from pathlib import Path

from portal.cli.anchoring import verify_journal
from portal.cli.reading_settings import settings
from portal.clock import BRUSSELS

# What a receipt says as a number, for whoever checks it: art. of the law of 26 April 2024.
MATTERS_IN_WORDS = {
    "extension": "keeping the traces for longer (art. 29 § 3 al. 2)",
    "report-copy": "a copy of the report (art. 24)",
    "destruction": "destruction of the traces (art. 29 § 3 al. 1; 29 § 4 al. 1 for a minor)",
    "restitution": "restitution of clothes and other things (art. 29 § 3 al. 3; 29 § 4 al. 2 for a minor)",
    "contact-me": "being contacted by the centre (art. 14)",
    "language-help": "help with the language (art. 19 § 3 al. 2)",
    "stop-messages": "an end to messages (art. 19 § 1 al. 2)",
    "withdraw-service": "withdrawing consent to a service (art. 19 § 1 al. 2)",
    "end-of-period": "destruction of the traces at the end of their period (art. 29 § 5)",
}
DOUBTS_IN_WORDS = {
    "unknown-form": "its first line, or its matter, is not one that this version writes",
    "unknown-key": "it is signed with a key that was not given",
    "changed": "something in it is missing, added or changed",
}


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands."""
    one = commands.add_parser("verify", help="check the journal, or a receipt")
    one.set_defaults(run=verify_journal, anchors=None)
    inner = one.add_subparsers()
    lines = inner.add_parser("journal", help="check the journal, line by line, and against its anchors")
    lines.add_argument(
        "--anchors",
        metavar="FILE",
        action="append",
        type=Path,
        help="the file that `portal anchor` writes, or a copy of it; once for each; without it, PORTAL_ANCHORS",
    )
    lines.set_defaults(run=verify_journal)
    slip = inner.add_parser("receipt", help="say whether a receipt is genuine, and what it says")
    slip.add_argument("file", metavar="FILE")
    slip.add_argument(
        "--key",
        metavar="PUBLICKEY_BASE64",
        action="append",
        type=public_key,
        help="a public key of who wrote it, once for each; without it, this installation's own",
    )
    slip.set_defaults(run=verify_receipt)

    one = commands.add_parser("receipt-key", help="print the public keys that check receipts, the newest last")
    one.set_defaults(run=receipt_key)


def verify_receipt(options: argparse.Namespace) -> int:
    """Say whether a receipt is genuine and what it says; with --key it needs no setting, database or network."""
    from portal.records import receipts

    keys = options.key or receipts.public_halves(settings().receipt_keys)
    try:
        text = Path(options.file).read_bytes().decode("utf-8", errors="replace")
    except OSError as problem:
        print(f"{options.file} cannot be read: {problem.strerror}", file=sys.stderr)
        return 2
    try:
        slip = receipts.read(text, keys)
    except receipts.NotGenuineError as doubt:
        print(f"changed or not ours: {DOUBTS_IN_WORDS[doubt.reason]}")
        return 1
    print(f"genuine\nnumber: {slip.number}\nmatter: {MATTERS_IN_WORDS[receipts.kind_of(slip)]}")
    if isinstance(slip, receipts.Certificate):
        print(f"done: {slip.done_on}, by two members of the team, {slip.staff_numbers[0]} and {slip.staff_numbers[1]}")
    else:
        print(f"received: {slip.received_at.astimezone(BRUSSELS)} (time in Brussels)")
    return 0


def receipt_key(_options: argparse.Namespace) -> int:
    """Print the public keys that check receipts, the newest last: to hand to a lawyer."""
    from portal.records.receipts import public_halves

    for key in public_halves(settings().receipt_keys):
        print(base64.b64encode(key).decode())
    return 0


def public_key(text: str) -> bytes:
    """Read a public key among the words of a command.

    Raises:
        argparse.ArgumentTypeError: it is none.

    """
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise argparse.ArgumentTypeError("is not 32 bytes in base64, as `portal receipt-key` prints them")
    return key
