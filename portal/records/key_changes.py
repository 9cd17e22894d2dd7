"""Changing keys while everybody works: what wraps the keys of the centres, and the key of a centre itself.

A centre's key changes in three steps: a fresh one beside it, from when on everything is written with that one; every
case wrapped anew, batch by batch; and the older one taken away, when nothing needs it. Cut off anywhere, it goes on.
The keys of the cases stay as they are: they are what is wrapped.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.records import seal, wrapping
from portal.records.authenticators import read_authenticator, sealed_authenticator
from portal.records.database import Database, case_key_by, wrapped_case_key
from portal.records.fence import Across
from portal.records.journal import write_line
from portal.records.models import CaseRecord, Centre, Staff
from portal.records.seal import UnreadableError
from portal.records.wrapping import ANY, NotGivenError, Wrapped

REWRAPPED, BEGUN, CHANGED = "key-rewrapped", "key-change-begun", "key-changed"
BATCH = 100

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Changed:
    """How many cases were wrapped anew, how many no key of the centre opens, and whether the older key is gone."""

    wrapped: int
    unreadable: int
    is_over: bool


def rewrap(database: Database, now: datetime, actor: str) -> int:
    """Wrap with the newest sealing key whatever an older one wrapped; return at how many centres. Again, none."""
    done = 0
    with database.reading(across=Across.CENTRES) as session:
        centres = list(session.scalars(select(Centre.id).order_by(Centre.id)))
    for centre_id in centres:
        with database.writing(centre_id) as session:
            centre = session.get_one(Centre, centre_id)
            anew = wrapping.written(_anew(database, one, centre_id) for one in wrapping.read(centre.wrapped_key))
            if anew != centre.wrapped_key:
                centre.wrapped_key = anew
                write_line(session, centre_id, now, actor, REWRAPPED, centre_id)
                done += 1
    return done


def _anew(database: Database, one: Wrapped, centre_id: str) -> Wrapped:
    """Return it under the installation's newest key; as it is, where a hospital's own key wraps it, or a lost one."""
    newest = database.wrappers.newest
    try:
        key, by = database.wrappers.unwrap(one, centre_id)
    except NotGivenError:
        return one
    stays = by not in database.sealing_keys or (by == newest and one.by != ANY)
    return one if stays else wrapping.wrap(newest, key, centre_id)


def change_key(
    database: Database,
    centre_id: str,
    now: datetime,
    actor: str,
    *,
    by: bytes | None = None,
    progress: Progress = lambda _done: None,
) -> Changed:
    """Give a centre another key, or go on where that was cut off. `by` is what wraps it, where that changes too.

    Raises:
        LookupError: there is no such centre.
        portal.records.wrapping.NotGivenError: its key was not given, and cannot be changed.

    """
    _begin(database, centre_id, now, actor, by)
    wrapped = unreadable = 0
    last: str | None = ""
    while last is not None:
        with database.writing(centre_id) as session:
            keys = database.centre_keys(session, centre_id)
            last, done, lost = _batch(session, centre_id, keys, last)
        wrapped, unreadable = wrapped + done, unreadable + lost
        progress(wrapped)
    return Changed(wrapped, unreadable, _end(database, centre_id, now, actor))


def _begin(database: Database, centre_id: str, now: datetime, actor: str, by: bytes | None) -> None:
    with database.writing(centre_id) as session:
        centre = session.get(Centre, centre_id)
        if centre is None:
            raise LookupError(centre_id)
        there = wrapping.read(centre.wrapped_key)
        _, wraps = database.wrappers.unwrap(there[-1], centre_id)
        if len(there) > 1 and by in (None, wraps):
            return  # it was begun, and cut off
        fresh = wrapping.wrap(by or database.wrapping_keys(session, centre_id)[-1], seal.new_key(), centre_id)
        centre.wrapped_key = wrapping.written([*there, fresh])
        write_line(session, centre_id, now, actor, BEGUN, centre_id)


def _batch(session: Session, centre_id: str, keys: Sequence[bytes], last: str) -> tuple[str | None, int, int]:
    """Wrap the next cases anew; return the last one, or None, how many were wrapped, and how many do not open."""
    after = select(CaseRecord).where(CaseRecord.centre_id == centre_id, CaseRecord.id > last)
    records = session.scalars(after.order_by(CaseRecord.id).limit(BATCH).with_for_update()).all()
    done = lost = 0
    for record in records:
        try:
            done += _wrapped_anew(keys, record)
        except UnreadableError:  # its key was left out of a backup, or is lost: no key of the centre is needed for it
            lost += 1
    return (records[-1].id if records else None), done, lost


def _wrapped_anew(keys: Sequence[bytes], record: CaseRecord) -> bool:
    """Wrap a case with the newest key and index its reference by it; False where both were so already."""
    newest = keys[-1]
    key = case_key_by(keys, record.id, record.wrapped_key)
    reference = seal.unseal(key, record.sealed_reference, "case_record", "sealed_reference", record.id).decode()
    index, is_wrapped = seal.blind_index(newest, reference), _is_opened_by(newest, record.id, record.wrapped_key)
    if is_wrapped and record.reference_index == index:
        return False
    record.wrapped_key, record.reference_index = wrapped_case_key(newest, record.id, key), index
    return True


def _end(database: Database, centre_id: str, now: datetime, actor: str) -> bool:
    """Take the older keys away, where nothing hangs on them any more; tell whether they are gone."""
    with database.writing(centre_id) as session:
        centre = session.get_one(Centre, centre_id)
        there = wrapping.read(centre.wrapped_key)
        keys = database.centre_keys(session, centre_id)
        if len(there) == 1:
            return True
        if len(keys) < len(there) or _still_older(session, centre_id, keys):
            return False
        for member in session.scalars(select(Staff).where(Staff.centre_id == centre_id)):
            if member.sealed_authenticator is not None:
                member.sealed_authenticator = _authenticator_anew(keys, member)
        centre.wrapped_key = wrapping.written(there[-1:])
        write_line(session, centre_id, now, actor, CHANGED, centre_id)
        return True


def _still_older(session: Session, centre_id: str, keys: Sequence[bytes]) -> bool:
    """Tell whether an older key of a centre opens a case that the newest does not."""
    *older, newest = keys
    every = select(CaseRecord.id, CaseRecord.wrapped_key).where(CaseRecord.centre_id == centre_id)
    return any(
        not _is_opened_by(newest, case_id, wrapped) and any(_is_opened_by(key, case_id, wrapped) for key in older)
        for case_id, wrapped in session.execute(every)
    )


def _is_opened_by(key: bytes, case_id: str, wrapped: bytes) -> bool:
    try:
        case_key_by([key], case_id, wrapped)
    except UnreadableError:
        return False
    return True


def _authenticator_anew(keys: Sequence[bytes], member: Staff) -> bytes | None:
    try:
        return sealed_authenticator(keys[-1], member.id, read_authenticator(keys, member))
    except UnreadableError:
        return member.sealed_authenticator
