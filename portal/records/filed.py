"""That a named member of the team put everything into the patient file: before that, nothing of a case is erased."""

from datetime import datetime

from portal.records.database import Database
from portal.records.journal import write_line
from portal.records.models import CaseRecord


def note_in_file(database: Database, centre_id: str, case_id: str, staff_id: str, now: datetime) -> None:
    """Note that request, answer and act are in the patient file; anything new takes it back (`records.news`).

    Raises:
        LookupError: this centre has no such case.

    """
    with database.writing(centre_id) as session:
        record = session.get(CaseRecord, case_id)
        if record is None or record.centre_id != centre_id:
            raise LookupError(case_id)
        if record.in_file_at is None:
            record.in_file_at, record.in_file_by = now, staff_id
            write_line(session, centre_id, now, staff_id, "case-in-file", case_id)
