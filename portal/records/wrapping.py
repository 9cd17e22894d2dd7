"""Keys that are kept wrapped by other keys. Which one is needed stands before each, so that several can be given.

A centre has one key, or two while it changes: what is wrapped is then one after the other, the newest last.
"""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from portal.records import seal
from portal.records.seal import UnreadableError

ID_BYTES = 8
SHOWN = 7  # letters of an id that people read, and that keyed hashes begin with
PLACE = ("centre", "wrapped_key")
SEALED_BYTES = seal.NONCE_BYTES + seal.KEY_BYTES + seal.TAG_BYTES
ANY = bytes(ID_BYTES)  # wrapped before ids were written: any key may be the one


class NotGivenError(Exception):
    """A centre's key cannot be opened by any key that was given; `key_id` is the one that is missing, if it is known.

    No `UnreadableError`: nothing is damaged, and everything opens again when the key is given.
    """

    def __init__(self, centre_id: str, key_id: str = "") -> None:
        """Remember which centre it is, and which key."""
        super().__init__(centre_id)
        self.centre_id, self.key_id = centre_id, key_id


class MoreKeys(Protocol):
    """Keys that others hold, and that are given while the program runs."""

    def find(self, key_id: bytes) -> bytes | None:
        """Return a key by its id, where it was given."""


@dataclass(frozen=True)
class Wrapped:
    """A key, wrapped by the one whose id stands before it."""

    by: bytes
    sealed: bytes = field(repr=False)

    @property
    def shown_id(self) -> str:
        """The id of the wrapping key, as people read it; nothing where it was not written yet."""
        return "" if self.by == ANY else shown_id(self.by)


def id_of(key: bytes) -> bytes:
    """Return the id of a wrapping key, which tells nothing of it."""
    return hmac.digest(key, b"id of a wrapping key", "sha256")[:ID_BYTES]


def shown_id(key_id: bytes) -> str:
    """Return an id as people read it."""
    return key_id.hex()[:SHOWN]


def wrap(by: bytes, key: bytes, centre_id: str) -> Wrapped:
    """Wrap a centre's key."""
    return Wrapped(id_of(by), seal.seal(by, key, *PLACE, centre_id))


def written(wrapped: Iterable[Wrapped]) -> bytes:
    """Return what is kept, the newest last."""
    return b"".join(one.by + one.sealed for one in wrapped)


def read(kept: bytes) -> tuple[Wrapped, ...]:
    """Return what was kept, the newest last.

    Raises:
        ValueError: it is nothing of the kind.

    """
    if len(kept) == SEALED_BYTES:
        return (Wrapped(ANY, kept),)
    length = ID_BYTES + SEALED_BYTES
    if not kept or len(kept) % length:
        raise ValueError("no wrapped keys")
    starts = range(0, len(kept), length)
    return tuple(Wrapped(kept[at : at + ID_BYTES], kept[at + ID_BYTES : at + length]) for at in starts)


def joined(before: bytes, now: bytes) -> bytes:
    """Return what was kept before and what is kept now as one: everything under any of these keys opens."""
    those_now = read(now)
    return written([*(one for one in read(before) if one not in those_now), *those_now])


class Wrappers:
    """The keys that wrap: those of the installation, the newest last, and those that hospitals hold themselves."""

    def __init__(self, sealing_keys: Sequence[bytes], more: MoreKeys | None = None) -> None:
        """Know them by their ids."""
        if not sealing_keys:
            raise ValueError("no sealing key")
        self.newest, self._more = sealing_keys[-1], more
        self._own = {id_of(key): key for key in sealing_keys}

    @property
    def ids(self) -> tuple[bytes, ...]:
        """The ids of the installation's own keys, the newest last."""
        return tuple(self._own)

    def find(self, key_id: bytes) -> bytes | None:
        """Return a wrapping key by its id, where it was given."""
        if key_id in self._own:
            return self._own[key_id]
        return self._more.find(key_id) if self._more else None

    def unwrap(self, one: Wrapped, centre_id: str) -> tuple[bytes, bytes]:
        """Return a centre's key, and which key opened it.

        Raises:
            NotGivenError: it is none of those that were given.

        """
        found = self.find(one.by)
        for wrapping in self._own.values() if one.by == ANY else ([found] if found else []):
            try:
                return seal.unseal(wrapping, one.sealed, *PLACE, centre_id), wrapping
            except UnreadableError:
                continue
        raise NotGivenError(centre_id, one.shown_id)

    def unwrap_all(self, kept: bytes, centre_id: str) -> tuple[bytes, ...]:
        """Return a centre's keys, the newest last: what is written now is written with that one.

        Raises:
            NotGivenError: the newest cannot be opened.

        """
        *before, newest = read(kept)
        found = []
        for one in before:
            try:
                found.append(self.unwrap(one, centre_id)[0])
            except NotGivenError:  # what hangs on it does not open; everything else does
                continue
        return (*found, self.unwrap(newest, centre_id)[0])
