"""The course of every request, from asked to ended: the one state machine, drawn in docs/her-space.md.

A step is allowed by the table of its kind and by what protects evidence; who asks for it, when, and what is known of
the case are passed in. Nothing here destroys or gives back: a state says what people did.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from portal.law.cases import Case
from portal.law.ending import against_ending
from portal.law.openings import RequestKind, own_keeping
from portal.law.phases import Phase

PERSON = "person"  # the person concerned, whoever holds her link and code
LONGEST_WAITING = timedelta(days=7)


class State(StrEnum):
    """Where a request stands."""

    ASKED = "asked"
    TAKEN_UP = "taken-up"
    CONFIRMED = (
        "confirmed"  # with her, by the contact agreed at the examination, or seen by two; an end: by one who looked
    )
    SIGNED = "signed"  # by a second, different member of the team
    DONE = "done"
    NOT_DONE = "not-done"
    CANCELLED = "cancelled"


ENDED = frozenset({State.DONE, State.NOT_DONE, State.CANCELLED})


class Step(StrEnum):
    """What somebody does with a request."""

    TAKE_UP = "take-up"
    END_WAITING = "end-waiting"  # she asked in person, identified and seen alone
    CONFIRM = "confirm"
    SIGN = "sign"
    CARRY_OUT = "carry-out"
    DECLINE = "decline"
    CANCEL = "cancel"
    REOPEN = "reopen"  # something new was asked or became known: she is asked again


class Means(StrEnum):
    """How the team spoke with her before anything irreversible."""

    VOICE = "voice"
    WRITING = "writing"
    RELAY = "relay"
    INTERPRETER = "interpreter"
    IN_PERSON = "in-person"  # seen by two, where the agreed contact is lost or understanding must be verified


Table = Mapping[State, Mapping[Step, State]]

TALKED_OVER: Table = {
    State.ASKED: {Step.TAKE_UP: State.TAKEN_UP},
    State.TAKEN_UP: {Step.CARRY_OUT: State.DONE, Step.DECLINE: State.NOT_DONE},
}
_ENDS: Mapping[Step, State] = {Step.DECLINE: State.NOT_DONE, Step.CANCEL: State.CANCELLED}
GIVEN_BACK: Table = {
    State.ASKED: {Step.TAKE_UP: State.TAKEN_UP, Step.CANCEL: State.CANCELLED},
    State.TAKEN_UP: {Step.CONFIRM: State.CONFIRMED, **_ENDS},
    State.CONFIRMED: {Step.CARRY_OUT: State.DONE, Step.REOPEN: State.TAKEN_UP, **_ENDS},
}
DESTROYED: Table = {
    State.ASKED: {
        Step.TAKE_UP: State.TAKEN_UP,
        Step.END_WAITING: State.ASKED,
        Step.CANCEL: State.CANCELLED,
    },
    State.TAKEN_UP: {Step.END_WAITING: State.TAKEN_UP, Step.CONFIRM: State.CONFIRMED, **_ENDS},
    State.CONFIRMED: {Step.SIGN: State.SIGNED, Step.REOPEN: State.TAKEN_UP, **_ENDS},
    State.SIGNED: {Step.CARRY_OUT: State.DONE, Step.REOPEN: State.TAKEN_UP, **_ENDS},
}
_WITHDRAWN: Mapping[Step, State] = {Step.CANCEL: State.CANCELLED}
PERIOD_ENDED: Table = {  # art. 29 § 5: nobody is spoken with, nothing is declined; two people look, each for themselves
    State.ASKED: {Step.CONFIRM: State.CONFIRMED, **_WITHDRAWN},
    State.CONFIRMED: {Step.SIGN: State.SIGNED, Step.REOPEN: State.ASKED, **_WITHDRAWN},
    State.SIGNED: {Step.CARRY_OUT: State.DONE, Step.REOPEN: State.ASKED, **_WITHDRAWN},
}
IRREVERSIBLE: Mapping[RequestKind, Table] = {
    RequestKind.DESTRUCTION: DESTROYED,
    RequestKind.RESTITUTION: GIVEN_BACK,
    RequestKind.END_OF_PERIOD: PERIOD_ENDED,
}
DESTROYS = frozenset({RequestKind.DESTRUCTION, RequestKind.END_OF_PERIOD})
CANNOT_BE_TAKEN_BACK = frozenset({Step.CONFIRM, Step.SIGN, Step.CARRY_OUT})


class NotPossibleError(Exception):
    """A step that cannot be made now; `reason` is a stable id."""

    def __init__(self, reason: str) -> None:
        """Remember why."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Around:
    """What is known of a case while a request of it is worked on.

    `case.hold` tells whether anything but this request, or a request for other things, holds the evidence.
    `written_consent`: the minor's own, noted in the patient file (art. 29 § 4 al. 1). `freed_by`: who noted that what
    kept the things keeps them no longer – a seizure or a complaint taken back, an answer of the prosecutor. `is_gone`:
    one of the things asked about is not kept any more. `is_late`: an extension was received after the last day to ask,
    so that the team decides (A-07). For the end of a period, `case.hold` is the team's, `others_wait` tells whether
    anything else is asked that has not ended, and `not_over` why the period or the grace is not over; not looked at, it
    is not over.
    """

    case: Case
    contact_agreed: bool = False
    written_consent: bool = False
    freed_by: frozenset[str] = frozenset()
    is_gone: bool = False
    is_late: bool = False
    others_wait: bool = False
    not_over: str | None = "period"


@dataclass(frozen=True)
class Course:
    """A request: where it stands and who did what.

    `waits_until` is the end of the waiting time of a destruction; None for all other kinds.
    """

    kind: RequestKind
    state: State = State.ASKED
    waits_until: datetime | None = None
    taken_up_by: str | None = None
    confirmed_by: str | None = None
    means: Means | None = None
    signed_by: str | None = None
    ended_by: str | None = None

    @property
    def has_ended(self) -> bool:
        """Whether nothing can follow any more."""
        return self.state in ENDED


@dataclass(frozen=True)
class Doing:
    """Who makes a step, when, and by which means where the team speaks with her."""

    step: Step
    by: str
    at: datetime
    means: Means | None = None


def begin(kind: RequestKind, asked_at: datetime, waiting: timedelta) -> Course:
    """Return a request that was just asked. Only a destruction waits.

    Raises:
        ValueError: the waiting time is negative or longer than seven days.

    """
    if not timedelta(0) <= waiting <= LONGEST_WAITING:
        raise ValueError(f"a waiting time of {waiting}")
    return Course(kind, waits_until=asked_at + waiting if kind is RequestKind.DESTRUCTION else None)


def why_not_asked(kind: RequestKind, by: str, around: Around) -> str | None:
    """Return why something cannot be recorded as asked; None where it can.

    What she asks is always recorded: that only protects. The end of a period is proposed by the team, where nothing
    stands against it (art. 29 § 5).
    """
    if kind is not RequestKind.END_OF_PERIOD:
        return None
    return "team-only" if by == PERSON else next(iter(obstacles(kind, around)), None)


def follow(course: Course, doing: Doing, around: Around) -> Course:
    """Return the request after a step.

    Raises:
        NotPossibleError: with the reason why this step cannot be made by this one, now.

    """
    to = table_of(course.kind).get(course.state, {}).get(doing.step)
    if to is None:
        raise NotPossibleError("not-now")
    if reason := why_not(course, doing, around):
        raise NotPossibleError(reason)
    moved = replace(course, state=to)
    match doing.step:
        case Step.TAKE_UP:
            return replace(moved, taken_up_by=doing.by)
        case Step.END_WAITING:
            return replace(moved, waits_until=doing.at)
        case Step.CONFIRM:
            return replace(moved, confirmed_by=doing.by, means=doing.means)
        case Step.SIGN:
            return replace(moved, signed_by=doing.by)
        case Step.REOPEN:
            return reopened(course)
        case _:
            return replace(moved, ended_by=doing.by)


def reopened(course: Course) -> Course:
    """Return the request after a new sign: whatever was agreed with her is agreed again, or it does not happen."""
    to = table_of(course.kind).get(course.state, {}).get(Step.REOPEN)
    return course if to is None else replace(course, state=to, confirmed_by=None, means=None, signed_by=None)


def table_of(kind: RequestKind) -> Table:
    """Return which step leads where for a kind of request."""
    return IRREVERSIBLE.get(kind, TALKED_OVER)


def steps_from(course: Course) -> tuple[Step, ...]:
    """Return the steps that the table knows from where a request stands."""
    return tuple(table_of(course.kind).get(course.state, {}))


def why_not(course: Course, doing: Doing, around: Around) -> str | None:
    """Return why a step of the table cannot be made, or None where it can."""
    if doing.by == PERSON and (doing.step is not Step.CANCEL or course.kind is RequestKind.END_OF_PERIOD):
        return "team-only"  # link, phone and code can only add protection, and no link tells of an end
    if doing.step is Step.END_WAITING and doing.means not in (None, Means.IN_PERSON):
        return "in-person"
    if course.kind is RequestKind.EXTENSION:
        return _why_not_extension(doing.step, around)
    if course.kind not in IRREVERSIBLE or doing.step not in CANNOT_BE_TAKEN_BACK:
        return None
    return next(iter(obstacles(course.kind, around)), None) or _why_not_irreversible(course, doing, around)


def obstacles(kind: RequestKind, around: Around) -> tuple[str, ...]:
    """Return what stands in the way of destroying or giving back, as stable ids; doubt never destroys."""
    if kind is RequestKind.END_OF_PERIOD:
        return against_ending(
            around.case, is_gone=around.is_gone, others_wait=around.others_wait, not_over=around.not_over
        )
    case = around.case
    able = case.capable_29_4 if kind is RequestKind.DESTRUCTION else case.apt_29_4
    destroys = kind is RequestKind.DESTRUCTION
    found = {
        "destroyed": case.destroyed or around.is_gone,
        "seized": case.seized,
        "complaint": case.waits_for_an_answer,
        "hold": case.hold,
        "no-exam": destroys and case.exam_on is None,
        "doubt": destroys and case.exam_on is not None and case.phase is Phase.NON_ACUTE,
        "ability": case.minor and not able,  # two different tests: art. 29 § 4 al. 1 and al. 2
        "written": destroys and case.minor and not around.written_consent,
    }
    return tuple(reason for reason, stands in found.items() if stands)


def can_be_extended(case: Case) -> bool:
    """Tell whether a period of art. 29 § 3 runs that has not been extended yet."""
    return not case.minor and not case.extended and own_keeping(case) is not None


def _why_not_extension(step: Step, around: Around) -> str | None:
    case = around.case
    extendable = can_be_extended(case) and not case.destroyed  # refusing it after a seizure would tell of the seizure
    if step is Step.CARRY_OUT and not extendable:
        return "no-period"
    if step is Step.DECLINE and extendable and not around.is_late:
        return "is-a-right"  # art. 29 § 3 al. 2 knows no ground for refusing
    return None


def _why_not_irreversible(course: Course, doing: Doing, around: Around) -> str | None:
    confirms = doing.step is Step.CONFIRM
    if confirms and course.waits_until is not None and doing.at < course.waits_until:
        return "waiting"
    # Looked at again at every step: a contact can be lost, or understanding doubted, after she was spoken with.
    speaks = course.kind is not RequestKind.END_OF_PERIOD  # "sans autre avis à la victime"
    if speaks and (reason := _why_not_by(doing.means if confirms else course.means, around)):
        return reason
    if doing.by == course.confirmed_by and _needs_another(course, doing, around):
        return "second-person"
    if course.kind in DESTROYS and doing.step is Step.CARRY_OUT:
        return None if doing.by in (course.confirmed_by, course.signed_by) else "signer"
    return None


def _needs_another(course: Course, doing: Doing, around: Around) -> bool:
    """Tell whether this is for a second member: signing, and some handing over.

    Nobody alone hands over to who was seen instead of reached, nor what the same member freed: one slip of the pen
    about a seizure would otherwise be enough (art. 40).
    """
    hands_over = course.kind is RequestKind.RESTITUTION and doing.step is Step.CARRY_OUT
    return doing.step is Step.SIGN or (hands_over and (course.means is Means.IN_PERSON or doing.by in around.freed_by))


def _why_not_by(means: Means | None, around: Around) -> str | None:
    """Ask for a contact agreed at the examination; where it is lost, or understanding must be seen, in person."""
    if means is None:
        return "means"
    if means is Means.IN_PERSON:
        return None
    if around.case.vulnerable or around.case.protected:
        return "understanding"
    return None if around.contact_agreed else "no-contact"
