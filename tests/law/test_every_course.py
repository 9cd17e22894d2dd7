"""Every course a case can take, walked to the end: whatever people do, in whatever order, the promises hold.

A world is one case with at most one pending request of four kinds, and the end of its period as the team proposes it.
From each start, every act of every actor is tried in every world that can be reached: whoever holds link, phone and
code; two impatient nurses; the clock; life itself.
Beside the machine runs a witness, which only notes what people did. The promises are judged by the witness.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache
from itertools import product
from typing import NamedTuple

import pytest

from portal.law import Case, Complaint, Phase, RequestKind, course
from portal.law.course import PERSON, Around, Course, Doing, Means, NotPossibleError, State, Step
from portal.law.ending import last_kept, why_not_over
from portal.law.told import ABOUT_EVIDENCE, TALK, as_told, told_openings

K = RequestKind
KINDS = (K.DESTRUCTION, K.RESTITUTION, K.EXTENSION, K.CONTACT_ME, K.END_OF_PERIOD)  # the first field of a world
ASKED_BY_HER = KINDS[:-1]
END = KINDS.index(K.END_OF_PERIOD)
IRREVERSIBLE = (K.DESTRUCTION, K.RESTITUTION)
EXAM = date(2026, 5, 11)
WEEK = timedelta(days=7)
# The waiting time of a destruction ends between the two; so does the period, where its end is walked to.
MOMENTS = (datetime(2026, 6, 1, 9, tzinfo=UTC), datetime(2026, 6, 1, 9, tzinfo=UTC) + WEEK)
DAYS = (date(2026, 11, 12), date(2026, 11, 13))
NURSES = ("nurse-a", "nurse-b")
ACTORS = (PERSON, *NURSES)
MEANS = (None, *Means)


class Known(StrEnum):
    """What became known, or was done, since the start."""

    COMPLAINT = "complaint"
    SEIZURE = "seizure"
    NURSE_HOLD = "nurse-hold"
    CONTACT_LOST = "contact-lost"
    UNDERSTANDING_DOUBTED = "understanding-doubted"
    DESTROYED = "destroyed"
    GIVEN_BACK = "given-back"
    EXTENDED = "extended"
    ENDED = "ended"
    NEW_THING = "new-thing"


SIGNS = (Known.COMPLAINT, Known.SEIZURE, Known.NURSE_HOLD)
OUTCOMES = {K.DESTRUCTION: Known.DESTROYED, K.RESTITUTION: Known.GIVEN_BACK, K.EXTENSION: Known.EXTENDED}
OUTCOMES[K.END_OF_PERIOD] = Known.ENDED
GONE = frozenset({Known.DESTROYED, Known.GIVEN_BACK, Known.ENDED})


@dataclass(frozen=True)
class Start:
    """What is so from the beginning and stays so."""

    minor: bool = False
    capable: bool | None = None
    apt: bool | None = None
    written_consent: bool = False
    vulnerable: bool = False
    protected: bool = False
    contact_agreed: bool = True
    same_things: bool = True  # whether destruction and return are asked for the same things
    waiting: timedelta = WEEK
    asked: tuple[RequestKind, ...] = ASKED_BY_HER
    may_change: frozenset[Known] = frozenset()  # what may become known without reaching any request
    grace_written: bool = True
    one_thing_more: bool = False  # whether the team may find that another thing is kept
    freed_by: frozenset[str] = frozenset()  # who took back a seizure or a complaint, before anything was asked

    @property
    def may_be_destroyed(self) -> bool:
        return not self.minor or (self.capable is True and self.written_consent)

    @property
    def may_be_given_back(self) -> bool:
        return not self.minor or self.apt is True


@dataclass(frozen=True)
class Witness:
    """What people did about one request, noted without asking the machine."""

    waits_until: datetime
    spoken_by: str | None = None  # since the last sign that something is new
    spoken_means: Means | None = None
    had_waited: bool = False
    signed_by: str | None = None

    def sees(self, doing: Doing) -> "Witness":
        match doing.step:
            case Step.END_WAITING if doing.means in (None, Means.IN_PERSON):  # the step itself says that she was there
                return replace(self, waits_until=min(self.waits_until, doing.at))
            case Step.CONFIRM:
                waited = doing.at >= self.waits_until
                return replace(self, spoken_by=doing.by, spoken_means=doing.means, had_waited=waited)
            case Step.SIGN:
                return replace(self, signed_by=doing.by)
            case Step.REOPEN:
                return self.sees_something_new()
            case _:
                return self

    def sees_something_new(self) -> "Witness":
        return replace(self, spoken_by=None, spoken_means=None, had_waited=False, signed_by=None)


@dataclass(frozen=True, eq=False)
class Request:
    """A pending request. Equal ones are the same object, so that a world is compared in no time."""

    course: Course
    witness: Witness


class World(NamedTuple):
    """One case at one moment. A request that has ended has left the world; what came of it is known."""

    requests: tuple[Request | None, ...] = (None,) * len(KINDS)
    moment: int = 0
    known: frozenset[Known] = frozenset()


class Facts(NamedTuple):
    """All that can matter to one request of a world."""

    moment: int
    known: frozenset[Known]
    asks_for_protection: bool  # an extension or a call is asked and not answered yet
    other_for_same_things: bool


QUIET = (K.DESTRUCTION, Facts(len(MOMENTS) - 1, frozenset(), False, False))  # nothing is in the way


class Act(NamedTuple):
    """Somebody's accepted step with a request, and what became of the request."""

    doing: Doing
    moved: Course
    after: Request | None  # None: it has ended


@dataclass
class Walk:
    """What was found from one start."""

    start: Start
    worlds: set[World] = field(default_factory=set)
    transitions: Counter[str] = field(default_factory=Counter)
    reached: set[tuple[RequestKind, Step, State]] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)


def facts_about(start: Start, world: World, slot: int) -> Facts:
    destruction, restitution, *others = world.requests[:END]  # the end of a period stands in nobody's way
    if slot == END:
        return Facts(world.moment, world.known, any(others), bool(destruction or restitution))
    other = (restitution, destruction)[slot] if slot < 2 else None
    protection = any(one is not None and one is not world.requests[slot] for one in others)
    return Facts(world.moment, world.known, protection, start.same_things and other is not None)


def around(start: Start, kind: RequestKind, facts: Facts) -> Around:
    """Tell the machine what the records would tell it."""
    known = facts.known
    gone = GONE if start.same_things else {OUTCOMES.get(kind)}
    is_end = kind is K.END_OF_PERIOD
    hold = Known.NURSE_HOLD in known or (not is_end and (facts.asks_for_protection or facts.other_for_same_things))
    case = Case(
        Phase.ACUTE,
        minor=start.minor,
        complaint=Complaint.AFTER_EXAM if Known.COMPLAINT in known else Complaint.NONE,
        exam_on=EXAM,
        extended=Known.EXTENDED in known,
        hold=hold,
        seized=Known.SEIZURE in known,
        destroyed=bool(known & {Known.DESTROYED, Known.ENDED}) and start.same_things,
        ended=Known.ENDED in known and start.same_things,
        vulnerable=start.vulnerable or Known.UNDERSTANDING_DOUBTED in known,
        protected=start.protected,
        capable_29_4=start.capable,
        apt_29_4=start.apt,
    )
    return Around(
        case,
        contact_agreed=start.contact_agreed and Known.CONTACT_LOST not in known,
        written_consent=start.written_consent,
        freed_by=start.freed_by,
        is_gone=bool(gone & known),
        others_wait=facts.asks_for_protection or facts.other_for_same_things,
        not_over=why_not_over(last_kept(case, [], whole=True), DAYS[facts.moment], 0 if start.grace_written else None)
        if is_end
        else "period",
    )


# ── The promises, each a sentence about one accepted step ──

Judge = Callable[[Start, Witness, Facts], bool]

NOTHING_HOLDS: Mapping[str, Judge] = {
    "no complaint": lambda _, __, facts: Known.COMPLAINT not in facts.known,
    "no seizure": lambda _, __, facts: Known.SEIZURE not in facts.known,
    "no hold": lambda _, __, facts: Known.NURSE_HOLD not in facts.known,
    "nothing else is asked": lambda _, __, facts: not facts.asks_for_protection,
    "no other wish for the same things": lambda _, __, facts: not facts.other_for_same_things,
    "not twice": lambda start, _, facts: not start.same_things or not facts.known & GONE,
}
SPOKEN: Mapping[str, Judge] = {
    "spoken with her since anything new": lambda _, witness, __: witness.spoken_by in NURSES,
    "by a means": lambda _, witness, __: witness.spoken_means is not None,
    "in person where nothing else is sure": lambda start, witness, facts: (
        witness.spoken_means is Means.IN_PERSON or not must_be_seen(start, facts)
    ),
}
CARRIED_OUT_ONLY: Mapping[RequestKind, Mapping[str, Judge]] = {
    K.DESTRUCTION: {
        **NOTHING_HOLDS,
        **SPOKEN,
        "waited": lambda _, witness, __: witness.had_waited,
        "two different people": lambda _, witness, __: {witness.spoken_by, witness.signed_by} == set(NURSES),
        "a minor's own decision": lambda start, _, __: start.may_be_destroyed,
        "once": lambda _, __, facts: Known.DESTROYED not in facts.known,
    },
    K.RESTITUTION: {
        **NOTHING_HOLDS,
        **SPOKEN,
        "a minor's own decision": lambda start, _, __: start.may_be_given_back,
        "once": lambda _, __, facts: Known.GIVEN_BACK not in facts.known,
    },
    K.EXTENSION: {"once, of a period that runs": lambda start, _, facts: a_period_runs(start, facts)},
    K.CONTACT_ME: {},
    K.END_OF_PERIOD: {
        **NOTHING_HOLDS,
        "the period is over, and a grace was written": lambda start, _, facts: the_period_is_over(start, facts),
        "looked at since anything new, and signed by another": lambda _, witness, __: (
            {witness.spoken_by, witness.signed_by} == set(NURSES)
        ),
    },
}
ENDS = {Step.CARRY_OUT: State.DONE, Step.DECLINE: State.NOT_DONE, Step.CANCEL: State.CANCELLED}


def must_be_seen(start: Start, facts: Facts) -> bool:
    unsure = facts.known & {Known.CONTACT_LOST, Known.UNDERSTANDING_DOUBTED}
    return bool(unsure) or not start.contact_agreed or start.vulnerable or start.protected


def the_period_is_over(start: Start, facts: Facts) -> bool:
    """Fifty years, or twelve months, have not passed in a walk of six."""
    return facts.moment == 1 and start.grace_written and not start.minor and Known.EXTENDED not in facts.known


def a_period_runs(start: Start, facts: Facts) -> bool:
    over = {Known.EXTENDED} | ({Known.DESTROYED, Known.ENDED} if start.same_things else set())
    return not start.minor and not facts.known & over


def broken_by(start: Start, before: Request, act: Act, facts: Facts) -> Iterator[str]:
    """Name the promises that an accepted step breaks."""
    kind, step, moved = before.course.kind, act.doing.step, act.moved
    if moved.kind is not kind or moved.has_ended != (step in ENDS):
        yield "no request is lost"
    if moved.has_ended and moved.state is not ENDS.get(step):
        yield "an end has one step"
    if act.doing.by == PERSON and (kind, step, moved.state) not in PERSON_MAY:
        yield "link, phone and code only protect"
    if kind is K.EXTENSION and step is Step.CANCEL:
        yield "extension: never cancelled"
    if kind is K.EXTENSION and step is Step.DECLINE and a_period_runs(start, facts):
        yield "extension: a right while a period runs"
    if is_freed_and_ended_alone(start, before, act):
        yield f"{kind}: nobody frees a thing and ends it alone"
    if step is Step.CARRY_OUT:
        judges = CARRIED_OUT_ONLY[kind].items()
        yield from (f"{kind}: {name}" for name, judge in judges if not judge(start, before.witness, facts))


def is_freed_and_ended_alone(start: Start, before: Request, act: Act) -> bool:
    ends = act.doing.step is Step.CARRY_OUT and act.moved.kind in (*IRREVERSIBLE, K.END_OF_PERIOD)
    others = {before.witness.spoken_by, before.witness.signed_by} - {None, act.doing.by}
    return ends and act.doing.by in start.freed_by and not others


PERSON_MAY = {
    (kind, step, state)
    for kind in IRREVERSIBLE
    for step, state in ((Step.CANCEL, State.CANCELLED), (Step.REOPEN, State.TAKEN_UP))
}


# ── The walk ──


DOINGS = [[Doing(step, by, at, means) for by, step, means in product(ACTORS, Step, MEANS)] for at in MOMENTS]


@cache
def accepted(asked: Course, here: Around, moment: int) -> tuple[tuple[Doing, Course], ...]:
    """Return every step by everybody, by every means, that the machine accepts."""
    found = []
    for doing in DOINGS[moment]:
        with suppress(NotPossibleError):
            found.append((doing, course.follow(asked, doing, here)))
    return tuple(found)


class Explorer:
    """Walks every world that can be reached from one start."""

    def __init__(self, start: Start) -> None:
        self.start = start
        self.walk = Walk(start)
        self._requests: dict[tuple[Course, Witness], Request] = {}
        self._renewed: dict[Request, Request] = {}
        self._ended: set[Course] = set()
        self._acts: dict[tuple[Request, Facts], list[Act]] = {}
        self._ways_on: dict[tuple[Request, Facts], Counter[tuple[str, Request | None, Known | None]]] = {}

    def explore(self, until: str | None = None) -> Walk:
        """Walk everywhere, or until a promise is broken."""
        edge = [World()]
        self.walk.worlds.update(edge)
        while edge and until not in self.walk.broken:
            for name, times, after in self.successors(edge.pop()):
                self.walk.transitions[name] += times
                if after not in self.walk.worlds:
                    self.walk.worlds.add(after)
                    edge.append(after)
        if not all(self.can_be_ended(request, facts) for request, facts in list(self._acts)):
            self.walk.broken.add("the team can end every request")
        nothing_in_the_way = around(replace(self.start, capable=True, apt=True, written_consent=True), *QUIET)
        if any(accepted(ended, nothing_in_the_way, moment) for ended in self._ended for moment in range(len(MOMENTS))):
            self.walk.broken.add("ended stays ended")
        return self.walk

    def successors(self, world: World) -> Iterator[tuple[str, int, World]]:
        for slot, request in enumerate(world.requests):
            if request is None:
                yield from ((by, 1, self.asked(world, slot)) for by in self.who_asks(world, slot))
                continue
            ways_on = self.ways_on(request, facts_about(self.start, world, slot))
            for (by, after, outcome), times in ways_on.items():
                known = world.known if outcome is None else world.known | {outcome}
                yield by, times, World(_placed(world.requests, slot, after), world.moment, known)
        yield from self.life(world)

    def who_asks(self, world: World, slot: int) -> tuple[str, ...]:
        """Return who can ask now: whoever holds her link, always; for the end of a period the team, if the law lets."""
        if KINDS[slot] not in self.start.asked:
            return ()
        if slot != END:
            return (PERSON,)
        here = around(self.start, KINDS[slot], facts_about(self.start, world, slot))
        return tuple(by for by in ACTORS if course.why_not_asked(KINDS[slot], by, here) is None)

    def asked(self, world: World, slot: int) -> World:
        """Ask, any number of times."""
        now = MOMENTS[world.moment]
        begun = course.begin(KINDS[slot], now, self.start.waiting)
        witness = Witness(now + self.start.waiting if KINDS[slot] is K.DESTRUCTION else now.min.replace(tzinfo=UTC))
        renewed = self.renewed(world)
        return renewed._replace(requests=_placed(renewed.requests, slot, self.request(begun, witness)))

    def life(self, world: World) -> Iterator[tuple[str, int, World]]:
        """The clock ticks; something becomes known."""
        if world.moment + 1 < len(MOMENTS):
            yield "clock", 1, world._replace(moment=world.moment + 1)
        for sign in SIGNS:
            if sign not in world.known:
                yield sign, 1, self.renewed(world._replace(known=world.known | {sign}))
        if Known.NURSE_HOLD in world.known:
            yield "hold lifted", 1, self.renewed(world._replace(known=world.known - {Known.NURSE_HOLD}))
        if self.start.one_thing_more and Known.NEW_THING not in world.known:
            yield Known.NEW_THING, 1, self.renewed(world._replace(known=world.known | {Known.NEW_THING}))
        for quiet in self.start.may_change - world.known:
            yield quiet, 1, world._replace(known=world.known | {quiet})

    def renewed(self, world: World) -> World:
        """Reopen what was confirmed, as records.requests does when something is new: she is asked again."""
        for request in world.requests:
            if request is not None and request not in self._renewed:
                reopened = course.reopened(request.course)
                self._renewed[request] = self.request(reopened, request.witness.sees_something_new())
        return world._replace(requests=tuple(one and self._renewed[one] for one in world.requests))

    def ways_on(self, request: Request, facts: Facts) -> Counter[tuple[str, Request | None, Known | None]]:
        """Return how often each actor reaches what can become of a request."""
        key = (request, facts)
        if key not in self._ways_on:
            self._ways_on[key] = Counter(
                (act.doing.by, act.after, OUTCOMES.get(act.moved.kind) if act.moved.state is State.DONE else None)
                for act in self.acts(request, facts)
            )
        return self._ways_on[key]

    def acts(self, request: Request, facts: Facts) -> list[Act]:
        """Return the accepted steps, each judged. The same request among the same facts is judged once."""
        key = (request, facts)
        if key not in self._acts:
            here = around(self.start, request.course.kind, facts)
            self._acts[key] = [
                self.judged(request, facts, doing, moved)
                for doing, moved in accepted(request.course, here, facts.moment)
            ]
        return self._acts[key]

    def judged(self, request: Request, facts: Facts, doing: Doing, moved: Course) -> Act:
        act = Act(doing, moved, None if moved.has_ended else self.request(moved, request.witness.sees(doing)))
        if moved.has_ended:
            self._ended.add(moved)
        self.walk.reached.add((moved.kind, doing.step, moved.state))
        self.walk.broken.update(broken_by(self.start, request, act, facts))
        return act

    def request(self, asked: Course, witness: Witness) -> Request:
        """Return the one object for a request. Who took it up decides nothing (shown below): it is forgotten."""
        if asked.taken_up_by is not None:
            asked = replace(asked, taken_up_by=None)
        key = (asked, witness)
        if key not in self._requests:
            self._requests[key] = Request(*key)
        return self._requests[key]

    def can_be_ended(self, request: Request, facts: Facts) -> bool:
        """Tell whether the team alone can end a request, without waiting for anything to change."""
        seen, edge = {request}, [request]
        while edge:
            for act in self.acts(edge.pop(), facts):
                if act.doing.by in NURSES and act.after is None:
                    return True
                if act.doing.by in NURSES and act.after and act.after not in seen:
                    seen.add(act.after)
                    edge.append(act.after)
        return False


def _placed(requests: tuple[Request | None, ...], slot: int, request: Request | None) -> tuple[Request | None, ...]:
    return (*requests[:slot], request, *requests[slot + 1 :])


# ── Where the walk begins ──

NOT_EXTENDED = (K.DESTRUCTION, K.RESTITUTION, K.CONTACT_ME)
ADULT = Start()
ADULT_BRIEFLY = Start(asked=NOT_EXTENDED)
ABLE_MINOR = Start(minor=True, capable=True, apt=True, written_consent=True)
STARTS = {
    "adult": ADULT,
    "adult, destruction and return of different things": Start(
        same_things=False, asked=(K.DESTRUCTION, K.RESTITUTION, K.EXTENSION)
    ),
    "able minor": ABLE_MINOR,
    "adult, no waiting time": replace(ADULT_BRIEFLY, waiting=timedelta(0)),
    "adult, no contact agreed": replace(ADULT_BRIEFLY, contact_agreed=False),
    "adult, contact lost or understanding doubted on the way": replace(
        ADULT, asked=IRREVERSIBLE, may_change=frozenset({Known.CONTACT_LOST, Known.UNDERSTANDING_DOUBTED})
    ),
    "vulnerable adult": replace(ADULT_BRIEFLY, vulnerable=True),
    "protected adult": replace(ADULT_BRIEFLY, protected=True),
    "vulnerable adult, no contact agreed": replace(ADULT_BRIEFLY, vulnerable=True, contact_agreed=False),
    "minor who wrote nothing": replace(ABLE_MINOR, written_consent=False, asked=NOT_EXTENDED),
    "minor, capable, not apt": replace(ABLE_MINOR, apt=False, asked=NOT_EXTENDED),
    "minor, capable, aptness not judged": replace(ABLE_MINOR, apt=None, asked=NOT_EXTENDED),
    "minor, apt, not capable": replace(ABLE_MINOR, capable=False, asked=NOT_EXTENDED),
    "minor, apt, capacity not judged": replace(ABLE_MINOR, capable=None, asked=NOT_EXTENDED),
    "minor, neither": replace(ABLE_MINOR, capable=False, apt=False, asked=NOT_EXTENDED),
    "minor, nothing judged nor written": replace(
        ABLE_MINOR, capable=None, apt=None, written_consent=False, asked=NOT_EXTENDED
    ),
    "vulnerable able minor, no contact agreed": replace(
        ABLE_MINOR, vulnerable=True, contact_agreed=False, asked=NOT_EXTENDED
    ),
    "adult, one nurse took a seizure back": replace(ADULT_BRIEFLY, freed_by=frozenset(NURSES[:1])),
    "adult, both nurses took something back": replace(
        ADULT, asked=(K.RESTITUTION, K.END_OF_PERIOD), freed_by=frozenset(NURSES)
    ),
    "end of the period, extension and call": replace(
        ADULT, asked=(K.EXTENSION, K.CONTACT_ME, K.END_OF_PERIOD), one_thing_more=True
    ),
    "end of the period and destruction": replace(ADULT, asked=(K.DESTRUCTION, K.END_OF_PERIOD), vulnerable=True),
    "end of the period and return": replace(ADULT, asked=(K.RESTITUTION, K.END_OF_PERIOD), contact_agreed=False),
    "end of the period, no grace written": replace(ADULT, asked=(K.CONTACT_ME, K.END_OF_PERIOD), grace_written=False),
    "a minor's period of fifty years": replace(ABLE_MINOR, asked=(K.CONTACT_ME, K.END_OF_PERIOD)),
}


@cache
def walked(name: str) -> Walk:
    return Explorer(STARTS[name]).explore()


@pytest.fixture
def another_machine() -> Iterator[None]:
    """The memory of what the machine accepts is only good for one machine."""
    accepted.cache_clear()
    yield
    accepted.cache_clear()


# ── What the walk proves ──


@pytest.mark.parametrize("name", STARTS)
def test_no_promise_breaks_whatever_people_do_in_whatever_order(name: str) -> None:
    assert walked(name).broken == set()


@pytest.mark.parametrize("name", STARTS)
def test_what_the_law_gives_is_reached_and_nothing_more(name: str) -> None:
    start, reached = STARTS[name], walked(name).reached
    done = {kind for kind, _, state in reached if state is State.DONE}
    gives = {
        K.DESTRUCTION: start.may_be_destroyed,
        K.RESTITUTION: start.may_be_given_back,
        K.EXTENSION: not start.minor,
        K.CONTACT_ME: True,
        K.END_OF_PERIOD: not start.minor and start.grace_written,
    }
    assert done == {kind for kind in start.asked if gives[kind]}


def test_the_walk_saw_every_step_to_every_state_by_every_actor() -> None:
    walk = walked("adult")
    talked_over = {
        (Step.TAKE_UP, State.TAKEN_UP),
        (Step.CARRY_OUT, State.DONE),
        (Step.DECLINE, State.NOT_DONE),
    }
    given_back = talked_over | {
        (Step.CONFIRM, State.CONFIRMED),
        (Step.REOPEN, State.TAKEN_UP),
        (Step.CANCEL, State.CANCELLED),
    }
    destroyed = given_back | {
        (Step.END_WAITING, State.ASKED),
        (Step.END_WAITING, State.TAKEN_UP),
        (Step.SIGN, State.SIGNED),
    }
    steps = {kind: {(step, state) for one, step, state in walk.reached if one is kind} for kind in ASKED_BY_HER}
    assert steps == {
        K.DESTRUCTION: destroyed,
        K.RESTITUTION: given_back,
        K.EXTENSION: talked_over,
        K.CONTACT_ME: talked_over,
    }
    assert set(walk.transitions) == {*ACTORS, *SIGNS, "clock", "hold lifted"}
    assert {known for world in walk.worlds for known in world.known} == {*SIGNS, *OUTCOMES.values()} - {Known.ENDED}


def test_the_walk_saw_every_step_to_the_end_of_a_period() -> None:
    walk = walked("end of the period, extension and call")
    assert {(step, state) for kind, step, state in walk.reached if kind is K.END_OF_PERIOD} == {
        (Step.CONFIRM, State.CONFIRMED),
        (Step.SIGN, State.SIGNED),
        (Step.CARRY_OUT, State.DONE),
        (Step.REOPEN, State.ASKED),
        (Step.CANCEL, State.CANCELLED),
    }
    assert set(walk.transitions) == {*ACTORS, *SIGNS, Known.NEW_THING, "clock", "hold lifted"}
    assert {Known.ENDED, Known.EXTENDED, Known.NEW_THING} <= {known for world in walk.worlds for known in world.known}


def test_the_walk_was_a_long_one() -> None:
    walks = [walked(name) for name in STARTS]
    actors = sum((walk.transitions for walk in walks), Counter[str]())
    worlds = sum(len(walk.worlds) for walk in walks)
    print(f"{worlds} worlds from {len(walks)} starts, {actors.total()} transitions:", dict(actors.most_common()))
    assert len(walked("adult").worlds) > 15_000
    assert worlds > 60_000
    assert actors.total() > 4_000_000


def test_who_took_a_request_up_decides_nothing() -> None:
    """The walk forgets it: this shows that it may."""
    explorer = Explorer(ADULT_BRIEFLY)
    explorer.explore()
    for request, facts in explorer._acts:
        here = around(ADULT_BRIEFLY, request.course.kind, facts)
        for nurse in NURSES if request.course.state is not State.ASKED else ():
            known = accepted(replace(request.course, taken_up_by=nurse), here, facts.moment)
            forgotten = [(doing, replace(moved, taken_up_by=None)) for doing, moved in known]
            assert forgotten == list(accepted(request.course, here, facts.moment))


# ── The walk is not blind: a machine broken on purpose is found out ──

Machine = pytest.MonkeyPatch


def without_reason(reason: str) -> Callable[[Machine], None]:
    def break_machine(patch: Machine) -> None:
        honest, obstacles = course.why_not, course.obstacles

        def lenient(asked: Course, doing: Doing, here: Around) -> str | None:
            found = honest(asked, doing, here)
            return None if found == reason else found

        patch.setattr(course, "why_not", lenient)
        patch.setattr(course, "obstacles", lambda *asked: tuple(one for one in obstacles(*asked) if one != reason))

    return break_machine


def with_step(kind: RequestKind, at: State, step: Step, to: State | None) -> Callable[[Machine], None]:
    """Add a step to the table of a kind, or take it away."""

    def break_machine(patch: Machine) -> None:
        table = course.table_of(kind)
        steps = {one: state for one, state in table.get(at, {}).items() if one is not step}
        broken = {**table, at: steps if to is None else {**steps, step: to}}
        if kind in IRREVERSIBLE:
            patch.setattr(course, "IRREVERSIBLE", {**course.IRREVERSIBLE, kind: broken})
        else:
            patch.setattr(course, "TALKED_OVER", broken)

    return break_machine


def without_reopening(patch: Machine) -> None:
    patch.setattr(course, "reopened", lambda asked: asked)


D, R, E, END_KIND = K.DESTRUCTION, K.RESTITUTION, K.EXTENSION, K.END_OF_PERIOD
ENDING = "end of the period and return"
OVER = f"{END_KIND}: the period is over, and a grace was written"
BREAKS = {
    "a period is ended by one": (
        without_reason("second-person"),
        ENDING,
        f"{END_KIND}: looked at since anything new, and signed by another",
    ),
    "a period is ended before it is over": (without_reason("period"), ENDING, OVER),
    "a grace that nobody wrote is taken as none": (
        without_reason("no-grace"),
        "end of the period, no grace written",
        OVER,
    ),
    "a period is ended while she asks": (
        without_reason("pending"),
        "end of the period, extension and call",
        f"{END_KIND}: nothing else is asked",
    ),
    "a period is ended while she wants things back": (
        without_reason("pending"),
        ENDING,
        f"{END_KIND}: no other wish for the same things",
    ),
    "who frees a thing hands it over alone": (
        without_reason("second-person"),
        "adult, one nurse took a seizure back",
        f"{R}: nobody frees a thing and ends it alone",
    ),
    "one person is enough": (without_reason("second-person"), "adult, no contact agreed", f"{D}: two different people"),
    "nobody waits": (without_reason("waiting"), "adult, no contact agreed", f"{D}: waited"),
    "a hold is overlooked": (without_reason("hold"), "protected adult", f"{D}: no hold"),
    "a call asked for is overlooked": (without_reason("hold"), "protected adult", f"{R}: nothing else is asked"),
    "a complaint is overlooked": (without_reason("complaint"), "protected adult", f"{D}: no complaint"),
    "a seizure is overlooked": (without_reason("seized"), "protected adult", f"{R}: no seizure"),
    "things are destroyed twice": (without_reason("destroyed"), "protected adult", f"{D}: once"),
    "capacity is not asked": (without_reason("ability"), "minor, apt, not capable", f"{D}: a minor's own decision"),
    "aptness is not asked": (without_reason("ability"), "minor, capable, not apt", f"{R}: a minor's own decision"),
    "writing is not asked": (without_reason("written"), "minor who wrote nothing", f"{D}: a minor's own decision"),
    "no means is named": (without_reason("means"), "protected adult", f"{D}: by a means"),
    "understanding is not seen": (
        without_reason("understanding"),
        "vulnerable adult",
        f"{D}: in person where nothing else is sure",
    ),
    "a lost contact is overlooked": (
        without_reason("no-contact"),
        "adult, no contact agreed",
        f"{R}: in person where nothing else is sure",
    ),
    "a telephone ends the waiting": (without_reason("in-person"), "protected adult", f"{D}: waited"),
    "the link does what the team does": (
        without_reason("team-only"),
        "protected adult",
        "link, phone and code only protect",
    ),
    "an extension is refused": (without_reason("is-a-right"), "adult", f"{E}: a right while a period runs"),
    "an extension is entered twice": (without_reason("no-period"), "adult", f"{E}: once, of a period that runs"),
    "nothing is asked again": (without_reopening, "protected adult", f"{D}: spoken with her since anything new"),
    "an extension can be cancelled": (
        with_step(E, State.ASKED, Step.CANCEL, State.CANCELLED),
        "adult",
        f"{E}: never cancelled",
    ),
    "what has ended begins again": (
        with_step(D, State.NOT_DONE, Step.TAKE_UP, State.TAKEN_UP),
        "minor, neither",
        "ended stays ended",
    ),
    "a minor's extension has no answer": (
        with_step(E, State.TAKEN_UP, Step.DECLINE, None),
        "able minor",
        "the team can end every request",
    ),
    "a confirmation destroys": (
        with_step(D, State.CONFIRMED, Step.CARRY_OUT, State.DONE),
        "protected adult",
        f"{D}: two different people",
    ),
}


@pytest.mark.usefixtures("another_machine")
@pytest.mark.parametrize(("break_machine", "name", "promise"), BREAKS.values(), ids=list(BREAKS))
def test_a_broken_machine_is_found_out(
    break_machine: Callable[[Machine], None], name: str, promise: str, monkeypatch: Machine
) -> None:
    break_machine(monkeypatch)
    assert promise in Explorer(STARTS[name]).explore(until=promise).broken


# ── What her link tells: two cases that differ in a secret alone look the same, now and after the same acts ──

TODAY = date(2026, 8, 1)
# Confirmed and signed read as taken up: falling back from them at a complaint would tell of it.
SHOWN = {State.CONFIRMED: State.TAKEN_UP, State.SIGNED: State.TAKEN_UP}
Pair = tuple[World, World]
Move = tuple[int, int]  # which request, and the number of what somebody does with it
ASKING = -1
EVERY_DOING = [doing for doings in DOINGS for doing in doings]
NUMBERS = {doing: number for number, doing in enumerate(EVERY_DOING)}
TWIN_STARTS = {
    "adult, extension and destruction": replace(ADULT, asked=(K.DESTRUCTION, K.EXTENSION)),
    "adult, return and call": replace(ADULT, asked=(K.RESTITUTION, K.CONTACT_ME)),
    "able minor": replace(ABLE_MINOR, asked=(K.DESTRUCTION, K.EXTENSION)),
    "end of the period and call": replace(ADULT, asked=(K.CONTACT_ME, K.END_OF_PERIOD)),
    "vulnerable adult": replace(ADULT, vulnerable=True, asked=(K.DESTRUCTION, K.RESTITUTION)),
}


class Twins(Explorer):
    """Walks pairs of worlds in which the same people do the same, and one has a secret.

    What can be done in a world, and what is seen of it from outside, is found once: it stands in many pairs.
    """

    def __init__(self, start: Start) -> None:
        super().__init__(start)
        self._possible: dict[World, dict[Move, World]] = {}
        self._outside: dict[World, tuple[object, ...]] = {}
        self.explore()

    def pairs(self, secret: Known) -> set[Pair]:
        first = {
            (world, self.renewed(world._replace(known=world.known | {secret})))
            for world in self.walk.worlds
            if secret not in world.known
        }
        seen, edge = set(first), list(first)
        while edge:
            pair = edge.pop()
            for after in self.same_acts(pair):
                if after not in seen:
                    seen.add(after)
                    edge.append(after)
        return seen

    def same_acts(self, pair: Pair) -> Iterator[Pair]:
        here, there = (self.possible(world) for world in pair)
        yield from ((after, there[move]) for move, after in here.items() if move in there)
        # What the team does towards the end of a period can be possible for one twin alone: the other stands still.
        yield from ((after, pair[1]) for move, after in here.items() if move[0] == END)
        yield from ((pair[0], after) for move, after in there.items() if move[0] == END)

    def possible(self, world: World) -> dict[Move, World]:
        if world not in self._possible:
            self._possible[world] = dict(self.moves(world))
        return self._possible[world]

    def moves(self, world: World) -> Iterator[tuple[Move, World]]:
        for slot, request in enumerate(world.requests):
            if request is None and self.who_asks(world, slot):
                yield (slot, ASKING), self.asked(world, slot)
            for act in self.acts(request, facts_about(self.start, world, slot)) if request else ():
                done = {OUTCOMES[KINDS[slot]]} if act.moved.state is State.DONE and KINDS[slot] in OUTCOMES else set()
                requests = _placed(world.requests, slot, act.after)
                yield (slot, NUMBERS[act.doing]), World(requests, world.moment, world.known | done)

    def outside(self, world: World) -> tuple[object, ...]:
        """Return what her pages show and offer, and which ends they could come to show."""
        if world not in self._outside:
            self._outside[world] = (self.shown(world), self.hers(world), self.ends_of_what_only_protects(world))
        return self._outside[world]

    def shown(self, world: World) -> object:
        case = around(self.start, K.CONTACT_ME, facts_about(self.start, world, KINDS.index(K.CONTACT_ME))).case
        requests = [
            one and (one.course.kind, SHOWN.get(one.course.state, one.course.state), one.course.waits_until)
            for one in world.requests[:END]
        ]
        return told(case), requests

    def hers(self, world: World) -> set[tuple[int, Step | None]]:
        """Return what her pages offer her: to ask, and to cancel."""
        moves = ((slot, EVERY_DOING[number] if number != ASKING else None) for slot, number in self.possible(world))
        return {
            (slot, doing.step if doing else None)
            for slot, doing in moves
            if slot != END and (doing is None or (doing.by == PERSON and doing.step is Step.CANCEL))
        }

    def ends_of_what_only_protects(self, world: World) -> set[tuple[int, Step]]:
        """Return how the team can end an extension or a call. An end that one twin alone can have tells the secret."""
        return {
            (slot, EVERY_DOING[number].step)
            for slot, number in self.possible(world)
            if number != ASKING
            and KINDS[slot] not in (*IRREVERSIBLE, K.END_OF_PERIOD)
            and EVERY_DOING[number].step in ENDS
        }


@cache
def twins_of(name: str) -> Twins:
    return Twins(TWIN_STARTS[name])


@cache
def told(case: Case) -> tuple[object, ...]:
    return tuple(told_openings(as_told(case), TODAY).items())


@pytest.mark.parametrize("secret", SIGNS)
@pytest.mark.parametrize("name", TWIN_STARTS)
def test_a_complaint_a_hold_and_a_seizure_change_nothing_that_is_shown(name: str, secret: Known) -> None:
    twins = twins_of(name)
    pairs = twins.pairs(secret)
    assert len(pairs) > 100
    for world, with_secret in pairs:
        assert twins.outside(world) == twins.outside(with_secret)


EVIDENCE_FLAGS = ("extended", "hold", "seized", "destroyed", "vulnerable", "protected")


@pytest.mark.parametrize("complaint", [Complaint.BEFORE_EXAM, Complaint.UNKNOWN])
def test_where_no_period_can_be_told_everything_is_talked_over(complaint: Complaint) -> None:
    for minor, phase, flags, able in product(
        (False, True), (*Phase, None), product((False, True), repeat=len(EVIDENCE_FLAGS)), (True, False, None)
    ):
        case = Case(
            phase,
            minor,
            complaint,
            EXAM,
            capable_29_4=able,
            apt_29_4=able,
            **dict(zip(EVIDENCE_FLAGS, flags, strict=True)),
        )
        assert told_openings(as_told(case), TODAY) == dict.fromkeys(ABOUT_EVIDENCE, TALK)
