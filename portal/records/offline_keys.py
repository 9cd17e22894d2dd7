"""Key pairs whose private half is kept offline: what this machine closes with them, it cannot open again.

One pair for backups and another for the register: who may read a list for a night must not open a whole backup.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from portal.records.agreement import KEY_BYTES, agreed_key, fingerprint, read_key, written_key


class Use(StrEnum):
    """What a pair is for; its keys are written down with this name first."""

    BACKUP = "backup"
    REGISTER = "register"


@dataclass(frozen=True)
class Closing:
    """The public half: closes files for whoever holds the other half."""

    use: Use
    key: bytes

    @property
    def fingerprint(self) -> str:
        """What tells two keys apart, and is read by telephone."""
        return fingerprint(_form(self.use), self.key)

    def __str__(self) -> str:
        """Write it down."""
        return written_key(f"{self.use}1", _form(self.use), self.key)

    @classmethod
    def read(cls, use: Use, text: str) -> "Closing":
        """Read what was written down.

        Raises:
            ValueError: it is no such key, or a letter of it went wrong.

        """
        return cls(use, read_key(f"{use}1", _form(use), KEY_BYTES, text))

    def agree(self, purpose: bytes) -> tuple[bytes, bytes]:
        """Make a key for one file; return it after the public half that goes into the file, bound to a purpose."""
        once = X25519PrivateKey.generate()
        public = once.public_key().public_bytes_raw()
        return public, agreed_key(once, self.key, purpose + public)


@dataclass(frozen=True)
class Opening:
    """The private half: shown once, and kept where neither this machine nor its backups are."""

    use: Use
    key: X25519PrivateKey = field(repr=False)

    @classmethod
    def new(cls, use: Use) -> "Opening":
        """Make a pair."""
        return cls(use, X25519PrivateKey.generate())

    @property
    def closing(self) -> Closing:
        """The public half."""
        return Closing(self.use, self.key.public_key().public_bytes_raw())

    def written(self) -> str:
        """Write it down, to be kept offline."""
        return written_key(f"{self.use}-secret1", _form(self.use), self.key.private_bytes_raw())

    @classmethod
    def read(cls, use: Use, text: str) -> "Opening":
        """Read what was written down, as a line of its own among others.

        Raises:
            ValueError: there is no such key, or a letter of it went wrong.

        """
        name = f"{use}-secret1"
        line = next((one for one in text.split() if one.startswith(f"{name}.")), "")
        return cls(use, X25519PrivateKey.from_private_bytes(read_key(name, _form(use), KEY_BYTES, line)))

    def agree(self, public: bytes, purpose: bytes) -> bytes:
        """Return the key of one file."""
        return agreed_key(self.key, public, purpose + public)


def _form(use: Use) -> bytes:
    return f"portal {use} key, form 1\n".encode()
