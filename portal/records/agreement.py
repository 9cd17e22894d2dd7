"""What every closed file here is closed with: one key agreed on for one file, and public keys that are written down.

Two sides agree on a key (X25519, HKDF-SHA256): the sender by a key made for this one file, the receiver by the own.
A key that is written down carries its name and a check, so that a letter that went wrong is seen.
"""

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
CHECK_LETTERS = 4


def agreed_key(own: X25519PrivateKey, other: bytes, purpose: bytes) -> bytes:
    """Return the key that both sides agree on, for one purpose and one file alone.

    Raises:
        ValueError: nothing can be agreed on with this key.

    """
    shared = own.exchange(X25519PublicKey.from_public_bytes(other))
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose).derive(shared)


def fingerprint(form: bytes, key: bytes) -> str:
    """Return what two people read to each other to see that they have the same key."""
    digest = hashlib.sha256(form + key).hexdigest()[:24]
    return " ".join(digest[start : start + 4] for start in range(0, len(digest), 4))


def written_key(name: str, form: bytes, key: bytes) -> str:
    """Write a key down: its name, its letters, and a check."""
    letters = base64.urlsafe_b64encode(key).decode().rstrip("=")
    return f"{name}.{letters}.{fingerprint(form, key)[:CHECK_LETTERS]}"


def read_key(name: str, form: bytes, length: int, text: str) -> bytes:
    """Read a key that was written down.

    Raises:
        ValueError: it is no such key, or a letter of it went wrong.

    """
    letters = text.strip().removeprefix(f"{name}.").partition(".")[0]
    try:
        key = base64.urlsafe_b64decode(letters + "=" * (-len(letters) % 4))
    except ValueError:
        key = b""
    if len(key) != length or written_key(name, form, key) != text.strip():
        raise ValueError(f"no key that begins with {name}")
    return key
