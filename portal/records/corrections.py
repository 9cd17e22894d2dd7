"""Corrections: what was written down wrong is put right with a reason, the old value stays sealed, dates are new.

Nothing is shortened or freed silently: where a correction makes a period end earlier, starts one that did not run, or
takes away what kept everything, it is made only by who was told so and agrees (art. 29, A-11, A-12). Nor does her link
tell what was put right: where it would show something else, it ends in the same moment, and that is said first too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal import law
from portal.records.cases import OpenedCase, change_facts, date_case, open_case, whole_period, write_reference
from portal.records.consents import admission_of
from portal.records.database import Database
from portal.records.items import KeptItem, rewrite_item
from portal.records.journal import write_line
from portal.records.links import end_links, living_links
from portal.records.notebook import About, Entry, write_entries
from portal.records.requests import ask_again

FACTS = frozenset({"exam_on", "minor", "complaint", "phase"})
CORRECTABLE = FACTS | {"reference", "admitted_on", "admitted_hour"}


@dataclass(frozen=True)
class Thing:
    """Another kind or day for one of the things that are kept."""

    item_id: str
    item: law.Item


@dataclass(frozen=True)
class Effect:
    """What a correction does: the dates of the whole case, before and after, whether it frees, and ends her link."""

    before: law.Keeping | None
    after: law.Keeping | None
    shortens: bool
    frees: bool
    ends_link: bool = False

    @property
    def needs_a_second_word(self) -> bool:
        """Whether whoever corrects must have read this and agreed."""
        return self.shortens or self.frees or self.ends_link

    @property
    def is_seen(self) -> bool:
        """Whether any date of the whole case changes: the last day to ask is the one she is told."""
        return self.before != self.after


class NotAgreedError(Exception):
    """The correction shortens, frees or ends her link, and nobody said that they know."""

    def __init__(self, effect: Effect, changes: Sequence[Entry]) -> None:
        """Remember what it would do, and each change by name."""
        super().__init__("shortens, frees or ends a link")
        self.effect, self.changes = effect, tuple(changes)


def effect_of(case: OpenedCase, changes: Mapping[str, Any], thing: Thing | None = None) -> Effect:
    """Return what a correction would do, by the law alone: no link is looked for, nothing is changed."""
    corrected = replace(case.law_case, **{name: value for name, value in changes.items() if name in FACTS})
    items = _with(case.items, thing)
    before, after = whole_period(case.law_case, case.items), whole_period(corrected, items)
    kept = [(before, after)]
    kept += [
        (law.item_keeping(case.law_case, old.item), law.item_keeping(corrected, new.item))
        for old, new in zip(case.items, items, strict=True)
        if old.is_here
    ]
    return Effect(
        before, after, shortens=any(_ends_sooner(*pair) for pair in kept), frees=_frees(case.law_case, corrected)
    )


def correct_case(
    database: Database,
    centre_id: str,
    case_id: str,
    staff_id: str,
    now: datetime,
    changes: Mapping[str, Any],
    why: str,
    *,
    agreed: bool = False,
    thing: Thing | None = None,
) -> Effect | None:
    """Correct facts of a case, or one of its things; the same again changes nothing. She is asked again.

    Returns:
        What it did; None where everything stood so already.

    Raises:
        LookupError: this centre has no such case, or the case no such thing.
        ValueError: no reason, or something that is not corrected but noted.
        NotAgreedError: it shortens, frees or ends her link, and it was not said that this is known; nothing was
            changed.
        AlreadyRegisteredError: the reference belongs to another case.

    """
    if not why.strip() or not set(changes) <= CORRECTABLE:
        raise ValueError("a correction needs a reason, and is of what was written at the admission")
    with database.writing(centre_id) as session:
        case = open_case(database, session, centre_id, case_id)
        if case is None or (thing and thing.item_id not in {one.id for one in case.here}):
            raise LookupError(case_id)
        told = {name: value for name, value in changes.items() if as_it_stands(case, name) != value}
        entries = [_entry(case, name, value, staff_id, now, why) for name, value in told.items()]
        entries += _about_thing(case, thing, staff_id, now, why)
        if not entries:
            return None
        effect = replace(effect_of(case, told, thing), ends_link=_ends_link(session, case, told))
        if effect.needs_a_second_word and not agreed:
            raise NotAgreedError(effect, entries)
        _write(database, session, case, told, thing)
        write_entries(database, session, case.record, entries)
        ask_again(database, session, case, now, staff_id)
        write_line(session, centre_id, now, staff_id, "case-corrected", case_id)
        if effect.ends_link:
            end_links(session, centre_id, case_id, staff_id, now)
    return effect


def _write(
    database: Database, session: Session, case: OpenedCase, told: Mapping[str, Any], thing: Thing | None
) -> None:
    if "reference" in told:
        write_reference(database, session, case.record, told["reference"])
    facts = {name: value for name, value in told.items() if name in FACTS}
    change_facts(database, session, case, **facts)
    if thing:
        key = database.case_key(session, case.record)
        rewrite_item(session, key, thing.item_id, kind=thing.item.kind, taken_on=thing.item.taken_on.isoformat())
    date_case(database, session, replace(case, law_case=replace(case.law_case, **facts)))


def as_it_stands(case: OpenedCase, name: str) -> Any:
    """Return what stands now: of the admission itself, the last word on it."""
    if name not in ("admitted_on", "admitted_hour"):
        return getattr(case.admission, name)
    corrected = [one.after for one in case.entries if one.about is About.CORRECTED and one.what == name]
    noted = admission_of(case)
    first = {
        "admitted_on": noted.on.isoformat() if noted and noted.on else "",
        "admitted_hour": noted.after if noted else "",
    }
    said = corrected[-1] if corrected else first[name]
    return (date.fromisoformat(said) if said else None) if name == "admitted_on" else said


def admitted(case: OpenedCase) -> tuple[date | None, str]:
    """Return the day and hour of the admission, as they stand after every correction."""
    return as_it_stands(case, "admitted_on"), as_it_stands(case, "admitted_hour")


def _entry(case: OpenedCase, name: str, value: Any, staff_id: str, now: datetime, why: str) -> Entry:
    before = as_it_stands(case, name)
    return Entry(About.CORRECTED, name, staff_id, now, said=why, before=_text(before), after=_text(value))


def _about_thing(case: OpenedCase, thing: Thing | None, staff_id: str, now: datetime, why: str) -> list[Entry]:
    if thing is None:
        return []
    stood = next(one for one in case.items if one.id == thing.item_id)
    pairs = {
        "item_kind": (stood.item.kind, thing.item.kind),
        "item_day": (stood.item.taken_on, thing.item.taken_on),
    }
    return [
        Entry(About.CORRECTED, name, staff_id, now, said=why, mark=stood.mark, before=_text(old), after=_text(new))
        for name, (old, new) in pairs.items()
        if old != new
    ]


def _with(items: tuple[KeptItem, ...], thing: Thing | None) -> tuple[KeptItem, ...]:
    return tuple(replace(one, item=thing.item) if thing and one.id == thing.item_id else one for one in items)


def _ends_sooner(before: law.Keeping | None, after: law.Keeping | None) -> bool:
    if before is None:
        return False
    return after is None or after.keep_through < before.keep_through or after.ask_by < before.ask_by


def _frees(before: law.Case, after: law.Case) -> bool:
    """Tell whether something that kept everything falls away: a complaint, an order, a doubt, being a minor."""
    starts = before.exam_on is not None and law.own_keeping(before) is None and law.own_keeping(after) is not None
    doubted = before.phase is law.Phase.NON_ACUTE and after.phase is not law.Phase.NON_ACUTE
    answered = before.waits_for_an_answer and not after.waits_for_an_answer
    return starts or doubted or answered or (before.minor and not after.minor)


def _ends_link(session: Session, case: OpenedCase, told: Mapping[str, Any]) -> bool:
    """Tell whether her link would show something else: whoever holds link, phone and code would see the change."""
    corrected = replace(case.law_case, **{name: value for name, value in told.items() if name in FACTS})
    return not law.tells_the_same(case.law_case, corrected) and bool(living_links(session, case.record.id))


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value) if value is not None else ""
