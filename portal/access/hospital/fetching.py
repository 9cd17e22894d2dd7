"""Asking the hospital's provider: one address, no redirect, a few seconds, a few kilobytes."""

import json
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import BoundedSemaphore, Timer
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from portal.access.hashing import BusyError
from portal.access.hospital.reasons import NotShownError, Reason
from portal.settings import is_this_machine

SECONDS = 5
LARGEST = 64 * 1024
# Whoever waits for the provider holds one of the server's threads: those who read a page must find one free.
PLACES = 6
_IN_LINE = BoundedSemaphore(PLACES)


@dataclass(frozen=True)
class Answer:
    """What the provider said."""

    status: int
    content: dict[str, Any]


def may_ask(address: object, issuer: str) -> bool:
    """Tell whether an address that the provider names is one to go to: over https, or on this machine as it is."""
    if not isinstance(address, str) or not address.isascii() or not address.isprintable() or set(address) & set(' "<>'):
        return False
    try:
        parts, ours = urlsplit(address), urlsplit(issuer)
        if not parts.hostname or parts.username or parts.password or parts.fragment or parts.port == 0:
            return False
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == ours.scheme == "http" and is_this_machine(parts))


def ask(address: str, form: Mapping[str, str] | None = None, authorization: str | None = None) -> Answer:
    """Return the provider's answer; with a form it is sent there.

    Raises:
        NotShownError: nobody answers, or nothing that can be used.
        BusyError: too many are asking at once.

    """
    head = {"Accept": "application/json", "Connection": "close"}
    if authorization:
        head["Authorization"] = authorization
    if form is not None:
        head["Content-Type"] = "application/x-www-form-urlencoded"
    parts = urlsplit(address)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with _in_line(), closing(_connection(parts)) as connection:
        try:
            connection.connect()
            with _no_longer(connection.sock):
                connection.request("GET" if form is None else "POST", path, urlencode(form) if form else None, head)
                response = connection.getresponse()
                return _read(response.status, response.read(LARGEST + 1))
        except ssl.SSLError:
            raise NotShownError(Reason.INSECURE) from None
        except (OSError, HTTPException, ValueError):
            raise NotShownError(Reason.UNREACHABLE) from None


def _connection(parts: SplitResult) -> HTTPConnection:
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return HTTPSConnection(parts.hostname or "", parts.port, timeout=SECONDS, context=context)
    return HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS)


def _read(status: int, body: bytes) -> Answer:
    if status // 100 == 5:
        raise NotShownError(Reason.UNREACHABLE)
    if len(body) > LARGEST or status // 100 not in (2, 4):
        raise NotShownError(Reason.ANSWER)
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    if isinstance(content, dict):
        return Answer(status, content)
    if status // 100 == 4:
        return Answer(status, {})
    raise NotShownError(Reason.ANSWER)


@contextmanager
def _in_line() -> Iterator[None]:
    if not _IN_LINE.acquire(blocking=False):
        raise BusyError
    try:
        yield
    finally:
        _IN_LINE.release()


@contextmanager
def _no_longer(connected: socket.socket) -> Iterator[None]:
    """Hang up after a few seconds in all: a byte now and then is no answer either."""

    def hang_up() -> None:
        with suppress(OSError):
            socket.socket.shutdown(connected, socket.SHUT_RDWR)

    timer = Timer(SECONDS, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
