"""What is kept, thing by thing (art. 2, 13°): each with its own kind, day and period (A-17)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.law.cases import Case
from portal.law.keeping import Keeping, keeping
from portal.law.openings import own_keeping


class ItemKind(StrEnum):
    """A kind of trace or thing. Clothes and things she handed over can be returned; samples cannot (A-15)."""

    CLOTHES = "clothes"
    THING = "thing"
    TOXICOLOGY = "toxicology"
    SAMPLE = "sample"


RETURNABLE = frozenset({ItemKind.CLOTHES, ItemKind.THING})


@dataclass(frozen=True)
class Item:
    """One thing that is kept: its kind and the day it was taken or handed over."""

    kind: ItemKind
    taken_on: date


def item_keeping(case: Case, item: Item) -> Keeping | None:
    """Return the period that runs for one thing; None where none of art. 29 runs.

    Adults: told from the first session of the examination, kept from the last day anything was taken (A-17).
    Minors: from the day of the sample, five years for toxicology, fifty for all else (art. 29 § 4 al. 1).
    """
    whole = own_keeping(case)
    if whole is None or case.exam_on is None:
        return None
    if case.minor:
        return keeping(item.taken_on, minor=True, toxicology=item.kind is ItemKind.TOXICOLOGY)
    latest = keeping(max(item.taken_on, case.exam_on), minor=False, extended=case.extended)
    return Keeping(whole.ask_by, latest.keep_through, whole.article)
