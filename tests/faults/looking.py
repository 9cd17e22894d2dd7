"""When it is over: everything that was told is there, once; what nobody was told is there once or not at all."""

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.hashing import fast_hash
from portal.law import RequestKind
from portal.records.cases import open_case
from portal.records.journal import verify
from portal.records.models import CaseRecord, Extension, Link, Message, RequestRecord
from portal.records.outbox import State
from tests.faults.world import World

Lost = dict[str, list[str]]


def look(world: World) -> Lost:
    """Return, for each promise, what broke it."""
    with world.database.reading() as session:
        return {
            "extensions that were told and are not there": _extensions_lost(world, session),
            "extensions that are there twice": _twice(session.scalars(select(Extension.case_id))),
            "requests that are there twice": _twice(session.scalars(select(RequestRecord.case_id))),
            "cases that were told and are not there": _cases(world, session)[0],
            "cases that are there twice": _cases(world, session)[1],
            "messages that were told and are not there": _messages_lost(world, session),
            "messages that left twice": _twice(body["id"] for _, _, body in world.gateway.asked),
            "messages whose end is another than what happened": _messages_otherwise(world, session),
            "journals that do not fit": [str(fault)] if (fault := verify(session, world.team.centre_id)) else [],
            "answers that nobody should get": world.book.wrong,
        }


def _twice(found: object) -> list[str]:
    return [str(one) for one, many in Counter(found).items() if many > 1]  # type: ignore[call-overload]  # any iterable


def _extensions_lost(world: World, session: Session) -> list[str]:
    lost = []
    for token, number in world.book.told.get("extensions", {}).items():
        case_id = session.scalars(select(Link.case_id).where(Link.token_hash == fast_hash(token))).one()
        asked = select(RequestRecord.number).where(
            RequestRecord.case_id == case_id, RequestRecord.kind == RequestKind.EXTENSION
        )
        if list(session.scalars(asked)) != [number]:
            lost.append(number)
    return lost


def _cases(world: World, session: Session) -> tuple[list[str], list[str]]:
    found: Counter[str] = Counter()
    for case_id in session.scalars(select(CaseRecord.id)):
        case = open_case(world.database, session, world.team.centre_id, case_id)
        found[case.admission.reference if case else "unreadable"] += 1
    told = world.book.told.get("cases", {})
    return [one for one in told if not found[one]], [one for one, many in found.items() if many > 1]


def _messages_lost(world: World, session: Session) -> list[str]:
    there = set(session.scalars(select(Message.id)))
    return [one for one in world.book.told.get("messages", {}) if one not in there]


def _messages_otherwise(world: World, session: Session) -> list[str]:
    left, otherwise = world.gateway.taken(), []
    for message in session.scalars(select(Message)):
        fits = message.id in left if message.state == State.SENT else message.state == State.UNSURE
        if not fits:
            otherwise.append(f"{message.state}, left: {message.id in left}")
    return otherwise
