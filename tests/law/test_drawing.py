"""docs/her-space.md draws the course of every request: the drawing and the code are the same, step by step."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from portal.access.links import Power
from portal.law import RequestKind
from portal.law.cases import Case, Complaint
from portal.law.course import ENDED, PERSON, Around, Course, Doing, Means, State, Step, table_of, why_not
from portal.law.phases import Phase
from portal.records.receipts import MATTERS

DRAWN = (Path(__file__).parents[2] / "docs" / "her-space.md").read_text(encoding="utf-8")
SECTIONS = {
    "Talked over": [kind for kind in MATTERS if table_of(kind) == table_of(RequestKind.CONTACT_ME)],
    "Extension": [RequestKind.EXTENSION],
    "Given back": [RequestKind.RESTITUTION],
    "Destroyed": [RequestKind.DESTRUCTION],
    "The end of a period": [RequestKind.END_OF_PERIOD],
}
SECTIONS["Talked over"].remove(RequestKind.EXTENSION)  # the same table, with rules of its own
DRAWINGS = [(title, kind) for title, kinds in SECTIONS.items() for kind in kinds]
TEAM = ("first", "second")
EITHER = (False, True)

ARROW = re.compile(r"^\s*(\S+) --> (\S+?)(?:: (\S+))?$", re.MULTILINE)
ROW = re.compile(r"^\| `([a-z-]+)` \| (\S+) → (\S+) \| ([a-z, ]+) \| (.+) \|$", re.MULTILINE)

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
PLAIN = Case(Phase.ACUTE, minor=False, complaint=Complaint.NONE, exam_on=date(2026, 5, 11))
CASES = [PLAIN] + [
    replace(PLAIN, **known)
    for known in (
        {"destroyed": True},
        {"seized": True},
        {"complaint": Complaint.AFTER_EXAM},
        {"complaint": Complaint.BEFORE_EXAM},
        {"complaint": Complaint.UNKNOWN},
        {"hold": True},
        {"exam_on": None},
        {"phase": Phase.NON_ACUTE},
        {"minor": True},
        {"minor": True, "capable_29_4": True, "apt_29_4": True},
        {"vulnerable": True},
        {"protected": True},
        {"extended": True},
    )
]


def section(title: str) -> str:
    """Return what stands under a heading, up to the next one."""
    return re.split(r"^#{2,3} ", DRAWN.split(f"### {title}\n")[1], flags=re.MULTILINE)[0]


def arrows(title: str) -> Iterator[tuple[str, str, str]]:
    (drawing,) = re.findall(r"```mermaid\nstateDiagram-v2\n(.*?)```", section(title), re.DOTALL)
    for start, end, step in ARROW.findall(drawing):
        yield start.replace("_", "-"), end.replace("_", "-"), step


def in_code(kind: RequestKind) -> set[tuple[str, str, str]]:
    return {(state, to, step) for state, steps in table_of(kind).items() for step, to in steps.items()}


def met(kind: RequestKind, state: State, step: Step, *people: str) -> set[str | None]:
    """Return every reason that stops a step for somebody, whatever the case, the moment and the means."""
    waits = NOW if kind is RequestKind.DESTRUCTION else None
    before = Course(kind, state, waits_until=waits, confirmed_by="first", signed_by="another")
    courses = [replace(before, means=means) for means in (None, *Means)]
    doings = [
        Doing(step, by, at, means) for by, at, means in product(people, (NOW - timedelta(days=1), NOW), (None, *Means))
    ]
    around = [
        Around(case, agreed, is_gone=gone, is_late=late)
        for case, agreed, gone, late in product(CASES, EITHER, EITHER, EITHER)
    ]
    if kind is RequestKind.END_OF_PERIOD:
        around = [
            replace(each, others_wait=waits, not_over=reason)
            for each, waits, reason in product(around[:: len(EITHER)], EITHER, (None, "period", "no-grace", "grace"))
        ]
    return {why_not(course, doing, here) for course, doing, here in product(courses, doings, around)}


@pytest.mark.parametrize(("title", "kind"), DRAWINGS)
def test_every_state_and_every_step_is_drawn_and_no_other(title: str, kind: RequestKind) -> None:
    drawn = list(arrows(title))
    steps = [arrow for arrow in drawn if "[*]" not in arrow]
    assert len(steps) == len(set(steps))
    assert set(steps) == in_code(kind)
    assert [end for start, end, _ in drawn if start == "[*]"] == [State.ASKED]
    reached = {end for _, end, _ in in_code(kind)}
    assert {start for start, end, _ in drawn if end == "[*]"} == ENDED & reached
    assert reached | {State.ASKED} == {one for start, end, _ in steps for one in (start, end)}


@pytest.mark.parametrize(("title", "kind"), DRAWINGS)
def test_who_makes_each_step_and_what_stops_it_is_told(title: str, kind: RequestKind) -> None:
    rows = ROW.findall(section(title))
    assert {(start, end, step) for step, start, end, _, _ in rows} == in_code(kind)
    assert len(rows) == len(in_code(kind))
    for step, start, end, who, stops in rows:
        by_team = met(kind, State(start), Step(step), *TEAM) - {None}
        assert set(re.findall(r"`([a-z-]+)`", stops)) == by_team, f"{step} {start} → {end}"
        hers = met(kind, State(start), Step(step), PERSON)
        assert hers in ({None}, {"team-only"})
        assert who == ("she, team" if hers == {None} else "team"), f"{step} {start} → {end}"


def test_whoever_holds_her_link_makes_no_step_but_those_that_protect() -> None:
    for kind in RequestKind:
        for state, step in product(State, Step):
            if step in table_of(kind).get(state, {}) and met(kind, state, step, PERSON) == {None}:
                assert step is Step.CANCEL


def test_every_reason_is_said_in_words() -> None:
    words = section("What stops a step, in words")
    reasons = {"not-now", "team-only"}
    for kind in RequestKind:
        for state, steps in table_of(kind).items():
            reasons |= {reason for step in steps for reason in met(kind, state, step, *TEAM) if reason}
    assert set(re.findall(r"`([a-z-]+)`", "".join(re.findall(r"^\| (.+?) \|", words, re.MULTILINE)))) == reasons


def test_what_each_link_may_ask_is_told() -> None:
    head, *rows = re.findall(
        r"^\| (.+) \|$", DRAWN.split("## What a link may do")[1].split("## A refusal")[0], re.MULTILINE
    )
    powers = [Power(name.strip()) for name in head.split("|")[1:]]
    assert set(powers) == set(Power)
    told = {
        (RequestKind(kind.strip(" `")), power): answer.strip() == "yes"
        for kind, *answers in (row.split("|") for row in rows)
        for power, answer in zip(powers, answers, strict=True)
    }
    assert told == {(kind, power): power.allows(kind) for kind in MATTERS for power in Power}


def test_what_the_matter_numbers_mean_is_told() -> None:
    told = {RequestKind(kind): int(number) for number, kind in re.findall(r"^\| (\d+) \| `([a-z-]+)` \|$", DRAWN, re.M)}
    assert told == dict(MATTERS)
