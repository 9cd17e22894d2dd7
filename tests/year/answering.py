"""Answering what was asked: step by step, by this member or another, as the course of a request lets them."""

from datetime import timedelta
from functools import partial

from portal.law import RETURNABLE, Complaint, ItemKind, RequestKind
from portal.law.course import DESTROYS, IRREVERSIBLE, Doing, Means, NotPossibleError, State, Step
from portal.records import requests
from portal.records.requests import Outcome
from portal.records.today import Asked
from tests.year import erasing, noting
from tests.year.book import Asked as Wanted
from tests.year.book import House, Life
from tests.year.world import World

REFUSAL = Outcome(reason="not for this exam", remedy="talk with us, or the mediation service")
NEXT = {  # what leads on to the act, from where it stands
    (RequestKind.DESTRUCTION, State.TAKEN_UP): Step.CONFIRM,
    (RequestKind.DESTRUCTION, State.CONFIRMED): Step.SIGN,
    (RequestKind.DESTRUCTION, State.SIGNED): Step.CARRY_OUT,
    (RequestKind.RESTITUTION, State.TAKEN_UP): Step.CONFIRM,
    (RequestKind.RESTITUTION, State.CONFIRMED): Step.CARRY_OUT,
    (RequestKind.END_OF_PERIOD, State.ASKED): Step.CONFIRM,
    (RequestKind.END_OF_PERIOD, State.CONFIRMED): Step.SIGN,
    (RequestKind.END_OF_PERIOD, State.SIGNED): Step.CARRY_OUT,
}
WAIT_FOR = {"waiting", "second-person", "signer"}  # time, or somebody else


def go_on(world: World, house: House, by: str, life: Life, asked: Asked) -> None:
    """Make the next step with a request; at times, try what must not be possible."""
    kind = RequestKind(asked.kind)
    if asked.state == State.ASKED and kind is not RequestKind.END_OF_PERIOD:
        _step(world, house, by, life, asked, Step.TAKE_UP)
        if kind in IRREVERSIBLE or world.happens(0.3):
            return  # more of it another time
        asked_from = State.TAKEN_UP
    else:
        asked_from = State(asked.state)
    if world.happens(0.15):
        _try_alone(world, house, life, asked)
    step = NEXT.get((kind, asked_from), Step.CARRY_OUT)
    why = _step(world, house, by, life, asked, step)
    if why is not None and why not in WAIT_FOR:
        _stands_against(world, house, by, life, asked, why)


def _step(world: World, house: House, by: str, life: Life, asked: Asked, step: Step) -> str | None:
    """Make a step; return why it cannot be made now, or None where it was."""
    kind = RequestKind(asked.kind)
    means = None
    if step is Step.CONFIRM and kind is not RequestKind.END_OF_PERIOD:
        agreed = life.contact is not None and life.contact.way == "call" and world.happens(0.8)
        means = Means.VOICE if agreed else Means.IN_PERSON
    outcome = {Step.DECLINE: REFUSAL, Step.CARRY_OUT: Outcome(done_on=world.today.isoformat())}.get(step)
    doing = Doing(step, by, world.now, means)
    written = step is Step.CONFIRM and life.person.minor and kind is RequestKind.DESTRUCTION
    try:
        course = requests.move(
            world.database, house.centre_id, asked.id, doing, outcome=outcome, written_consent=written
        )
    except NotPossibleError as why:
        world.count(f"refused: {step} of {kind} ({why.reason})")
        return why.reason
    life.in_file_on = None
    world.count(f"{kind}: {step}")
    if course.has_ended:
        wanted = life.open.pop(asked.id, None)
        if wanted and course.state is State.DONE:
            _was_done(life, asked.id, wanted)
        if life.is_over and not life.open:
            day = world.today + timedelta(days=world.chance.randint(3, 30))
            world.on(day, "afternoon", partial(_close, world, house, life))
    return None


def _was_done(life: Life, request_id: str, wanted: Wanted) -> None:
    """Write in the book what was done."""
    if wanted.kind is RequestKind.EXTENSION:
        life.extended = True
    elif wanted.kind is RequestKind.RESTITUTION:
        life.let_go(request_id, wanted.items, RETURNABLE)
    elif wanted.kind in DESTROYS:
        life.let_go(request_id, wanted.items, tuple(ItemKind))
        life.is_over = all(thing.is_gone for thing in life.things.values())
        life.again_on = None if life.is_over else life.again_on


def _close(world: World, house: House, life: Life) -> None:
    if life.is_over and not life.open and life.erased_on is None:
        erasing.close(world, house, life)


def _stands_against(world: World, house: House, by: str, life: Life, asked: Asked, why: str) -> None:
    """Do what the team does where something stands against it: wait, judge her ability, or refuse with a remedy."""
    kind = RequestKind(asked.kind)
    if kind is RequestKind.END_OF_PERIOD:
        _step(world, house, by, life, asked, Step.CANCEL)
    elif why == "no-contact":
        world.count("seen in person, because no contact was agreed")
    elif why == "ability" and world.happens(0.5):
        noting.note(world, house, life, capable_29_4=True, apt_29_4=True)
    elif why in ("hold", "complaint") and life.complaint is not Complaint.BEFORE_EXAM and world.happens(0.9):
        world.count("requests that wait for a hold or an answer")
    else:
        _step(world, house, by, life, asked, Step.DECLINE)


def _try_alone(world: World, house: House, life: Life, asked: Asked) -> None:
    """Try to do alone, or too early, what takes two people and time: it must be refused."""
    kind = RequestKind(asked.kind)
    if kind not in DESTROYS or asked.state == State.SIGNED:
        return  # once two have signed, one of them may
    alone = asked.confirmed_by or house.carers[0]
    step = Step.SIGN if asked.state == State.CONFIRMED else Step.CARRY_OUT
    if _step(world, house, alone, life, asked, step) is None:
        world.book.faults.append(f"{kind} {asked.id}: {step} alone was possible")
    else:
        world.count("tried alone or too early, and refused")
