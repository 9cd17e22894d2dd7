"""Cases: registering one, reading one, and turning a record into what the law asks for."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import law
from portal.records import seal
from portal.records.database import Database, new_id
from portal.records.journal import write_line
from portal.records.models import CaseRecord, Extension, Hold, JournalLine

VIEWED, REGISTERED = "case-viewed", "case-registered"
VIEWING = timedelta(minutes=15)


class AlreadyRegisteredError(Exception):
    """The centre already has a case under this reference; `case_id` is that case."""

    def __init__(self, case_id: str) -> None:
        """Remember which case it is."""
        super().__init__(case_id)
        self.case_id = case_id


@dataclass(frozen=True)
class Admission:
    """What a nurse registers: her own reference and what the law needs to know, nothing more."""

    reference: str
    exam_on: date | None
    minor: bool
    complaint: law.Complaint
    language: str
    phase: law.Phase | None = None

    def as_case(self, *, extended: bool = False, hold: bool = False) -> law.Case:
        """Return what the law asks for."""
        return law.Case(
            phase=self.phase,
            minor=self.minor,
            complaint=self.complaint,
            exam_on=self.exam_on,
            extended=extended,
            hold=hold or self.complaint is not law.Complaint.NONE,  # on any sign of a complaint
        )


@dataclass(frozen=True)
class OpenedCase:
    """A case, unsealed."""

    record: CaseRecord
    admission: Admission
    law_case: law.Case


def register_case(database: Database, centre_id: str, staff_id: str, admission: Admission, now: datetime) -> str:
    """Write a new case and its journal line.

    Returns:
        The id of the case.

    Raises:
        AlreadyRegisteredError: the centre has this reference already.

    """
    with database.writing(centre_id) as session:
        centre_key = database.centre_key(session, centre_id)
        index = seal.blind_index(centre_key, admission.reference)
        if known := _by_index(session, centre_id, index):
            raise AlreadyRegisteredError(known.id)
        case_id, case_key = new_id(), seal.new_key()
        # Kept for every examination alike: a missing date would tell a thief that a judge ordered it.
        period = law.keeping(admission.exam_on, minor=admission.minor) if admission.exam_on else None
        session.add(
            CaseRecord(
                id=case_id,
                centre_id=centre_id,
                wrapped_key=seal.seal(centre_key, case_key, "case_record", "wrapped_key", case_id),
                reference_index=index,
                sealed_reference=_seal(case_key, admission.reference, "sealed_reference", case_id),
                sealed_facts=_seal(case_key, _facts_of(admission), "sealed_facts", case_id),
                language=admission.language,
                ask_by=period.ask_by if period else None,
                keep_through=period.keep_through if period else None,
                registered_at=now,
                registered_by=staff_id,
            )
        )
        session.flush()
        write_line(session, centre_id, now, staff_id, REGISTERED, case_id)
    return case_id


def open_case(database: Database, session: Session, centre_id: str, case_id: str) -> OpenedCase | None:
    """Return a case of this centre, unsealed; None where this centre has no such case."""
    record = session.get(CaseRecord, case_id)
    if record is None or record.centre_id != centre_id:
        return None
    key = database.case_key(session, record)
    facts = json.loads(seal.unseal(key, record.sealed_facts, "case_record", "sealed_facts", case_id))
    admission = Admission(
        reference=seal.unseal(key, record.sealed_reference, "case_record", "sealed_reference", case_id).decode(),
        exam_on=date.fromisoformat(facts["exam_on"]) if facts["exam_on"] else None,
        minor=facts["minor"],
        complaint=law.Complaint(facts["complaint"]),
        language=record.language,
        phase=law.Phase(facts["phase"]) if facts["phase"] else None,
    )
    extension = session.get(Extension, case_id)
    extended = extension is not None and extension.entered_at is not None
    return OpenedCase(record, admission, admission.as_case(extended=extended, hold=is_held(session, case_id)))


def note_viewing(database: Database, centre_id: str, staff_id: str, case_id: str, now: datetime) -> None:
    """Write in the journal that a member opened a case: one line for fifteen minutes."""
    if not was_viewed(database, centre_id, staff_id, case_id, now):
        with database.writing(centre_id) as session:
            write_line(session, centre_id, now, staff_id, VIEWED, case_id)


def was_viewed(database: Database, centre_id: str, staff_id: str, case_id: str, now: datetime) -> bool:
    """Tell whether a member opened or registered a case in the last fifteen minutes, by the journal."""
    lines = select(JournalLine.seq).where(
        JournalLine.centre_id == centre_id,
        JournalLine.subject == case_id,
        JournalLine.actor == staff_id,
        JournalLine.action.in_((VIEWED, REGISTERED)),
        JournalLine.at > now - VIEWING,
    )
    with database.reading() as session:
        return session.scalars(lines.limit(1)).first() is not None


def is_held(session: Session, case_id: str) -> bool:
    """Tell whether anything holds a case."""
    held = select(Hold.id).where(Hold.case_id == case_id, Hold.lifted_at.is_(None)).limit(1)
    return session.scalars(held).first() is not None


def cases_due(session: Session, centre_id: str, today: date, limit: int) -> list[CaseRecord]:
    """Return the cases of a centre whose last day to ask comes first, from today on."""
    due = select(CaseRecord).where(CaseRecord.centre_id == centre_id, CaseRecord.ask_by >= today)
    return list(session.scalars(due.order_by(CaseRecord.ask_by).limit(limit)))


def count_past(session: Session, centre_id: str, today: date) -> int:
    """Return how many cases of a centre are past the latest reading of their period (art. 29 § 5): for a human."""
    past = select(func.count()).where(CaseRecord.centre_id == centre_id, CaseRecord.keep_through < today)
    return session.scalar(past) or 0


def _by_index(session: Session, centre_id: str, index: str) -> CaseRecord | None:
    match = select(CaseRecord).where(CaseRecord.centre_id == centre_id, CaseRecord.reference_index == index)
    return session.scalars(match).first()


def _facts_of(admission: Admission) -> str:
    return json.dumps(
        {
            "exam_on": admission.exam_on.isoformat() if admission.exam_on else None,
            "minor": admission.minor,
            "complaint": admission.complaint,
            "phase": admission.phase,
        }
    )


def _seal(key: bytes, text: str, column: str, case_id: str) -> bytes:
    return seal.seal(key, text.encode(), "case_record", column, case_id)
