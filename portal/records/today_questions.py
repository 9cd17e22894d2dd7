"""The questions that *Today* asks of the database: built once, because building them costs more than asking.

Each is answered by an index, in an order, up to a limit; nothing is unsealed by them. Filled in are `centre`, `most`,
and for some `member`, `first`, `last`, `today`, `past`.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, bindparam, cast, exists, func, literal, select, text

from portal import law
from portal.law.course import ENDED, State
from portal.records.lines import LineKind
from portal.records.models import CaseRecord, Extension, ItemRecord, Message, RequestRecord, TodayLine

WAITING = tuple(state for state in State if state not in ENDED)
SIGNED_BY_TWO = ("destruction", "end-of-period")
NOT_ARRIVED = ("failed", "unsure")
ENDS_FIRST = text("NOT item.ends_with_case")  # as the index says it, or the index does not answer
CENTRE, MOST = bindparam("centre", type_=String), bindparam("most", type_=Integer)


@cache
def to_sign() -> Any:
    """Return what another confirmed and waits for this member's signature."""
    return _requests_in([State.CONFIRMED], RequestRecord.confirmed_at, _by_another())


@cache
def extensions() -> Any:
    """Return the extensions that wait, by the last day to ask."""
    return _requests_in(WAITING, CaseRecord.ask_by, RequestRecord.kind == law.RequestKind.EXTENSION)


@cache
def others() -> Any:
    """Return everything else that waits, by its age."""
    to_sign = (RequestRecord.state == State.CONFIRMED) & _by_another()
    is_other = RequestRecord.kind != law.RequestKind.EXTENSION
    return _requests_in(WAITING, RequestRecord.asked_at, is_other, ~to_sign)


def _requests_in(states: Sequence[State], order: Any, *also: ColumnElement[bool]) -> Any:
    columns: Any = select(
        RequestRecord.kind,
        RequestRecord.asked_at,
        CaseRecord.ask_by,
        RequestRecord.waits_until,
        RequestRecord.id,
        RequestRecord.case_id,
        RequestRecord.number,
        RequestRecord.state,
        RequestRecord.taken_up_by,
        RequestRecord.taken_up_at,
        RequestRecord.confirmed_by,
    )
    rows = columns.join(CaseRecord, CaseRecord.id == RequestRecord.case_id)
    mine = rows.where(RequestRecord.centre_id == CENTRE, RequestRecord.state.in_(states), *also)
    return mine.order_by(order, RequestRecord.asked_at).limit(MOST)


def _by_another() -> ColumnElement[bool]:
    """Tell whether it is signed by two, and somebody else confirmed it (nobody's word is not this member's)."""
    by = func.coalesce(RequestRecord.confirmed_by, "")
    return RequestRecord.kind.in_(SIGNED_BY_TWO) & (by != bindparam("member"))


@cache
def case_dates(kind: LineKind) -> Any:
    """Return the cases whose last day to ask comes, of whom nothing was asked and nobody was told.

    Each asking for more time leaves its row: only one that was entered moved the day, one that was refused did not.
    """
    rows = select(CaseRecord.id, CaseRecord.id, CaseRecord.ask_by).where(
        CaseRecord.centre_id == CENTRE,
        CaseRecord.moved_at.is_(None),
        CaseRecord.ask_by.between(bindparam("first"), bindparam("last")),
        ~exists().where(Extension.case_id == CaseRecord.id, Extension.entered_at.is_not(None)),
        ~_is_waiting(),
        ~_has_ended(kind, CaseRecord.id, CaseRecord.ask_by),
    )
    return rows.order_by(CaseRecord.ask_by).limit(MOST)


@cache
def thing_dates(kind: LineKind) -> Any:
    """Return the things that end before the rest of their case does, likewise."""
    rows = select(ItemRecord.id, ItemRecord.case_id, ItemRecord.ask_by).join(
        CaseRecord, CaseRecord.id == ItemRecord.case_id
    )
    due = rows.where(
        ItemRecord.centre_id == CENTRE,
        ENDS_FIRST,
        CaseRecord.moved_at.is_(None),
        ItemRecord.ask_by.between(bindparam("first"), bindparam("last")),
        ItemRecord.gone_at.is_(None),
        CaseRecord.ask_by > ItemRecord.ask_by,
        ~_is_waiting(),
        ~_has_ended(kind, ItemRecord.id, ItemRecord.ask_by),
    )
    return due.order_by(ItemRecord.ask_by).limit(MOST)


@cache
def messages() -> Any:
    """Return the messages that did not arrive and nobody saw."""
    line = literal(f"{LineKind.MESSAGE}:").concat(Message.id)
    columns = select(
        Message.id, Message.case_id, Message.kind, Message.channel, Message.state, Message.problem, Message.made_at
    )
    waiting = columns.where(Message.centre_id == CENTRE, Message.state.in_(NOT_ARRIVED), ~_is_ended(line))
    return waiting.order_by(Message.made_at).limit(MOST)


@cache
def contacts() -> Any:
    """Return where another contact waits for a second member, the oldest first."""
    waiting = select(CaseRecord.id, CaseRecord.contact_proposed_at).where(
        CaseRecord.centre_id == CENTRE, CaseRecord.moved_at.is_(None), CaseRecord.contact_proposed_at.is_not(None)
    )
    return waiting.order_by(CaseRecord.contact_proposed_at).limit(MOST)


@cache
def calls() -> Any:
    """Return whom the team calls, until today."""
    due = select(CaseRecord.id, CaseRecord.follow_up_on).where(
        CaseRecord.centre_id == CENTRE, CaseRecord.moved_at.is_(None), CaseRecord.follow_up_on <= bindparam("today")
    )
    return due.order_by(CaseRecord.follow_up_on).limit(MOST)


@cache
def again() -> Any:
    """Return what is looked at again, until today."""
    again = select(CaseRecord.id, CaseRecord.review_on).where(
        CaseRecord.centre_id == CENTRE, CaseRecord.moved_at.is_(None), CaseRecord.review_on <= bindparam("today")
    )
    return again.order_by(CaseRecord.review_on).limit(MOST)


@cache
def past() -> Any:
    """Return what is past its period, where nobody noted a day to look again and nothing waits."""
    past = select(CaseRecord.id, CaseRecord.keep_through).where(
        CaseRecord.centre_id == CENTRE,
        CaseRecord.moved_at.is_(None),
        CaseRecord.review_on.is_(None),
        CaseRecord.keep_through < bindparam("past"),
        ~_is_waiting(),
    )
    return past.order_by(CaseRecord.keep_through).limit(MOST)


@cache
def past_things() -> Any:
    """Return the things that are past while the rest of their case is not, likewise."""
    rows = select(ItemRecord.case_id, ItemRecord.keep_through).join(CaseRecord, CaseRecord.id == ItemRecord.case_id)
    past = rows.where(
        ItemRecord.centre_id == CENTRE,
        ENDS_FIRST,
        CaseRecord.moved_at.is_(None),
        ItemRecord.keep_through < bindparam("past"),
        ItemRecord.gone_at.is_(None),
        CaseRecord.keep_through >= bindparam("past"),  # else the case itself is past
        CaseRecord.review_on.is_(None),
        ~_is_waiting(),
    )
    return past.order_by(ItemRecord.keep_through).limit(MOST)


def _is_waiting() -> ColumnElement[bool]:
    """Tell whether something of the case waits for the team: it stands among the requests, and nothing else moves."""
    return exists().where(RequestRecord.case_id == CaseRecord.id, RequestRecord.state.in_(WAITING))


def _has_ended(kind: LineKind, thing_id: Any, day: Any) -> ColumnElement[bool]:
    """Tell whether somebody ended the line of this date. Where a database writes days otherwise, it is shown again."""
    return _is_ended(literal(f"{kind}:").concat(thing_id).concat(":").concat(cast(day, String)))


def _is_ended(line: ColumnElement[str]) -> ColumnElement[bool]:
    return exists().where(TodayLine.centre_id == CENTRE, TodayLine.line == line, TodayLine.ended_at.is_not(None))
