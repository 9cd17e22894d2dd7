"""The command of the figures says what is not held, goes on where one breaks off, and tells a part from the whole."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest

from tests.benchmark.growing import Cost
from tests.benchmark.growth import Row, steps, table
from tests.benchmark.plot import drawing
from tests.figures import __main__ as command
from tests.figures.figure import Bench, Figure, Measuring

HELD = Figure("bytes of a page", "≤ 10", "9", True, "all pages")
NOT_HELD = Figure("seconds", "≤ 2", "3", False, "best of 5")
LEFT_OUT = Figure("axe", "0", "–", None, "no browser")


def giving(*figures: Figure) -> Measuring:
    def measure(_bench: Bench) -> Iterator[Figure]:
        yield from figures

    return measure


def breaking(_bench: Bench) -> Iterator[Figure]:
    raise OSError("the disk is full")


@pytest.mark.parametrize(
    ("measurings", "status", "said"),
    [
        ({"one": giving(HELD, LEFT_OUT)}, 0, "1 held, 0 not held, 1 not measured"),
        ({"one": giving(HELD), "two": giving(NOT_HELD)}, 1, "1 held, 1 not held, 0 not measured"),
        ({"one": breaking, "two": giving(HELD)}, 1, "OSError: the disk is full"),
    ],
)
def test_what_is_not_held_is_said_and_ends_with_one(
    measurings: dict[str, Measuring],
    status: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(command, "EVERY", measurings)
    monkeypatch.setattr(command, "create_app", lambda _settings: None)
    monkeypatch.setattr("sys.argv", ["figures", "--quick"])
    assert command.main() == status
    out = capsys.readouterr().out
    assert said in out
    assert "| bytes of a page " in out
    assert "quick: a part" in out


def test_what_should_not_grow_is_marked_where_it_does() -> None:
    sizes = list(steps(1_000, 1_000_000))
    assert sizes == [1_000, 10_000, 100_000, 1_000_000]
    page, journal = Cost("a page", "ms", 0.0), Cost("the journal", "ms", 0.0, with_cases=True)
    assert not Row(page, sizes, [10, 11, 12, 20]).grows
    assert Row(page, sizes, [10, 11, 12, 90]).grows
    assert not Row(page, sizes, [0.1, 0.1, 0.1, 1.0]).grows  # too short for the clock
    assert not Row(journal, sizes, [10, 100, 1_000, 11_000]).grows
    assert Row(journal, sizes, [10, 100, 2_000, 90_000]).grows
    assert "**grows" in table("sqlite", [Row(page, sizes, [10, 11, 12, 90])])


def test_the_drawing_is_whole_and_asks_for_nothing() -> None:
    sizes = [1_000, 10_000, 100_000]
    drawn = drawing(sizes, {"a page & its head": [1, 1.1, 0.9], "the journal": [1, 10, 101]})
    tree = ET.fromstring(drawn)
    assert len(tree.findall("{http://www.w3.org/2000/svg}polyline")) == 3  # and the cases themselves
    assert "a page &amp; its head: × 0.9" in drawn
    assert "href" not in drawn
