"""A figure beside its target, and how far and on what it was measured."""

import os
import platform
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

HOUSE = Path(__file__).parents[2]
SAID = {True: "yes", False: "**NO**", None: "not measured"}


@dataclass(frozen=True)
class Figure:
    """What was measured. `held` is None where this machine could not, or where there is no target."""

    what: str
    target: str
    measured: str
    held: bool | None
    how: str


@dataclass(frozen=True)
class Bench:
    """What a measuring may use: the portal made of this content, its data, and whether only a part is looked at."""

    app: Flask
    data: Path
    quick: bool
    say: Callable[[str], None]

    def some(self, everything: Sequence[str], at_most: int) -> Sequence[str]:
        """Return everything, or where it must be quick, evenly spread, at most so many."""
        return everything[:: -(-len(everything) // at_most)] if self.quick else everything

    def often(self, everything: Sequence[str], what: str, every: int = 200) -> Iterator[str]:
        """Give one after the other, and say from time to time how far it is."""
        for number, one in enumerate(everything):
            if number and number % every == 0:
                self.say(f"{what}: {number} of {len(everything)}")
            yield one


Measuring = Callable[[Bench], Iterator[Figure]]


def not_measured(what: str, target: str, why: str) -> Figure:
    """Return the line of what this machine, or this run, leaves out."""
    return Figure(what, target, "–", None, why)


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a table that reads alike on a terminal and in Markdown."""
    heads = ("what", "target", "measured", "held", "how")
    rows = [heads, *((one.what, one.target, one.measured, SAID[one.held], one.how) for one in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads) - 1)]
    lines = [
        "| " + " | ".join([*(f"{text:<{width}}" for text, width in zip(row, widths, strict=False)), row[-1]]) + " |"
        for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|---|")
    return "\n".join(lines)


def of_this_machine() -> str:
    """Say on what it was measured, and how busy that was."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, {memory:.0f} GB; "
        f"load {os.getloadavg()[0]:.1f}; Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"
    )
