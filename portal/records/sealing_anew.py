"""Sealing anew what an older way of sealing sealed, centre by centre, while everybody works.

The keys stay as they are, and so does what is sealed: whoever reads meanwhile opens the one or the other. Cut off
anywhere, it is run again and goes on.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.records import authenticators, seal, wrapping
from portal.records.database import Database, case_key_by
from portal.records.fence import Across
from portal.records.journal import write_line
from portal.records.models import CaseRecord, Centre, Hold, ItemRecord, Message, RequestRecord, Staff
from portal.records.wrapping import NotGivenError, Wrapped, Wrappers

SEALED_ANEW = "sealed-anew"
BATCH = 100
Row = CaseRecord | ItemRecord | RequestRecord | Hold | Message
OF_A_CASE: tuple[Any, ...] = (ItemRecord, RequestRecord, Hold, Message)  # rows with sealed columns, besides its own
Progress = Callable[[int], None]


class Count:
    """How many values were sealed anew, how many no key opens and stay as they are, and which centres are closed."""

    def __init__(self) -> None:
        """Begin at none."""
        self.done = self.lost = 0
        self.closed: list[str] = []

    def anew(self, keys: Sequence[bytes], sealed: bytes, *place: str) -> bytes:
        """Return a value in the newest way, by whichever of these keys sealed it."""
        for key in reversed(keys):
            try:
                fresh = seal.anew(key, sealed, *place)
            except seal.UnreadableError:
                continue
            self.done += fresh != sealed
            return fresh
        self.lost += 1
        return sealed


def seal_anew(database: Database, now: datetime, actor: str, progress: Progress = lambda _done: None) -> Count:
    """Seal in the newest way whatever an older one sealed, but at centres whose key was not given. Again, nothing."""
    count = Count()
    with database.reading(across=Across.CENTRES) as session:
        centres = session.execute(select(Centre.id, Centre.name).order_by(Centre.name)).all()
    for centre_id, name in centres:
        try:
            _at(database, centre_id, count, now, actor, progress)
        except NotGivenError:
            count.closed.append(name)
    return count


def _at(database: Database, centre_id: str, count: Count, now: datetime, actor: str, progress: Progress) -> None:
    before = count.done
    last: str | None = ""
    while last is not None:
        was = count.done
        with database.writing(centre_id) as session:
            keys = database.centre_keys(session, centre_id)
            if not last:
                _team(database.wrappers, session, centre_id, keys, count)
            last = _batch(session, centre_id, keys, count, last)
            if was == before < count.done:
                write_line(session, centre_id, now, actor, SEALED_ANEW, centre_id)
        progress(count.done)


def _team(wrappers: Wrappers, session: Session, centre_id: str, keys: Sequence[bytes], count: Count) -> None:
    """Seal anew the key of a centre, and what its key seals of its team."""
    centre = session.get_one(Centre, centre_id)
    there = wrapping.read(centre.wrapped_key)
    anew = tuple(_wrapped_anew(wrappers, one, centre_id, count) for one in there)
    if anew != there:
        centre.wrapped_key = wrapping.written(anew)
    members = select(Staff).where(Staff.centre_id == centre_id, Staff.sealed_authenticator.is_not(None))
    for member in session.scalars(members.with_for_update()):
        sealed = member.sealed_authenticator or b""
        member.sealed_authenticator = count.anew(keys, sealed, *authenticators.PLACE, member.id)


def _wrapped_anew(wrappers: Wrappers, one: Wrapped, centre_id: str, count: Count) -> Wrapped:
    try:
        _, by = wrappers.unwrap(one, centre_id)
    except NotGivenError:  # an older key of the centre, whose own key is gone: what hangs on it does not open
        count.lost += 1
        return one
    return Wrapped(one.by, count.anew([by], one.sealed, *wrapping.PLACE, centre_id))


def _batch(session: Session, centre_id: str, keys: Sequence[bytes], count: Count, last: str) -> str | None:
    """Seal the next cases anew, with whatever belongs to them; return the last one, or None."""
    after = select(CaseRecord).where(CaseRecord.centre_id == centre_id, CaseRecord.id > last)
    cases = session.scalars(after.order_by(CaseRecord.id).limit(BATCH).with_for_update()).all()
    opened: dict[str, list[bytes]] = {}
    for case in cases:
        try:
            opened[case.id] = [case_key_by(keys, case.id, case.wrapped_key)]
        except seal.UnreadableError:  # its key was left out of a backup, or is lost
            count.lost += 1
            continue
        case.wrapped_key = count.anew(keys, case.wrapped_key, CaseRecord.__tablename__, "wrapped_key", case.id)
        _row(opened[case.id], case, count)
    for table in OF_A_CASE:
        for row in session.scalars(select(table).where(table.case_id.in_(opened)).with_for_update()):
            _row(opened[row.case_id], row, count)
    return cases[-1].id if cases else None


def _row(key: Sequence[bytes], row: Row, count: Count) -> None:
    for name in (column.name for column in row.__table__.columns):
        if name.startswith("sealed_") and (sealed := getattr(row, name)) is not None:
            setattr(row, name, count.anew(key, sealed, row.__tablename__, name, row.id))
