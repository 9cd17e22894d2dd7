"""A request as its page shows it: what was asked, what the law says, what was done, and what this member can do now."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from portal import law
from portal.clock import brussels_day
from portal.law.course import (
    DESTROYS,
    ENDED,
    IRREVERSIBLE,
    Around,
    Course,
    Doing,
    Means,
    State,
    Step,
    can_be_extended,
    obstacles,
    why_not,
)
from portal.records.cases import OpenedCase, open_case
from portal.records.database import Database
from portal.records.items import KeptItem
from portal.records.models import RequestRecord, Staff
from portal.records.notes import is_held_by_team
from portal.records.requests import OpenedRequest, around, of_case, possible_steps, read

FORWARD = (Step.TAKE_UP, Step.CONFIRM, Step.SIGN, Step.CARRY_OUT)


@dataclass(frozen=True)
class Asked:
    """A request of this centre, for one member at one moment. `steps`: each step from here, with why not, or None.

    `others`: what else waits for her case and may hold the same things.
    """

    request: OpenedRequest
    case: OpenedCase
    here: Around
    steps: Mapping[Step, str | None]
    means: tuple[Means, ...]
    staff: Mapping[str, Staff]
    today: date
    others: tuple[RequestRecord, ...] = ()
    held_by_team: bool = False

    @property
    def record(self) -> RequestRecord:
        """What stands in clear of the request."""
        return self.request.record

    @property
    def course(self) -> Course:
        """Where it stands."""
        return self.request.course

    @property
    def forward(self) -> dict[Step, str | None]:
        """The step that leads on."""
        return {step: reason for step, reason in self.steps.items() if step in FORWARD}

    @property
    def aside(self) -> dict[Step, str | None]:
        """The steps that do not lead on: back, out, or sooner."""
        return {step: reason for step, reason in self.steps.items() if step not in FORWARD}

    @property
    def opening(self) -> law.Opening:
        """What the law answers to the team, on the true case without this request's own hold."""
        return law.open_requests(self.here.case, self.today)[self.request.kind]

    @property
    def obstacles(self) -> tuple[str, ...]:
        """What stands in the way of something that cannot be taken back."""
        return obstacles(self.request.kind, self.here) if self.is_irreversible else ()

    @property
    def goes_on(self) -> bool:
        """Whether the step that leads on can be taken now: nothing is in its way, and no time runs."""
        return None in self.forward.values()

    @property
    def extended_until(self) -> date | None:
        """The last day to ask once an extension is recorded: twelve months from the exam (art. 29 § 3 al. 2)."""
        can_be = self.request.kind is law.RequestKind.EXTENSION and can_be_extended(self.here.case)
        period = law.own_keeping(replace(self.here.case, extended=True)) if can_be else None
        return period.ask_by if period else None

    @property
    def is_irreversible(self) -> bool:
        """Whether it destroys or gives back."""
        return self.request.kind in IRREVERSIBLE

    @property
    def needs_written_consent(self) -> bool:
        """Whether the law asks for a minor's own written consent (art. 29 § 4 al. 1)."""
        return self.request.kind is law.RequestKind.DESTRUCTION and self.case.admission.minor

    @property
    def is_about_all(self) -> bool:
        """Whether everything was meant, and no thing was named."""
        return self.request.wish.items is None

    @property
    def things(self) -> tuple[KeptItem, ...]:
        """The things it is about, each by itself."""
        wanted = self.request.wish.items
        return tuple(one for one in self.case.items if wanted is None or one.id in wanted)

    @property
    def earliest_act(self) -> date:
        """The first day on which the act can have been: that of the last step before it."""
        return brussels_day(self.record.signed_at or self.record.confirmed_at or self.record.asked_at)

    @property
    def done_on(self) -> date | None:
        """The day of the act, where it ended with one."""
        day = self.request.outcome.done_on
        return date.fromisoformat(day) if day else None

    @property
    def is_destroyed(self) -> bool:
        """Whether this is a destruction that was carried out, at her wish or at the end of a period."""
        return self.request.kind in DESTROYS and self.course.state is State.DONE

    @property
    def is_end_of_period(self) -> bool:
        """Whether the team proposed it, and nobody is spoken with (art. 29 § 5)."""
        return self.request.kind is law.RequestKind.END_OF_PERIOD

    @property
    def article(self) -> str:
        """The article that a certificate names."""
        if self.is_end_of_period:
            return "29 § 5"
        return "29 § 4 al. 1" if self.case.admission.minor else "29 § 3 al. 1"


def holds(record: RequestRecord) -> bool:
    """Tell whether a request waits and holds what it is about; the end of a period holds nothing."""
    return record.state not in ENDED and record.kind != law.RequestKind.END_OF_PERIOD


def find_asked(database: Database, centre_id: str, request_id: str, by: str, now: datetime) -> Asked | None:
    """Return a request of a centre as one member may work on it now; None where this centre has no such request."""
    with database.reading(centre_id) as session:
        record = session.get(RequestRecord, request_id)
        case = open_case(database, session, centre_id, record.case_id) if record else None
        if record is None or case is None or record.centre_id != centre_id:
            return None
        request = read(database, session, case, record)
        here = around(database, session, case, request, now)
        who = {record.asked_by, record.taken_up_by, record.confirmed_by, record.signed_by, record.ended_by}
        return Asked(
            request=request,
            case=case,
            here=here,
            steps=_steps(request.course, possible_steps(database, session, case, request, by, now), here, by, now),
            means=tuple(one for one in Means if _confirms(request.course, here, by, now, one) is None),
            staff={one: session.get_one(Staff, one) for one in who if one},
            today=brussels_day(now),
            others=tuple(one for one in of_case(session, case.record.id) if holds(one) and one.id != record.id),
            held_by_team=is_held_by_team(session, case.record.id),
        )


def _steps(
    course: Course, possible: Mapping[Step, str | None], here: Around, by: str, now: datetime
) -> dict[Step, str | None]:
    """Ask for a minor's written consent with the confirmation itself; end no waiting time that is over."""
    steps = dict(possible)
    if steps.get(Step.CONFIRM) == "written":
        steps[Step.CONFIRM] = _confirms(course, here, by, now, Means.IN_PERSON)
    if course.waits_until is not None and course.waits_until <= now:
        steps.pop(Step.END_WAITING, None)
    return steps


def _confirms(course: Course, here: Around, by: str, now: datetime, means: Means) -> str | None:
    return why_not(course, Doing(Step.CONFIRM, by, now, means), replace(here, written_consent=True))
