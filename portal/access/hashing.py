"""Slow hashes for what people type, fast ones for what machines draw.

Argon2id costs 19 MiB and tens of milliseconds: a small number runs at once, so that a flood of wrong codes
cannot take the memory of the public pages.
"""

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

AT_ONCE = 2
_AT_ONCE = BoundedSemaphore(AT_ONCE)
# Whoever waits for a code holds one of the server's threads: those who read a page must find one free.
PLACES = 12
_IN_LINE = BoundedSemaphore(PLACES)
LONGEST_QUEUE_SECONDS = 3
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Hashed once: verifying against it costs what a real one costs, where there is nothing to verify.
_NOBODY = _HASHER.hash("nobody")


class _Hands:
    """The few threads that hash: each thread that ever does keeps the memory of it, and a server has many."""

    def __init__(self) -> None:
        self.begin()
        os.register_at_fork(after_in_child=self.begin)  # threads do not follow into a worker

    def begin(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="slow-hash")

    def hash(self, secret: str) -> str:
        return self._threads.submit(_HASHER.hash, secret).result()

    def verify(self, slow: str, secret: str) -> bool:
        return self._threads.submit(_HASHER.verify, slow, secret).result()


_HANDS = _Hands()


class BusyError(Exception):
    """Too many codes are being tried at once; nothing was looked at."""


@contextmanager
def in_line() -> Iterator[None]:
    """Take one of the few places of those whose code or password is looked at, before anything is counted.

    Raises:
        BusyError: every place is taken. Nothing was counted, and nothing was looked at.

    """
    if not _IN_LINE.acquire(blocking=False):
        raise BusyError
    try:
        yield
    finally:
        _IN_LINE.release()


@contextmanager
def _one_of_few() -> Iterator[None]:
    if not _AT_ONCE.acquire(timeout=LONGEST_QUEUE_SECONDS):
        raise BusyError
    try:
        yield
    finally:
        _AT_ONCE.release()


def slow_hash(secret: str) -> str:
    """Return the Argon2id hash of a password or a code."""
    with _one_of_few():
        return _HANDS.hash(secret)


def matches(slow: str | None, secret: str) -> bool:
    """Tell whether a secret has this hash; without a hash, take as long and say no."""
    with _one_of_few():
        try:
            return _HANDS.verify(slow or _NOBODY, secret) and slow is not None
        except VerificationError:
            return False


def fast_hash(token: str) -> str:
    """Return the SHA-256 of a random token of at least 112 bits, for which a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
