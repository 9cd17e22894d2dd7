"""Sealed columns: AES-256-GCM, bound to their place, so that a value cannot be moved to another row or column."""

import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16


def new_key() -> bytes:
    """Return a fresh key."""
    return AESGCM.generate_key(bit_length=KEY_BYTES * 8)


def seal(key: bytes, plain: bytes, *place: str) -> bytes:
    """Seal bytes for one place, given as table, column and row."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, _bound_to(place))


def unseal(key: bytes, sealed: bytes, *place: str) -> bytes:
    """Open what was sealed for this very place.

    Raises:
        cryptography.exceptions.InvalidTag: another key, another place, or changed bytes.

    """
    return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound_to(place))


def derived_key(key: bytes, purpose: str) -> bytes:
    """Return a key for one purpose alone."""
    return hmac.digest(key, b"derived key: " + purpose.encode(), "sha256")


def blind_index(key: bytes, text: str) -> str:
    """Return what allows an exact look-up without showing the text: an HMAC under a key derived for this alone."""
    index_key = hmac.digest(key, b"blind index of references", "sha256")
    return hmac.new(index_key, " ".join(text.casefold().split()).encode(), hashlib.sha256).hexdigest()


def _bound_to(place: tuple[str, ...]) -> bytes:
    return "|".join(place).encode()
