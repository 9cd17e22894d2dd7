"""What she does: with her link, at any hour, or in person at the centre."""

from collections.abc import Callable, Mapping
from contextlib import suppress

from portal.access.links import Answer, try_code
from portal.law import RequestKind
from portal.law.course import NotPossibleError
from portal.records import requests
from portal.records.choices import Reminder, change_choices
from portal.records.journal import PERSON
from portal.records.requests import Wish
from tests.year.book import Asked, House, Life
from tests.year.world import World

Does = Callable[[World, House, Life], None]


def ask(world: World, house: House, life: Life, kind: RequestKind, by: str | None = None) -> None:
    """Ask for something; it stands in the book until it ends."""
    items = None
    if kind in (RequestKind.RESTITUTION, RequestKind.DESTRUCTION) and life.here and world.happens(0.5):
        items = tuple(sorted(life.here)[:1])  # one thing only
    receipt = requests.ask(world.database, house.centre_id, life.case_id, Wish(kind, items), world.now, asked_by=by)
    if receipt.is_new:
        with world.database.reading() as session:
            record = requests.by_number(session, life.case_id, receipt.number)
        assert record is not None
        life.open[record.id] = Asked(kind, items, world.now, by)
        life.in_file_on = None
        world.count(f"asked: {kind}")


def _asks(kind: RequestKind) -> Does:
    def does(world: World, house: House, life: Life) -> None:
        _enters(world, life)
        ask(world, house, life, kind)

    return does


def _asks_in_person(kind: RequestKind) -> Does:
    def does(world: World, house: House, life: Life) -> None:
        ask(world, house, life, kind, by=world.chance.choice(house.carers))

    return does


def _enters(world: World, life: Life) -> None:
    """Open her space with the code, sometimes mistyped at first."""
    if life.link is None:
        return  # she calls, and somebody writes it down as hers
    token, code = life.link
    if world.happens(0.1):
        wrong = f"{(int(code) + 1) % 10**8:08d}"
        assert try_code(world.database, token, wrong, world.now).answer is Answer.NOT_OPENED
        world.count("codes mistyped")
    if try_code(world.database, token, code, world.now).answer is Answer.OPENED:
        world.count("links opened")


def cancel(world: World, house: House, life: Life) -> None:
    """Cancel a destruction or a return, from her space."""
    for request_id, asked in list(life.open.items()):
        if asked.kind in (RequestKind.DESTRUCTION, RequestKind.RESTITUTION):
            with suppress(NotPossibleError):
                requests.cancel_by_her(world.database, house.centre_id, request_id, world.now)
                del life.open[request_id]
                world.count("cancelled by her")


def stop(world: World, house: House, life: Life) -> None:
    """Stop every message."""
    ask(world, house, life, RequestKind.STOP_MESSAGES)
    life.stopped_at, life.reminder = life.stopped_at or world.now, None
    world.count("stopped messages")


def wish(world: World, house: House, life: Life) -> None:
    """Wish to be reminded, or no more."""
    life.reminder = None if life.reminder else Reminder("write", world.chance.choice(("any", "morning", "evening")))
    change_choices(world.database, house.centre_id, life.case_id, PERSON, world.now, reminder=life.reminder)
    life.in_file_on = None
    world.count("wishes changed")


DOES: Mapping[str, Does] = {
    "extend": _asks(RequestKind.EXTENSION),
    "destroys": _asks(RequestKind.DESTRUCTION),
    "destroys-in-person": _asks_in_person(RequestKind.DESTRUCTION),
    "returns": _asks(RequestKind.RESTITUTION),
    "contact-me": _asks(RequestKind.CONTACT_ME),
    "copy": _asks(RequestKind.REPORT_COPY),
    "language": _asks(RequestKind.LANGUAGE_HELP),
    "withdraw": _asks(RequestKind.WITHDRAW_SERVICE),
    "cancel": cancel,
    "stop": stop,
    "wish": wish,
}
