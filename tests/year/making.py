"""A case and a centre of the book, made by hand."""

from datetime import date

from portal.law import Complaint, ItemKind
from portal.records.choices import Contact, Reminder
from tests.year.book import House, Life, Person, Thing

D = date.fromisoformat
NURSE, SECOND, LEADS = "nurse", "second", "leads"


def a_life(exam_on: str = "2028-01-10", *, minor: bool = False) -> Life:
    contact = Contact("sms", "0470 12 34 56", ("morning", "evening"))
    person = Person(
        "REF", D(exam_on), D(exam_on), minor, Complaint.NONE, "fr", (), contact, Reminder("write", "morning"), ()
    )
    life = Life(person, "centre", "case", D(exam_on), Complaint.NONE, contact, person.reminder)
    life.things["thing"] = Thing(ItemKind.SAMPLE, D(exam_on))
    return life


def a_house(life: Life) -> House:
    house = House("north", "centre", LEADS, [NURSE, SECOND], 14, (20, 9), 7)
    house.lives[life.case_id] = life
    return house
