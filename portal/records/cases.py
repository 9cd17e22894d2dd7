"""Cases: registering one, reading one, and turning a record into what the law asks for."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import law
from portal.clock import brussels_day
from portal.records import seal
from portal.records.centres import rhythm_of
from portal.records.choices import Choices, read_choices
from portal.records.database import Database, new_id, wrapped_case_key
from portal.records.items import KeptItem, compare_dates, date_items, read_items
from portal.records.journal import write_line
from portal.records.models import CaseRecord, Centre, Extension, Hold, JournalLine, Staff
from portal.records.notebook import Entry, read_entries
from portal.records.sheets import seal_sheet, unseal_sheet

REGISTERED = "case-registered"
VIEWING = timedelta(minutes=15)
WORKED_ON = "case-worked-on"  # keeps open what was opened; no opening of its own, for her page or for an auditor
RENEWED = timedelta(minutes=1)  # whoever goes on working is not shut out, and the journal is not filled by it
FACTS = ("case_record", "sealed_facts")


class Why(StrEnum):
    """Why a member of the team opened a case, in the journal and, where she chose it, on her page."""

    REQUEST = "case-viewed-request"
    DATE = "case-viewed-date"
    CALL = "case-viewed-call"
    MESSAGE = "case-viewed-message"
    APPOINTMENT = "case-viewed-appointment"
    SHE_CALLED = "case-viewed-she-called"
    CORRECTING = "case-viewed-correcting"
    FILE = "case-viewed-file"
    OTHER = "case-viewed"  # also for what must not be told: a hold, a complaint


# Outside *Today*, somebody says which. The last is for police, a prosecutor or a paper: written down, it tells of none.
ASKED_FOR = (Why.APPOINTMENT, Why.SHE_CALLED, Why.CORRECTING, Why.FILE, Why.OTHER)


class AlreadyRegisteredError(Exception):
    """The centre already has a case under this reference; `case_id` is that case."""

    def __init__(self, case_id: str) -> None:
        """Remember which case it is."""
        super().__init__(case_id)
        self.case_id = case_id


@dataclass(frozen=True)
class Admission:
    """What a nurse registers: her own reference and what the law needs to know, nothing more.

    What becomes known later (a complaint after the examination, a seizure, the two tests of art. 29 § 4, vulnerability,
    protection) is None or False until the team notes it.
    """

    reference: str
    exam_on: date | None
    minor: bool
    complaint: law.Complaint
    language: str
    phase: law.Phase | None = None
    seized: bool = False
    destroyed: bool = False
    vulnerable: bool = False
    protected: bool = False
    capable_29_4: bool | None = None
    apt_29_4: bool | None = None
    answered: bool = False
    ended: bool = False

    def as_case(self, *, extended: bool = False, hold: bool = False) -> law.Case:
        """Return what the law asks for."""
        case = law.Case(
            phase=self.phase,
            minor=self.minor,
            complaint=self.complaint,
            exam_on=self.exam_on,
            extended=extended,
            hold=hold,
            seized=self.seized,
            destroyed=self.destroyed,
            vulnerable=self.vulnerable,
            protected=self.protected,
            capable_29_4=self.capable_29_4,
            apt_29_4=self.apt_29_4,
            answered=self.answered,
            ended=self.ended,
        )
        return replace(case, hold=hold or case.waits_for_an_answer)  # on any sign of a complaint


@dataclass(frozen=True)
class OpenedCase:
    """A case, unsealed."""

    record: CaseRecord
    admission: Admission
    law_case: law.Case
    choices: Choices = field(default_factory=Choices)
    items: tuple[KeptItem, ...] = ()
    entries: tuple[Entry, ...] = ()

    @property
    def is_all_gone(self) -> bool:
        """Whether everything was destroyed or given back. What was handed on is kept elsewhere."""
        return self.law_case.destroyed or (bool(self.items) and all(one.gone_at for one in self.items))

    @property
    def here(self) -> tuple[KeptItem, ...]:
        """The things that are kept here: not gone, and not handed on."""
        return tuple(one for one in self.items if one.is_here)

    @property
    def handed_on(self) -> tuple[KeptItem, ...]:
        """The things that were handed on, and are kept by somebody else."""
        return tuple(one for one in self.items if one.gone_how and one.gone_at is None)


def register_case(database: Database, centre_id: str, staff_id: str, admission: Admission, now: datetime) -> str:
    """Write a new case and its journal line.

    Returns:
        The id of the case.

    Raises:
        AlreadyRegisteredError: the centre has this reference already.

    """
    with database.writing(centre_id) as session:
        if known := case_by_reference(database, session, centre_id, admission.reference):
            raise AlreadyRegisteredError(known)
        centre_key = database.centre_key(session, centre_id)
        case_id, case_key = new_id(), seal.new_key()
        # Kept for every examination alike: a missing date would tell a thief that a judge ordered it.
        period = law.keeping(admission.exam_on, minor=admission.minor) if admission.exam_on else None
        rhythm = rhythm_of(session.get_one(Centre, centre_id))
        session.add(
            CaseRecord(
                id=case_id,
                centre_id=centre_id,
                wrapped_key=wrapped_case_key(centre_key, case_id, case_key),
                reference_index=seal.blind_index(centre_key, admission.reference),
                sealed_reference=_seal(case_key, admission.reference, "sealed_reference", case_id),
                sealed_facts=sealed_admission(case_key, admission, case_id),
                language=admission.language,
                ask_by=period.ask_by if period else None,
                keep_through=period.keep_through if period else None,
                registered_at=now,
                registered_by=staff_id,
                follow_up_on=_first_follow_up(admission, rhythm, brussels_day(now)),
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
    admission = read_admission(key, record)
    extension = session.get(Extension, case_id)
    extended = extension is not None and extension.entered_at is not None
    return OpenedCase(
        record,
        admission,
        admission.as_case(extended=extended, hold=is_held(session, case_id)),
        read_choices(key, record),
        read_items(key, session, case_id),
        read_entries(key, record),
    )


def change_facts(database: Database, session: Session, case: OpenedCase, **changes: Any) -> None:
    """Write what became known of a case, inside the caller's transaction. Which fact it was stands nowhere in clear."""
    key = database.case_key(session, case.record)
    case.record.sealed_facts = sealed_admission(key, replace(case.admission, **changes), case.record.id)


def date_case(database: Database, session: Session, case: OpenedCase) -> None:
    """Write until when things are kept, for the case and for each thing, inside the caller's transaction.

    As if there were no complaint: a missing date would tell a thief that a judge ordered the examination. The case
    carries the last day of all, so that nothing is proposed to anybody before everything has run out.
    """
    key = database.case_key(session, case.record)
    date_items(key, session, as_if_unclaimed(case.law_case), case.record.id)
    whole = whole_period(case.law_case, read_items(key, session, case.record.id))
    case.record.ask_by, case.record.keep_through = (whole.ask_by, whole.keep_through) if whole else (None, None)
    compare_dates(session, case.record)


def as_if_unclaimed(case: law.Case) -> law.Case:
    """Return the case as if there were no complaint: so its dates stand in clear, alike for everybody."""
    return replace(case, complaint=law.Complaint.NONE)


def whole_period(case: law.Case, items: Iterable[KeptItem]) -> law.Keeping | None:
    """Return the first day told and the last day kept of a case with its things; None where nothing runs or is left."""
    plain = as_if_unclaimed(case)
    whole = law.own_keeping(plain)
    if whole is None or plain.destroyed:
        return None
    listed = tuple(items)
    kept = [one.item for one in listed if one.gone_at is None]
    if listed and not kept:
        return None  # everything was destroyed or given back
    periods = [period for item in kept if (period := law.item_keeping(plain, item))]
    return replace(whole, keep_through=max(period.keep_through for period in (whole, *periods)))


def note_viewing(
    database: Database, centre_id: str, staff_id: str, case_id: str, now: datetime, why: Why = Why.OTHER
) -> None:
    """Write in the journal that a member opened a case, and why: one line for fifteen minutes.

    Opened once more meanwhile, it is open for fifteen minutes from then.
    """
    if _was(database, centre_id, staff_id, case_id, now - VIEWING, REGISTERED, *Why):
        go_on_viewing(database, centre_id, staff_id, case_id, now)
        return
    with database.writing(centre_id) as session:
        write_line(session, centre_id, now, staff_id, why, case_id)


def go_on_viewing(database: Database, centre_id: str, staff_id: str, case_id: str, now: datetime) -> bool:
    """Tell whether a member still has a case open; who works on it keeps it open for fifteen minutes from then.

    The journal has a line of it at most every minute; it is none of the openings that are counted and shown.
    """
    if not was_viewed(database, centre_id, staff_id, case_id, now):
        return False
    if not _was(database, centre_id, staff_id, case_id, now - RENEWED, REGISTERED, WORKED_ON, *Why):
        with database.writing(centre_id) as session:
            write_line(session, centre_id, now, staff_id, WORKED_ON, case_id)
    return True


def was_viewed(database: Database, centre_id: str, staff_id: str, case_id: str, now: datetime) -> bool:
    """Tell whether a member opened, registered or worked on a case in the last fifteen minutes, by the journal."""
    return _was(database, centre_id, staff_id, case_id, now - VIEWING, REGISTERED, WORKED_ON, *Why)


def _was(database: Database, centre_id: str, staff_id: str, case_id: str, since: datetime, *actions: str) -> bool:
    lines = select(JournalLine.seq).where(
        JournalLine.centre_id == centre_id,
        JournalLine.subject == case_id,
        JournalLine.actor == staff_id,
        JournalLine.action.in_(actions),
        JournalLine.at > since,
    )
    with database.reading(centre_id) as session:
        return session.scalars(lines.limit(1)).first() is not None


def viewings(session: Session, centre_id: str, case_id: str) -> list[JournalLine]:
    """Return who opened a case, the latest first: lines of the journal, which hold no name."""
    lines = select(JournalLine).where(
        JournalLine.centre_id == centre_id, JournalLine.subject == case_id, JournalLine.action.in_((REGISTERED, *Why))
    )
    return list(session.scalars(lines.order_by(JournalLine.seq.desc())))


def roles_of(session: Session, lines: Iterable[JournalLine]) -> dict[str, str]:
    """Return the role of each member who stands in lines of the journal, by id: what they are, never who."""
    members = select(Staff).where(Staff.id.in_({line.actor for line in lines}))
    return {one.id: one.role for one in session.scalars(members)}


def is_held(session: Session, case_id: str) -> bool:
    """Tell whether anything holds a case."""
    held = select(Hold.id).where(Hold.case_id == case_id, Hold.lifted_at.is_(None)).limit(1)
    return session.scalars(held).first() is not None


def find_case(database: Database, centre_id: str, reference: str) -> str | None:
    """Return the id of the case that a centre keeps under a reference of its own: by its blind index, exactly."""
    with database.reading(centre_id) as session:
        return case_by_reference(database, session, centre_id, reference)


def _first_follow_up(admission: Admission, rhythm: tuple[int, ...], today: date) -> date | None:
    """Return when the team calls first (art. 14 § 3): the same with or without a complaint."""
    if admission.exam_on is None or not law.is_followed_up(admission.as_case()):
        return None
    return law.next_follow_up(admission.exam_on, rhythm, today)


def write_reference(database: Database, session: Session, record: CaseRecord, reference: str) -> None:
    """Write another reference, inside the caller's transaction.

    Raises:
        AlreadyRegisteredError: the centre has another case under it.

    """
    centre_key, key = database.centre_key(session, record.centre_id), database.case_key(session, record)
    known = case_by_reference(database, session, record.centre_id, reference)
    if known is not None and known != record.id:
        raise AlreadyRegisteredError(known)
    record.reference_index = seal.blind_index(centre_key, reference)
    record.sealed_reference = _seal(key, reference, "sealed_reference", record.id)


def case_by_reference(database: Database, session: Session, centre_id: str, reference: str) -> str | None:
    """Return the id of the case that a centre keeps under a reference, whichever of its keys indexed it.

    A key that changes between two looks has moved the index: then it is looked for once more.
    """
    kept, before = session.get_one(Centre, centre_id).wrapped_key, b""
    while kept != before:
        indexes = [seal.blind_index(key, reference) for key in database.wrappers.unwrap_all(kept, centre_id)]
        match = select(CaseRecord.id).where(CaseRecord.centre_id == centre_id, CaseRecord.reference_index.in_(indexes))
        if (known := session.scalars(match).first()) is not None:
            return known
        now = session.scalar(select(Centre.wrapped_key).where(Centre.id == centre_id))
        before, kept = kept, now or b""
    return None


def read_admission(key: bytes, record: CaseRecord) -> Admission:
    """Return what was registered for a case, with its key."""
    facts = unseal_sheet(key, record.sealed_facts, *FACTS, record.id)
    reference = seal.unseal(key, record.sealed_reference, "case_record", "sealed_reference", record.id)
    exam_on, complaint, phase = facts.pop("exam_on"), facts.pop("complaint"), facts.pop("phase")
    return Admission(
        reference=reference.decode(),
        exam_on=date.fromisoformat(exam_on) if exam_on else None,
        complaint=law.Complaint(complaint),
        language=record.language,
        phase=law.Phase(phase) if phase else None,
        **facts,
    )


def sealed_admission(key: bytes, admission: Admission, case_id: str) -> bytes:
    """Seal what is known of an admission; its reference and its language have columns of their own."""
    facts = asdict(admission)
    del facts["reference"], facts["language"]
    exam_on = admission.exam_on.isoformat() if admission.exam_on else None
    return seal_sheet(key, {**facts, "exam_on": exam_on}, *FACTS, case_id)


def _seal(key: bytes, text: str, column: str, case_id: str) -> bytes:
    return seal.seal(key, text.encode(), "case_record", column, case_id)
