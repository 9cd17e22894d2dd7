"""What is known of the year beside the records: who lives, what was said and done. The checks hold both together."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from portal.law import Complaint, ItemKind, RequestKind
from portal.records.choices import Contact, Reminder
from tests.year import dates


@dataclass(frozen=True)
class Person:
    """Somebody who came to a centre, and what she will do: drawn before the year begins.

    `plan` is what happens on which day; `when_told` what she asks once somebody told her that a date comes.
    """

    reference: str
    exam_on: date
    known_on: date
    minor: bool
    complaint: Complaint
    language: str
    things: tuple[tuple[ItemKind, date], ...]
    contact: Contact | None
    reminder: Reminder | None
    plan: tuple[tuple[date, str], ...]
    when_told: str | None = None


@dataclass
class Thing:
    """One of the things that are kept for her."""

    kind: ItemKind
    taken_on: date
    is_here: bool = True
    is_gone: bool = False  # destroyed or given back, not handed on


@dataclass(frozen=True)
class Asked:
    """Something that was asked and has not ended. `by` is the member before whom she asked, or who proposed it."""

    kind: RequestKind
    items: tuple[str, ...] | None
    at: datetime
    by: str | None


@dataclass
class Life:
    """One case, as the year knows it."""

    person: Person
    centre_id: str
    case_id: str
    known_on: date
    complaint: Complaint
    contact: Contact | None = None
    reminder: Reminder | None = None
    stopped_at: datetime | None = None
    answered: bool = False
    seized: bool = False
    held: bool = False
    extended: bool = False
    is_over: bool = False  # everything was destroyed
    in_file_on: date | None = None  # somebody confirmed that everything is in the patient file, and nothing is new
    link: tuple[str, str] | None = None  # its token and code
    erased_on: date | None = None
    again_on: date | None = None  # somebody noted a day to look again
    again_for_hold: bool = False
    things: dict[str, Thing] = field(default_factory=dict)
    open: dict[str, Asked] = field(default_factory=dict)
    ended_lines: set[tuple[str, str, date]] = field(default_factory=set)  # kind, thing, day
    seen: set[tuple[str, str]] = field(default_factory=set)  # part, thing: once a line of Today
    gone_by: dict[str, tuple[Thing, ...]] = field(default_factory=dict)  # by which request which things went

    @property
    def months(self) -> int:
        """How long an adult's things are kept, or a minor's traces."""
        if self.person.minor:
            return dates.FIFTY_YEARS
        return dates.TWELVE_MONTHS if self.extended else dates.SIX_MONTHS

    @property
    def told_until(self) -> date:
        """The last day that she is told."""
        return dates.told_until(self.person.exam_on, self.months)

    def thing_told_until(self, thing: Thing) -> date:
        """The last day for one thing: a minor's samples for toxicology end before the rest."""
        if self.person.minor:
            return dates.told_until(thing.taken_on, self._months_of(thing))
        return self.told_until

    def kept_until(self, things: list[Thing]) -> date:
        """The last day on which all of these are kept; without things, that of the case."""
        if not things:
            return dates.kept_until(self.person.exam_on, self.months)
        return max(
            dates.kept_until(max(one.taken_on, self.person.exam_on), self._months_of(one))
            if not self.person.minor
            else dates.kept_until(one.taken_on, self._months_of(one))
            for one in things
        )

    def _months_of(self, thing: Thing) -> int:
        if self.person.minor and thing.kind is ItemKind.TOXICOLOGY:
            return dates.FIVE_YEARS
        return self.months

    @property
    def here(self) -> dict[str, Thing]:
        """The things that are kept at the centre."""
        return {name: one for name, one in self.things.items() if one.is_here}

    def let_go(self, request_id: str, item_ids: tuple[str, ...] | None, kinds: Collection[ItemKind]) -> None:
        """Things were destroyed or given back; nothing named is everything."""
        here = self.here.items()
        went = [one for name, one in here if (item_ids is None or name in item_ids) and one.kind in kinds]
        for thing in went:
            thing.is_here, thing.is_gone = False, True
        self.gone_by[request_id] = tuple(went)
        if self.is_all_gone:
            self.again_on = None

    @property
    def is_undecided(self) -> bool:
        """Whether she can still move the end of a period that runs (art. 29 §§ 3 and 4)."""
        runs = self.complaint is not Complaint.BEFORE_EXAM and not self.seized and not self.is_all_gone
        return runs and not self.erased_on and (self.person.minor or not self.extended)

    @property
    def is_all_gone(self) -> bool:
        """Whether everything was destroyed or given back."""
        return self.is_over or bool(self.things and all(thing.is_gone for thing in self.things.values()))

    @property
    def waits_for_an_answer(self) -> bool:
        """Whether a complaint, or not knowing of one, keeps everything (A-11, A-12, A-26)."""
        return self.complaint is not Complaint.NONE and not (self.answered and self.complaint is Complaint.AFTER_EXAM)


@dataclass
class House:
    """One centre: who works there, and what it decided."""

    name: str
    centre_id: str
    coordinator: str
    nurses: list[str]
    grace_days: int | None
    quiet: tuple[int, int]
    waiting_days: int
    lives: dict[str, Life] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)  # who does not work there any more

    @property
    def carers(self) -> list[str]:
        """Who works on cases now."""
        return [one for one in (self.coordinator, *self.nurses) if one not in self.left]


@dataclass
class Book:
    """The whole year: both centres, what was counted, and every fault that a check found."""

    houses: list[House]
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    seen_messages: set[str] = field(default_factory=set)  # of which a member said that it is dealt with

    def life(self, case_id: str) -> Life | None:
        """The case of whichever centre."""
        return next((house.lives[case_id] for house in self.houses if case_id in house.lives), None)
