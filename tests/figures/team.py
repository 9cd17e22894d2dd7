"""The team's page for today, among as many cases as ten years of fifty centres bring."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests import machine
from tests.benchmark.today import SHARE, address_of, measure, part
from tests.figures.figure import Bench, Figure, not_measured

CASES, FEWER = 1_000_000, 10_000
MOST = 100.0


def today(bench: Bench) -> Iterator[Figure]:
    """Give the page's 95th of a hundred on both databases."""
    size = FEWER if bench.quick else CASES
    for kind, name in (("sqlite", "SQLite"), ("postgresql", "PostgreSQL")):
        what, target = f"Today, {size:,} cases, {size // SHARE:,} in the largest centre, {name}", "p95 ≤ 100 ms"
        if kind == "postgresql" and machine.postgresql_tools() is None:
            yield not_measured(what, target, machine.HOW[kind])
            continue
        bench.say(f"{what}: filling, then asking")
        with tempfile.TemporaryDirectory() as folder, address_of(kind, Path(folder)) as address:
            times = measure(kind, size, size // SHARE, address, bench.data)
        high = part(times.wall, 95)
        how = f"on the wall, {len(times.wall)} times; the middle {part(times.wall, 50):.0f} ms, of its processor "
        how += f"{part(times.processor, 50):.0f} ms"
        if bench.quick:
            how += f"; quick: not the {CASES:,} of the target"
        yield Figure(what, target, f"{high:.0f} ms", high <= MOST, how)
