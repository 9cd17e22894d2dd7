"""Who comes to a centre in a year: drawn by chance from a seed, so that the same year can be lived again."""

import random
from datetime import date, timedelta

from portal.law import Complaint, ItemKind
from portal.library import LANGUAGES
from portal.records.choices import Contact, Reminder
from tests.year import dates
from tests.year.book import Person

FIRST, LAST = date(2028, 1, 1), date(2028, 12, 31)  # a leap year: its six months end on the worst days
BEFORE = 0.4  # of the cases are older than the year: their periods end in it
CHANNELS = ("sms", "sms", "sms", "email", "email", "call", None)
HOURS = (("any",), ("morning",), ("afternoon",), ("evening",), ("morning", "evening"), ("afternoon", "evening"))
WISHES = ("any", "morning", "afternoon", "evening")
Plan = list[tuple[date, str]]


def people(chance: random.Random, name: str, many: int) -> list[Person]:
    """Return so many people of a centre, by the day on which it registers them."""
    every = [_person(chance, f"{name}-{number}", is_old=number < many * BEFORE) for number in range(many)]
    return sorted(every, key=lambda one: (one.known_on, one.reference))


def _person(chance: random.Random, reference: str, *, is_old: bool) -> Person:
    minor = chance.random() < 0.15
    exam_on = _exam_on(chance, is_old=is_old, minor=minor)
    known_on = max(exam_on, FIRST) + timedelta(days=chance.choice((0, 0, 0, 1, 2)))
    complaint = chance.choices((Complaint.NONE, Complaint.BEFORE_EXAM, Complaint.UNKNOWN), weights=(84, 13, 3))[0]
    channel = chance.choice(CHANNELS)
    plan, when_told = _plan(chance, exam_on, min(known_on, LAST), complaint, minor=minor)
    return Person(
        reference=reference,
        exam_on=exam_on,
        known_on=min(known_on, LAST),
        minor=minor,
        complaint=complaint,
        language=chance.choice(LANGUAGES),
        things=_things(chance, exam_on),
        contact=_contact(chance, channel) if channel else None,
        reminder=Reminder(chance.choice(("write", "write", "call")), chance.choice(WISHES))
        if chance.random() < 0.5
        else None,
        plan=tuple((day, what) for day, what in plan if known_on < day <= LAST),
        when_told=when_told,
    )


def _exam_on(chance: random.Random, *, is_old: bool, minor: bool) -> date:
    if not is_old:
        return FIRST + timedelta(days=chance.randrange((LAST - FIRST).days + 1))
    if minor and chance.random() < 0.8:  # toxicology samples whose five years end in this year
        return date(2023, 1, 2) + timedelta(days=chance.randrange(364))
    return date(2027, 7, 5) + timedelta(days=chance.randrange(178))


def _things(chance: random.Random, exam_on: date) -> tuple[tuple[ItemKind, date], ...]:
    kinds = [ItemKind.SAMPLE]
    kinds += [kind for kind in (ItemKind.TOXICOLOGY, ItemKind.CLOTHES) if chance.random() < 0.45]
    if chance.random() < 0.1:
        return ()  # nothing was ever listed
    later = timedelta(days=chance.choice((0, 0, 0, 0, 3)))  # some bring clothes days after
    return tuple((kind, min(exam_on + (later if kind is ItemKind.CLOTHES else 0 * later), LAST)) for kind in kinds)


def _contact(chance: random.Random, channel: str) -> Contact:
    number = chance.randrange(10**6)
    to = f"somebody{number}@mail.example" if channel == "email" else f"0470 {number // 10**4:02d} {number % 10**4:04d}"
    return Contact(channel, to, chance.choice(HOURS))


FATES = {
    "nothing": 30,
    "extends": 16,
    "extends-late": 6,
    "extends-twice": 2,
    "destroys": 9,
    "destroys-in-person": 3,
    "cancels": 5,
    "returns": 9,
    "complains": 8,
    "seized": 5,
    "held": 7,
}


def _plan(
    chance: random.Random, exam_on: date, known_on: date, complaint: Complaint, *, minor: bool
) -> tuple[Plan, str | None]:
    """Return what happens when; by chance, and near the dates of the law."""
    told = exam_on + timedelta(days=180) if minor else dates.told_until(exam_on, dates.SIX_MONTHS)
    fate = chance.choices(list(FATES), weights=list(FATES.values()))[0]
    plan = _extends(chance, fate, told) if fate.startswith("extends") else _fate(chance, fate, known_on)
    plan += _beside(chance, known_on, complaint)
    when_told = "extend" if fate == "nothing" and chance.random() < 0.5 else None
    return sorted(plan), when_told


def _extends(chance: random.Random, fate: str, told: date) -> Plan:
    if fate == "extends-late":
        return [(told + timedelta(days=chance.choice((1, 1, 2, 4, 12))), "extend")]
    in_time = [(told - timedelta(days=chance.choice((0, 0, 1, 3, 10, 25, 40))), "extend")]
    again = [(told + timedelta(days=chance.randint(5, 60)), "extend")]
    return in_time + again if fate == "extends-twice" else in_time


def _fate(chance: random.Random, fate: str, known_on: date) -> Plan:
    day = known_on + timedelta(days=chance.randint(3, 150))

    def later(first: int, last: int) -> date:
        return day + timedelta(days=chance.randint(first, last))

    plans: dict[str, Plan] = {
        "nothing": [],
        "cancels": [(day, "destroys"), (later(1, 9), "cancel")],
        "complains": [(day, "complains"), (later(20, 150), "answered")],
        "seized": [(day, "complains"), (later(10, 90), "seized")],
        "held": [(day, "hold"), (later(5, 160), "lift")],
    }
    plan = plans.get(fate, [(day, fate)])
    return plan[:1] if chance.random() < 0.2 else plan  # some are never answered, lifted or cancelled


BESIDE = {
    "contact-me": 0.16,
    "copy": 0.14,
    "language": 0.03,
    "withdraw": 0.03,
    "stop": 0.1,
    "wish": 0.12,
    "new-link": 0.08,
    "call-me-message": 0.14,
    "other-contact": 0.07,
    "copied": 0.25,
    "revoke": 0.03,
}


def _beside(chance: random.Random, known_on: date, complaint: Complaint) -> Plan:
    """Return what happens beside: all kinds of things, at any time."""
    plan = [
        (known_on + timedelta(days=chance.randint(1, 240)), what)
        for what, often in BESIDE.items()
        if chance.random() < often
    ]
    if complaint is Complaint.BEFORE_EXAM and chance.random() < 0.15:
        day = known_on + timedelta(days=chance.randint(5, 60))  # she asks, is told no, and it was written down wrong
        plan += [(day, "extend"), (day + timedelta(days=chance.randint(10, 30)), "was-no-complaint")]
    return plan
