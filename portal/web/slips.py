"""The signed notes of a request, for her space and for the team's console: what was received, and what was done."""

from datetime import date

from portal.law.course import State
from portal.records import receipts
from portal.records.models import Staff
from portal.records.receipts import MATTERS, Certificate, Receipt
from portal.records.requests import OpenedRequest
from portal.web.rooms import rooms


def receipt_of(opened: OpenedRequest) -> Receipt:
    """Return the receipt of a request."""
    return Receipt(opened.record.number, MATTERS[opened.kind], opened.record.asked_at)


def certificate_of(opened: OpenedRequest) -> Certificate | None:
    """Return the certificate of a destruction that was done, by two members of the team; None for anything else."""
    record = opened.record
    if opened.course.state is not State.DONE or record.confirmed_by is None or record.signed_by is None:
        return None
    with rooms().database.reading(record.centre_id) as session:
        first, second = (session.get_one(Staff, who).number for who in (record.confirmed_by, record.signed_by))
    day = date.fromisoformat(opened.outcome.done_on)
    return Certificate(record.number, MATTERS[opened.kind], day, (first, second))


def signed(slip: Receipt | Certificate) -> str:
    """Return a note as signed text, with the newest key of the installation."""
    return receipts.write(slip, rooms().settings.receipt_keys)
