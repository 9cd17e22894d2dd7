"""`python -m tests.benchmark growth [--to 1000000] [--on …] [--only …] [--plots FOLDER]`: how everything grows.

An installation with ten times the cases at each step, in fifty centres, on SQLite and on PostgreSQL; at each size the
same things are done (`tests/benchmark/growing.py`) and told beside what they cost at the smallest, in one run. What
should not grow is marked where it does. With `--plots`, one drawing for each database is written there.

A million cases take 6 GB of disk in the folder for temporary files (`TMPDIR`), and as much again while they are put
back; all of it is gone at the end.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmark.growing import PARTS, Cost, Growing
from tests.benchmark.plot import drawing
from tests.benchmark.today import SHARE, address_of, filled

STEP = 10
STEADY = 3.0  # of what should not grow, so many times its cost at the smallest size is told as growth
AS_MANY = 1.5  # of what grows with the cases, so many times its cost for each case
LEAST = 5.0  # milliseconds: below, a ratio tells of the clock


@dataclass(frozen=True)
class Row:
    """One thing, and its amount at each size."""

    cost: Cost
    sizes: Sequence[int]
    amounts: Sequence[float]

    @property
    def ratios(self) -> list[float]:
        """How many times the amount of the smallest size."""
        first = max(self.amounts[0], 0.001)
        return [amount / first for amount in self.amounts]

    @property
    def grows(self) -> bool:
        """Whether it grew more than it should, by the largest size."""
        if self.amounts[-1] < LEAST:
            return False
        if self.cost.with_cases:
            return self.ratios[-1] > AS_MANY * self.sizes[-1] / self.sizes[0]
        return self.ratios[-1] > STEADY


def main(arguments: Sequence[str]) -> int:
    """Measure each size on each database, and tell; 1 where something grew more than it should."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark growth", description=__doc__)
    parser.add_argument("--from", type=int, default=1_000, dest="smallest")
    parser.add_argument("--to", type=int, default=1_000_000, dest="largest")
    parser.add_argument("--on", action="append", choices=("sqlite", "postgresql"))
    parser.add_argument("--only", action="append", choices=PARTS)
    parser.add_argument("--plots", type=Path, metavar="FOLDER", help="draw there")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="keep there what is built of the content")
    options = parser.parse_args(arguments)
    sizes = list(steps(options.smallest, options.largest))
    grew = 0
    with tempfile.TemporaryDirectory() as folder:  # what is built from the content is built once
        home = options.data or Path(folder)
        for kind in options.on or ("sqlite", "postgresql"):
            rows = rows_of(kind, sizes, home, options.only or PARTS)
            print(table(kind, rows), flush=True)
            grew += sum(row.grows for row in rows)
            if options.plots:
                path = options.plots / f"growth-{kind}.svg"
                path.write_text(drawing(sizes, {row.cost.what: row.ratios for row in rows}), encoding="utf-8")
                print(f"drawn: {path}")
    return 1 if grew else 0


def steps(smallest: int, largest: int) -> Iterator[int]:
    """Give ten times as many each time."""
    while smallest <= largest:
        yield smallest
        smallest *= STEP


def rows_of(kind: str, sizes: Sequence[int], home: Path, only: Sequence[str]) -> list[Row]:
    """Measure some parts at each size on one database."""
    found: dict[Cost, list[float]] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder, address_of(kind, Path(folder)) as address:
            for cost in costs_at(kind, size, address, home, Path(folder), only):
                key = Cost(cost.what, cost.unit, 0.0, cost.with_cases)
                found.setdefault(key, []).append(cost.amount)
    return [Row(cost, sizes, amounts) for cost, amounts in found.items()]


def costs_at(kind: str, size: int, address: str, home: Path, folder: Path, only: Sequence[str]) -> list[Cost]:
    """Fill a database and measure some parts there."""
    began = time.perf_counter()

    def say(what: str) -> None:
        passed = time.perf_counter() - began
        print(f"{kind}, {size:,} cases, after {passed:.0f} s: {what}", file=sys.stderr, flush=True)

    say("filling")
    desk = filled(size, size // SHARE, address, home)
    try:
        return list(Growing(desk, folder, say).costs(only))
    finally:
        desk.database.engine.dispose()


def table(kind: str, rows: Sequence[Row]) -> str:
    """Return a table: the amount at each size, the ratio of the largest to the smallest, and what should be."""
    sizes = rows[0].sizes
    heads = [kind, *(f"{size:,}" for size in sizes), f"× for {sizes[-1] // sizes[0]:,} times the cases", "should be"]
    lines = [heads, ["---"] * len(heads)]
    for row in rows:
        should = "with the cases" if row.cost.with_cases else "steady"
        told = [f"{row.cost.what}, {row.cost.unit}", *(figure(amount) for amount in row.amounts)]
        lines.append([*told, f"{row.ratios[-1]:.2f}", f"**grows, should be {should}**" if row.grows else should])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def figure(amount: float) -> str:
    """Return a number with as many digits as it can bear."""
    return f"{amount:,.0f}" if amount >= 100 else f"{amount:.1f}" if amount >= 1 else f"{amount:.2f}"
