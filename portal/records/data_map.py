"""The one data map: for every column why it is kept, on which basis, of whom, who sees it, how long, how it ends.

It is read by people – `portal data-map` – and by the sweep, which knows no other periods than these.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

MAP = Path(__file__).with_name("data_map.toml")
FORMS = ("clear", "hash", "sealed")
STANDINGS = ("proposed", "technical", "undecided")


class DataMapError(ValueError):
    """The map cannot be used; the message says where."""


@dataclass(frozen=True)
class Period:
    """How long something is kept: `days` from `counted_from`; None where no day ends it. `standing`: who says so."""

    name: str
    counted_from: str
    standing: str
    ends: str
    days: int | None = None

    @property
    def length(self) -> timedelta:
        """The period as a length of time.

        Raises:
            DataMapError: no day ends it.

        """
        if self.days is None:
            raise DataMapError(f"period {self.name}: no day ends it")
        return timedelta(days=self.days)

    @property
    def in_words(self) -> str:
        """What a reader of the map is told."""
        days = f"{self.days} days from {self.counted_from}" if self.days else f"from {self.counted_from}: no fixed day"
        told = {
            "proposed": "period proposed, to be approved by the hospital",
            "technical": "follows from how the program works",
            "undecided": "not decided: the hospital writes a period down",
        }
        return f"{days} ({told[self.standing]})"


@dataclass(frozen=True)
class Column:
    """One column, with everything a data protection officer asks of it, in words."""

    table: str
    name: str
    form: str
    why: str
    basis: str
    whose: str
    who: str
    period: Period


@dataclass(frozen=True)
class DataMap:
    """Every column, and the periods they are kept."""

    columns: tuple[Column, ...]
    periods: dict[str, Period]

    @property
    def fingerprint(self) -> str:
        """What a hospital approves: it changes with every period, and with nothing else."""
        periods = [asdict(self.periods[name]) for name in sorted(self.periods)]
        return hashlib.sha256(json.dumps(periods, ensure_ascii=False).encode()).hexdigest()[:16]

    def length_of(self, period: str) -> timedelta:
        """Return how long a period is.

        Raises:
            DataMapError: no day ends it, or there is no such period.

        """
        if period not in self.periods:
            raise DataMapError(f"there is no period {period}")
        return self.periods[period].length


@cache
def data_map() -> DataMap:
    """Return the map of this version.

    Raises:
        DataMapError: it is not well formed.

    """
    return read_data_map(MAP.read_text(encoding="utf-8"))


def read_data_map(text: str) -> DataMap:
    """Read a map.

    Raises:
        DataMapError: a group names a basis, readers, a form or a period that is not there, or lacks a word.

    """
    content = tomllib.loads(text)
    periods = {name: _period(name, given) for name, given in content["period"].items()}
    columns = tuple(one for group in content["column"] for one in _columns(group, content, periods))
    return DataMap(columns, periods)


def as_lines(found: DataMap) -> Iterator[str]:
    """Give the map as a table of tab-separated lines, its head first: a spreadsheet opens it."""
    yield "\t".join(("column", "form", "purpose", "basis", "whose", "who sees it", "how long", "how it ends"))
    for one in found.columns:
        told = (one.form, one.why, one.basis, one.whose, one.who, one.period.in_words, one.period.ends)
        yield "\t".join((f"{one.table}.{one.name}", *told))


def _period(name: str, given: dict[str, Any]) -> Period:
    if given.get("standing") not in STANDINGS or not given.get("from") or not given.get("ends"):
        raise DataMapError(f"period {name}: says not from when, how it ends, or who decided it")
    return Period(name, given["from"], given["standing"], given["ends"], given.get("days"))


def _columns(group: dict[str, Any], content: dict[str, Any], periods: dict[str, Period]) -> Iterator[Column]:
    where = f"{group.get('table')}: {', '.join(group.get('names', ()))}"
    try:
        basis, who, period = content["basis"][group["basis"]], content["who"][group["who"]], periods[group["period"]]
        why, whose, form = group["why"], group["whose"], group["form"]
    except KeyError as missing:
        raise DataMapError(f"{where}: {missing} is not there") from None
    if form not in FORMS or not why or not whose:
        raise DataMapError(f"{where}: a form of {FORMS}, a purpose and whose it is are needed")
    for name in group["names"]:
        yield Column(group["table"], name, form, why, basis, whose, who, period)
