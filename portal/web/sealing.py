"""What was typed travels in an address, so that Back works; sealed, so that the address tells nobody, for an hour."""

import base64
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.clock import Clock
from portal.library.languages import LANGUAGES, Language

SECONDS = 60 * 60
BLOCK = 64  # the length of an address tells the length of what was typed to this many bytes only
LONGEST = 4000  # letters: the whole first line of a request is 4,094 at most for the embedded server
KEY_BYTES, NONCE_BYTES, MOMENT_BYTES = 32, 12, 8


@dataclass(frozen=True)
class Typed:
    """What was typed, and in which language of the site."""

    language: Language
    words: str


class TextSeal:
    """Seals text for an address, for one purpose: AES-256-GCM, with keys derived for this alone."""

    def __init__(self, signing_keys: tuple[str, ...], clock: Clock, purpose: str) -> None:
        """Derive the keys; the last of the signing keys is the newest and seals, the others still open."""
        self._newest_first = [AESGCM(_derived(key, purpose)) for key in reversed(signing_keys)]
        self._clock = clock

    def close(self, text: str) -> str:
        """Return what may stand in an address."""
        plain = text.encode()
        padded = plain + b"\n" * (-len(plain) % BLOCK)
        nonce, moment = os.urandom(NONCE_BYTES), self._now().to_bytes(MOMENT_BYTES)
        sealed = nonce + self._newest_first[0].encrypt(nonce, moment + padded, None)
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def open(self, sealed: str) -> str | None:
        """Return the text, or None where an hour has passed or this was never sealed here."""
        if len(sealed) > LONGEST or not sealed.isascii():
            return None
        try:
            whole = base64.b64decode(sealed + "=" * (-len(sealed) % 4), altchars=b"-_", validate=True)
            opened = self._opened(whole[:NONCE_BYTES], whole[NONCE_BYTES:])
        except ValueError:  # not what a seal is written with, or too short for one
            return None
        if opened is None or not 0 <= self._now() - int.from_bytes(opened[:MOMENT_BYTES]) <= SECONDS:
            return None
        return opened[MOMENT_BYTES:].decode().rstrip("\n")

    def _opened(self, nonce: bytes, sealed: bytes) -> bytes | None:
        for key in self._newest_first:
            try:
                return key.decrypt(nonce, sealed, None)
            except InvalidTag:
                continue
        return None

    def _now(self) -> int:
        return int(self._clock().timestamp())


class Seal:
    """Seals and opens what was typed into the search."""

    def __init__(self, signing_keys: tuple[str, ...], clock: Clock) -> None:
        """Derive the keys."""
        self._seal = TextSeal(signing_keys, clock, "typed words")

    def close(self, typed: Typed) -> str:
        """Return what may stand in an address."""
        return self._seal.close(f"{typed.language}\n{typed.words}")

    def open(self, sealed: str) -> Typed | None:
        """Return what was typed, or None where an hour has passed or this was never sealed here."""
        language, _, words = (self._seal.open(sealed) or "").partition("\n")
        return Typed(Language(language), words.strip()) if language in set(LANGUAGES) else None


def _derived(key: str, purpose: str) -> bytes:
    """Return the key for one purpose. It names the cipher: what was derived for another one stays its own."""
    return HKDF(SHA256(), KEY_BYTES, None, f"portal/{purpose}/AES-256-GCM".encode()).derive(key.encode())
