"""What is new of a case is not in the patient file yet: whatever a nurse confirmed before is confirmed again."""

from sqlalchemy.orm import Session

from portal.records.models import CaseRecord, ItemRecord, RequestRecord

NOTHING_NEW = ("case-viewed", "case-registered", "case-in-file", "case-copied", "case-erased")


def take_out_of_file(session: Session, action: str, subject: str) -> None:
    """Forget that everything of a case is in the patient file, inside the transaction that writes something new.

    Called for every line of the journal, so that no change of a case, its things or its requests is forgotten; what is
    only read, and what is about a link or a message, is nothing new.
    """
    if action.startswith(NOTHING_NEW):
        return
    about = session.get(RequestRecord, subject) or session.get(ItemRecord, subject)
    record = session.get(CaseRecord, about.case_id if about else subject)
    if record is not None and record.in_file_at is not None:
        record.in_file_at = record.in_file_by = None
