"""The table of ASVS 5.0.0, levels 1 and 2, counted: `python -m tests.asvs`.

The numbers and levels of the requirements are those of the OWASP Application Security Verification Standard 5.0.0
(CC BY-SA 4.0); its words stand there, ours here.
"""

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

HOUSE = Path(__file__).parents[1]
TABLE = HOUSE / "docs" / "asvs.md"
ROW = re.compile(
    r"^\| (?P<id>V\d+\.\d+\.\d+) \| (?P<level>[12]) \| (?P<about>[^|]+) \| (?P<answer>[^|]+) \|$", re.MULTILINE
)
NAMED = re.compile(r"`(tests/[a-z_/]+\.py)(?:::(\w+))?`")
WRITTEN = re.compile(r"`(docs/[a-z-]+\.md)`")
KINDS = {"a test": "`tests/", "written down": "written: ", "does not apply": "does not apply: ", "open": "open: "}

# Section: the level of each of its requirements in turn, 3 for those that are not in this table.
LEVELS = """
V1.1: 22
V1.2: 1111122223
V1.3: 112222222223
V1.4: 222
V1.5: 123
V2.1: 122
V2.2: 112
V2.3: 12223
V2.4: 23
V3.2: 113
V3.3: 12223
V3.4: 11222233
V3.5: 11122333
V3.7: 22333
V4.1: 12233
V4.2: 23333
V4.3: 22
V4.4: 1222
V5.1: 2
V5.2: 112333
V5.3: 113
V5.4: 222
V6.1: 122
V6.2: 111111112222
V6.3: 11223333
V6.4: 112233
V6.5: 22222333
V6.6: 2223
V6.8: 2222
V7.1: 222
V7.2: 1111
V7.3: 22
V7.4: 11222
V7.5: 223
V7.6: 22
V8.1: 1233
V8.2: 1123
V8.3: 133
V8.4: 23
V9.1: 111
V9.2: 1222
V10.1: 22
V10.2: 223
V10.3: 22223
V10.4: 1111122222233333
V10.5: 22222
V10.6: 22
V10.7: 222
V11.1: 2233
V11.2: 22233
V11.3: 11233
V11.4: 1222
V11.5: 23
V11.6: 23
V12.1: 12233
V12.2: 11
V12.3: 22223
V13.1: 2333
V13.2: 222223
V13.3: 2233
V13.4: 1222233
V14.1: 22
V14.2: 12223333
V14.3: 122
V15.1: 12233
V15.2: 12233
V15.3: 1222222
V16.1: 2
V16.2: 22222
V16.3: 2222
V16.4: 222
V16.5: 2223
V17.1: 23
V17.2: 22223333
V17.3: 22
"""


class Row(NamedTuple):
    """A requirement, and its answer."""

    id: str
    level: int
    about: str
    answer: str

    @property
    def kind(self) -> str:
        """How it is answered."""
        return next((kind for kind, begins in KINDS.items() if self.answer.startswith(begins)), "not at all")


def rows() -> list[Row]:
    """Return the table, in its order."""
    found = ROW.finditer(TABLE.read_text(encoding="utf-8"))
    return [Row(one["id"], int(one["level"]), one["about"], one["answer"]) for one in found]


def required() -> dict[str, int]:
    """Return the level of each requirement of levels 1 and 2."""
    levels: dict[str, int] = {}
    for line in LEVELS.split("\n"):
        section, _, numbers = line.partition(": ")
        levels |= {f"{section}.{at}": int(level) for at, level in enumerate(numbers, 1) if level in "12"}
    return levels


def totals(table: list[Row]) -> str:
    """Return the counts as one line."""
    counted = Counter(row.kind for row in table)
    return f"{len(table)} requirements: " + ", ".join(f"{counted[kind]} {kind}" for kind in KINDS)


if __name__ == "__main__":
    for wanted in (1, 2):
        print(f"level {wanted}: {totals([row for row in rows() if row.level == wanted])}")
    print(f"levels 1 and 2: {totals(rows())}")
