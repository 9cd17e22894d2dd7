"""What the team writes down of a case: who comes, what becomes known, holds, links, contacts. On whichever day."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from portal import law
from portal.access.hashing import fast_hash
from portal.access.links import make_link, revoke_link
from portal.law import Complaint, RequestKind
from portal.records import notes, outbox
from portal.records.cases import Admission, register_case
from portal.records.choices import Contact, change_choices
from portal.records.consents import Admitted, note_admission
from portal.records.contacts import ProposalWaitsError, agree_contact
from portal.records.corrections import correct_case
from portal.records.filed import note_in_file
from portal.records.notes import HandedTo, Word
from tests.year import her
from tests.year.book import House, Life, Person, Thing
from tests.year.world import World

WORD = Word("the prosecutor's office, by letter")
USUAL = timedelta(days=90)  # until somebody looks at a hold again


def register(world: World, house: House, person: Person) -> Life:
    """Register somebody who came: what the law needs, how she is reached, what is kept, a link."""
    by, now, database = world.chance.choice(house.carers), world.now, world.database
    admission = Admission(person.reference, person.exam_on, person.minor, person.complaint, person.language)
    case_id = register_case(database, house.centre_id, by, admission, now)
    life = Life(person, house.centre_id, case_id, world.today, person.complaint)
    house.lives[case_id] = life
    for number, (kind, taken_on) in enumerate(person.things):
        item = law.Item(kind, taken_on)
        item_id = notes.add_item(database, house.centre_id, case_id, by, item, f"bag {number}", now)
        life.things[item_id] = Thing(kind, taken_on)
    if person.contact:
        life.contact, life.reminder = person.contact, person.reminder
        chosen = {"contact": person.contact, "reminder": person.reminder}
        change_choices(database, house.centre_id, case_id, by, now, **chosen)
    if world.happens(0.3):
        phase = law.Phase.POST_ACUTE if world.happens(0.2) else law.Phase.ACUTE
        admitted = Admitted(person.exam_on, "23:40", phase, was_counted=True)
        note_admission(database, house.centre_id, case_id, by, now, admitted)
    if world.happens(0.6):
        new_link(world, house, life)
    for day, what in person.plan:
        world.on(day, _part_of_day(world, what), partial(does, world, house, life, what))
    world.count("cases")
    world.count("minors", int(person.minor))
    return life


def does(world: World, house: House, life: Life, what: str) -> None:
    """Do what is planned, while the case is there."""
    if life.erased_on is None:
        (her.DOES.get(what) or DOES[what])(world, house, life)


def _part_of_day(world: World, what: str) -> str:
    """Her hours are any; the team's are by day."""
    return world.chance.choice(("night", "day", "evening")) if what in her.DOES else "afternoon"


def new_link(world: World, house: House, life: Life) -> None:
    """Make a link, and send it where a message may go to her; else it is printed."""
    by = world.chance.choice(house.carers)
    link = make_link(world.database, house.centre_id, life.case_id, by, world.now)
    life.link = (link.token, link.code)
    world.count("links made")
    carried = {"address": f"https://x.example/fr/l/{link.token}", "token_hash": fast_hash(link.token)}
    try:
        outbox.queue_link(world.database, house.centre_id, life.case_id, by, world.now, **carried)
    except outbox.NotSentError:
        world.count("links printed on a card")


def _revoke(world: World, house: House, life: Life) -> None:
    revoke_link(world.database, house.centre_id, life.case_id, house.carers[0], world.now)
    life.link = None
    world.count("links revoked")


def _call_me(world: World, house: House, life: Life) -> None:
    by = world.chance.choice(house.carers)
    try:
        outbox.queue(world.database, house.centre_id, life.case_id, by, outbox.Kind.CALL, world.now)
    except outbox.NotSentError:
        world.count("messages that could not be queued")


def _other_contact(world: World, house: House, life: Life) -> None:
    """Her telephone is lost: one member who sees her proposes another contact."""
    number = world.chance.randrange(10**4)
    contact = Contact("sms", f"0480 11 {number:04d}", ("any",))
    try:
        agree_contact(world.database, house.centre_id, life.case_id, house.carers[-1], contact, world.now)
    except ProposalWaitsError:
        return
    life.in_file_on = None
    world.count("contacts lost")


def note(world: World, house: House, life: Life, **facts: object) -> None:
    """Note what became known, with who said so."""
    by = world.chance.choice(house.carers)
    notes.note_facts(world.database, house.centre_id, life.case_id, by, world.now, WORD, **facts)
    life.in_file_on = None
    world.count("facts noted")


def _complains(world: World, house: House, life: Life) -> None:
    note(world, house, life, complaint=Complaint.AFTER_EXAM)
    if life.complaint is Complaint.NONE:
        life.complaint = Complaint.AFTER_EXAM
        world.count("complaints after the examination")


def _answered(world: World, house: House, life: Life) -> None:
    note(world, house, life, answered=True)
    life.answered = True
    world.count("answers of a prosecutor")


def _seized(world: World, house: House, life: Life) -> None:
    note(world, house, life, seized=True)
    life.seized = True
    if life.here and world.happens(0.7):
        where = (world.database, house.centre_id, life.case_id, house.carers[0], world.now)
        notes.hand_on(*where, list(life.here), HandedTo.REGISTRY, WORD)
        for thing in life.here.values():
            thing.is_here = False
    world.count("seizures")


def _hold(world: World, house: House, life: Life) -> None:
    notes.set_hold(world.database, house.centre_id, life.case_id, house.carers[0], world.now, WORD)
    life.held = True
    if life.again_on is None:
        life.again_on, life.again_for_hold = world.today + USUAL, True
    life.in_file_on = None
    world.count("holds set")


def lift(world: World, house: House, life: Life) -> None:
    """Lift the team's holds: from now on, the end of the period is looked at like any other."""
    notes.lift_holds(world.database, house.centre_id, life.case_id, house.carers[0], world.now, WORD)
    life.held = False
    if life.again_for_hold or life.is_all_gone:
        life.again_on, life.again_for_hold = None, False
    life.in_file_on = None
    world.count("holds lifted")


def in_file(world: World, house: House, life: Life) -> None:
    """Confirm that everything is in the patient file."""
    if not life.open:
        note_in_file(world.database, house.centre_id, life.case_id, house.carers[0], world.now)
        life.in_file_on = life.in_file_on or world.today
        world.count("confirmed in the file")


def _was_no_complaint(world: World, house: House, life: Life) -> None:
    """It was written down wrong: no judge ordered the examination."""
    if life.complaint is Complaint.BEFORE_EXAM:
        where = (world.database, house.centre_id, life.case_id, house.carers[0], world.now)
        correct_case(*where, {"complaint": Complaint.NONE}, "the wrong box", agreed=True)
        life.complaint = Complaint.NONE
        life.in_file_on = None
        world.count("corrections")


DOES: Mapping[str, Callable[[World, House, Life], None]] = {
    "complains": _complains,
    "answered": _answered,
    "seized": _seized,
    "hold": _hold,
    "lift": lift,
    "new-link": new_link,
    "revoke": _revoke,
    "call-me-message": _call_me,
    "other-contact": _other_contact,
    "copied": in_file,
    "was-no-complaint": _was_no_complaint,
    "contact-by-team": lambda world, house, life: her.ask(
        world, house, life, RequestKind.CONTACT_ME, by=house.carers[0]
    ),
}
