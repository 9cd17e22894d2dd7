"""Receipts she can hold: short signed notes that a lawyer can check without a network, a database or us.

A note names nobody and says its matter as a number: whoever finds it on a telephone learns that something was asked.
"""

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from portal import law
from portal.clock import BRUSSELS

FORM = "signed note 1"
SIGNATURE = "signature:\n"
PURPOSE = b"portal receipt, form 1\n"  # the same key used for anything else would sign other bytes
PAIRS_IN_LINE = 11

# Written on paper for years: a number is never given to another matter.
MATTERS: Mapping[law.RequestKind, int] = MappingProxyType(
    {
        law.RequestKind.EXTENSION: 1,
        law.RequestKind.REPORT_COPY: 2,
        law.RequestKind.DESTRUCTION: 3,
        law.RequestKind.RESTITUTION: 4,
        law.RequestKind.CONTACT_ME: 5,
        law.RequestKind.LANGUAGE_HELP: 6,
        law.RequestKind.STOP_MESSAGES: 7,
        law.RequestKind.WITHDRAW_SERVICE: 8,
        law.RequestKind.END_OF_PERIOD: 10,  # 9 is her choice of a reminder, in the space's addresses
    }
)

NUMBER = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")
STAFF_NUMBER = re.compile(r"(?=.*[0-9])[0-9a-f]{1,32}")  # hexadecimal: it can spell no login and no centre
BODY = re.compile(
    rf"{FORM}\n"
    r"number: (?P<number>\S+)\n"
    r"matter: (?P<matter>\d{1,3})\n"
    r"(?:received: (?P<received>\S+)|done: (?P<done>\S+)\nby: (?P<first>\S+), (?P<second>\S+))\n"
    r"key: (?P<key>[0-9a-f]{16})\n",
    re.ASCII,
)

Doubt = Literal["unknown-form", "unknown-key", "changed"]


class NotGenuineError(Exception):
    """A text is not a note of an installation whose keys were given; `reason` is a stable id."""

    def __init__(self, reason: Doubt) -> None:
        super().__init__(reason)
        self.reason: Doubt = reason


@dataclass(frozen=True)
class Receipt:
    """A request was received: receipt is the moment that counts, never the processing (A-07). Told to the second."""

    number: str
    matter: int
    received_at: datetime

    def __post_init__(self) -> None:
        _check(self.number, self.matter)
        if self.received_at.tzinfo is None:
            raise ValueError("a moment of receipt needs its offset")
        object.__setattr__(self, "received_at", self.received_at.astimezone(UTC).replace(microsecond=0))


@dataclass(frozen=True)
class Certificate:
    """Something was done, by two different members of the team: nobody destroys alone (design: evidence)."""

    number: str
    matter: int
    done_on: date
    staff_numbers: tuple[str, str]

    def __post_init__(self) -> None:
        _check(self.number, self.matter)
        if not all(STAFF_NUMBER.fullmatch(number) for number in self.staff_numbers):
            raise ValueError("a staff number is hexadecimal, with a digit, so that it names nobody")
        if len(set(self.staff_numbers)) != 2:
            raise ValueError("a certificate needs two different members of the team")


def write(slip: Receipt | Certificate, keys: Sequence[bytes]) -> str:
    """Return the text of a note, signed with the newest of an installation's keys, which stands last."""
    key = Ed25519PrivateKey.from_private_bytes(keys[-1])
    fields = [*_fields(slip), ("key", key_id(key.public_key().public_bytes_raw()))]
    body = "\n".join([FORM, *(f"{name}: {value}" for name, value in fields)]) + "\n"
    return body + SIGNATURE + _in_pairs(key.sign(PURPOSE + body.encode("ascii")))


def read(text: str, public_keys: Sequence[bytes]) -> Receipt | Certificate:
    """Return what a genuine note says. Line ends, a byte-order mark and blank lines at its end do not count.

    Raises:
        NotGenuineError: no note of this form, a key that was not given, or any other character changed.

    """
    text = _canonical(text)
    if not text.startswith(FORM + "\n"):
        raise NotGenuineError("unknown-form")
    body, _, signature = text.partition(SIGNATURE)
    fields = BODY.fullmatch(body)
    if fields is None:
        raise NotGenuineError("changed")
    known = {key_id(key): key for key in public_keys}
    if fields["key"] not in known:
        raise NotGenuineError("unknown-key")
    if not _is_signed(body, signature, known[fields["key"]]):
        raise NotGenuineError("changed")
    try:
        return _slip(fields)
    except ValueError:  # signed by us, and yet not of this form: a matter that is not known here
        raise NotGenuineError("unknown-form") from None


def file_name(slip: Receipt | Certificate) -> str:
    """Return the name of a note's file: it tells no more than the note."""
    return f"note-{slip.number}.txt"


def public_halves(keys: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return the public keys, in the same order: they check notes and can write none."""
    return tuple(Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw() for key in keys)


def key_id(public_key: bytes) -> str:
    """Return what a note calls its key."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def kind_of(slip: Receipt | Certificate) -> law.RequestKind:
    """Return what the number of the matter stands for."""
    return next(kind for kind, matter in MATTERS.items() if matter == slip.matter)


def _check(number: str, matter: int) -> None:
    if not NUMBER.fullmatch(number):
        raise ValueError("a number has two groups of four letters or digits")
    if matter not in MATTERS.values():
        raise ValueError(f"there is no matter {matter}")


def _fields(slip: Receipt | Certificate) -> Iterator[tuple[str, str]]:
    yield "number", slip.number
    yield "matter", str(slip.matter)
    if isinstance(slip, Receipt):
        yield "received", slip.received_at.astimezone(BRUSSELS).isoformat()
    else:
        yield "done", slip.done_on.isoformat()
        yield "by", ", ".join(slip.staff_numbers)


def _slip(fields: re.Match[str]) -> Receipt | Certificate:
    number, matter = fields["number"], int(fields["matter"])
    if fields["received"]:
        return Receipt(number, matter, datetime.fromisoformat(fields["received"]))
    return Certificate(number, matter, date.fromisoformat(fields["done"]), (fields["first"], fields["second"]))


def _canonical(text: str) -> str:
    """Take back what telephones and mail programs change by themselves, and nothing else."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return text.rstrip(" \t\n") + "\n"


def _in_pairs(signature: bytes) -> str:
    """Write a signature in base64, in pairs: letters drawn by chance then spell no word that tells."""
    letters = base64.b64encode(signature).decode("ascii")
    pairs = [letters[at : at + 2] for at in range(0, len(letters), 2)]
    lines = [pairs[at : at + PAIRS_IN_LINE] for at in range(0, len(pairs), PAIRS_IN_LINE)]
    return "".join(" ".join(line) + "\n" for line in lines)


def _is_signed(body: str, written: str, public_key: bytes) -> bool:
    """Tell whether the signature fits, written exactly as we write it: base64 has several spellings of one value."""
    try:
        signature = base64.b64decode("".join(written.split()), validate=True)
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, PURPOSE + body.encode("ascii"))
    except (ValueError, InvalidSignature):
        return False
    return _in_pairs(signature) == written
