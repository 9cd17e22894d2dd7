"""What her pages may know: everything they show is made from this, and this is blind to a complaint.

Two runs that differ only in a complaint after the examination, a hold or a seizure make the same `Shown`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from portal import law
from portal.access.links import Power
from portal.access.visits import OpenVisit
from portal.law.course import IRREVERSIBLE
from portal.library import Language
from portal.library.pages import Page
from portal.library.space import REMINDER
from portal.records import requests
from portal.records.items import KeptItem
from portal.records.receipts import MATTERS
from portal.records.requests import OpenedRequest
from portal.web.rooms import rooms

REMINDER_CODE = 9
CODES: Mapping[str, int] = {**{str(kind): MATTERS[kind] for kind in law.HERS}, REMINDER: REMINDER_CODE}
MATTER_OF: Mapping[int, str] = {code: matter for matter, code in CODES.items()}


@dataclass(frozen=True)
class Shown:
    """A space as its link may show it. `case` is None where everything reads "talk with your centre".

    `day_passed` tells whether the last day to ask of anything has passed: from then on the centre may have destroyed
    it, and the page says the same whether it did or not.
    """

    case: law.Case | None
    power: Power
    openings: Mapping[law.RequestKind, law.Opening]
    asked: tuple[OpenedRequest, ...]
    items: tuple[KeptItem, ...]
    messages_stopped: bool = False
    day_passed: bool = False

    @property
    def pending(self) -> frozenset[law.RequestKind]:
        """The kinds that wait for the team."""
        return frozenset(one.kind for one in self.asked if not one.course.has_ended)

    @property
    def period(self) -> law.Keeping | None:
        """The period whose date may be told: where art. 29 plainly runs for an adult; else the centre tells her."""
        if self.case is None or self.case.minor or self.case.destroyed:
            return None
        extension = self.openings[law.RequestKind.EXTENSION]
        plain = extension.way is law.Way.OPEN or extension.reason in ("extended-once", "date-passed")
        return law.own_keeping(self.case) if plain else None

    @property
    def periods(self) -> Mapping[law.ItemKind, law.Keeping]:
        """The period of each kind of thing that is kept, the earliest day of each kind."""
        found: dict[law.ItemKind, law.Keeping] = {}
        for one in self.items if self.case else ():
            period = law.item_keeping(self.case, one.item) if self.case else None
            if period and (one.item.kind not in found or period.ask_by < found[one.item.kind].ask_by):
                found[one.item.kind] = period
        return found

    @property
    def has_one_date(self) -> bool:
        """Whether one day is true of everything that is kept: for an adult it is, for a minor never."""
        return self.period is not None and {one.ask_by for one in self.periods.values()} <= {self.period.ask_by}

    def may_ask(self, kind: str) -> bool:
        """Tell whether this link may ask for something now. A closing that would tell of a complaint never shows."""
        if kind == REMINDER:
            return self.power is not Power.IN_PERSON and not self.messages_stopped
        asked_for = law.RequestKind(kind)
        if not self.power.allows(asked_for) or asked_for in self.pending:
            return False
        if asked_for is law.RequestKind.STOP_MESSAGES and self.messages_stopped:
            return False
        opening = self.openings.get(asked_for)
        return opening is None or (opening.way is not law.Way.CLOSED and opening.reason != "extended-once")

    def can_cancel(self, one: OpenedRequest) -> bool:
        """Tell whether she can cancel a request with one tap: a destruction or a return, never an extension."""
        return one.kind in IRREVERSIBLE and not one.course.has_ended

    def stands(self, one: OpenedRequest) -> str:
        """Return where a request stands, as her link may say it."""
        return law.told_state(one.course.state, all_is_talked_over=self.case is None)


def pages_for(visit: OpenVisit, language: Language) -> list[Page]:
    """Return the pages chosen for her with the team, but those whose title speaks of police or complaint."""
    library, chosen = rooms().library, visit.case.choices.pages
    return [page for page in library.in_order(language) if page.id in chosen and library.may_be_chosen(page.id)]


def _kept(visit: OpenVisit, case: law.Case) -> tuple[KeptItem, ...]:
    """Return the things a link lists. What is gone or not after its day would tell of a complaint (`law.is_listed`)."""
    order = list(law.ItemKind)
    kept = [one for one in visit.case.items if one.gone_at is None and law.is_listed(case, one.item, rooms().today)]
    return tuple(sorted(kept, key=lambda one: (order.index(one.item.kind), one.mark)))


def _day_passed(visit: OpenVisit, case: law.Case) -> bool:
    """Tell whether the day of anything has passed; of things that are gone too, or being gone would be told."""
    whole = None if case.minor else law.own_keeping(case)
    return (whole is not None and rooms().today > whole.ask_by) or any(
        not law.is_listed(case, one.item, rooms().today) for one in visit.case.items
    )


def shown(visit: OpenVisit) -> Shown:
    """Return what the pages of a running session may show."""
    case = None if visit.power is Power.IN_PERSON else law.as_told(visit.case.law_case)
    database, case_id = rooms().database, visit.case.record.id
    with database.reading(visit.case.record.centre_id) as session:
        asked = tuple(
            requests.read(database, session, visit.case, record)
            for record in requests.of_case(session, case_id)
            if record.kind in law.HERS
        )
    return Shown(
        case=case,
        power=visit.power if case else Power.IN_PERSON,
        openings=law.told_openings(case, rooms().today),
        asked=asked,
        items=_kept(visit, case) if case else (),
        messages_stopped=visit.case.choices.messages_stopped,
        day_passed=case is not None and _day_passed(visit, case),
    )
