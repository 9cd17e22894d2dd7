"""Every server that is compared starts and answers; who was not answered is counted; the table says times what."""

import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from portal import server
from tests.benchmark.asking import Asked, come, comings, page, read_on
from tests.benchmark.compared import Found, Round, among, table
from tests.benchmark.contenders import CONTENDERS, THREADS, TINY, WORKERS
from tests.benchmark.servers import CROWD, PER_SECOND, Contender, among_a_crowd, family, memory_of_all, started

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"


@pytest.mark.parametrize("name", CONTENDERS)
def test_each_of_them_serves_with_as_many_workers_and_ends(name: str, tmp_path: Path) -> None:
    assert THREADS == server.THREADS
    with started(name, TINY, tmp_path) as (port, process):
        page(port, ["/"])
        assert len(list(family(process))) >= WORKERS
        assert memory_of_all(process) > 1
        assert len(read_on(port, ["/", "/other"], 0.2).waited) > 2
    assert not Path(f"/proc/{process}").exists()


def test_who_reads_among_a_crowd_is_answered_by_the_embedded_server(tmp_path: Path) -> None:
    with started("embedded", TINY, tmp_path) as (port, process):
        one = Contender(port, process, {"page": [["/"]]})
        assert among_a_crowd(one, "half a form", 0.2).failed == 0
    assert CROWD > WORKERS * THREADS


def test_chance_is_the_same_for_each() -> None:
    assert list(comings(60, 5, seed=1)) == list(comings(60, 5, seed=1)) != list(comings(60, 5, seed=2))
    assert 200 < len(list(comings(60, 5, seed=1))) < 400


def test_who_was_not_answered_is_counted_and_is_no_fast_answer() -> None:
    def ask(number: int) -> None:
        assert number != 1, "sent away"

    asked = come(ask, [0.0, 0.0, 0.0])
    assert (len(asked.waited), asked.failed) == (2, 1)
    assert "sent away" in asked.last


@pytest.fixture
def rude() -> Iterator[int]:
    """A server that answers once on each connection and then hangs up."""

    def serve() -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            with client:
                client.recv(65536)
                client.sendall(HEAD + b"page")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = Thread(target=serve)
        serving.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        serving.join()


def test_who_is_hung_up_on_comes_again(rude: int) -> None:
    asked = read_on(rude, ["/"], 0.2)
    assert asked.waited
    assert asked.failed
    assert "hung up" in asked.last or "Reset" in asked.last


def one_round(milliseconds: float, processor: float) -> Round:
    asked = {kind: Asked([milliseconds, 2 * milliseconds]) for kind in PER_SECOND}
    return Round(asked, seconds=1.0, processor=processor)


def test_the_table_says_how_many_times_the_first() -> None:
    first, other = Found(memory=100), Found(memory=50)
    for found, milliseconds, processor in ((first, 10, 1.0), (other, 20, 3.0)):
        for rounds in (found.given, found.crammed, found.alone):
            rounds.append(one_round(milliseconds, processor))
        found.crowds["silent"] = Asked([1.0])
    other.crowds["silent"] = Asked([3.0], 1, "late")
    other.given[0].asked["code"].failed = 2
    told = table({"embedded": first, "other": other}, PER_SECOND)
    assert "| a code, and her page, ms: p50 / p95 / p99 | 15.0 / 19.5 / 19.9 | 30.0 / 39.0 / 39.8 (× 2.00) |" in told
    assert "| processor, ms a request of this mixture | 100.00 | 300.00 (× 3.00) |" in told
    assert "| memory of all its processes, MB | 100 | 50 (× 0.50) |" in told
    assert "| not answered, or not so | 0 | a code, and her page 2 |" in told
    assert "| all of 1: p50 1 ms, slowest 1 ms | 1 of 2: p50 3 ms, slowest 3 ms |" in told
    assert among(Asked(failed=3)) == "none of 3"
