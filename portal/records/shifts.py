"""Who is on duty, who owns a line, and what was done since a shift began."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.records.database import Database
from portal.records.journal import PERSON, write_line
from portal.records.models import JournalLine, Shift, Staff

USUAL_SHIFT = timedelta(hours=12)
LINES_READ = 500
LEADS, CARES = "coordinator", ("nurse", "coordinator")  # the roles that work on cases: portal.access.roles


@dataclass(frozen=True)
class Colleague:
    """A member of the team, as a line names them."""

    id: str
    login: str
    role: str
    active: bool
    added_at: datetime | None

    @property
    def can_own(self) -> bool:
        """Whether work can be theirs."""
        return self.active and self.role in CARES


@dataclass(frozen=True)
class Team:
    """Everybody of a centre, and who is on duty since when."""

    people: dict[str, Colleague]
    on_duty: Colleague | None
    since: datetime | None

    def owner(self, *took: str | None, but: str | None = None) -> Colleague | None:
        """Return whose a line is: the first of these who is still here; else who is on duty; else who leads.

        Without anybody on duty it is the coordinator, or else the nurse, who came first. None only where nobody of the
        centre works on cases: then nobody reads it either. `but` cannot own it: who confirmed does not sign as well.
        """
        can = {one.id: one for one in self.people.values() if one.can_own and one.id != but}
        on_duty = self.on_duty.id if self.on_duty else None
        first = next((can[one] for one in (*took, on_duty) if one in can), None)
        return first or min(can.values(), key=_seniority, default=None)


def team_of(session: Session, centre_id: str) -> Team:
    """Return the team of a centre."""
    columns = select(Staff.id, Staff.login, Staff.role, Staff.active, Staff.added_at)
    people = {row.id: Colleague(*row) for row in session.execute(columns.where(Staff.centre_id == centre_id))}
    shift = session.get(Shift, centre_id)
    return Team(people, people.get(shift.staff_id) if shift else None, shift.since if shift else None)


def begin_shift(database: Database, centre_id: str, staff_id: str, now: datetime) -> None:
    """Note that a member is on duty from now on; who is already, stays so since before."""
    with database.writing(centre_id) as session:
        shift = session.get(Shift, centre_id)
        if shift is not None and shift.staff_id == staff_id:
            return
        session.merge(Shift(centre_id=centre_id, staff_id=staff_id, since=now))
        write_line(session, centre_id, now, staff_id, "shift-begun", staff_id)


def done_since(session: Session, centre_id: str, since: datetime) -> dict[str, Counter[str]]:
    """Return how often each member did what since a moment, by the journal: the last few hundred lines of it.

    What she did with her link counts for `person`.
    """
    newest = select(JournalLine.actor, JournalLine.action, JournalLine.at).where(JournalLine.centre_id == centre_id)
    done: dict[str, Counter[str]] = {PERSON: Counter()}
    for actor, action, at in session.execute(newest.order_by(JournalLine.seq.desc()).limit(LINES_READ)):
        if at >= since:
            done.setdefault(actor, Counter())[action] += 1
    return done


def _seniority(one: Colleague) -> tuple[bool, bool, datetime | None, str]:
    """Order by who leads, then by who came first; whose coming nobody wrote down comes last."""
    return one.role != LEADS, one.added_at is None, one.added_at, one.id
