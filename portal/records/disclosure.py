"""What may be published of a count, so that nobody can be singled out (art. 54 § 4). Pure: no database, no clock.

A count is never published, only the class of ten that it falls into: 0 to 9, 10 to 19 … Nought and nine read the same.
Tables are one-way, with four categories at most, and no count is split in two ways. Why this is enough, for any counts
whatever: what tables of one population share is their total, and nothing else. The sum of a table with k categories
lies between the sum of its lower ends and 9 k more; a sum of lower ends is a multiple of ten. So the smallest room
that several tables can leave to their total is 10 - k + 1 values, and a category is left at least as many: seven, with
k = 4. With classes of five it could be two: that is why ten.
"""

from collections.abc import Mapping
from dataclasses import dataclass

CLASS = 10
MOST_CATEGORIES = 4
ROOM = CLASS - MOST_CATEGORIES + 1  # how many values every category keeps, whatever is combined


@dataclass(frozen=True)
class Table:
    """A one-way table: every member of its population falls into exactly one of its categories."""

    name: str
    population: str
    categories: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse what would leave less room."""
        if not 1 <= len(self.categories) <= MOST_CATEGORIES:
            raise ValueError(f"{self.name}: a table has {MOST_CATEGORIES} categories at most")


def lower_end(count: int) -> int:
    """Return the lower end of the class of a count: the only thing of it that may be kept or published."""
    return count - count % CLASS


def upper_end(lower: int) -> int:
    """Return the upper end of a class."""
    return lower + CLASS - 1


def publishable(table: Table, counts: Mapping[str, int]) -> dict[str, int]:
    """Return the lower end of the class of each category, in their order."""
    return {category: lower_end(counts.get(category, 0)) for category in table.categories}
