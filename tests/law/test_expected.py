"""Which request comes first: the order that the law gives, and no other."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.clock import brussels_day
from portal.law import Place, RequestKind, Waiting, in_order, place_of

NOW = datetime(2026, 8, 1, 10, tzinfo=UTC)
TODAY = brussels_day(NOW)


def asked(kind: RequestKind, days_ago: int, ask_by: int | None = 60, waits: int | None = None) -> Waiting:
    """Return something asked so many days ago, with so many days to its last day, and to the end of its waiting."""
    return Waiting(
        kind,
        NOW - timedelta(days=days_ago),
        None if ask_by is None else TODAY + timedelta(days=ask_by),
        None if waits is None else NOW + timedelta(days=waits),
    )


waiting = st.builds(
    asked,
    st.sampled_from(RequestKind),
    st.integers(0, 400),
    st.none() | st.integers(-400, 400),
    st.none() | st.integers(-7, 7),
)


def test_the_order_is_the_one_that_is_written_down() -> None:
    last_day_gone = asked(RequestKind.EXTENSION, 1, ask_by=-2)
    last_day_near = asked(RequestKind.EXTENSION, 0, ask_by=7)
    call = asked(RequestKind.CONTACT_ME, 2)
    copy = asked(RequestKind.REPORT_COPY, 9)
    waited = asked(RequestKind.DESTRUCTION, 8, waits=-1)
    extension = asked(RequestKind.EXTENSION, 0, ask_by=8)
    waits = asked(RequestKind.DESTRUCTION, 300, waits=1)
    right = [last_day_gone, last_day_near, call, copy, waited, extension, waits]
    assert in_order(reversed(right), NOW, TODAY) == right


def test_a_destruction_whose_time_is_over_counts_from_its_end() -> None:
    destruction, later = asked(RequestKind.DESTRUCTION, 8, waits=-1), asked(RequestKind.REPORT_COPY, 2)
    assert in_order([destruction, later], NOW, TODAY) == [later, destruction]


@given(st.lists(waiting, max_size=12))
def test_nothing_is_lost_and_no_order_of_arrival_matters(some: list[Waiting]) -> None:
    ordered = in_order(some, NOW, TODAY)
    assert sorted(map(repr, ordered)) == sorted(map(repr, some))
    places = [place_of(one, NOW, TODAY) for one in ordered]
    assert places == sorted(places)
    assert [place_of(one, NOW, TODAY) for one in in_order(some[::-1], NOW, TODAY)] == places


@given(waiting, waiting)
def test_an_extension_near_its_end_is_never_behind_anything_else(one: Waiting, other: Waiting) -> None:
    first = in_order([one, other], NOW, TODAY)[0]
    near = [
        each
        for each in (one, other)
        if each.kind == RequestKind.EXTENSION and each.ask_by and each.ask_by <= TODAY + timedelta(days=7)
    ]
    if near:
        assert first.ask_by == min(each.ask_by or date.max for each in near)


@given(waiting)
def test_a_destruction_that_waits_is_never_worked_on_before_anything(one: Waiting) -> None:
    waits = asked(RequestKind.DESTRUCTION, 400, waits=1)
    if place_of(one, NOW, TODAY) is not Place.STILL_WAITING:
        assert in_order([waits, one], NOW, TODAY) == [one, waits]
