"""Who goes on while everything falls: women who ask, a nurse who registers, a desk that sends, readers of public pages.

Each presses again until an answer came, as people do, and writes down only what an answer said.
"""

import http.client
import itertools
import random
import threading
import time
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode

import pyotp
from sqlalchemy.exc import SQLAlchemyError

from portal.access.links import NewLink
from portal.records import outbox
from portal.records.database import Database
from portal.records.outbox import Kind
from tests.conftest import Team
from tests.faults.book import Book

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
PUBLIC = ("/fr/", "/nl/p/", "/de/h/", "/en/i/5")
LONGEST = 30.0  # a reader goes away; nobody else does
BETWEEN = 0.1
CALM = {200, 303, 403, 422, 503}  # 403: her session ended, and the page says how to open it again


class UnansweredError(Exception):
    """Nothing came back, or only that it is closed for a moment; it may stand all the same."""


class Browser:
    """Somebody's browser. `ports` are tried in turn where a connection is refused, as the front does."""

    def __init__(self, ports: list[int], book: Book) -> None:
        self._ports, self._book, self._cookie = ports, book, ""

    def ask(self, path: str, form: dict[str, str] | None = None) -> http.client.HTTPResponse:
        """Ask for a page or send a form, on a connection of its own; its body is in `said`."""
        for port in random.sample(self._ports, len(self._ports)):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LONGEST)
            try:
                connection.connect()
            except OSError:
                continue  # nobody is there: nothing was sent
            try:
                return self._asked(connection, path, form)
            except (OSError, http.client.HTTPException) as gone:
                if form is None:
                    continue  # looking changes nothing: the front asks the other one
                raise UnansweredError from gone
            finally:
                connection.close()
        raise UnansweredError

    def _asked(
        self, connection: http.client.HTTPConnection, path: str, form: dict[str, str] | None
    ) -> http.client.HTTPResponse:
        headers = {**(FORM if form is not None else {}), **({"Cookie": self._cookie} if self._cookie else {})}
        body = None if form is None else urlencode(form)
        connection.request("GET" if form is None else "POST", path, body, headers)
        answer = connection.getresponse()
        self.said = answer.read().decode()
        self._cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0] or self._cookie
        self._look_at(answer, path)
        return answer

    def _look_at(self, answer: http.client.HTTPResponse, path: str) -> None:
        self._book.met(str(answer.status))
        if answer.status not in CALM:
            self._book.is_wrong(f"{answer.status} for {path.split('/')[2]}")
        if "no-store" not in (answer.getheader("Cache-Control") or ""):
            self._book.is_wrong(f"may be kept: {path.split('/')[2]}")

    def sent(self, path: str, form: dict[str, str]) -> str | None:
        """Send a form; return where it leads, None where the page stays."""
        answer = self.ask(path, form)
        if answer.status == 503:
            raise UnansweredError
        return answer.getheader("Location") if answer.status == 303 else None

    def page(self, path: str) -> bool:
        """Look at a page; tell whether it was shown."""
        answer = self.ask(path)
        if answer.status == 503:
            raise UnansweredError
        return answer.status == 200

    def token(self) -> str:
        """Return the session's token of the page that was last shown."""
        return self.said.split('name="token"')[1].split('value="')[1].split('"')[0]

    def forget(self) -> None:
        """Begin as somebody else."""
        self._cookie = ""


class Person(threading.Thread):
    """Somebody who does one thing after the other, each again until she knows."""

    def __init__(self, stop: threading.Event, works: "itertools.chain[Callable[[], bool]]") -> None:
        super().__init__(daemon=True)
        self._stop_now, self._works = stop, works
        self.broke: Exception | None = None

    def run(self) -> None:
        """Work until told to stop."""
        try:
            for work in self._works:
                while not self._done(work):
                    if self._stop_now.wait(BETWEEN):
                        return
                if self._stop_now.wait(BETWEEN):
                    return
        except Exception as problem:  # told by whoever waits for this thread
            self.broke = problem

    def _done(self, work: Callable[[], bool]) -> bool:
        try:
            return work()
        except (UnansweredError, SQLAlchemyError):
            return False


class Woman:
    """Opens her page and asks to keep longer."""

    def __init__(self, link: NewLink, browser: Browser, book: Book) -> None:
        self._link, self._browser, self._book = link, browser, book

    def ask(self) -> bool:
        """Ask from the beginning; tell whether she holds a number."""
        browser = self._browser
        browser.forget()
        if browser.sent(f"/fr/l/{self._link.token}", {"code": self._link.code}) is None:
            return False
        if not browser.page("/fr/m/a/1/"):
            return False
        to = browser.sent("/fr/m/a/1/", {"token": browser.token()})
        if to is None:
            return False
        number = to.rstrip("/").rpartition("/")[2]
        self._book.note("extensions", self._link.token, number)
        if browser.page(to) and number not in browser.said:
            self._book.is_wrong("a receipt without its number")
        return True


class Nurse:
    """Registers cases. Her session may end; whoever signs in anew is a colleague, whose code was not used yet."""

    def __init__(self, colleagues: list[Team], browser: Browser, book: Book, now: Callable[[], datetime]) -> None:
        self._colleagues, self._browser, self._book, self._now = colleagues, browser, book, now
        self._is_in = False

    def register(self, reference: str) -> bool:
        """Register a case; tell whether she was told that it stands."""
        if not self._is_in and not self._signs_in():
            return False
        if not self._browser.page("/fr/team/new"):
            self._is_in = False
            return False
        exam_on = self._now().date().isoformat()
        form = {"reference": reference, "exam_on": exam_on, "age": "adult", "complaint": "none", "language": "fr"}
        to = self._browser.sent("/fr/team/new", {**form, "token": self._browser.token()})
        known = to is None and "/open" in self._browser.said  # it stood already: the answer before was lost
        if to is not None and "/team/c/" not in to:
            self._is_in = False
            return False
        if to is None and not known:
            return False
        self._book.note("cases", reference)
        return True

    def _signs_in(self) -> bool:
        self._browser.forget()
        one = self._colleagues.pop()
        code = pyotp.TOTP(one.authenticator).at(self._now())
        to = self._browser.sent("/fr/team/in", {"login": one.login, "password": one.password, "code": code})
        self._is_in = to is not None
        return self._is_in


class Desk:
    """Asks for messages to go out."""

    def __init__(self, database: Database, team: Team, book: Book, now: Callable[[], datetime]) -> None:
        self._database, self._team, self._book, self._now = database, team, book, now

    def send(self, case_id: str) -> bool:
        """Put one message into the outbox."""
        queued = outbox.queue(
            self._database, self._team.centre_id, case_id, self._team.staff_id, Kind.CALL, self._now()
        )
        self._book.note("messages", queued.message_id, case_id)
        return True


class Reader:
    """Reads public pages, and looks for something in the search, which is not made ahead."""

    def __init__(self, browser: Browser, book: Book, dice: random.Random) -> None:
        self._browser, self._book, self._dice = browser, book, dice

    def read(self) -> bool:
        """Read one page."""
        began, during, answered = time.monotonic(), self._book.during, False
        try:
            if self._dice.random() < 0.2:
                to = self._browser.sent("/fr/f/", {"words": "médecin"})
                answered = to is not None and self._browser.page(to)
            else:
                answered = self._browser.page(self._dice.choice(PUBLIC))
        except UnansweredError:
            pass
        self._book.read(during, 1000 * (time.monotonic() - began), answered=answered)
        return True
