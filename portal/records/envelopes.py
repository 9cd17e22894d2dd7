"""Envelopes between two installations: closed for one receiver, signed by one sender, and nobody else in between.

An ephemeral key and the receiver's agree on a key for this one envelope (X25519, HKDF, AES-256-GCM); the whole is
signed (Ed25519). Both keys of an installation are derived from its sealing key, for this purpose alone. Sender and
receiver are bound into what is sealed: an envelope is not signed anew by another, nor passed on as meant for another.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.records.agreement import KEY_BYTES, agreed_key, fingerprint, read_key, written_key
from portal.records.seal import NONCE_BYTES, TAG_BYTES

FORM = b"portal custody, form 1\n"
AGREES, SIGNS = "custody agreement, form 1", "custody signature, form 1"
ONE_KEY = b"portal custody, the key of one envelope, form 1\n"
SIGNED = b"portal custody, signed, form 1\n"  # the same key used for anything else would sign other bytes
NAME = "custody1"  # what a public key begins with, written down
SIGNATURE_BYTES = 64
BLOCK = 4096  # a length must not tell how much is written of a case


class NotOpenedError(Exception):
    """An envelope that is not what it should be; `reason` is a stable id: form, sender, receiver or changed."""

    def __init__(self, reason: str) -> None:
        """Remember why."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class PublicKey:
    """The public halves of an installation: what closes envelopes for it, and what checks those it signed."""

    agrees: bytes
    signs: bytes

    @property
    def whole(self) -> bytes:
        """Both halves."""
        return self.agrees + self.signs

    @property
    def fingerprint(self) -> str:
        """What two people read to each other by telephone."""
        return fingerprint(FORM, self.whole)

    def __str__(self) -> str:
        """Write it down, with a check against a letter that went wrong."""
        return written_key(NAME, FORM, self.whole)

    @classmethod
    def read(cls, text: str) -> "PublicKey":
        """Read what was written down.

        Raises:
            ValueError: it is no such key, or a letter of it went wrong.

        """
        try:
            whole = read_key(NAME, FORM, 2 * KEY_BYTES, text)
        except ValueError:
            raise ValueError("no public key of an installation") from None
        return cls(whole[:KEY_BYTES], whole[KEY_BYTES:])


@dataclass(frozen=True)
class OwnKeys:
    """Both keys of an installation, derived from its sealing key."""

    agrees: X25519PrivateKey = field(repr=False)
    signs: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def of(cls, sealing_key: bytes) -> "OwnKeys":
        """Derive them: another sealing key has others."""
        agrees, signs = (
            HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(sealing_key)
            for purpose in (AGREES, SIGNS)
        )
        return cls(X25519PrivateKey.from_private_bytes(agrees), Ed25519PrivateKey.from_private_bytes(signs))

    @property
    def public(self) -> PublicKey:
        """What is given to other installations."""
        return PublicKey(self.agrees.public_key().public_bytes_raw(), self.signs.public_key().public_bytes_raw())


def receiver_of(envelope: bytes, own: Sequence[OwnKeys]) -> OwnKeys:
    """Return which of our keys an envelope is closed for; the last where it is none of them: that one refuses it."""
    start = len(FORM) + 2 * KEY_BYTES
    whole = envelope[start : start + 2 * KEY_BYTES]
    return next((one for one in own if one.public.whole == whole), own[-1])


def close(content: bytes, own: OwnKeys, to: PublicKey) -> bytes:
    """Close an envelope for one receiver, and sign it.

    Raises:
        ValueError: nothing can be closed for this key.

    """
    once = X25519PrivateKey.generate()
    head = FORM + own.public.whole + to.whole + once.public_key().public_bytes_raw()
    key = agreed_key(once, to.agrees, ONE_KEY + head)
    nonce = os.urandom(NONCE_BYTES)
    body = head + nonce + AESGCM(key).encrypt(nonce, content + b" " * (-len(content) % BLOCK), head)
    return body + own.signs.sign(SIGNED + body)


def opened(envelope: bytes, own: OwnKeys, sender: PublicKey) -> bytes:
    """Return what is in an envelope of this sender for us; spaces at its end are not of it.

    Raises:
        NotOpenedError: another form, sender or receiver, or anything in it was changed.

    """
    head_bytes = len(FORM) + 5 * KEY_BYTES
    if len(envelope) < head_bytes + NONCE_BYTES + TAG_BYTES + SIGNATURE_BYTES or not envelope.startswith(FORM):
        raise NotOpenedError("form")
    head, body, signature = envelope[:head_bytes], envelope[:-SIGNATURE_BYTES], envelope[-SIGNATURE_BYTES:]
    keys = head[len(FORM) :]
    if keys[: 2 * KEY_BYTES] != sender.whole:
        raise NotOpenedError("sender")
    if keys[2 * KEY_BYTES : 4 * KEY_BYTES] != own.public.whole:
        raise NotOpenedError("receiver")
    nonce, sealed = body[head_bytes : head_bytes + NONCE_BYTES], body[head_bytes + NONCE_BYTES :]
    try:
        Ed25519PublicKey.from_public_bytes(sender.signs).verify(signature, SIGNED + body)
        key = agreed_key(own.agrees, keys[4 * KEY_BYTES :], ONE_KEY + head)
        return AESGCM(key).decrypt(nonce, sealed, head).rstrip(b" ")
    except (InvalidSignature, InvalidTag, ValueError):
        raise NotOpenedError("changed") from None
