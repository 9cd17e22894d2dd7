"""How the centre reaches her, replaced or noted late: one member who saw her proposes, a second who saw her confirms.

Until then the contact agreed before stands, or none does. Once confirmed it counts from that moment: for what was asked
earlier it is no second way to her, and she is seen by two (`portal.records.requests`).
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from portal.clock import brussels_day
from portal.records.choices import Choices, Contact, ProposedContact, needs_two, read_choices, write_choices
from portal.records.database import Database, new_id
from portal.records.journal import write_line
from portal.records.models import CaseRecord


class ProposalWaitsError(Exception):
    """Another contact waits to be confirmed already."""


class ProposalGoneError(Exception):
    """What was to be confirmed or withdrawn waits no longer: somebody was first, or another contact was proposed."""


class SamePersonError(Exception):
    """Who proposed a contact cannot confirm it as well."""


def agree_contact(
    database: Database, centre_id: str, case_id: str, staff_id: str, contact: Contact, now: datetime
) -> None:
    """Write down the first contact on the day of registration; any other is proposed. The same again changes nothing.

    Raises:
        LookupError: this centre has no such case.
        ProposalWaitsError: another contact waits to be confirmed or withdrawn first.

    """
    with database.writing(centre_id) as session:
        record, chosen = _case(database, session, centre_id, case_id)
        waiting = chosen.contact_proposed
        if contact == chosen.contact or (waiting and (waiting.contact, waiting.by) == (contact, staff_id)):
            return
        if waiting:
            raise ProposalWaitsError(case_id)
        if not needs_two(record, chosen, brussels_day(now)):
            changed, action = replace(chosen, contact=contact, contact_since=now), "choices-changed"
        else:
            changed = replace(chosen, contact_proposed=ProposedContact(new_id(), contact, staff_id, now))
            action = "contact-proposed"
        _write(database, session, record, changed, now if changed.contact_proposed else None)
        write_line(session, centre_id, now, staff_id, action, case_id)


def confirm_contact(
    database: Database, centre_id: str, case_id: str, staff_id: str, proposal_id: str, now: datetime
) -> None:
    """Let a proposed contact stand, from this moment on, by a second member who saw her too.

    Raises:
        LookupError: this centre has no such case.
        ProposalGoneError: this proposal waits no longer.
        SamePersonError: the member who proposed it.

    """
    with database.writing(centre_id) as session:
        record, chosen = _case(database, session, centre_id, case_id)
        waiting = _waiting(chosen, proposal_id)
        if waiting.by == staff_id:
            raise SamePersonError(case_id)
        changed = replace(chosen, contact=waiting.contact, contact_since=now, contact_proposed=None)
        _write(database, session, record, changed, None)
        write_line(session, centre_id, now, staff_id, "contact-confirmed", case_id)


def withdraw_contact(
    database: Database, centre_id: str, case_id: str, staff_id: str, proposal_id: str, now: datetime
) -> None:
    """Take back a proposed contact: the one agreed before goes on standing. Any member of the centre may.

    Raises:
        LookupError: this centre has no such case.
        ProposalGoneError: this proposal waits no longer.

    """
    with database.writing(centre_id) as session:
        record, chosen = _case(database, session, centre_id, case_id)
        _waiting(chosen, proposal_id)
        _write(database, session, record, replace(chosen, contact_proposed=None), None)
        write_line(session, centre_id, now, staff_id, "contact-withdrawn", case_id)


def _case(database: Database, session: Session, centre_id: str, case_id: str) -> tuple[CaseRecord, Choices]:
    record = session.get(CaseRecord, case_id)
    if record is None or record.centre_id != centre_id:
        raise LookupError(case_id)
    return record, read_choices(database.case_key(session, record), record)


def _waiting(chosen: Choices, proposal_id: str) -> ProposedContact:
    if chosen.contact_proposed is None or chosen.contact_proposed.id != proposal_id:
        raise ProposalGoneError(proposal_id)
    return chosen.contact_proposed


def _write(
    database: Database, session: Session, record: CaseRecord, changed: Choices, proposed_at: datetime | None
) -> None:
    write_choices(database, session, record, lambda _chosen: changed)
    record.contact_proposed_at = proposed_at
