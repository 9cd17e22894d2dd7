"""Keyed hashes: for looking up what must not be readable. Each says by its first letters which key made it.

What was hashed stands nowhere, so that most of them cannot be made anew when the key changes: each is looked for under
every key that is given, and what is written is written with the newest.
"""

from collections.abc import Sequence

from portal.records import seal
from portal.records.wrapping import SHOWN, id_of, shown_id

BETWEEN = "-"  # in no hash of before: hexadecimal digits alone
LENGTH = 64


def keyed_hash(key: bytes, purpose: str, text: str) -> str:
    """Return the hash of a text under one key, with its stamp: 64 letters, 224 bits of them the hash."""
    return f"{stamp(key)}{_bare(key, purpose, text)}"[:LENGTH]


def keyed_hashes(keys: Sequence[bytes], purpose: str, text: str) -> tuple[str, ...]:
    """Return every form in which the hash of a text may stand, the newest first: with a stamp, or from before it."""
    newest_first = tuple(reversed(keys))
    stamped = [keyed_hash(key, purpose, text) for key in newest_first]
    return (*stamped, *(_bare(key, purpose, text) for key in newest_first))


def stamp(key: bytes) -> str:
    """Return what the hashes of a key begin with."""
    return shown_id(id_of(key)) + BETWEEN


def stamp_of(hash_: str) -> str:
    """Return the stamp of a hash, or nothing where it was made before there were any."""
    return hash_[: SHOWN + 1] if hash_[SHOWN : SHOWN + 1] == BETWEEN else ""


def _bare(key: bytes, purpose: str, text: str) -> str:
    return seal.blind_index(seal.derived_key(key, purpose), text)
