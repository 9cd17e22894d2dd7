"""What is read by everybody: its bytes, its speed beside the simplest page there is, its start, its memory."""

import gzip
from collections.abc import Iterator
from statistics import median

import brotli

from portal.web.export import GOOD_AND_QUICK
from portal.web.places import place_paths
from tests.benchmark.__main__ import HELLO, PORTAL, ROUNDS, compared, memory_of, serving, sizes_of
from tests.figures.figure import Bench, Figure

KB = 1024
LIMITS = {"br": ("Brotli", 10 * KB), "gzip": ("gzip", 12 * KB)}
STARTS = 5
ON_LOOPBACK = "embedded server, one worker, loopback, in one run"


def sizes(bench: Bench) -> Iterator[Figure]:
    """Give the largest of every public page, in every language."""
    bench.say("bytes of every public page")
    found = sizes_of(bench.app)
    for encoding, (name, limit) in LIMITS.items():
        largest, path = max(found[encoding])
        yield _largest(f"a public page, {name}", limit, largest, path, f"all {len(found[encoding])} pressed pages")
    yield from _municipalities(bench)


def _municipalities(bench: Bench) -> Iterator[Figure]:
    """They are made when asked for; packed as the export packs them, which is what a web server then sends."""
    with bench.app.app_context():
        every = place_paths()
    client = bench.app.test_client()
    packed: dict[str, list[tuple[int, str]]] = {"br": [], "gzip": []}
    looked_at = bench.some(every, 100)
    for path in bench.often(looked_at, "municipalities"):
        body = client.get(path).data
        smaller = brotli.compress(body, mode=brotli.MODE_TEXT, quality=GOOD_AND_QUICK)
        packed["br"].append((len(smaller), path))
        packed["gzip"].append((len(gzip.compress(body, mtime=0)), path))
    for encoding, (name, limit) in LIMITS.items():
        how = f"{len(looked_at)} of {len(every)} pages, as exported"
        yield _largest(f"the page of a municipality, {name}", limit, *max(packed[encoding]), how)


def _largest(what: str, limit: int, largest: int, path: str, how: str) -> Figure:
    return Figure(what, f"≤ {limit:,} B", f"{largest:,} B ({path})", largest <= limit, how)


def speed(bench: Bench) -> Iterator[Figure]:
    """Give a public page against a bare Flask page on the same server, and the memory of the worker after that load."""
    bench.say("speed beside a bare Flask page")
    with serving(PORTAL, bench.data) as (portal, _), serving(HELLO, bench.data) as (hello, _):
        rounds = compared(portal, hello)
        memory = memory_of(portal.worker)
    rates = [ours.rate / theirs.rate for ours, theirs in rounds]
    costs = [ours.processor / theirs.processor for ours, theirs in rounds]
    how = f"middle of {ROUNDS} rounds in turn, {ON_LOOPBACK}"
    rate, cost = median(rates), median(costs)
    yield Figure("requests/s of a public page ÷ bare Flask", "≥ 1.5", f"{rate:.2f} ({_span(rates)})", rate >= 1.5, how)
    yield Figure("processor of a public page ÷ bare Flask", "≤ 0.5", f"{cost:.2f} ({_span(costs)})", cost <= 0.5, how)
    yield Figure("memory of a worker, public pages", "≤ 120 MB", f"{memory:.0f} MB", memory <= 120, "after that load")


def start(bench: Bench) -> Iterator[Figure]:
    """Give the time from start to the first answer, with the content built."""
    bench.say("start")
    times = []
    for _ in range(1 if bench.quick else STARTS):
        with serving(PORTAL, bench.data) as (_portal, first):
            times.append(first)
    how = f"best of {len(times)}, on the wall: a busy machine makes it longer"
    yield Figure("start to first answer, content built", "≤ 2 s", f"{min(times):.2f} s", min(times) <= 2.0, how)


def _span(ratios: list[float]) -> str:
    return f"{min(ratios):.2f} to {max(ratios):.2f}"
