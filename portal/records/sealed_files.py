"""Files of any length, closed for a key that is kept offline and signed by this installation.

A head in clear, then pieces (AES-256-GCM). Each piece knows its place and whether it is the last, and the key knows the
head: what is cut, moved, put in or changed does not open. A signature over the whole stands at the end: whoever knows
the public key could close a file for it, and nobody but this installation signs one.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.records.agreement import KEY_BYTES
from portal.records.offline_keys import Closing, Opening
from portal.records.receipts import key_id, public_halves
from portal.records.seal import NONCE_BYTES, TAG_BYTES

FORM = b"portal sealed file, form 1\n"
ONE_KEY = b"portal sealed file, the key of one file, form 1\n"
SIGNED = b"portal sealed file, signed, form 1\n"  # the same keys sign receipts and anchors: for this, other bytes
PIECE = 1 << 16
LENGTH_BYTES, LONGEST_HEAD, SIGNATURE_BYTES = 4, 4096, 64


class NotOpenedError(Exception):
    """A file that is not what it should be; `reason` is a stable id: form, key, signer or changed."""

    def __init__(self, reason: str) -> None:
        """Remember why."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Head:
    """What stands in clear: what the file is, for which key it is closed, and which key signed it."""

    fields: Mapping[str, str]
    closed_for: str
    signed_by: str
    raw: bytes


class Closer:
    """Closes a file piece by piece as it is written."""

    def __init__(self, file: BinaryIO, fields: Mapping[str, str], to: Closing, signing_keys: Sequence[bytes]) -> None:
        """Write the head; the newest of the signing keys, the last, signs."""
        self._file, self._signs = file, Ed25519PrivateKey.from_private_bytes(signing_keys[-1])
        self._all, self._place, self._rest = hashlib.sha256(), 0, bytearray()
        told = {**fields, "use": to.use, "for": to.fingerprint, "by": key_id(public_halves(signing_keys)[-1])}
        text = json.dumps(told).encode()
        head = FORM + len(text).to_bytes(LENGTH_BYTES) + text
        public, key = to.agree(ONE_KEY + head)
        self._seals = AESGCM(key)
        self._write(head + public)

    def add(self, content: bytes) -> None:
        """Add content; what is no whole piece yet waits."""
        self._rest += content
        while len(self._rest) > PIECE:  # never all of it: the last piece is known by `end` alone
            self._write(self._seals.encrypt(_nonce(self._place, is_last=False), bytes(self._rest[:PIECE]), None))
            self._place += 1
            del self._rest[:PIECE]

    def end(self) -> None:
        """Write the last piece, filled up so that the length tells little, and sign the whole."""
        filled = bytes(self._rest).ljust(PIECE, b"\n")
        self._write(self._seals.encrypt(_nonce(self._place, is_last=True), filled, None))
        self._file.write(self._signs.sign(SIGNED + self._all.digest()))

    def _write(self, content: bytes) -> None:
        self._all.update(content)
        self._file.write(content)


def read_head(file: BinaryIO) -> Head:
    """Return what stands in clear at the beginning of a file; nothing of it is proved yet.

    Raises:
        NotOpenedError: it is no such file.

    """
    file.seek(0)
    start = file.read(len(FORM) + LENGTH_BYTES)
    length = int.from_bytes(start[len(FORM) :])
    text = file.read(length) if start.startswith(FORM) and length <= LONGEST_HEAD else b""
    try:
        fields = {str(name): str(value) for name, value in json.loads(text).items()}
        return Head(fields, fields["for"], fields["by"], start + text)
    except (ValueError, KeyError, AttributeError, RecursionError):
        raise NotOpenedError("form") from None


def opened(file: BinaryIO, opening: Opening, public_keys: Sequence[bytes] | None) -> Iterator[bytes]:
    """Give what is in a file, piece by piece. Only who reads to the end knows that it is whole and who signed it.

    `public_keys` are those of who may have signed; None where it cannot be known, and is then not looked at.

    Raises:
        NotOpenedError: another form, key or signer, or anything in it was changed.

    """
    head = read_head(file)
    if head.closed_for != opening.closing.fingerprint or head.fields.get("use") != opening.use:
        raise NotOpenedError("key")
    signer = _signer(head, public_keys)
    public = file.read(KEY_BYTES)
    left = os.fstat(file.fileno()).st_size - file.tell() - SIGNATURE_BYTES
    if left < TAG_BYTES:
        raise NotOpenedError("changed")
    seals, everything, place = AESGCM(_key(opening, public, head)), hashlib.sha256(head.raw + public), 0
    while left:
        piece = file.read(min(left, PIECE + TAG_BYTES))
        left -= len(piece)
        everything.update(piece)
        yield _unsealed(seals, piece, _nonce(place, is_last=not left))
        place += 1
    if signer is not None:
        _check(signer, file.read(SIGNATURE_BYTES), everything.digest())


def lines_of(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Give the lines of a text that comes in pieces; empty ones, which fill it up, are left out."""
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield from (line for line in lines if line)
    if rest:
        yield rest


def _signer(head: Head, public_keys: Sequence[bytes] | None) -> bytes | None:
    if public_keys is None:
        return None
    known = {key_id(key): key for key in public_keys}
    if head.signed_by not in known:
        raise NotOpenedError("signer")
    return known[head.signed_by]


def _check(signer: bytes, signature: bytes, digest: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(signer).verify(signature, SIGNED + digest)
    except InvalidSignature:
        raise NotOpenedError("changed") from None


def _key(opening: Opening, public: bytes, head: Head) -> bytes:
    try:
        return opening.agree(public, ONE_KEY + head.raw)
    except ValueError:
        raise NotOpenedError("changed") from None


def _unsealed(seals: AESGCM, piece: bytes, nonce: bytes) -> bytes:
    try:
        return seals.decrypt(nonce, piece, None)
    except (InvalidTag, ValueError):
        raise NotOpenedError("changed") from None


def _nonce(place: int, *, is_last: bool) -> bytes:
    """Return the nonce of a piece: its place, and whether it is the last. No key closes a second file."""
    return place.to_bytes(NONCE_BYTES - 1) + bytes([is_last])
