"""The things that are kept for a case: added by the team, one by one; gone when they were destroyed or given back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import law
from portal.records.database import new_id
from portal.records.models import CaseRecord, ItemRecord
from portal.records.sheets import seal_sheet, unseal_sheet

PLACE = ("item", "sealed_facts")
MOST = 100
"""How many things of a case are kept at once: her answers name each of them in one address (`web/followup/carried`)."""


class FullError(Exception):
    """As many things are kept for a case as it lists; nothing was added."""


@dataclass(frozen=True)
class KeptItem:
    """One thing: what the law asks of it, and the number on its bag, which tells nothing to anybody else.

    `gone_how` says to whom it was handed on (arts 17 al. 6 and 40). It stays sealed, and nothing in clear changes with
    it: a date that vanished would tell a thief of a seizure.
    """

    id: str
    item: law.Item
    mark: str
    gone_at: datetime | None = None
    gone_how: str = ""

    @property
    def is_here(self) -> bool:
        """Whether it is kept here: not destroyed, given back or handed on."""
        return self.gone_at is None and not self.gone_how


def write_item(
    session: Session, key: bytes, record: CaseRecord, staff_id: str, item: law.Item, mark: str, now: datetime
) -> str:
    """Write a thing that is kept, inside the caller's transaction, and return its id."""
    item_id = new_id()
    facts = {"kind": item.kind, "taken_on": item.taken_on.isoformat(), "mark": mark}
    session.add(
        ItemRecord(
            id=item_id,
            centre_id=record.centre_id,
            case_id=record.id,
            sealed_facts=seal_sheet(key, facts, *PLACE, item_id),
            added_at=now,
            added_by=staff_id,
        )
    )
    session.flush()
    return item_id


def read_items(key: bytes, session: Session, case_id: str) -> tuple[KeptItem, ...]:
    """Return every thing of a case, in the order they were added, those that are gone too."""
    every = select(ItemRecord).where(ItemRecord.case_id == case_id).order_by(ItemRecord.added_at, ItemRecord.id)
    return tuple(_read(key, record) for record in session.scalars(every))


def date_items(key: bytes, session: Session, case: law.Case, case_id: str) -> None:
    """Write when each thing's period ends, inside the caller's transaction.

    As if there were no complaint: a missing date would tell a thief that a judge ordered the examination.
    """
    every = select(ItemRecord).where(ItemRecord.case_id == case_id, ItemRecord.gone_at.is_(None))
    for record in session.scalars(every):
        period = law.item_keeping(case, _read(key, record).item)
        record.ask_by, record.keep_through = (period.ask_by, period.keep_through) if period else (None, None)


def compare_dates(session: Session, case: CaseRecord) -> None:
    """Write of each thing whether both its days are those of its case, which have just been written."""
    every = select(ItemRecord).where(ItemRecord.case_id == case.id, ItemRecord.gone_at.is_(None))
    for record in session.scalars(every):
        record.ends_with_case = (record.ask_by, record.keep_through) == (case.ask_by, case.keep_through)


def mark_gone(session: Session, item_ids: Iterable[str], now: datetime) -> None:
    """Mark things as no longer kept."""
    kept = select(ItemRecord).where(ItemRecord.id.in_(set(item_ids)), ItemRecord.gone_at.is_(None))
    for record in session.scalars(kept):
        record.gone_at, record.ask_by, record.keep_through = now, None, None


def rewrite_item(session: Session, key: bytes, item_id: str, **facts: Any) -> None:
    """Change what is written of a thing, inside the caller's transaction: its kind, its day, or how it left."""
    record = session.get_one(ItemRecord, item_id)
    sheet = unseal_sheet(key, record.sealed_facts, *PLACE, item_id)
    record.sealed_facts = seal_sheet(key, {**sheet, **facts}, *PLACE, item_id)
    session.flush()


def _read(key: bytes, record: ItemRecord) -> KeptItem:
    facts = unseal_sheet(key, record.sealed_facts, *PLACE, record.id)
    item = law.Item(law.ItemKind(facts["kind"]), date.fromisoformat(facts["taken_on"]))
    return KeptItem(record.id, item, facts["mark"], record.gone_at, facts.get("gone_how", ""))
