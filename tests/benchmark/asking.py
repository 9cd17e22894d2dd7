"""`python -m tests.benchmark.asking KIND PORT SECONDS PER_SECOND SEED`: people of one kind, in their own process.

Who they are comes as one line of JSON; they say that they are ready, begin when a second line comes, and say at the end
how many milliseconds each waited and how many were not answered as they should be. Loopback only; it ends by itself.

They come when chance says, so many a second, whether those before them were answered or not: who waits behind others is
counted from when he came. `PER_SECOND` 0 is for readers alone: a few of them ask again as soon as they were answered.
"""

import http.client
import json
import random
import selectors
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from tests.benchmark.browser import Browser, expect
from tests.benchmark.load import REQUEST, is_whole

HERE = "127.0.0.1"
HANDS = 32
CONNECTIONS = 8  # of readers without a pause
PATIENCE = 20.0
SPACE = "/fr/m/i"
Ask = Callable[[int, Sequence[str]], None]


@dataclass
class Asked:
    """How long each waited, in milliseconds; how many were not answered, or otherwise; and the last of these."""

    waited: list[float] = field(default_factory=list)
    failed: int = 0
    last: str = ""


def page(port: int, who: Sequence[str], patience: float = PATIENCE) -> None:
    """Read a public page, packed as a browser asks for it."""
    connection = http.client.HTTPConnection(HERE, port, timeout=patience)
    try:
        connection.request("GET", who[0], headers={"Accept-Encoding": "br"})
        answer = connection.getresponse()
        assert answer.status == 200, answer.status
        assert answer.read()
    finally:
        connection.close()


def code(port: int, who: Sequence[str]) -> None:
    """Enter a code, and read her page."""
    token, typed = who
    browser = Browser(port)
    try:
        assert (sent := browser.ask(f"/fr/l/{token}", {"code": typed})).to == SPACE, sent.status
        expect(200, browser.ask(SPACE))
        expect(200, browser.ask("/fr/m/"))
    finally:
        browser.close()


def today(port: int, who: Sequence[str]) -> None:
    """Look at *Today* as a nurse who signed in."""
    browser = Browser(port, who[0])
    try:
        expect(200, browser.ask("/fr/team/"))
    finally:
        browser.close()


KINDS: Mapping[str, Ask] = {"page": page, "code": code, "today": today}


def comings(per_second: float, seconds: float, seed: int) -> Iterator[float]:
    """Give the moments, in seconds from the beginning, at which somebody comes; the same for the same seed."""
    chance, at = random.Random(seed), 0.0
    while (at := at + chance.expovariate(per_second)) < seconds:
        yield at


def come(ask: Callable[[int], None], moments: Sequence[float]) -> Asked:
    """Ask at each of these moments; return what each waited from then on."""
    asked, lock, begins = Asked(), threading.Lock(), iter(list(enumerate(moments)))
    began = time.perf_counter()

    def one_after_the_other() -> None:
        while True:
            with lock:
                number, at = next(begins, (-1, 0.0))
            if number < 0:
                return
            time.sleep(max(0.0, began + at - time.perf_counter()))
            try:
                ask(number)
            except (OSError, http.client.HTTPException, AssertionError) as problem:
                with lock:
                    asked.failed, asked.last = asked.failed + 1, repr(problem)[:200]
            else:
                asked.waited.append(1000 * (time.perf_counter() - began - at))

    hands = [threading.Thread(target=one_after_the_other) for _ in range(min(HANDS, len(moments)))]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return asked


def read_on(port: int, paths: Sequence[str], seconds: float) -> Asked:
    """Read one page after the other over a few kept connections, as fast as they come."""
    asked, chooser = Asked(), selectors.DefaultSelector()
    for number in range(CONNECTIONS):
        reader = Reader(port, paths, number)
        chooser.register(reader.connection, selectors.EVENT_READ, reader)
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for key, _ in chooser.select(timeout=0.1):
            if not key.data.goes_on(asked):
                chooser.unregister(key.fileobj)
                reader = Reader(port, paths, len(asked.waited))
                chooser.register(reader.connection, selectors.EVENT_READ, reader)
    for key in list(chooser.get_map().values()):
        key.data.connection.close()
    return asked


class Reader:
    """Who reads one page after the other over one connection."""

    def __init__(self, port: int, paths: Sequence[str], number: int) -> None:
        self.connection = socket.create_connection((HERE, port), timeout=PATIENCE)
        self._paths, self._number, self._got = paths, number, bytearray()
        self._ask()

    def _ask(self) -> None:
        self._number += 1
        self._got.clear()
        self._began = time.perf_counter()
        self.connection.sendall(REQUEST.format(path=self._paths[self._number % len(self._paths)]).encode())

    def goes_on(self, asked: Asked) -> bool:
        """Take in what came, and ask for the next page where it was all; False where the server hung up."""
        try:
            if not (part := self.connection.recv(65536)):
                raise ConnectionError("hung up")
            self._got += part
            if is_whole(self._got):
                assert self._got.startswith(b"HTTP/1.1 200"), bytes(self._got[:80])
                asked.waited.append(1000 * (time.perf_counter() - self._began))
                self._ask()
        except (OSError, AssertionError) as problem:
            self.connection.close()
            asked.failed, asked.last = asked.failed + 1, repr(problem)
            return False
        return True


def main(kind: str, port: int, seconds: float, per_second: float, seed: int) -> Asked:
    people: list[list[str]] = json.loads(sys.stdin.readline())
    moments = list(comings(per_second, seconds, seed)) if per_second else []
    print("ready", flush=True)
    sys.stdin.readline()
    if not per_second:
        return read_on(port, [path for (path,) in people], seconds)
    return come(lambda number: KINDS[kind](port, people[number % len(people)]), moments)


if __name__ == "__main__":
    found = main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5]))
    print(json.dumps(asdict(found)))
