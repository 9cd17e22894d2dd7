"""Who runs what first: nothing long is begun when all else has ended."""

from itertools import chain, groupby, islice

import pytest

LONGEST = (  # files and folders, what takes longest first
    "test_a_year.py",
    "test_every_page.py",
    "test_a_fifth_language.py",
    "test_demonstration.py",
    "test_export.py",
    "test_search.py",
    "test_faults.py",
    "journeys",
    "test_migrations.py",
)


def place(item: pytest.Item) -> int:
    """Return the place of a test among what takes longest; what is short comes after."""
    return next((number for number, name in enumerate(LONGEST) if name in item.path.parts), len(LONGEST))


def dealt(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Return the tests in the order in which they are given to so many workers.

    xdist gives each worker one stretch of the list, and whoever comes to its end takes from the end of another's. So
    each stretch begins with its share of what takes longest, file by file, and ends with what is short.
    """
    long = sorted((item for item in items if place(item) < len(LONGEST)), key=place)
    short = iter([item for item in items if place(item) == len(LONGEST)])
    files = [list(own) for _, own in groupby(long, lambda item: item.path)]
    given: list[pytest.Item] = []
    for number in range(workers):
        first = list(chain(*files[number::workers]))
        stretch = (len(items) - len(given)) // (workers - number)
        given += [*first, *islice(short, max(0, stretch - len(first)))]
    return [*given, *short]
