"""What is looked at after a restore, before anybody works with it again; each finding is told, whatever it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import law
from portal.records import receipts, snapshot
from portal.records.anchoring import Checked, check
from portal.records.anchors import Anchor
from portal.records.cases import open_case
from portal.records.database import Database
from portal.records.models import CaseRecord, Centre, RequestRecord
from portal.records.restore import Contents
from portal.records.seal import UnreadableError
from portal.records.wrapping import NotGivenError


@dataclass(frozen=True)
class Looked:
    """What was found in a centre: its journal, anchors written after the backup, whether a case opens (None: none)."""

    centre: str
    journal: Checked
    later_anchors: int
    opens: bool | None


@dataclass(frozen=True)
class Found:
    """What was found: missing rows by table, each centre, and whether a receipt can be shown again (None: none)."""

    missing: snapshot.Counts
    centres: tuple[Looked, ...]
    receipt: bool | None

    @property
    def is_good(self) -> bool:
        """Whether everything is as it was."""
        looked = (one.journal.fault is None and one.opens is not False for one in self.centres)
        return not self.missing and all(looked) and self.receipt is not False


def look_at(database: Database, told: Contents, anchors: Sequence[Anchor] | None, keys: Sequence[bytes]) -> Found:
    """Look at a restored database, with the anchors that lie outside and the keys that sign receipts."""
    with snapshot.one_moment(database) as connection, Session(connection) as session:
        there = snapshot.counts(connection)
        missing = {name: count - there.get(name, 0) for name, count in told.counts.items() if count != there.get(name)}
        centres = session.scalars(select(Centre).order_by(Centre.name)).all()
        looked = tuple(_centre(database, session, one, told, anchors) for one in centres)
        return Found(missing, looked, _receipt(session, keys))


def _centre(
    database: Database, session: Session, centre: Centre, told: Contents, anchors: Sequence[Anchor] | None
) -> Looked:
    """Hold a journal against the anchors of before the backup; what was anchored later, the backup cannot hold."""
    own = [one for one in anchors or () if one.centre_id == centre.id]
    until = [one for one in own if one.at <= told.about.made_at.replace(microsecond=0)]
    journal = check(session, centre.id, until if anchors is not None else None)
    return Looked(centre.name, journal, len(own) - len(until), _opens(database, session, centre.id))


def _opens(database: Database, session: Session, centre_id: str) -> bool | None:
    """Tell whether the latest case with a key can be read with the sealing key that is set."""
    with_key = select(CaseRecord.id).where(CaseRecord.centre_id == centre_id, CaseRecord.wrapped_key != b"")
    case_id = session.scalars(with_key.order_by(CaseRecord.registered_at.desc()).limit(1)).first()
    if case_id is None:
        return None
    try:
        return open_case(database, session, centre_id, case_id) is not None
    except (
        UnreadableError,
        NotGivenError,
        ValueError,
        LookupError,
    ):  # whatever it is: the erasures come next, and must not wait for it
        return False


def _receipt(session: Session, keys: Sequence[bytes]) -> bool | None:
    """Tell whether the receipt of the latest request can be written again, and is genuine."""
    asked = session.scalars(select(RequestRecord).order_by(RequestRecord.asked_at.desc()).limit(1)).first()
    if asked is None:
        return None
    try:
        slip = receipts.Receipt(asked.number, receipts.MATTERS[law.RequestKind(asked.kind)], asked.asked_at)
        return receipts.read(receipts.write(slip, keys), receipts.public_halves(keys)) == slip
    except (ValueError, receipts.NotGenuineError):
        return False
