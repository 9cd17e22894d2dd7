"""What the Institute is given, and an enemy who has all of it: nobody is singled out, whatever is combined."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal import law
from portal.law.course import Step
from portal.records import figures
from portal.records.cases import Admission, register_case
from portal.records.database import Database
from portal.records.disclosure import CLASS, MOST_CATEGORIES, ROOM, Table, lower_end, publishable, upper_end
from portal.records.figures import TABLES, NotOverError, publish
from portal.records.models import CaseRecord, JournalLine, PublishedFigures
from tests.clock import StillClock, at
from tests.conftest import Team, make_case, make_team
from tests.records.desk import Desk

LATER = datetime(2027, 1, 4, tzinfo=UTC)
OF_CASES = tuple(table for table in TABLES if table.population == figures.CASES)
Published = Mapping[str, Mapping[str, int]]
Range = tuple[int, int]


class Enemy:
    """Somebody who has everything that was published of one population, and reasons exactly.

    Tables of one population share their total and nothing else: for every total there are members that give any
    tables with that total. So what a category can be is the union, over all totals, of what its own table leaves it.
    """

    def __init__(self, published: Published, known: Mapping[str, str] | None = None) -> None:
        """Read what was published; `known` is one member whose category the enemy knows in some tables."""
        self.ends = {
            name: {one: (lower, upper_end(lower)) for one, lower in counts.items()}
            for name, counts in published.items()
        }
        for name, category in (known or {}).items():
            low, high = self.ends[name][category]
            self.ends[name][category] = (max(low, 1), high)

    def total(self) -> Range:
        """Return between what all tables together leave the total."""
        sums = [tuple(map(sum, zip(*ends.values(), strict=True))) for ends in self.ends.values()]
        return max(low for low, _high in sums), min(high for _low, high in sums)

    def left(self, name: str, category: str) -> Range:
        """Return between what a category can lie: every value in between is possible."""
        low, high = self.ends[name][category]
        others = [ends for one, ends in self.ends[name].items() if one != category]
        at_least, at_most = sum(one for one, _ in others), sum(one for _, one in others)
        fewest, most = self.total()
        return max(low, fewest - at_most), min(high, most - at_least)

    def everything(self) -> dict[tuple[str, str], Range]:
        """Return what is left of every category."""
        return {(name, one): self.left(name, one) for name, ends in self.ends.items() for one in ends}


def room(ends: Range) -> int:
    return ends[1] - ends[0] + 1


def published_of(people: Iterable[Mapping[str, str]], tables: Iterable[Table] = OF_CASES) -> Published:
    counts: dict[str, Counter[str]] = {table.name: Counter() for table in tables}
    for one in people:
        for name, category in one.items():
            counts[name][category] += 1
    return {table.name: publishable(table, counts[table.name]) for table in tables}


person = st.fixed_dictionaries({table.name: st.sampled_from(table.categories) for table in OF_CASES})
few_kinds = st.lists(person, min_size=1, max_size=4)  # few kinds of people: full and empty categories are the rule
populations = few_kinds.flatmap(
    lambda kinds: st.lists(st.integers(0, 35), min_size=len(kinds), max_size=len(kinds)).map(
        lambda times: [one for one, many in zip(kinds, times, strict=True) for _ in range(many)]
    )
)


@given(populations)
@settings(max_examples=400, deadline=None)
def test_an_enemy_with_everything_published_singles_out_nobody(people: list[dict[str, str]]) -> None:
    enemy = Enemy(published_of(people))
    truth = {table.name: Counter(one[table.name] for one in people) for table in OF_CASES}
    for (name, category), ends in enemy.everything().items():
        assert ends[0] <= truth[name][category] <= ends[1]  # the enemy reasons rightly
        assert room(ends) >= ROOM
        assert ends[1] >= CLASS - MOST_CATEGORIES  # never "a handful at most": neither none, nor one, nor five


@given(populations.filter(bool), st.data())
@settings(max_examples=300, deadline=None)
def test_an_enemy_who_knows_one_case_learns_nothing_more_of_it(
    people: list[dict[str, str]], data: st.DataObject
) -> None:
    """A colleague, a friend or a partner who knows some facts of one case wants another one of it."""
    victim = data.draw(st.sampled_from(people))
    wanted = data.draw(st.sampled_from([table for table in OF_CASES if len(table.categories) > 1]))
    enemy = Enemy(published_of(people), {name: one for name, one in victim.items() if name != wanted.name})
    possible = [one for one in wanted.categories if enemy.left(wanted.name, one)[1] >= 1]
    assert possible == list(wanted.categories)  # any of them can be hers
    assert all(room(ends) >= ROOM - 1 for ends in enemy.everything().values())


@given(populations.filter(bool))
@settings(max_examples=200, deadline=None)
def test_one_case_more_changes_only_a_class_on_its_edge_and_that_is_why_a_year_is_published_once(
    people: list[dict[str, str]],
) -> None:
    """One case more can change a class, and that would tell of the case: this is why a year is published once."""
    more, fewer = published_of(people), published_of(people[1:])
    changed = [(name, one) for name, counts in more.items() for one in counts if counts[one] != fewer[name][one]]
    truth = {table.name: Counter(one[table.name] for one in people) for table in OF_CASES}
    assert all(truth[name][one] % CLASS == 0 for name, one in changed)


def test_the_smallest_room_is_what_was_calculated() -> None:
    """Every pattern of classes for tables of one to four categories, tried: seven values, and never less."""
    smallest = CLASS
    for first, second in product(range(1, MOST_CATEGORIES + 1), repeat=2):
        for steps in range(first + 1):
            shown = {"a": dict.fromkeys(map(str, range(first)), 0), "b": dict.fromkeys(map(str, range(second)), 0)}
            shown["b"]["0"] = steps * CLASS
            enemy = Enemy(shown)
            if enemy.total()[0] <= enemy.total()[1]:
                smallest = min(smallest, *(room(ends) for ends in enemy.everything().values()))
    assert smallest == ROOM == 7


def test_more_categories_or_smaller_classes_would_leave_less() -> None:
    with pytest.raises(ValueError, match="4 categories"):
        Table("too-many", "cases", tuple("abcde"))
    assert 5 - MOST_CATEGORIES + 1 == 2  # what classes of five would leave


def test_nought_and_nine_read_the_same() -> None:
    assert {lower_end(count) for count in range(10)} == {0}
    assert lower_end(10) == 10
    assert upper_end(10) == 19


def fill(database: Database, clock: StillClock, team: Team) -> None:
    """Twelve adults in the summer, three of whom complained; two minors in the autumn."""
    for number in range(12):
        complaint = law.Complaint.BEFORE_EXAM if number < 3 else law.Complaint.NONE
        phase = law.Phase.ACUTE if number < 11 else None
        admission = Admission(f"A-{number}", at("2026-05-11").date(), False, complaint, "fr", phase)
        register_case(database, team.centre_id, team.staff_id, admission, clock())
    clock.forward(days=100)
    for number in range(2):
        make_case(database, clock, team, f"M-{number}", minor=True)


@pytest.fixture
def team(database: Database, clock: StillClock) -> Team:
    one = make_team(database, clock, "north")
    fill(database, clock, one)
    return one


def test_a_year_is_counted_in_classes(database: Database, team: Team) -> None:
    found = publish(database, team.centre_id, 2026, LATER, team.staff_id, team.staff_id)
    assert found.tables["cases"] == {"all": 10}
    assert found.tables["quarter"] == {"q1": 0, "q2": 0, "q3": 10, "q4": 0}
    assert found.tables["phase"] == {"acute": 10, "post-acute": 0, "non-acute": 0, "not-noted": 0}
    assert found.tables["age"] == {"adult": 10, "minor": 0}
    assert found.tables["complaint"] == {"none": 10, "before-exam": 0, "after-exam": 0, "unknown": 0}
    assert {table.name for table in TABLES} == set(found.tables)


def test_counted_rightly_before_anything_is_hidden(
    database: Database, team: Team, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "BATCH", 3)  # across several batches
    with database.reading() as session:
        counts = figures.count(database, session, team.centre_id, 2026)
    assert counts["cases"]["all"] == 14
    assert counts["quarter"] == {"q3": 12, "q4": 2}
    assert counts["phase"] == {"acute": 11, "not-noted": 3}
    assert counts["age"] == {"adult": 12, "minor": 2}
    assert counts["complaint"] == {"none": 11, "before-exam": 3}


def test_requests_are_counted_by_kind_by_end_and_by_how_soon(database: Database, clock: StillClock) -> None:
    desk = Desk(database, clock)
    copy = desk.ask(law.RequestKind.REPORT_COPY)
    desk.ask(law.RequestKind.EXTENSION)
    desk.ask(law.RequestKind.CONTACT_ME)  # not about the evidence: not counted
    clock.forward(days=2)
    desk.go(copy, Step.TAKE_UP, Step.DECLINE)
    with database.reading() as session:
        counts = figures.count(database, session, desk.centre_id, 2026)
    assert counts["request"] == {"report-copy": 1, "extension": 1}
    assert counts["end"] == {"not-done": 1, "open": 1}
    assert counts["taken-up"] == {"days-3": 1, "later": 1}


def test_it_is_published_once_whatever_is_registered_or_noted_later(
    database: Database, team: Team, clock: StillClock
) -> None:
    first = publish(database, team.centre_id, 2026, LATER, team.staff_id, team.staff_id)
    for number in range(30):
        make_case(database, clock, team, f"L-{number}")  # still 2026, by a clock that was wrong
    assert publish(database, team.centre_id, 2026, LATER, "operator").tables == first.tables
    with database.reading() as session:
        assert session.query(PublishedFigures).count() == 1
        assert session.query(JournalLine).filter_by(action=figures.PUBLISHED).count() == 1


def test_what_is_kept_holds_no_count(database: Database, team: Team) -> None:
    publish(database, team.centre_id, 2026, LATER, "operator")
    with database.reading() as session:
        kept = session.query(PublishedFigures).one().counted
    assert "14" not in kept
    assert "12" not in kept


def test_a_year_that_runs_is_not_counted(database: Database, team: Team) -> None:
    last_minute = datetime(2026, 12, 31, 22, 59, tzinfo=UTC)  # one minute to midnight in Brussels
    with pytest.raises(NotOverError):
        publish(database, team.centre_id, 2026, last_minute, "operator")
    assert publish(database, team.centre_id, 2026, LATER, "operator")


def test_another_centre_is_not_counted_and_an_erased_case_neither(
    database: Database, team: Team, clock: StillClock
) -> None:
    south = make_team(database, clock, "south")
    with database.writing(team.centre_id) as session:
        session.query(CaseRecord).first().wrapped_key = b""  # type: ignore[union-attr]  # there are fourteen
    with database.reading() as session:
        assert figures.count(database, session, south.centre_id, 2026)["cases"] == {}
        assert figures.count(database, session, team.centre_id, 2026)["cases"] == {"all": 13}
        assert list(figures.years(session, south.centre_id, LATER)) == []
        assert list(figures.years(session, team.centre_id, LATER)) == [2026]
