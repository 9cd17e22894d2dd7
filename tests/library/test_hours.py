"""Whether somebody answers now: by the clocks of Brussels, and only where the hours are confirmed."""

from datetime import datetime

import pytest

from portal.clock import BRUSSELS
from portal.library.hours import Hours, Opening, read_opening
from tests.clock import at

WORDS = {"fr": "x", "nl": "x", "de": "x", "en": "x"}
OFFICE = Hours(WORDS, is_checked=True, openings=(Opening((1, 2, 3, 4, 5), 8 * 60, 18 * 60),))
EVENING = Hours(WORDS, is_checked=True, openings=(Opening((5,), 18 * 60, 24 * 60),))
NIGHT = Hours(WORDS, is_checked=True, openings=(Opening((6,), 22 * 60, 4 * 60),))


def brussels(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS)


def test_what_nobody_confirmed_is_neither_open_nor_closed() -> None:
    assert Hours(WORDS, is_checked=False, around_the_clock=True).is_open(at("2026-11-23T10:00:00")) is None
    assert Hours(WORDS, is_checked=True).is_open(at("2026-11-23T10:00:00")) is None  # in words only


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        OFFICE.is_open(datetime(2026, 11, 23, 10))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("moment", "answers"),
    [
        ("2026-11-23T07:59", False),  # a Monday
        ("2026-11-23T08:00", True),
        ("2026-11-23T17:59", True),
        ("2026-11-23T18:00", False),
        ("2026-11-28T12:00", False),  # Saturday
        ("2026-11-29T12:00", False),  # Sunday
    ],
)
def test_office_hours(moment: str, answers: bool) -> None:
    assert OFFICE.is_open(brussels(moment)) is answers


def test_it_is_the_time_of_brussels_whatever_the_zone() -> None:
    assert OFFICE.is_open(at("2026-07-20T06:00:00")) is True  # eight in summer
    assert OFFICE.is_open(at("2026-11-23T06:59:00")) is False
    assert OFFICE.is_open(at("2026-11-23T07:00:00")) is True  # eight in winter


def test_around_midnight() -> None:
    assert EVENING.is_open(brussels("2026-11-27T23:59")) is True
    assert EVENING.is_open(brussels("2026-11-28T00:00")) is False
    assert NIGHT.is_open(brussels("2026-11-28T23:59")) is True
    assert NIGHT.is_open(brussels("2026-11-29T00:00")) is True  # Sunday, still Saturday's night
    assert NIGHT.is_open(brussels("2026-11-29T03:59")) is True
    assert NIGHT.is_open(brussels("2026-11-29T04:00")) is False
    assert NIGHT.is_open(brussels("2026-11-28T03:00")) is False  # Friday's night is not its own


def test_both_nights_when_the_clocks_change() -> None:
    # 28 March 2026, 22:00, to 04:00 summer time: five hours; 24 October to 04:00 winter time: seven.
    spring = [at(f"2026-03-{day}T{hour:02}:30:00") for day, hour in ((28, 21), (29, 0), (29, 1), (29, 2))]
    assert [NIGHT.is_open(moment) for moment in spring] == [True, True, True, False]
    autumn = [at(f"2026-10-{day}T{hour:02}:30:00") for day, hour in ((24, 20), (25, 0), (25, 1), (25, 2), (25, 3))]
    assert [NIGHT.is_open(moment) for moment in autumn] == [True, True, True, True, False]
    always = Hours(WORDS, is_checked=True, around_the_clock=True)
    assert all(always.is_open(moment) for moment in spring + autumn)


def test_on_a_holiday_only_what_is_known_is_said() -> None:
    christmas = brussels("2026-12-25T10:00")  # a Friday
    assert OFFICE.is_open(christmas) is None
    closed = Hours(WORDS, is_checked=True, closed_on_holidays=True, openings=OFFICE.openings)
    assert closed.is_open(christmas) is False
    assert OFFICE.is_open(brussels("2026-12-25T20:00")) is False


@pytest.mark.parametrize("wrong", [{"to": "25:00"}, {"from": "8"}, {"days": [0]}, {"days": []}, {"to": "10:75"}])
def test_what_is_no_time_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_opening({"days": [1], "from": "08:00", "to": "24:00"} | wrong)
