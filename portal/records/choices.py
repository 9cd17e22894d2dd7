"""What she chose, at the examination or later: how the centre reaches her, whether she is reminded, what is shown.

Sealed with the case. Her link changes only whether and when she is reminded, and stops messages; how she is reached is
changed with the team alone, or whoever holds her phone could lead the team's call to himself.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.clock import brussels_day
from portal.records.database import Database
from portal.records.journal import write_line
from portal.records.models import CaseRecord
from portal.records.sheets import seal_sheet, unseal_sheet

PLACE = ("case_record", "sealed_choices")
EVENING = timedelta(hours=6)  # an admission of the evening is still written down after midnight


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
class ProposedContact:
    """Another contact, proposed by one member who saw her: it stands when a second member confirms it."""

    id: str
    contact: Contact
    by: str
    at: datetime


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
    """Everything she chose. `contact_since` is when the contact began to stand: written down first, or confirmed."""

    contact: Contact | None = None
    contact_since: datetime | None = None
    contact_proposed: ProposedContact | None = None
    reminder: Reminder | None = None
    messages_stopped: bool = False
    shows_openings: bool = False
    pages: tuple[str, ...] = ()
    follow_up: FollowUp = FollowUp()


def read_choices(key: bytes, record: CaseRecord) -> Choices:
    """Return what was chosen for a case; nothing yet, where nothing was written."""
    sheet = unseal_sheet(key, record.sealed_choices, *PLACE, record.id)
    contact, proposed, reminder = sheet.get("contact"), sheet.get("contact_proposed"), sheet.get("reminder")
    return Choices(
        contact=_contact(contact) if contact else None,
        contact_since=datetime.fromisoformat(since) if (since := sheet.get("contact_since")) else None,
        contact_proposed=_proposed(proposed) if proposed else None,
        reminder=Reminder(**reminder) if reminder else None,
        messages_stopped=sheet.get("messages_stopped", False),
        shows_openings=sheet.get("shows_openings", False),
        pages=tuple(sheet.get("pages", ())),
        follow_up=FollowUp(**sheet.get("follow_up", {})),
    )


def needs_two(record: CaseRecord, chosen: Choices, today: date) -> bool:
    """Tell whether a contact noted on a day waits for a second member who saw her too.

    So does one where another stands, and a first one after the day of registration: who knows a case without a contact
    could otherwise note their own telephone weeks later, and have her link, her code and the team's calls go there.
    """
    return chosen.contact is not None or today > brussels_day(record.registered_at + EVENING)


def change_choices(database: Database, centre_id: str, case_id: str, actor: str, now: datetime, **changes: Any) -> None:
    """Change what was chosen, and write in the journal that something was.

    A contact is written here only as the first, on the day of registration; any other is proposed by one and confirmed
    by a second (`portal.records.contacts`).

    Raises:
        LookupError: this centre has no such case.
        ValueError: another contact stands, or the day of registration is over.

    """
    with database.writing(centre_id) as session:
        record = session.get(CaseRecord, case_id)
        if record is None or record.centre_id != centre_id:
            raise LookupError(case_id)
        if "contact" in changes:
            standing = read_choices(database.case_key(session, record), record)
            if changes["contact"] != standing.contact and needs_two(record, standing, brussels_day(now)):
                raise ValueError("this contact is noted by two members, never by one")
            changes["contact_since"] = now
        write_choices(database, session, record, lambda chosen: replace(chosen, **changes))
        write_line(session, centre_id, now, actor, "choices-changed", case_id)


def write_choices(
    database: Database, session: Session, record: CaseRecord, change: Callable[[Choices], Choices]
) -> None:
    """Write changed choices, inside the caller's transaction."""
    key = database.case_key(session, record)
    chosen = change(read_choices(key, record))
    sheet = asdict(chosen)
    sheet["contact_since"] = chosen.contact_since.isoformat() if chosen.contact_since else None
    if chosen.contact_proposed:
        sheet["contact_proposed"]["at"] = chosen.contact_proposed.at.isoformat()
    record.sealed_choices = seal_sheet(key, sheet, *PLACE, record.id)


def _contact(sheet: dict[str, Any]) -> Contact:
    return Contact(**{**sheet, "hours": tuple(sheet["hours"])})


def _proposed(sheet: dict[str, Any]) -> ProposedContact:
    at = datetime.fromisoformat(sheet["at"])
    return ProposedContact(sheet["id"], _contact(sheet["contact"]), sheet["by"], at)
