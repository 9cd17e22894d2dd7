"""The ten legal holidays of Belgium."""

from datetime import date

from portal.law import is_working_day, legal_holidays
from portal.law.holidays import easter


def test_a_year_as_the_official_calendar_has_it() -> None:
    assert sorted(legal_holidays(2026)) == [
        date(2026, 1, 1),
        date(2026, 4, 6),  # Easter Monday
        date(2026, 5, 1),
        date(2026, 5, 14),  # Ascension
        date(2026, 5, 25),  # Whit Monday
        date(2026, 7, 21),
        date(2026, 8, 15),
        date(2026, 11, 1),
        date(2026, 11, 11),
        date(2026, 12, 25),
    ]


def test_easter_at_its_earliest_and_latest() -> None:
    assert easter(2285) == date(2285, 3, 22)
    assert easter(2038) == date(2038, 4, 25)
    assert [easter(year) for year in (2024, 2025, 2027, 2028)] == [
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2027, 3, 28),
        date(2028, 4, 16),
    ]


def test_working_days() -> None:
    assert is_working_day(date(2026, 11, 12))
    assert not is_working_day(date(2026, 11, 11))
    assert not is_working_day(date(2026, 11, 14))
    assert not is_working_day(date(2026, 11, 15))
