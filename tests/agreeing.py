"""A contact as it stands after two members replaced another: how that comes about is told where it matters."""

from dataclasses import replace
from datetime import datetime

from portal.records.choices import Contact, write_choices
from portal.records.database import Database
from portal.records.models import CaseRecord


def agreed(database: Database, centre_id: str, case_id: str, contact: Contact | None, now: datetime) -> None:
    """Leave a contact as agreed, whatever stood before."""
    with database.writing(centre_id) as session:
        record = session.get_one(CaseRecord, case_id)
        write_choices(database, session, record, lambda one: replace(one, contact=contact, contact_since=now))
