"""What several servers did with the same people, side by side, as a table; in brackets: times the first one's."""

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from tests.benchmark.asking import Asked

REQUESTS = {"page": 1, "code": 3, "today": 1}  # who enters a code is sent on twice
NAMES = {"page": "a public page", "code": "a code, and her page", "today": "*Today*"}
PARTS = (50, 95, 99)


@dataclass(frozen=True)
class Round:
    """What became of those who came, in how many seconds, and the seconds of processor that it took."""

    asked: Mapping[str, Asked]
    seconds: float
    processor: float

    @property
    def pages_a_second(self) -> float:
        """Public pages that were answered, a second."""
        return len(self.asked["page"].waited) / self.seconds

    @property
    def processor_a_request(self) -> float:
        """Milliseconds of the server's processor for each request that was answered, of whatever kind."""
        return 1000 * self.processor / sum(REQUESTS[kind] * len(one.waited) for kind, one in self.asked.items())


@dataclass
class Found:
    """What was found of one server."""

    given: list[Round] = field(default_factory=list)
    crammed: list[Round] = field(default_factory=list)
    alone: list[Round] = field(default_factory=list)
    memory: float = 0.0
    crowds: dict[str, Asked] = field(default_factory=dict)


Rounds = Callable[[Found], Sequence[Round]]
Cell = Callable[[Found, Found], str]  # of one, beside the first


def table(found: Mapping[str, Found], per_second: Mapping[str, float]) -> str:
    """Return everything that was found, as a table in Markdown."""
    first = next(iter(found.values()))
    lines = [f"| | {' | '.join(found)} |", "|---" * (len(found) + 1) + "|"]
    for what, cell in _rows(first, per_second):
        lines.append(f"| {what} | {' | '.join(cell(one, first) for one in found.values())} |")
    return "\n".join(lines)


def _rows(first: Found, per_second: Mapping[str, float]) -> Iterator[tuple[str, Cell]]:
    came = ", ".join(f"{NAMES[kind]} {many:.0f}" for kind, many in per_second.items())
    yield f"**so many a second: {came}**", _nothing
    yield from _rows_of(_given)
    yield "processor, ms a request of this mixture", partial(_by_round, _given, "processor_a_request", "{:.2f}")
    yield "**as many readers as can be**, with the same codes and nurses", _nothing
    yield from _rows_of(_crammed)
    yield "**readers alone**, as many as can be", _nothing
    yield "public pages a second", partial(_by_round, _alone, "pages_a_second", "{:.0f}")
    yield "processor, ms a page", partial(_by_round, _alone, "processor_a_request", "{:.3f}")
    yield "not answered, or not so", lambda one, _first: failures(one.alone)
    yield "**after all of it**", _nothing
    yield "memory of all its processes, MB", lambda one, first: _times(f"{one.memory:.0f}", one.memory / first.memory)
    for manner in first.crowds:
        yield f"a public page among the crowd, {manner}", partial(_among, manner)


def _rows_of(rounds: Rounds) -> Iterator[tuple[str, Cell]]:
    yield "public pages a second", partial(_by_round, rounds, "pages_a_second", "{:.0f}")
    for kind, name in NAMES.items():
        yield f"{name}, ms: p50 / p95 / p99", partial(_waits, rounds, kind)
    yield "not answered, or not so", lambda one, _first: failures(rounds(one))


def _given(one: Found) -> Sequence[Round]:
    return one.given


def _crammed(one: Found) -> Sequence[Round]:
    return one.crammed


def _alone(one: Found) -> Sequence[Round]:
    return one.alone


def _nothing(_one: Found, _first: Found) -> str:
    return ""


def _among(manner: str, one: Found, _first: Found) -> str:
    return among(one.crowds[manner])


def _by_round(rounds: Rounds, what: str, form: str, one: Found, first: Found) -> str:
    """Tell the middle of all rounds, and the middle of what it was times the first server's in the same round."""
    mine, theirs = ([getattr(each, what) for each in rounds(which)] for which in (one, first))
    times = statistics.median(a / b for a, b in zip(mine, theirs, strict=True))
    return _times(form.format(statistics.median(mine)), times)


def _waits(rounds: Rounds, kind: str, one: Found, first: Found) -> str:
    """Tell what people waited in all rounds; in brackets the 95th of a hundred, times the first server's."""
    mine, theirs = ([ms for each in rounds(which) for ms in each.asked[kind].waited] for which in (one, first))
    if len(mine) < 2 or len(theirs) < 2:
        return "–"
    told = " / ".join(f"{part(mine, percent):.1f}" for percent in PARTS)
    return _times(told, part(mine, 95) / part(theirs, 95))


def failures(rounds: Sequence[Round]) -> str:
    """Tell how many were not answered as they should be, and what the last of them met."""
    failed = {kind: sum(each.asked[kind].failed for each in rounds if kind in each.asked) for kind in NAMES}
    last = next((each.asked[kind].last for each in rounds for kind in each.asked if each.asked[kind].last), "")
    return ", ".join(f"{NAMES[kind]} {many}" for kind, many in failed.items() if many) + (last and f" ({last})") or "0"


def among(asked: Asked) -> str:
    """Tell how many readers were answered among a crowd, and how long they waited."""
    all_, many = len(asked.waited) + asked.failed, len(asked.waited)
    if not many:
        return f"none of {all_}"
    slowest = f"p50 {statistics.median(asked.waited):.0f} ms, slowest {max(asked.waited):.0f} ms"
    return f"{'all' if many == all_ else many} of {all_}: {slowest}"


def part(times: Sequence[float], percent: int) -> float:
    """Return a percentile."""
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]


def _times(what: str, times: float) -> str:
    return what if times == 1 else f"{what} (× {times:.2f})"
