"""What opens with which key, and what does not: looked at as it stands, and nothing is changed."""

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.records import keyed, wrapping
from portal.records.database import Database
from portal.records.fence import Across
from portal.records.models import CaseRecord, Centre, RecoveryCode, SignInTry, Staff
from portal.records.seal import UnreadableError
from portal.records.wrapping import NotGivenError

BATCH = 500
SEVERAL = 2  # the first and the last of a centre, where not every one is looked at
BEFORE = ""  # made before keys had ids: whichever was there then

HASHES: dict[str, tuple[InstrumentedAttribute[str] | InstrumentedAttribute[str | None], ColumnElement[bool]]] = {
    "hospital": (Staff.hospital_hash, Staff.hospital_hash.is_not(None)),
    "recovery": (RecoveryCode.code_hash, RecoveryCode.used_at.is_(None)),
    "tries": (SignInTry.name_hash, SignInTry.failures > 0),
}


@dataclass(frozen=True)
class Wrapping:
    """A key of a centre: the id of what wraps it, whether that was given, and whether its hospital holds it itself."""

    by: str
    is_given: bool
    is_own: bool


@dataclass(frozen=True)
class Looked:
    """What was found at a centre; `opened` and `not_opened` count the cases that were looked at."""

    name: str
    wrappings: tuple[Wrapping, ...]
    cases: int
    opened: int
    not_opened: int

    @property
    def is_closed(self) -> bool:
        """Whether nothing sealed of it opens, for want of a key."""
        return not self.wrappings[-1].is_given


@dataclass(frozen=True)
class Check:
    """What hangs on which key: `hanging` counts, by the id of a key, what is looked up by it or wrapped by it."""

    keys: tuple[str, ...]
    centres: tuple[Looked, ...]
    hanging: dict[str, Counter[str]] = field(default_factory=dict)

    @property
    def newest(self) -> str:
        """The key with which everything is written now."""
        return self.keys[-1]

    @property
    def is_good(self) -> bool:
        """Whether every key of a centre was given, and every case that was looked at opens."""
        given = all(wrapping.is_given for one in self.centres for wrapping in one.wrappings)
        return given and not any(one.not_opened for one in self.centres)


def check_keys(database: Database, *, every: bool = False) -> Check:
    """Look at what every centre needs, and whether its cases open: the first and the last, or every one."""
    ids = {wrapping.id_of(key): wrapping.shown_id(wrapping.id_of(key)) for key in database.sealing_keys}
    stamps = {keyed.stamp(key): wrapping.shown_id(wrapping.id_of(key)) for key in database.sealing_keys}
    hanging: dict[str, Counter[str]] = {}
    looked = []
    with database.reading(across=Across.KEYS) as session:
        for centre in session.scalars(select(Centre).order_by(Centre.name)):
            looked.append(_look(database, session, centre, every=every))
            for one in wrapping.read(centre.wrapped_key):
                hanging.setdefault(one.shown_id, Counter())["centres"] += 1
        for name, (column, wanted) in HASHES.items():
            for hash_ in session.scalars(select(column).where(wanted)):
                stamp = keyed.stamp_of(hash_ or "")
                hanging.setdefault(stamps.get(stamp, stamp.rstrip(keyed.BETWEEN)), Counter())[name] += 1
    return Check(tuple(ids.values()), tuple(looked), hanging)


def _look(database: Database, session: Session, centre: Centre, *, every: bool) -> Looked:
    wrappings = tuple(_wrapping(database, one, centre.id) for one in wrapping.read(centre.wrapped_key))
    of_centre = CaseRecord.centre_id == centre.id
    cases = session.scalar(select(func.count()).select_from(CaseRecord).where(of_centre)) or 0
    opened = not_opened = 0
    if wrappings[-1].is_given:
        wanted = select(CaseRecord.id, CaseRecord.wrapped_key).where(of_centre, CaseRecord.wrapped_key != b"")
        if every:
            rows = session.execute(wanted.order_by(CaseRecord.id).execution_options(yield_per=BATCH)).all()
        else:
            by_day = (CaseRecord.registered_at, CaseRecord.registered_at.desc())
            rows = [row for order in by_day for row in session.execute(wanted.order_by(order).limit(1))][:SEVERAL]
        opened = sum(_opens(database, session, centre.id, *row) for row in rows)
        not_opened = len(rows) - opened
    return Looked(centre.name, wrappings, cases, opened, not_opened)


def _wrapping(database: Database, one: wrapping.Wrapped, centre_id: str) -> Wrapping:
    try:
        _, by = database.wrappers.unwrap(one, centre_id)
    except NotGivenError:
        return Wrapping(one.shown_id, is_given=False, is_own=False)
    return Wrapping(one.shown_id, is_given=True, is_own=by not in database.sealing_keys)


def _opens(database: Database, session: Session, centre_id: str, case_id: str, wrapped: bytes) -> bool:
    try:
        return bool(database.unwrapped(session, centre_id, case_id, wrapped))
    except UnreadableError:
        return False
