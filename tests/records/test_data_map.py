"""The data map is complete, both ways, and says what the list of clear columns says."""

import re
from collections import Counter
from pathlib import Path

import pytest

from portal.records.data_map import DataMapError, as_lines, data_map, read_data_map
from portal.records.models import Base

CLEAR = Path(__file__).parents[2] / "docs" / "what-stands-in-clear.md"
TABLES = {f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns}
SAID = {"sealed": ("seal",), "hash": ("hash", "Argon2id")}


def of_map() -> dict[str, str]:
    return {f"{one.table}.{one.name}": one.form for one in data_map().columns}


def test_every_column_is_in_the_map_once_and_nothing_else_is() -> None:
    counted = Counter(f"{one.table}.{one.name}" for one in data_map().columns)
    assert set(counted) == TABLES
    assert set(counted.values()) == {1}


def test_the_map_and_the_list_of_clear_columns_say_the_same() -> None:
    rows: dict[str, str] = {}
    for row in CLEAR.read_text(encoding="utf-8").splitlines():
        if row.startswith("| `"):
            names, _, said = row.partition(" | ")
            rows |= dict.fromkeys(re.findall(r"`(\w+\.\w+)`", names), said)
    assert set(rows) == TABLES
    for column, form in of_map().items():
        assert form == "clear" or any(word in rows[column] for word in SAID[form]), column


def test_what_is_sealed_or_hashed_by_its_name_is_so_in_the_map() -> None:
    for column, form in of_map().items():
        name = column.partition(".")[2]
        if name.startswith(("sealed_", "wrapped_")):
            assert form == "sealed", column
        elif name.endswith(("_hash", "_index")):
            assert form == "hash", column
        else:
            assert form == "clear", column


def test_nothing_in_it_is_left_unsaid() -> None:
    for one in data_map().columns:
        assert all((one.why, one.basis, one.whose, one.who, one.period.in_words, one.period.ends)), one
    used = {one.period.name for one in data_map().columns}
    assert used == set(data_map().periods)


def test_no_period_of_a_person_passes_as_confirmed() -> None:
    """The law is silent on a portal's own data (R-DP-11): a hospital approves, or the program says how it works."""
    assert data_map().periods["case"].standing == "proposed"
    assert "to be approved by the hospital" in data_map().periods["case"].in_words
    assert {one.standing for one in data_map().periods.values()} == {"proposed", "technical", "undecided"}


def test_it_is_printed_as_a_table() -> None:
    lines = list(as_lines(data_map()))
    assert len(lines) == len(TABLES) + 1
    assert {line.count("\t") for line in lines} == {7}


def test_what_was_approved_is_another_thing_once_a_period_changes() -> None:
    text = (Path(__file__).parents[2] / "portal/records/data_map.toml").read_text(encoding="utf-8")
    assert read_data_map(text).fingerprint == data_map().fingerprint
    assert read_data_map(text.replace("days = 365", "days = 300")).fingerprint != data_map().fingerprint
    assert read_data_map(text.replace("the second factor", "a factor")).fingerprint == data_map().fingerprint


@pytest.mark.parametrize(
    ("before", "after"),
    [('basis = "keeping"', 'basis = "hope"'), ('form = "clear"', 'form = "open"'), ('from = "the line"\n', "")],
)
def test_a_map_that_says_less_is_no_map(before: str, after: str) -> None:
    text = (Path(__file__).parents[2] / "portal/records/data_map.toml").read_text(encoding="utf-8")
    with pytest.raises(DataMapError):
        read_data_map(text.replace(before, after, 1))


def test_a_period_that_no_day_ends_has_no_length() -> None:
    assert data_map().length_of("case").days == 365
    for name in ("journal", "nothing"):
        with pytest.raises(DataMapError):
            data_map().length_of(name)
