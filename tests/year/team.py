"""What the team does with its day: line by line, as *Today* gives it, not always at once."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from portal.law import Look, RequestKind
from portal.law.course import NotPossibleError
from portal.records import lines, outbox, requests
from portal.records.board import Line
from portal.records.cases import Why, note_viewing, open_case
from portal.records.contacts import SamePersonError, confirm_contact, withdraw_contact
from portal.records.ending import ran_out
from portal.records.follow_up import Called, note_call
from portal.records.outbox import NotSentError, queue_reminder
from portal.records.requests import Wish
from portal.records.reviews import review
from portal.records.today import Part
from tests.year import answering, noting
from tests.year.book import Asked, House, Life
from tests.year.world import World

LEFT = 0.25  # of the lines are left for another day
CALLED = (Called.DONE, Called.NOT_REACHED, Called.MOVED, Called.STOPPED)


def work(world: World, house: House, by: str, found: list[Line]) -> None:
    """Work through the lines of the day."""
    for line in found:
        if world.happens(LEFT):
            continue
        life = house.lives.get(line.candidate.case_id)
        if life is None:
            continue  # another centre's: the checks say so
        if world.happens(0.1):
            _take(world, house, by, line)
        if world.happens(0.15):
            note_viewing(world.database, house.centre_id, by, life.case_id, world.now, Why.DATE)
        WORKS[line.candidate.part](world, house, by, life, line)


def _take(world: World, house: House, by: str, line: Line) -> None:
    one = line.candidate
    lines.take(world.database, house.centre_id, by, one.kind, one.thing_id, one.day, world.now)
    world.count("lines taken")


def _request(world: World, house: House, by: str, life: Life, line: Line) -> None:
    answering.go_on(world, house, by, life, line.candidate.about)


def _date(world: World, house: House, by: str, life: Life, line: Line) -> None:
    """She is told that a date comes, where she wished it; then the line is ended."""
    if line.can_be_reminded:
        try:
            queue_reminder(world.database, house.centre_id, life.case_id, by, world.now)
            world.count("reminders asked for")
        except NotSentError:
            world.count("reminders that could not be queued")
    elif line.wants_to_be_told:
        world.count("told by voice that a date comes")
    one = line.candidate
    lines.end(world.database, house.centre_id, by, one.kind, one.thing_id, one.day, world.now)
    life.ended_lines.add((str(one.kind), one.thing_id, one.day))
    world.count(f"lines ended: {one.kind}")
    if life.person.when_told and line.wants_to_be_told:
        day = world.today + timedelta(days=world.chance.randint(1, 4))
        world.on(day, "evening", partial(noting.does, world, house, life, life.person.when_told))
        world.count("asked because she was told")


def _message(world: World, house: House, by: str, life: Life, line: Line) -> None:
    """What did not arrive is sent again, or seen."""
    message_id = line.candidate.thing_id
    world.book.seen_messages.add(message_id)
    try:
        if world.happens(0.5):
            outbox.again(world.database, house.centre_id, message_id, by, world.now)
            world.count("messages sent again")
            return
    except NotSentError:
        world.count("messages that cannot be sent again")
    outbox.see(world.database, house.centre_id, message_id, by, world.now)
    world.count("messages seen")


def _contact(world: World, house: House, by: str, life: Life, line: Line) -> None:
    """A second member who sees her confirms the other contact, or takes it back."""
    waiting = line.case.choices.contact_proposed
    assert waiting is not None
    where = (world.database, house.centre_id, life.case_id)
    if world.happens(0.15):
        withdraw_contact(*where, by, waiting.id, world.now)
        world.count("contacts withdrawn")
        return
    try:
        confirm_contact(*where, by, waiting.id, world.now)
    except SamePersonError:
        world.count("refused: confirming one's own contact")
        return
    life.contact = waiting.contact
    life.in_file_on = None
    world.count("contacts replaced by two")


def _call(world: World, house: House, by: str, life: Life, line: Line) -> None:
    called = world.chance.choices(CALLED, weights=(60, 25, 10, 5))[0]
    on = world.today + timedelta(days=world.chance.randint(2, 30)) if called is Called.MOVED else None
    note_call(world.database, house.centre_id, life.case_id, by, called, world.now, on)
    life.in_file_on = None
    world.count(f"follow-up calls: {called}")


def _look(world: World, house: House, by: str, life: Life, line: Line) -> None:
    """What is past, held or never claimed: two people are asked, or somebody looks again."""
    world.count(f"looked at: {line.look}")
    if line.look is Look.HOLD and life.held and world.happens(0.4):
        noting.lift(world, house, life)
    tried = world.happens(0.3)  # at times where the law does not let it be proposed, too
    if (line.look in (Look.PROPOSE, Look.AGAIN) or tried) and _propose(world, house, by, life):
        return
    on = world.today + timedelta(days=world.chance.choice((14, 30, 90)))
    review(world.database, house.centre_id, life.case_id, by, on, world.now)
    is_over = life.is_all_gone and not life.held and life.again_on is not None and life.again_on <= world.today
    life.again_on, life.again_for_hold = None if is_over else on, False
    life.in_file_on = None
    world.count("looked at, and again on a day")


def _propose(world: World, house: House, by: str, life: Life) -> bool:
    """Propose the end of what ran out, where the law lets it be proposed."""
    with world.database.reading() as session:
        case = open_case(world.database, session, house.centre_id, life.case_id)
        period = ran_out(session, case, world.today) if case else None
    if period is None:
        world.count("looked at, and nothing of it ran out")
        return False
    wish = Wish(RequestKind.END_OF_PERIOD, tuple(one.id for one in period.things) or None)
    try:
        receipt = requests.ask(world.database, house.centre_id, life.case_id, wish, world.now, asked_by=by)
    except NotPossibleError as why:
        world.count(f"refused: proposing an end ({why.reason})")
        return False
    with world.database.reading() as session:
        record = requests.by_number(session, life.case_id, receipt.number)
    assert record is not None
    if receipt.is_new:
        life.open[record.id] = Asked(wish.kind, wish.items, world.now, by)
    life.in_file_on = None
    world.count("ends proposed", int(receipt.is_new))
    return True


WORKS: Mapping[Part, Callable[[World, House, str, Life, Line], None]] = {
    Part.APPROVALS: _request,
    Part.REQUESTS: _request,
    Part.SOON: _date,
    Part.LATER: _date,
    Part.MESSAGES: _message,
    Part.CONTACTS: _contact,
    Part.CALLS: _call,
    Part.LOOKS: _look,
}
