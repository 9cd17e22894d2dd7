"""What a new line of the journal means for its case: it is not in the patient file yet; one that moved is closed."""

from sqlalchemy.orm import Session

from portal.law.course import NotPossibleError
from portal.records.models import CaseRecord, ItemRecord, Link, RequestRecord

NOTHING_NEW = ("case-viewed", "case-registered", "case-in-file", "case-copied", "case-erased")
STILL_POSSIBLE = (*NOTHING_NEW, "link-revoked")


class MovedError(NotPossibleError):
    """Another centre keeps this case (art. 17 al. 6): whoever wants anything of it talks with that centre."""

    def __init__(self) -> None:
        """Say so by its stable id."""
        super().__init__("moved")


def take_out_of_file(session: Session, action: str, subject: str) -> None:
    """Forget that everything of a case is in the patient file, inside the transaction that writes something new.

    Called for every line of the journal, so that no change of a case, its things or its requests is forgotten; what is
    only read, and what is about a link or a message, is nothing new.

    Raises:
        MovedError: another centre keeps this case; nothing changes here any more.

    """
    if action.startswith(STILL_POSSIBLE):
        return
    about = session.get(RequestRecord, subject) or session.get(ItemRecord, subject) or session.get(Link, subject)
    record = session.get(CaseRecord, about.case_id if about else subject)
    if record is None:
        return
    if record.moved_at is not None:
        raise MovedError
    if record.in_file_at is not None and not isinstance(about, Link):
        record.in_file_at = record.in_file_by = None
