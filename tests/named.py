"""The tests that a page of docs/ names."""

import re
from pathlib import Path

HOUSE = Path(__file__).parents[1]
NAME = re.compile(r"`(tests/[a-z_/]+\.py)(?:::(\w+))?`")


def named_in(page: str) -> list[tuple[str, str]]:
    """Return every test that a page names: its file, and its function or nothing."""
    return NAME.findall((HOUSE / "docs" / page).read_text(encoding="utf-8"))


def missing_in(page: str) -> list[str]:
    """Return what a page names and nobody finds."""
    return [f"{file}::{name}" for file, name in named_in(page) if not is_there(file, name)]


def is_there(file: str, name: str) -> bool:
    """Tell whether a file of the house is there, and in it a test of a name where one is given."""
    path = HOUSE / file
    return path.exists() and (not name or f"\ndef {name}(" in path.read_text(encoding="utf-8"))
