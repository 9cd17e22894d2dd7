"""Somebody who asks for pages and sends forms, as a browser does. It loads nothing of the portal, to begin at once."""

import http.client
import time
from dataclasses import dataclass
from urllib.parse import urlencode

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class Answer:
    """What came back, and after how many milliseconds."""

    status: int
    to: str
    cookie: str
    body: str
    milliseconds: float


class Browser:
    """One kept connection, and her cookie."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookie = cookie

    def ask(self, path: str, form: dict[str, str] | None = None) -> Answer:
        """Ask for a page, or send a form."""
        headers = {**(FORM if form is not None else {}), **({"Cookie": self._cookie} if self._cookie else {})}
        began = time.perf_counter()
        body_sent = None if form is None else urlencode(form)
        self._connection.request("GET" if form is None else "POST", path, body_sent, headers)
        response = self._connection.getresponse()
        body = response.read()
        took = 1000 * (time.perf_counter() - began)
        cookie = (response.getheader("Set-Cookie") or "").partition(";")[0]
        self._cookie = cookie or self._cookie
        return Answer(response.status, response.getheader("Location") or "", cookie, body.decode(), took)

    def forget(self) -> None:
        """Begin as somebody else."""
        self._cookie = ""

    def close(self) -> None:
        """Go."""
        self._connection.close()


def expect(status: int, answer: Answer) -> Answer:
    """Return an answer that is the one expected: a fast error would make a fine figure."""
    assert answer.status == status, answer
    return answer
