"""Sheets of facts from before lengths were made alike: sealed anew when the tables are brought to this version.

The first version sealed a sheet in the length of what it says, and a length could tell whether there was a complaint.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import LargeBinary, Text, column, func, inspect, select, table
from sqlalchemy.orm import Session

from portal.events import tell_unreadable
from portal.records.cases import read_admission, sealed_admission
from portal.records.database import Database
from portal.records.fence import Across
from portal.records.models import CaseRecord, Centre
from portal.records.seal import UnreadableError
from portal.records.sheets import BLOCK, OVERHEAD, is_padded
from portal.records.wrapping import NotGivenError

# What every version of the tables has, so that they can be asked before they are brought to this one.
CENTRES = table("centre", column("id", Text), column("name", Text), column("wrapped_key", LargeBinary))
SHEETS = table("case_record", column("centre_id", Text), column("sealed_facts", LargeBinary))


@dataclass(frozen=True)
class ClosedCentre:
    """A centre that has older sheets, and whose key was not given: its name, and the id of what wraps its key."""

    id: str
    name: str
    key_id: str


def closed_with_older_sheets(database: Database) -> tuple[ClosedCentre, ...]:
    """Return the centres whose older sheets nobody can seal anew now. Tables of any version may be asked, or none."""
    with database.reading(across=Across.MIGRATION) as session:
        if not inspect(session.connection()).has_table(SHEETS.name):
            return ()
        older = (func.length(SHEETS.c.sealed_facts) - OVERHEAD) % BLOCK != 0
        wanted = CENTRES.c.id.in_(select(SHEETS.c.centre_id).where(older))
        found = session.execute(select(CENTRES).where(wanted).order_by(CENTRES.c.name)).all()
    return tuple(one for centre in found if (one := _if_closed(database, *centre)))


def _if_closed(database: Database, centre_id: str, name: str, wrapped_key: bytes) -> ClosedCentre | None:
    try:
        database.wrappers.unwrap_all(wrapped_key, centre_id)
    except NotGivenError as missing:
        return ClosedCentre(centre_id, name, missing.key_id)
    return None


def reseal_facts(database: Database, leave: Collection[str] = ()) -> int:
    """Give every sealed sheet of facts one of the few lengths, but those of the centres that are left as they are.

    Returns how many had another length.

    Raises:
        portal.records.wrapping.NotGivenError: the key of a centre with older sheets was not given.

    """
    with database.reading(across=Across.CENTRES) as session:
        centres = [one for one in session.scalars(select(Centre.id)) if one not in leave]
    return sum(_reseal(database, centre_id) for centre_id in centres)


def _reseal(database: Database, centre_id: str) -> int:
    with database.writing(centre_id) as session:
        short = _older_of(session, centre_id)
        for record in short:
            try:
                key = database.case_key(session, record)
                record.sealed_facts = sealed_admission(key, read_admission(key, record), record.id)
            except UnreadableError as damaged:
                tell_unreadable(*damaged.place)
    return len(short)


def _older_of(session: Session, centre_id: str) -> list[CaseRecord]:
    of_centre = select(CaseRecord).where(CaseRecord.centre_id == centre_id)
    every = of_centre.with_for_update()  # what a nurse notes meanwhile must not be written over
    return [case for case in session.scalars(every) if not is_padded(case.sealed_facts)]
