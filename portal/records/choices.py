"""What she chose, at the examination or later: how the centre reaches her, whether she is reminded, what is shown.

Sealed with the case. Her link changes only whether and when she is reminded, and stops messages; how she is reached is
changed with the team alone, or whoever holds her phone could lead the team's call to himself.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.records.database import Database
from portal.records.journal import write_line
from portal.records.models import CaseRecord
from portal.records.sheets import seal_sheet, unseal_sheet

PLACE = ("case_record", "sealed_choices")


@dataclass(frozen=True)
class Contact:
    """How the centre reaches her, agreed at the examination: a way, a number or address, hours, voicemail or not."""

    way: str
    to: str
    hours: tuple[str, ...] = ()
    voicemail: bool = False


@dataclass(frozen=True)
class Reminder:
    """That she wishes to be reminded, how, and in which hours."""

    way: str
    hours: str


@dataclass(frozen=True)
class FollowUp:
    """The team's calls (art. 14 § 3): whether she wants no more, and on which days somebody spoke with her or tried.

    When the next one is due stands in clear, for the team's lists; days as ISO dates.
    """

    stopped: bool = False
    spoken_on: str = ""
    tried_on: str = ""


@dataclass(frozen=True)
class Choices:
    """Everything she chose. `contact_since` is when the team wrote down how it reaches her."""

    contact: Contact | None = None
    contact_since: datetime | None = None
    reminder: Reminder | None = None
    messages_stopped: bool = False
    shows_openings: bool = False
    pages: tuple[str, ...] = ()
    follow_up: FollowUp = FollowUp()


def read_choices(key: bytes, record: CaseRecord) -> Choices:
    """Return what was chosen for a case; nothing yet, where nothing was written."""
    sheet = unseal_sheet(key, record.sealed_choices, *PLACE, record.id)
    contact, reminder = sheet.get("contact"), sheet.get("reminder")
    return Choices(
        contact=Contact(**{**contact, "hours": tuple(contact["hours"])}) if contact else None,
        contact_since=datetime.fromisoformat(since) if (since := sheet.get("contact_since")) else None,
        reminder=Reminder(**reminder) if reminder else None,
        messages_stopped=sheet.get("messages_stopped", False),
        shows_openings=sheet.get("shows_openings", False),
        pages=tuple(sheet.get("pages", ())),
        follow_up=FollowUp(**sheet.get("follow_up", {})),
    )


def change_choices(database: Database, centre_id: str, case_id: str, actor: str, now: datetime, **changes: Any) -> None:
    """Change what was chosen, and write in the journal that something was.

    Raises:
        LookupError: this centre has no such case.

    """
    with database.writing(centre_id) as session:
        record = session.get(CaseRecord, case_id)
        if record is None or record.centre_id != centre_id:
            raise LookupError(case_id)
        if "contact" in changes:
            changes["contact_since"] = now
        write_choices(database, session, record, lambda chosen: replace(chosen, **changes))
        write_line(session, centre_id, now, actor, "choices-changed", case_id)


def write_choices(
    database: Database, session: Session, record: CaseRecord, change: Callable[[Choices], Choices]
) -> None:
    """Write changed choices, inside the caller's transaction."""
    key = database.case_key(session, record)
    chosen = change(read_choices(key, record))
    since = chosen.contact_since.isoformat() if chosen.contact_since else None
    record.sealed_choices = seal_sheet(key, {**asdict(chosen), "contact_since": since}, *PLACE, record.id)
