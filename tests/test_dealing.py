"""The order of the tests: nothing is lost, and each worker begins with its share of what takes longest."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.dealing import LONGEST, dealt, place

HERE = Path(__file__).parent


def some_of(name: str, many: int) -> list[Any]:
    return [SimpleNamespace(path=HERE / name, number=number) for number in range(many)]


FEW_LONG = [test for name in LONGEST for test in some_of(name, 3)]
MANY_SHORT = [test for number in range(40) for test in some_of(f"test_short_{number}.py", 10)]


@pytest.mark.parametrize("workers", [1, 2, 3, 5])
@pytest.mark.parametrize(
    "items", [[], FEW_LONG, MANY_SHORT, MANY_SHORT + FEW_LONG], ids=["none", "long", "short", "all"]
)
def test_each_test_is_given_once(items: list[Any], workers: int) -> None:
    given = dealt(items, workers)
    assert sorted(map(id, given)) == sorted(map(id, items))


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_each_worker_begins_with_its_share_of_what_takes_longest_and_ends_with_what_is_short(workers: int) -> None:
    given = dealt(MANY_SHORT + FEW_LONG, workers)
    for number in range(workers):
        stretch = given[len(given) * number // workers : len(given) * (number + 1) // workers]
        shares = [place(test) for test in stretch]
        assert shares == sorted(shares)
        assert shares[0] == number
        assert shares[-1] == len(LONGEST)


def test_what_takes_longest_is_there() -> None:
    there = {path.name for path in HERE.rglob("*") if path.name == "journeys" or path.name.startswith("test_")}
    assert set(LONGEST) <= there
