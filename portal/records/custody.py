"""Custody moves: a case leaves one installation whole and arrives in another (art. 17 al. 6).

What was asked is answered by whoever keeps the traces now (A-35). No request is lost, no hold is lifted, an extension
that was used stays used; what was agreed with her and not done is agreed again, and her link ends: she gets another.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import law
from portal.law.course import ENDED, State
from portal.records import choices, items, notebook, notes, requests, seal
from portal.records.cases import FACTS, AlreadyRegisteredError, case_by_reference, date_case, open_case
from portal.records.custody_sheet import (
    DAYS,
    FORM,
    STEPS,
    Sheet,
    name_of_request,
    name_of_thing,
    numbers_in,
    renamed,
    sheet_of,
)
from portal.records.database import Database, new_id, wrapped_case_key
from portal.records.envelopes import NotOpenedError, OwnKeys, PublicKey, close, opened
from portal.records.fence import Across, first_across
from portal.records.items import rewrite_item
from portal.records.journal import write_line
from portal.records.links import end_links
from portal.records.models import CaseRecord, Extension, Hold, ItemRecord, RequestRecord, Staff
from portal.records.news import MovedError
from portal.records.notes import HandedTo
from portal.records.outbox.kinds import Trouble
from portal.records.outbox.rows import cancel_waiting
from portal.records.sheets import seal_sheet

MOVED, RECEIVED, REQUEST_RECEIVED = "case-moved", "case-received", "request-received"


class AlreadyHereError(Exception):
    """A request of this case is known here: it was received before, or never left this installation."""


def send(
    database: Database,
    own: OwnKeys,
    centre_id: str,
    case_id: str,
    to: PublicKey,
    actor: str,
    now: datetime,
    write: Callable[[bytes], None],
) -> None:
    """Hand a case over: close an envelope for the receiver, and close the case here, in one transaction.

    `write` puts the envelope on the disk; where it fails, nothing was handed over. Here every step is closed from now
    on, messages that wait are cancelled, her link ends, and what was kept is kept elsewhere.

    Raises:
        LookupError: this centre has no such case.
        MovedError: it was handed over before.

    """
    with database.writing(centre_id) as session:
        case = open_case(database, session, centre_id, case_id)
        if case is None:
            raise LookupError(case_id)
        if case.record.moved_at is not None:
            raise MovedError
        envelope = close(json.dumps(sheet_of(database, session, case)).encode(), own, to)
        cancel_waiting(session, case_id, actor, now, Trouble.MOVED)
        end_links(session, centre_id, case_id, actor, now)
        key = database.case_key(session, case.record)
        for one in case.here:
            rewrite_item(session, key, one.id, gone_how=HandedTo.CENTRE)
        write_line(session, centre_id, now, actor, MOVED, case_id)
        case.record.moved_at = now
        session.flush()
        write(envelope)


def receive(
    database: Database, own: OwnKeys, centre_id: str, envelope: bytes, sender: PublicKey, actor: str, now: datetime
) -> str:
    """Take a case in, under ids of its own, and return its id. The same envelope again changes nothing.

    What waits is taken up here anew. Dates are counted anew, from the same facts.

    Raises:
        NotOpenedError: it is not of this sender, not for us, changed, or of a form this version does not know.
        AlreadyRegisteredError: the centre has a case under this reference.
        AlreadyHereError: one of its requests is known here.

    """
    sheet = _read(opened(envelope, own, sender))
    with database.writing(centre_id) as session:
        if there := case_by_reference(database, session, centre_id, sheet["reference"]):
            raise AlreadyRegisteredError(there)
        people = {number: _somebody(session, centre_id, number, sender) for number in sorted(numbers_in(sheet))}
        record, key = _write_case(database, session, centre_id, sheet, people)
        things = [_write_thing(session, key, record, one, people) for one in sheet["things"]]
        named = {name_of_thing(place): item_id for place, item_id in enumerate(things)}
        for place, one in enumerate(sheet["requests"]):
            named[name_of_request(place)] = _write_request(session, key, record, one, people, named)
        _refuse_twice(session)
        _write_extension(session, record.id, sheet["extension"], named)
        for one in sheet["holds"]:
            _write_hold(session, key, record.id, one, people, named)
        session.flush()
        case = open_case(database, session, centre_id, record.id)
        if case is None:
            raise LookupError(record.id)
        date_case(database, session, case)
        write_line(session, centre_id, now, actor, RECEIVED, record.id)
        for place in range(len(sheet["requests"])):
            write_line(session, centre_id, now, actor, REQUEST_RECEIVED, named[name_of_request(place)])
        return record.id


def _read(content: bytes) -> Sheet:
    sheet: Sheet = json.loads(content)
    if sheet.get("custody") != FORM:
        raise NotOpenedError("form")
    return sheet


def _refuse_twice(session: Session) -> None:
    """Write the requests, and leave it to the database whether a number is new: it knows those of every centre."""
    try:
        session.flush()
    except IntegrityError as problem:
        if _is_number_taken(problem):
            raise AlreadyHereError from None
        raise


def _is_number_taken(problem: IntegrityError) -> bool:
    """Tell whether a number is there already: of whatever else does not fit, nobody may believe that it is."""
    return "number" in str(problem.orig)


def _somebody(session: Session, centre_id: str, number: str, sender: PublicKey) -> str:
    """Return who stands here for a member of the team there: nobody signs in as them, and they hold no role."""
    login = f"elsewhere {number} {sender.fingerprint[:9].replace(' ', '')} {centre_id[:8]}"
    if known := session.scalars(select(Staff.id).where(Staff.login == login)).first():
        return known
    while True:
        staff = Staff(id=new_id(), centre_id=centre_id, login=login, number=_free(session, number), active=False)
        try:
            with session.begin_nested():
                session.add(staff)
        except IntegrityError as problem:  # another centre gave the number to somebody in this very moment
            if not _is_number_taken(problem):
                raise
        else:
            return staff.id


def _free(session: Session, number: str) -> str:
    """Return the same number where nobody has it, at whichever centre here, or else another."""
    while first_across(session, Across.NAMES, select(Staff.id).where(Staff.number == number)) is not None:
        number = f"{secrets.randbelow(10**6):06d}"
    return number


def _write_case(
    database: Database, session: Session, centre_id: str, sheet: Sheet, people: Mapping[str, str]
) -> tuple[CaseRecord, bytes]:
    centre_key = database.centre_key(session, centre_id)
    case_id, key = new_id(), seal.new_key()
    entries = [{**line, "by": people[line["by"]]} for line in sheet["notes"]]
    record = CaseRecord(
        id=case_id,
        centre_id=centre_id,
        wrapped_key=wrapped_case_key(centre_key, case_id, key),
        reference_index=seal.blind_index(centre_key, sheet["reference"]),
        sealed_reference=seal.seal(key, sheet["reference"].encode(), "case_record", "sealed_reference", case_id),
        sealed_facts=seal_sheet(key, sheet["facts"], *FACTS, case_id),
        sealed_choices=seal_sheet(key, sheet["choices"], *choices.PLACE, case_id) if sheet["choices"] else None,
        sealed_notes=seal_sheet(key, {"entries": entries}, *notebook.PLACE, case_id) if entries else None,
        language=sheet["language"],
        registered_at=_moment(sheet["registered"]["at"]),
        registered_by=people[sheet["registered"]["by"]],
        **{name: _day(sheet["days"][name]) for name in DAYS},
    )
    session.add(record)
    session.flush()
    return record, key


def _write_thing(session: Session, key: bytes, record: CaseRecord, one: Sheet, people: Mapping[str, str]) -> str:
    item_id = new_id()
    session.add(
        ItemRecord(
            id=item_id,
            centre_id=record.centre_id,
            case_id=record.id,
            sealed_facts=seal_sheet(key, one["facts"], *items.PLACE, item_id),
            ask_by=_day(one["days"]["ask_by"]),
            keep_through=_day(one["days"]["keep_through"]),
            added_at=_moment(one["added"]["at"]),
            added_by=people[one["added"]["by"]],
            gone_at=_moment(one["gone_at"]),
        )
    )
    return item_id


def _write_request(
    session: Session, key: bytes, record: CaseRecord, one: Sheet, people: Mapping[str, str], named: Mapping[str, str]
) -> str:
    """Write a request: one that ended as it ended; one that waits as it was asked, with its own moment and waiting."""
    request_id, details = new_id(), renamed(one["details"], named)
    has_ended = one["state"] in ENDED
    steps: dict[str, Any] = {}
    for step in STEPS if has_ended else ():
        steps |= {f"{step}_at": _moment(one[step]["at"]), f"{step}_by": _who(one[step]["by"], people)}
    session.add(
        RequestRecord(
            id=request_id,
            centre_id=record.centre_id,
            case_id=record.id,
            kind=law.RequestKind(one["kind"]),
            number=one["number"],
            state=State(one["state"]) if has_ended else State.ASKED,
            means=one["means"] if has_ended else None,
            waits_until=_moment(one["waits_until"]),
            asked_at=_moment(one["asked"]["at"]),
            asked_by=_who(one["asked"]["by"], people),
            sealed_details=seal_sheet(
                key, details if has_ended else {**details, "written_consent": False}, *requests.DETAILS, request_id
            ),
            sealed_outcome=seal_sheet(key, one["outcome"], *requests.OUTCOME, request_id) if one["outcome"] else None,
            **steps,
        )
    )
    return request_id


def _write_hold(
    session: Session, key: bytes, case_id: str, one: Sheet, people: Mapping[str, str], named: Mapping[str, str]
) -> None:
    hold_id = new_id()
    session.add(
        Hold(
            id=hold_id,
            case_id=case_id,
            request_id=named[one["request"]] if one["request"] else None,
            set_at=_moment(one["set"]["at"]),
            set_by=_who(one["set"]["by"], people),
            lifted_at=_moment(one["lifted"]["at"]),
            lifted_by=_who(one["lifted"]["by"], people),
            sealed_why=seal_sheet(key, one["why"], *notes.WHY, hold_id) if one["why"] else None,
        )
    )


def _write_extension(session: Session, case_id: str, one: Sheet | None, named: Mapping[str, str]) -> None:
    if one:
        entered_at = _moment(one["entered_at"])
        session.add(Extension(case_id=case_id, request_id=named[one["request"]], entered_at=entered_at))


def _who(number: str | None, people: Mapping[str, str]) -> str | None:
    return people[number] if number else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
