"""The lines of *Today*: what the law and her wishes expect of a centre, each with an owner. Nothing is changed here."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from sqlalchemy.orm import Session

from portal import law
from portal.clock import brussels_day
from portal.law.course import State, can_be_extended
from portal.records.database import Database
from portal.records.glimpses import Glimpse, glimpses
from portal.records.lines import touched
from portal.records.models import Centre, TodayLine
from portal.records.recipients import Channel
from portal.records.shifts import Colleague, Team, team_of
from portal.records.today import COUNTED, Candidate, Looking, Part, any_past, candidates

SHOWN = 50  # so many cases are unsealed at a time, and some more where one of them turns out to be no line
LEAST = 5  # so many lines of each part, before one part takes what is left


@dataclass(frozen=True)
class Line:
    """One piece of work: what it is about, for which case, and whose it is."""

    candidate: Candidate
    case: Glimpse
    owner: Colleague | None
    look: law.Look | None = None

    @property
    def slug(self) -> str:
        """A name for this line on a page."""
        return f"{self.candidate.kind}-{self.candidate.thing_id}"

    @property
    def is_taken_by_its_work(self) -> bool:
        """Whether who does the one thing to do owns it by that: a new request is taken up."""
        asked = self.candidate.about
        is_hers = self.candidate.part is Part.REQUESTS and asked.kind != law.RequestKind.END_OF_PERIOD
        return is_hers and asked.state == State.ASKED

    @property
    def is_for_decision(self) -> bool:
        """Whether an extension is asked for that the law does not open by itself."""
        asked = self.candidate.about
        return asked is not None and asked.kind == law.RequestKind.EXTENSION and not can_be_extended(self.case.law_case)

    @property
    def wants_to_be_told(self) -> bool:
        """Whether she chose to be reminded, and has not stopped messages since."""
        return self.case.choices.reminder is not None and not self.case.choices.messages_stopped

    @property
    def can_be_reminded(self) -> bool:
        """Whether the reminder she wished for is one that can be sent, to the contact that was agreed."""
        chosen = self.case.choices
        in_writing = chosen.reminder is not None and chosen.reminder.way == "write"
        agreed = chosen.contact is not None and chosen.contact.way in set(Channel)
        return self.wants_to_be_told and in_writing and agreed


@dataclass(frozen=True)
class Section:
    """A part of the page: the lines that are shown, and how many there are.

    `unreadable` is what stands there of cases that cannot be read: whether it is a line, nobody can tell.
    """

    part: Part
    lines: tuple[Line, ...]
    count: int
    unreadable: tuple[Candidate, ...] = ()

    @property
    def is_more_than_counted(self) -> bool:
        """Whether there are more than were counted."""
        return self.count > COUNTED

    @property
    def is_cut(self) -> bool:
        """Whether not all are shown."""
        return self.count > len(self.lines) + len(self.unreadable)


@dataclass(frozen=True)
class Board:
    """A centre's day. `needs_grace`: something is past its period, and nothing is proposed until a grace is written."""

    sections: tuple[Section, ...]
    team: Team
    needs_grace: bool

    @property
    def lines(self) -> list[Line]:
        """Every line that is shown."""
        return [line for section in self.sections for line in section.lines]

    @property
    def unreadable(self) -> list[str]:
        """The cases that cannot be read and stand somewhere on the page, each once."""
        return list(dict.fromkeys(one.case_id for section in self.sections for one in section.unreadable))


def board(database: Database, centre_id: str, staff_id: str, now: datetime) -> Board:
    """Return what stands on *Today* for a member of a centre's team: every part, the most urgent lines of each."""
    with database.reading(centre_id) as session:
        looking = Looking(session.get_one(Centre, centre_id), staff_id, now, brussels_day(now))
        found = {part: candidates(session, looking, part) for part in Part}
        shares = share([len(one) for one in found.values()], SHOWN, LEAST)
        wanted = dict(zip(found, shares, strict=True))
        team = team_of(session, centre_id)
        shown = _shown(database, session, looking, team, found, wanted)
        sections = tuple(
            Section(part, tuple(some.lines), len(found[part]) - some.no_lines, tuple(some.unreadable))
            for part, some in shown.items()
            if some.lines or some.unreadable or some.looked_at < len(found[part])
        )
        needs_grace = looking.centre.grace_days is None and any_past(session, looking)
    return Board(sections, team, needs_grace)


def page_of(database: Database, centre_id: str, staff_id: str, now: datetime, part: Part, number: int) -> Section:
    """Return one part of *Today* in full, by pages of fifty; the first has the number 1. `count` is up to here."""
    with database.reading(centre_id) as session:
        looking = Looking(session.get_one(Centre, centre_id), staff_id, now, brussels_day(now))
        end = number * SHOWN
        found = candidates(session, looking, part, end + 1)
        here = {part: list(islice(found, end - SHOWN, end))}
        shown = _shown(database, session, looking, team_of(session, centre_id), here, {part: SHOWN})
    return Section(part, tuple(shown[part].lines), len(found), tuple(shown[part].unreadable))


def stands(
    database: Database, centre_id: str, staff_id: str, case_id: str, parts: Iterable[Part], now: datetime
) -> bool:
    """Tell whether a line about a case stands now in one of these parts of *Today*, as a member sees it."""
    with database.reading(centre_id) as session:
        looking = Looking(session.get_one(Centre, centre_id), staff_id, now, brussels_day(now), case_id)
        found = [part for part in parts if candidates(session, looking, part, 1)]
        case = glimpses(database, session, centre_id, {case_id}).get(case_id) if found else None
    return case is not None and any(IS_A_LINE.get(part, _always)(case) for part in found)


def share(counts: Sequence[int], total: int, least: int) -> list[int]:
    """Share a number of places among parts: so many for each first, then whatever is left, in their order."""
    shares = [min(count, least) for count in counts]
    left = max(0, total - sum(shares))
    for place, count in enumerate(counts):
        more = min(count - shares[place], left)
        shares[place] += more
        left -= more
    return shares


@dataclass
class _Some:
    """The lines of a part so far, and how many candidates were looked at for them."""

    lines: list[Line]
    looked_at: int = 0
    unreadable: list[Candidate] = field(default_factory=list)

    @property
    def no_lines(self) -> int:
        """How many of them turned out to be no line."""
        return self.looked_at - len(self.lines) - len(self.unreadable)


def _shown(
    database: Database,
    session: Session,
    looking: Looking,
    team: Team,
    found: Mapping[Part, Sequence[Candidate]],
    wanted: Mapping[Part, int],
) -> dict[Part, _Some]:
    """Return the lines of each part. Where a case turns out to be none, the next ones are looked at, once."""
    shown = {part: _Some([]) for part in found}
    for _ in range(2):
        batch = [
            one
            for part, some in shown.items()
            for one in found[part][some.looked_at : some.looked_at + wanted[part] - len(some.lines)]
        ]
        if not batch:
            break
        cases = glimpses(database, session, looking.centre.id, {one.case_id for one in batch})
        rows = touched(session, looking.centre.id, {one.key for one in batch})
        for one in batch:
            shown[one.part].looked_at += 1
            if one.case_id in cases and cases[one.case_id] is None:
                shown[one.part].unreadable.append(one)
            elif (line := _line(one, cases.get(one.case_id), looking, team, rows.get(one.key))) is not None:
                shown[one.part].lines.append(line)
    return shown


def _line(one: Candidate, case: Glimpse | None, looking: Looking, team: Team, row: TodayLine | None) -> Line | None:
    if case is None or not IS_A_LINE.get(one.part, _always)(case):
        return None
    look = None
    if one.part is Part.LOOKS:
        until = one.day if one.toxicology else case.record.keep_through
        look = law.look_at(
            case.law_case, until, looking.today, looking.centre.grace_days, held_by_team=case.held_by_team
        )
    return Line(one, case, _owner(one, team, row), look)


def _owner(one: Candidate, team: Team, row: TodayLine | None) -> Colleague | None:
    """Return whose a line is. Who took a line after a request was taken up works on it now."""
    took, taken_up_by = (row.staff_id if row else None), getattr(one.about, "taken_up_by", None)
    if one.part is Part.APPROVALS:
        return team.owner(took, but=one.about.confirmed_by)
    taken_up_at: datetime | None = getattr(one.about, "taken_up_at", None)
    if row and row.taken_at and taken_up_at and row.taken_at < taken_up_at:
        return team.owner(taken_up_by, took)
    return team.owner(took, taken_up_by)


def _always(_case: Glimpse) -> bool:
    return True


def _is_called(case: Glimpse) -> bool:
    # Stopping messages ends no call: whoever holds her phone could otherwise take the team's calls from her.
    return not case.choices.follow_up.stopped and law.is_followed_up(case.law_case)


IS_A_LINE: dict[Part, Callable[[Glimpse], bool]] = {
    Part.SOON: lambda case: law.is_undecided(case.law_case),
    Part.LATER: lambda case: law.is_undecided(case.law_case),
    Part.CALLS: _is_called,
}


def owned_by(lines: Sequence[Line]) -> dict[str, list[Line]]:
    """Return lines by who owns them, by name; those of nobody under an empty one."""
    by: dict[str, list[Line]] = {}
    for line in sorted(lines, key=lambda one: one.owner.login if one.owner else ""):
        by.setdefault(line.owner.login if line.owner else "", []).append(line)
    return by
