"""Art. 29 §§ 3 and 4: two dates, never one; told early, kept late; never chained."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.law import is_working_day, keeping
from portal.law.keeping import _months_later, _months_later_overflowing

D = date.fromisoformat

# Exam day, last day told, kept through, last day told once extended (the day before "+12 direct").
GOLDEN = [
    ("2026-02-28", "2026-08-27", "2026-08-31", "2027-02-27"),
    ("2026-05-11", "2026-11-10", "2026-11-12", "2027-05-10"),
    ("2026-05-21", "2026-11-20", "2026-11-23", "2027-05-20"),
    ("2026-06-25", "2026-12-24", "2026-12-28", "2027-06-24"),
    ("2026-07-01", "2026-12-31", "2027-01-04", "2027-06-30"),
    ("2026-08-29", "2027-02-27", "2027-03-01", "2027-08-28"),
    ("2026-08-30", "2027-02-27", "2027-03-02", "2027-08-29"),
    ("2026-08-31", "2027-02-27", "2027-03-03", "2027-08-30"),
    ("2026-11-30", "2027-05-29", "2027-05-31", "2027-11-29"),
    ("2026-12-31", "2027-06-29", "2027-07-01", "2027-12-30"),
    ("2027-08-29", "2028-02-28", "2028-02-29", "2028-08-28"),
    ("2027-08-31", "2028-02-28", "2028-03-02", "2028-08-30"),
    ("2028-02-29", "2028-08-28", "2028-08-31", "2029-02-27"),
]

# Every day of a leap cycle.
CYCLE = [date(2025, 1, 1) + timedelta(days=n) for n in range(1461)]


@pytest.mark.parametrize(("exam", "ask_by", "keep_through", "extended_ask_by"), GOLDEN)
def test_golden_dates(exam: str, ask_by: str, keep_through: str, extended_ask_by: str) -> None:
    adult = keeping(D(exam), minor=False)
    assert (adult.ask_by, adult.keep_through) == (D(ask_by), D(keep_through))
    assert adult.article == "29 § 3 al. 1"
    extended = keeping(D(exam), minor=False, extended=True)
    assert extended.ask_by == D(extended_ask_by)
    assert extended.article == "29 § 3 al. 2"


def test_minors_keep_fifty_years_and_toxicology_five() -> None:
    taken = date(2028, 2, 29)
    traces = keeping(taken, minor=True)
    toxicology = keeping(taken, minor=True, toxicology=True)
    assert traces.ask_by == date(2078, 2, 27)
    assert traces.keep_through >= date(2078, 3, 1)
    assert toxicology.ask_by == date(2033, 2, 27)
    assert toxicology.keep_through == date(2033, 3, 1)
    assert traces.article == toxicology.article == "29 § 4 al. 1"


def test_an_adults_toxicology_has_no_period_of_its_own() -> None:
    assert keeping(date(2026, 5, 11), minor=False, toxicology=True) == keeping(date(2026, 5, 11), minor=False)


def test_a_minors_traces_cannot_be_extended() -> None:
    with pytest.raises(ValueError, match="29 § 4"):
        keeping(date(2026, 5, 11), minor=True, extended=True)


def test_every_day_of_a_leap_cycle_is_told_early_and_kept_late() -> None:
    for exam in CYCLE:
        for months, period in ((6, keeping(exam, minor=False)), (12, keeping(exam, minor=False, extended=True))):
            same_number = _months_later(exam, months)
            from_the_day_after = _months_later(exam + timedelta(days=1), months) - timedelta(days=1)
            readings = (same_number, from_the_day_after, _months_later_overflowing(exam, months))
            assert period.ask_by < min(same_number, period.keep_through)
            assert all(period.keep_through >= reading for reading in readings)
            for reading in (same_number, from_the_day_after):
                moved = reading
                while not is_working_day(moved):
                    moved += timedelta(days=1)
                assert period.keep_through >= moved
            assert period.keep_through - same_number <= timedelta(days=7)


def test_an_extension_is_counted_from_the_exam_and_never_chained() -> None:
    lost = 0
    for exam in CYCLE:
        direct = keeping(exam, minor=False, extended=True).ask_by
        chained = _months_later(_months_later(exam, 6), 6) - timedelta(days=1)
        assert direct >= chained
        lost += direct > chained
    assert lost > 0  # chaining would lose days: that is why it is not done


def test_what_is_told_never_goes_back_when_the_exam_is_later() -> None:
    told = [keeping(exam, minor=False).ask_by for exam in CYCLE]
    assert told == sorted(told)


@given(st.dates(date(2017, 1, 1), date(2100, 1, 1)), st.booleans(), st.booleans())
def test_an_extension_only_ever_adds(exam: date, minor: bool, toxicology: bool) -> None:
    period = keeping(exam, minor=minor, toxicology=toxicology)
    assert exam < period.ask_by < period.keep_through
    if not minor:
        extended = keeping(exam, minor=False, extended=True)
        assert extended.ask_by > period.ask_by
        assert extended.keep_through > period.keep_through
