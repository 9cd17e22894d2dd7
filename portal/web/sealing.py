"""What was typed travels in an address, so that Back works; sealed, so that the address tells nobody, for an hour."""

import base64
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.clock import Clock
from portal.library.languages import LANGUAGES, Language

SECONDS = 60 * 60
BLOCK = 64  # the length of an address tells the length of what was typed to this many bytes only
LONGEST = 4000


@dataclass(frozen=True)
class Typed:
    """What was typed, and in which language of the site."""

    language: Language
    words: str


class TextSeal:
    """Seals text for an address, for one purpose: encrypted and authenticated, with keys derived for this alone."""

    def __init__(self, signing_keys: tuple[str, ...], clock: Clock, purpose: str) -> None:
        """Derive the keys; the last of the signing keys is the newest and seals, the others still open."""
        self._fernet = MultiFernet([Fernet(_derived(key, purpose)) for key in reversed(signing_keys)])
        self._clock = clock

    def close(self, text: str) -> str:
        """Return what may stand in an address."""
        plain = text.encode()
        padded = plain + b"\n" * (-len(plain) % BLOCK)
        return self._fernet.encrypt_at_time(padded, self._now()).decode().rstrip("=")

    def open(self, sealed: str) -> str | None:
        """Return the text, or None where an hour has passed or this was never sealed here."""
        if len(sealed) > LONGEST or not sealed.isascii():
            return None
        try:
            whole = sealed + "=" * (-len(sealed) % 4)
            return self._fernet.decrypt_at_time(whole, SECONDS, self._now()).decode().rstrip("\n")
        except InvalidToken:
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
    return base64.urlsafe_b64encode(HKDF(SHA256(), 32, None, f"portal/{purpose}".encode()).derive(key.encode()))
