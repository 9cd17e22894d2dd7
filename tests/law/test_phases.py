"""Art. 2, 2° to 4°: the phase is measured once, at admission."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.law import Phase, phase_at_admission

FACTS = date(2026, 10, 1)


@pytest.mark.parametrize(
    ("days", "phase"),
    [
        (0, Phase.ACUTE),
        (6, Phase.ACUTE),
        (7, Phase.ACUTE),  # "il y a sept jours ou moins"
        (8, Phase.POST_ACUTE),  # "plus de sept jours"
        (30, Phase.POST_ACUTE),  # "pas plus de trente jours"
        (31, Phase.NON_ACUTE),  # "plus de trente jours"
        (4000, Phase.NON_ACUTE),
    ],
)
def test_the_boundaries_go_to_the_wider_right(days: int, phase: Phase) -> None:
    assert phase_at_admission(FACTS, FACTS + timedelta(days=days)) is phase


def test_facts_cannot_lie_after_admission() -> None:
    with pytest.raises(ValueError, match="after admission"):
        phase_at_admission(date(2026, 3, 2), date(2026, 3, 1))


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 400))
def test_waiting_a_day_longer_never_gives_more(facts: date, days: int) -> None:
    order = list(Phase)
    admission = facts + timedelta(days=days)
    now, later = phase_at_admission(facts, admission), phase_at_admission(facts, admission + timedelta(days=1))
    assert order.index(later) >= order.index(now)
