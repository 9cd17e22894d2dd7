"""Quiet hours and safe hours, by the clock in Brussels, through the nights when the clocks change."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.clock import BRUSSELS
from portal.records.hours import LOOKED_AHEAD, MARGIN, SAFE, is_safe, next_safe
from tests.clock import at

NIGHT = (20, 9)
HOURS = st.integers(0, 23)
MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: at("2026-01-01T00:00:00") + timedelta(minutes=minutes))
ANSWERS = st.lists(st.sampled_from(sorted(SAFE)), max_size=3).map(tuple)


def brussels(moment: datetime | None) -> str:
    assert moment is not None
    return moment.astimezone(BRUSSELS).strftime("%a %d %H:%M")


@pytest.mark.parametrize(
    ("now", "goes"),
    [
        ("2026-08-01T10:00:00", "Sat 01 12:00"),
        ("2026-08-01T06:59:00", "Sat 01 09:00"),
        ("2026-08-01T17:54:00", "Sat 01 19:54"),
        ("2026-08-01T17:56:00", "Sun 02 09:00"),  # it could ring in the quiet hours
        ("2026-08-01T22:30:00", "Sun 02 09:00"),
        ("2026-03-28T22:00:00", "Sun 29 09:00"),  # the night is an hour shorter
        ("2026-10-24T22:00:00", "Sun 25 09:00"),  # and an hour longer
    ],
)
def test_what_is_queued_at_night_goes_in_the_morning(now: str, goes: str) -> None:
    assert brussels(next_safe(at(now), NIGHT)) == goes


def test_her_hours_and_those_of_the_centre_both_hold() -> None:
    now = at("2026-08-01T10:00:00")
    assert brussels(next_safe(now, NIGHT, ("evening",))) == "Sat 01 17:00"
    assert brussels(next_safe(now, NIGHT, ("morning", "evening"))) == "Sat 01 17:00"
    assert brussels(next_safe(now, NIGHT, ("morning",))) == "Sun 02 09:00"
    assert brussels(next_safe(now, NIGHT, ("any",), ("afternoon",))) == "Sat 01 12:00"
    assert brussels(next_safe(now, NIGHT, (), ("evening",))) == "Sat 01 17:00"


def test_hours_that_leave_none_are_said_and_not_stretched() -> None:
    now = at("2026-08-01T10:00:00")
    assert next_safe(now, (17, 9), ("evening",)) is None
    assert next_safe(now, NIGHT, ("morning",), ("evening",)) is None
    assert next_safe(now, NIGHT, ("an answer nobody knows",)) is None


@given(MOMENTS, HOURS, HOURS, ANSWERS, ANSWERS)
def test_it_never_rings_in_a_quiet_or_an_unsafe_hour(
    now: datetime, quiet_from: int, quiet_until: int, agreed: tuple[str, ...], wished: tuple[str, ...]
) -> None:
    goes = next_safe(now, (quiet_from, quiet_until), agreed, wished)
    if goes is None:
        assert not any(
            is_safe(now + timedelta(hours=ahead), (quiet_from, quiet_until), agreed, wished)
            for ahead in range(LOOKED_AHEAD)
        )
        return
    assert now <= goes <= now + timedelta(hours=LOOKED_AHEAD)
    for rings in (goes, goes + MARGIN):
        hour = rings.astimezone(BRUSSELS).hour
        quiet = {(quiet_from + ahead) % 24 for ahead in range((quiet_until - quiet_from) % 24)}
        assert hour not in quiet
        for names in (agreed, wished):
            assert not names or any(SAFE[name][0] <= hour < SAFE[name][1] for name in names)
