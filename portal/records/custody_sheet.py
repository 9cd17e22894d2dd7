"""What of a case goes from one installation to another: all it needs there, and no id, login or name from here.

Things and requests get names of the sheet's own; members of the team are told by their numbers, which stand on
certificates anyway. Links, sessions and messages do not move, nor does an end of a period that was only proposed.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import law
from portal.law.course import ENDED
from portal.records import choices, items, notebook, notes, requests
from portal.records.cases import FACTS, OpenedCase
from portal.records.database import Database
from portal.records.models import Extension, Hold, ItemRecord, RequestRecord, Staff
from portal.records.sheets import unseal_sheet

FORM = 1
Sheet = dict[str, Any]
STEPS = ("taken_up", "confirmed", "signed", "ended")
DAYS = ("ask_by", "keep_through", "follow_up_on", "review_on")


def sheet_of(database: Database, session: Session, case: OpenedCase) -> Sheet:
    """Return everything of a case that moves with it, ready to be written as JSON."""
    record, key = case.record, database.case_key(session, case.record)
    things = session.scalars(
        select(ItemRecord).where(ItemRecord.case_id == record.id).order_by(ItemRecord.added_at, ItemRecord.id)
    ).all()
    asked = session.scalars(
        select(RequestRecord).where(RequestRecord.case_id == record.id).order_by(RequestRecord.asked_at)
    ).all()
    moving = [one for one in asked if one.kind != law.RequestKind.END_OF_PERIOD or one.state in ENDED]
    named = {one.id: name_of_thing(place) for place, one in enumerate(things)}
    named |= {one.id: name_of_request(place) for place, one in enumerate(moving)}
    number = _numbers(session)
    noted = unseal_sheet(key, record.sealed_notes, *notebook.PLACE, record.id)
    chosen = unseal_sheet(key, record.sealed_choices, *choices.PLACE, record.id)
    return {
        "custody": FORM,
        "reference": case.admission.reference,
        "language": record.language,
        "facts": unseal_sheet(key, record.sealed_facts, *FACTS, record.id),
        "choices": chosen and {**chosen, "contact_proposed": None},  # who saw her there cannot be a second here
        "notes": [{**line, "by": number(line["by"])} for line in noted.get("entries", ())],
        "days": {name: _iso(getattr(record, name)) for name in DAYS},
        "registered": _by(record.registered_at, number(record.registered_by)),
        "things": [_thing(key, one, number) for one in things],
        "requests": [_request(key, one, number, named) for one in moving],
        "extension": _extension(session, record.id, named),
        "holds": [_hold(key, one, number, named) for one in _holds(session, record.id)],
    }


def name_of_thing(place: int) -> str:
    """Return what a sheet calls a thing; nobody types this, so that no answer is taken for a name."""
    return f"\x1ft{place}"


def name_of_request(place: int) -> str:
    """Return what a sheet calls a request."""
    return f"\x1fr{place}"


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """Return a value of a sheet with every name that is known replaced, as deep as it lies."""
    if isinstance(value, dict):
        return {names.get(name, name): renamed(one, names) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [renamed(one, names) for one in value]
    return names.get(value, value) if isinstance(value, str) else value


def numbers_in(sheet: Sheet) -> set[str]:
    """Return the numbers of everybody who acted."""
    acted = [sheet["registered"], *(one["added"] for one in sheet["things"])]
    for asked in sheet["requests"]:
        acted += [asked["asked"], *(asked[step] for step in STEPS)]
    for hold in sheet["holds"]:
        acted += [hold["set"], hold["lifted"]]
    return {one["by"] for one in (*acted, *sheet["notes"]) if one["by"]}


def _thing(key: bytes, one: ItemRecord, number: Callable[[str | None], str | None]) -> Sheet:
    return {
        "facts": unseal_sheet(key, one.sealed_facts, *items.PLACE, one.id),
        "days": {"ask_by": _iso(one.ask_by), "keep_through": _iso(one.keep_through)},
        "added": _by(one.added_at, number(one.added_by)),
        "gone_at": _iso(one.gone_at),
    }


def _request(
    key: bytes, one: RequestRecord, number: Callable[[str | None], str | None], named: Mapping[str, str]
) -> Sheet:
    details = unseal_sheet(key, one.sealed_details, *requests.DETAILS, one.id)
    return {
        "kind": one.kind,
        "number": one.number,
        "state": one.state,
        "means": one.means,
        "waits_until": _iso(one.waits_until),
        "details": renamed(details, named),
        "outcome": unseal_sheet(key, one.sealed_outcome, *requests.OUTCOME, one.id),
        "asked": _by(one.asked_at, number(one.asked_by)),
        **{step: _by(getattr(one, f"{step}_at"), number(getattr(one, f"{step}_by"))) for step in STEPS},
    }


def _hold(key: bytes, one: Hold, number: Callable[[str | None], str | None], named: Mapping[str, str]) -> Sheet:
    return {
        "request": named[one.request_id] if one.request_id else None,
        "set": _by(one.set_at, number(one.set_by)),
        "lifted": _by(one.lifted_at, number(one.lifted_by)),
        "why": unseal_sheet(key, one.sealed_why, *notes.WHY, one.id),
    }


def _extension(session: Session, case_id: str, named: Mapping[str, str]) -> Sheet | None:
    one = session.get(Extension, case_id)
    return {"request": named[one.request_id], "entered_at": _iso(one.entered_at)} if one else None


def _holds(session: Session, case_id: str) -> list[Hold]:
    return list(session.scalars(select(Hold).where(Hold.case_id == case_id).order_by(Hold.set_at, Hold.id)))


def _by(at: datetime | None, number: str | None) -> Sheet:
    return {"at": _iso(at), "by": number}


def _iso(value: date | datetime | None) -> str | None:
    return value.isoformat() if value else None


def _numbers(session: Session) -> Callable[[str | None], str | None]:
    """Return what tells a member's number from their id; nobody's, where it was nobody of the team."""
    known: dict[str, str] = {}

    def number(staff_id: str | None) -> str | None:
        if staff_id is None:
            return None
        if staff_id not in known:
            staff = session.get(Staff, staff_id)
            known[staff_id] = staff.number if staff else ""
        return known[staff_id]

    return number
