"""Text messages by a gateway over https. What it must do is written in docs/messages.md."""

import json
import ssl
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from portal.messages.sender import SECONDS, Answer, Outgoing, later
from portal.records.outbox import Fate, Trouble
from portal.settings import SmsGateway

OUR_OWN_FAULT = frozenset({401, 403, 404, 405})  # the token, or the address: an operator mends it, and it goes out
LATER = frozenset({408, 425, 429})
IN_BETWEEN = frozenset({502, 504})  # said by whoever stands before the gateway, who cannot know what it did


class SmsSender:
    """Hands text messages to one gateway. It follows no redirect: a number goes where the setting says."""

    def __init__(self, gateway: SmsGateway) -> None:
        """Remember the gateway."""
        self._gateway = gateway
        self._parts = urlsplit(gateway.address)

    @property
    def shown(self) -> str:
        """The name or number she will see."""
        return self._gateway.sender

    def send(self, message: Outgoing, may_go: Callable[[], bool]) -> Answer:
        """Hand one text message over."""
        with closing(self._connection()) as connection:
            try:
                connection.connect()
            except ssl.SSLError:
                return later(Trouble.INSECURE)
            except OSError:
                return later(Trouble.UNREACHABLE)
            if not may_go():
                return Answer(Fate.WITHDRAWN)
            try:
                connection.request("POST", self._parts.path or "/", self._body(message), self._head(message))
                status = connection.getresponse().status
            except (OSError, HTTPException):  # it may have it, or not
                return Answer(Fate.UNSURE, Trouble.INTERRUPTED)
        return _meant_by(status)

    def _connection(self) -> HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "https":
            return HTTPSConnection(host, port, timeout=SECONDS, context=ssl.create_default_context())
        return HTTPConnection(host, port, timeout=SECONDS)

    def _head(self, message: Outgoing) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self._gateway.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": message.id,
        }

    def _body(self, message: Outgoing) -> bytes:
        text = {"id": message.id, "from": self._gateway.sender, "to": message.to, "text": message.text}
        return json.dumps(text, ensure_ascii=False).encode()


def _meant_by(status: int) -> Answer:
    """Return what a status means, as docs/messages.md says."""
    if status // 100 == 2:
        return Answer(Fate.SENT)
    if status in IN_BETWEEN:
        return Answer(Fate.UNSURE, Trouble.INTERRUPTED)
    if status in LATER or status // 100 == 5:
        return later(Trouble.BUSY)
    if status in OUR_OWN_FAULT or status // 100 != 4:
        return later(Trouble.NOT_ACCEPTED)
    return Answer(Fate.REFUSED, Trouble.REFUSED)
