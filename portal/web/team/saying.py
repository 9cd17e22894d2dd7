"""What to say to her about a request, and the steps that are left with who can make them. Words, never a decision."""

from collections.abc import Iterator

from portal import law
from portal.law.course import DESTROYS, Means, Step, table_of
from portal.web.team.asked import FORWARD, Asked


def what_to_say(asked: Asked) -> list[str]:
    """Return the ids of what to say: first of the kind, then of what is special about this person or this day."""
    kind, case = asked.request.kind, asked.here.case
    reason = asked.opening.reason
    special = {
        "late": reason == "date-passed" or asked.here.is_late,
        "extended": reason == "extended-once",
        "minor": case.minor,
        "understanding": asked.is_irreversible and (case.vulnerable or case.protected),
        "complaint": case.waits_for_an_answer and (asked.is_irreversible or kind is law.RequestKind.EXTENSION),
    }
    return ([str(kind)] if kind in law.HERS else []) + [name for name, is_so in special.items() if is_so]


def steps_left(asked: Asked) -> list[tuple[Step, str]]:
    """Return each step until the end, with who can make it: any member, another member, or one of the two."""
    return [(step, _by_whom(asked, step)) for step in _path(asked)]


def _path(asked: Asked) -> Iterator[Step]:
    table, state = table_of(asked.request.kind), asked.course.state
    while onward := next(((step, to) for step, to in table.get(state, {}).items() if step in FORWARD), None):
        step, state = onward
        yield step


def _by_whom(asked: Asked, step: Step) -> str:
    if step is Step.SIGN:
        return "another"
    if step is not Step.CARRY_OUT or not asked.is_irreversible:
        return "any"
    if asked.request.kind in DESTROYS:
        return "two"
    is_seen = asked.course.means is Means.IN_PERSON or asked.means == (Means.IN_PERSON,)
    is_freed = asked.course.confirmed_by in asked.here.freed_by
    return "another" if is_seen or is_freed else "any"
