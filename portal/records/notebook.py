"""What is noted beside the facts: the admission, consents in the file, who said what, corrections. One sealed sheet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from portal.law import Complaint
from portal.records.database import Database
from portal.records.models import CaseRecord
from portal.records.sheets import seal_sheet, unseal_sheet

PLACE = ("case_record", "sealed_notes")


class About(StrEnum):
    """What a line of the notebook is about."""

    ADMISSION = "admission"
    CONSENT = "consent"
    WITHDRAWN = "withdrawn"
    KNOWN = "known"
    MOVED = "moved"
    BACK = "back"
    SUPPORT = "support"
    CORRECTED = "corrected"


ONLY_THE_LAST = frozenset({About.SUPPORT})  # of a support person nothing is kept that is not needed now


@dataclass(frozen=True)
class Entry:
    """One line: what, by which member of the team and when it was written; the rest as far as it is known.

    `on` is the day of the paper, the judgement or the consent; `said` is who said so, or why; `mark` the bag it is
    about; `before` and `after` are what stood there and what stands there now.
    """

    about: About
    what: str
    by: str
    at: datetime
    on: date | None = None
    said: str = ""
    mark: str = ""
    before: str = ""
    after: str = ""


def who_freed(entries: Iterable[Entry]) -> frozenset[str]:
    """Return who noted that what kept the things keeps them no longer.

    A seizure taken back (art. 40), an answer of the prosecutor or judge (A-11), a complaint or being a minor corrected,
    things that are here after all.
    """
    return frozenset(one.by for one in entries if _frees(one))


def read_entries(key: bytes, record: CaseRecord) -> tuple[Entry, ...]:
    """Return what is noted of a case, the oldest first."""
    sheet = unseal_sheet(key, record.sealed_notes, *PLACE, record.id)
    return tuple(_read(line) for line in sheet.get("entries", ()))


def write_entries(database: Database, session: Session, record: CaseRecord, new: Iterable[Entry]) -> None:
    """Add to what is noted of a case, inside the caller's transaction."""
    key = database.case_key(session, record)
    sheet = unseal_sheet(key, record.sealed_notes, *PLACE, record.id)
    lines: list[dict[str, Any]] = sheet.get("entries", [])
    for entry in new:
        if entry.about in ONLY_THE_LAST:
            lines = [line for line in lines if line["about"] != entry.about]
        lines = [*lines, _line(entry)]
    record.sealed_notes = seal_sheet(key, {**sheet, "entries": lines}, *PLACE, record.id)
    session.flush()


def _frees(entry: Entry) -> bool:
    match entry.about, entry.what:
        case About.KNOWN, "seized":
            return entry.after == str(False)
        case About.KNOWN, "answered":
            return entry.after == str(True)
        case About.CORRECTED, "complaint":
            return entry.after == Complaint.NONE or entry.before in (Complaint.BEFORE_EXAM, Complaint.UNKNOWN)
        case About.BACK, _:
            return True
        case About.CORRECTED, "minor":
            return entry.after == str(False)
        case _:
            return False


def _line(entry: Entry) -> dict[str, Any]:
    line = {**entry.__dict__, "at": entry.at.isoformat(), "on": entry.on.isoformat() if entry.on else None}
    return {name: value for name, value in line.items() if value}


def _read(line: dict[str, Any]) -> Entry:
    on = date.fromisoformat(line["on"]) if "on" in line else None
    at = datetime.fromisoformat(line["at"])
    return Entry(**{**line, "about": About(line["about"]), "at": at, "on": on})
