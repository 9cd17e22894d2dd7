"""Sealed columns: AES-256-GCM, bound to their place, so that a value cannot be moved to another row or column.

There may be several ways of sealing, the newest last: it seals, and all open. No value says which one sealed it: a mark
in clear would show a thief what was written again since the way changed, and of a thing that was handed on, or of a
case where something became known, that is what must not be seen. Who has the key tries one way after the other; a value
opens by no other than its own, but with the chance that a tag of 128 bits is guessed. For the same reason every way
adds as many bytes as the first.
"""

import hashlib
import hmac
import os
from collections.abc import Callable
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16


class UnreadableError(Exception):
    """Something sealed does not open: another key, another place, or changed bytes.

    `place` is the table, column and row where it stands. Nothing is done to it, and everything beside it goes on.
    """

    def __init__(self, *place: str) -> None:
        """Remember where."""
        super().__init__(*place)
        self.place = place


class Cipher(Protocol):
    """Authenticated encryption under one key, with a nonce and a tag as long as the first way has them."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Seal, with the tag behind it."""

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Open, or raise `InvalidTag`."""


class Way(NamedTuple):
    """A way of sealing. Each but the first has a name, and by it a key of its own out of the one that is given."""

    name: str
    cipher: Callable[[bytes], Cipher]

    def under(self, key: bytes) -> Cipher:
        """Return it ready for one key."""
        return self.cipher(derived_key(key, f"way of sealing: {self.name}") if self.name else key)


WAYS: tuple[Way, ...] = (Way("", AESGCM),)  # the newest last, as docs/keys.md tells


def new_key() -> bytes:
    """Return a fresh key."""
    return AESGCM.generate_key(bit_length=KEY_BYTES * 8)


def seal(key: bytes, plain: bytes, *place: str) -> bytes:
    """Seal bytes for one place, given as table, column and row."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + WAYS[-1].under(key).encrypt(nonce, plain, _bound_to(place))


def unseal(key: bytes, sealed: bytes, *place: str) -> bytes:
    """Open what was sealed for this very place, in whichever way.

    Raises:
        UnreadableError: another key, another place, or changed bytes.

    """
    for way in reversed(WAYS):
        try:
            return _opened(way, key, sealed, place)
        except (InvalidTag, ValueError):  # a ValueError where it is shorter than any seal
            continue
    raise UnreadableError(*place)


def anew(key: bytes, sealed: bytes, *place: str) -> bytes:
    """Return a value sealed in the newest way; the same bytes where it was so already.

    Raises:
        UnreadableError: as for `unseal`.

    """
    try:
        _opened(WAYS[-1], key, sealed, place)
    except (InvalidTag, ValueError):
        return seal(key, unseal(key, sealed, *place), *place)
    return sealed


def derived_key(key: bytes, purpose: str) -> bytes:
    """Return a key for one purpose alone."""
    return hmac.digest(key, b"derived key: " + purpose.encode(), "sha256")


def blind_index(key: bytes, text: str) -> str:
    """Return what allows an exact look-up without showing the text: an HMAC under a key derived for this alone."""
    index_key = hmac.digest(key, b"blind index of references", "sha256")
    return hmac.new(index_key, " ".join(text.casefold().split()).encode(), hashlib.sha256).hexdigest()


def _opened(way: Way, key: bytes, sealed: bytes, place: tuple[str, ...]) -> bytes:
    return way.under(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound_to(place))


def _bound_to(place: tuple[str, ...]) -> bytes:
    return "|".join(place).encode()
