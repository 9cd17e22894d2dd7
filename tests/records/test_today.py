"""A centre's day: every line is there, with an owner, until its work is done; nothing passes its date unseen."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal import law
from portal.access.roles import Role
from portal.access.team import add_member
from portal.law import Complaint, Look, RequestKind
from portal.law.course import Doing, Step
from portal.records import lines, notes, requests
from portal.records.board import Board, Line, board, page_of, share
from portal.records.centres import change_rules
from portal.records.corrections import correct_case
from portal.records.database import Database
from portal.records.follow_up import Called, note_call, plan_again
from portal.records.lines import LineKind
from portal.records.models import CaseRecord, JournalLine, Staff, TodayLine
from portal.records.requests import Wish
from portal.records.reviews import review
from portal.records.shifts import begin_shift, done_since
from portal.records.today import Part
from tests.clock import StillClock, at
from tests.conftest import make_case, make_team
from tests.records.morning import RULES, Morning


@pytest.fixture
def morning(database: Database) -> Morning:
    clock = StillClock(at("2026-08-01T06:30:00"))
    return Morning(database, clock, make_team(database, clock, "north"))


def of(morning: Morning, staff_id: str | None = None) -> Board:
    return board(morning.database, morning.team.centre_id, staff_id or morning.team.staff_id, morning.clock())


def stands(day: Board) -> dict[str, list[str]]:
    return {str(section.part): [line.case.reference for line in section.lines] for section in day.sections}


def line_of(day: Board, reference: str) -> Line:
    (found,) = [line for line in day.lines if line.case.reference == reference]
    return found


def journal(morning: Morning, *actions: str) -> list[tuple[str, str]]:
    with morning.database.reading() as session:
        every = session.query(JournalLine).filter_by(centre_id=morning.team.centre_id).order_by(JournalLine.seq)
        return [(line.action, line.subject) for line in every if line.action in actions]


def test_every_kind_of_work_stands_in_its_part(morning: Morning) -> None:
    morning.one_of_each()
    day = of(morning)
    assert stands(day) == {
        "approvals": ["SIGN"],
        "requests": ["NEAR", "CALL-ME"],
        "soon": ["SOON", "MINOR"],
        "later": ["LATER", "NO-WISH"],
        "messages": ["MESSAGE"],
        "calls": ["CALL"],
        "looks": ["PAST", "ORDERED", "HELD"],
    }
    assert [line.look for line in day.sections[-1].lines] == [Look.PROPOSE, Look.NEVER_CLAIMED, Look.HOLD]
    assert line_of(day, "SOON").wants_to_be_told
    assert not line_of(day, "NO-WISH").wants_to_be_told
    assert line_of(day, "MINOR").candidate.toxicology
    assert not day.needs_grace


def test_who_confirmed_has_nothing_to_sign_and_sees_that_it_waits(morning: Morning) -> None:
    morning.one_of_each()
    of_colleague = stands(of(morning, morning.colleague))
    assert "approvals" not in of_colleague
    assert "SIGN" in of_colleague["requests"]


def test_another_centre_has_none_of_it(morning: Morning) -> None:
    morning.one_of_each()
    south = make_team(morning.database, morning.clock, "south")
    assert board(morning.database, south.centre_id, south.staff_id, morning.clock()).sections == ()
    for part in Part:
        assert page_of(morning.database, south.centre_id, south.staff_id, morning.clock(), part, 1).lines == ()


def test_what_another_centre_took_over_is_not_expected_here(morning: Morning) -> None:
    every = morning.one_of_each()
    for case_id in every.values():
        with morning.database.writing(morning.team.centre_id) as session:
            session.get_one(CaseRecord, case_id).moved_at = morning.clock()
    assert set(stands(of(morning))) == {"approvals", "requests", "messages"}


def test_whoever_decided_leaves_the_dates(morning: Morning) -> None:
    every = morning.one_of_each()
    asked = morning.ask(every["SOON"], RequestKind.EXTENSION)
    assert stands(of(morning))["soon"] == ["MINOR"]
    morning.move(asked, Step.TAKE_UP, morning.team.staff_id)
    morning.move(asked, Step.CARRY_OUT, morning.team.staff_id)
    assert stands(of(morning))["soon"] == ["MINOR"]  # it was entered: twelve months from the examination


def test_told_once_for_thirty_days_and_again_for_seven(morning: Morning) -> None:
    case_id = morning.case("LATER", "2026-02-20")  # its last day is 19 August

    def end(kind: LineKind, day: date) -> None:
        lines.end(morning.database, morning.team.centre_id, morning.team.staff_id, kind, case_id, day, morning.clock())

    end(LineKind.DATE_30, date(2026, 8, 19))
    end(LineKind.DATE_30, date(2026, 8, 19))  # pressed twice
    assert stands(of(morning)) == {}
    assert journal(morning, "line-ended") == [("line-ended", case_id)]
    morning.clock.forward(days=12)
    assert stands(of(morning)) == {"soon": ["LATER"]}
    end(LineKind.DATE_7, date(2026, 8, 19))
    assert stands(of(morning)) == {}
    morning.put(case_id, ask_by=date(2026, 8, 18))  # its examination was corrected: another date, told anew
    assert stands(of(morning)) == {"soon": ["LATER"]}


def test_what_is_past_waits_for_a_written_grace(morning: Morning) -> None:
    morning.case("PAST", "2026-01-05")
    no_grace = replace(RULES, grace_days=None, grace_written_on=None)
    change_rules(morning.database, morning.team.centre_id, morning.team.staff_id, no_grace, morning.clock())
    day = of(morning)
    assert day.needs_grace
    assert line_of(day, "PAST").look is Look.NO_GRACE
    long = replace(RULES, grace_days=60)
    change_rules(morning.database, morning.team.centre_id, morning.team.staff_id, long, morning.clock())
    assert stands(of(morning)) == {}
    morning.clock.forward(days=60)
    assert line_of(of(morning), "PAST").look is Look.PROPOSE


def test_a_waiting_request_keeps_a_case_from_being_proposed(morning: Morning) -> None:
    case_id = morning.case("PAST", "2026-01-05")
    morning.ask(case_id, RequestKind.REPORT_COPY)
    assert stands(of(morning)) == {"requests": ["PAST"]}


def test_what_was_asked_in_writing_comes_back_on_its_day(morning: Morning) -> None:
    case_id = morning.case("ORDERED", "2026-01-06", complaint=Complaint.BEFORE_EXAM)
    on = morning.today + timedelta(days=90)
    for _ in range(2):
        review(morning.database, morning.team.centre_id, case_id, morning.team.staff_id, on, morning.clock())
    assert journal(morning, "case-reviewed") == [("case-reviewed", case_id)]
    assert stands(of(morning)) == {}
    morning.clock.forward(days=90)
    assert stands(of(morning)) == {"looks": ["ORDERED"]}
    for wrong in (morning.clock().date(), morning.clock().date() + timedelta(days=400)):
        with pytest.raises(ValueError, match="within a year"):
            review(morning.database, morning.team.centre_id, case_id, morning.team.staff_id, wrong, morning.clock())


def test_a_hold_is_looked_at_again_after_ninety_days(morning: Morning) -> None:
    case_id = morning.case("HELD", "2026-07-01")
    notes.set_hold(morning.database, morning.team.centre_id, case_id, morning.team.staff_id, morning.clock())
    morning.clock.forward(days=89)
    assert "looks" not in stands(of(morning))
    morning.clock.forward(days=1)
    assert line_of(of(morning), "HELD").look is Look.HOLD


def test_a_call_is_planned_by_the_rhythm_and_each_answer_plans_the_next(morning: Morning) -> None:
    case_id = make_case(morning.database, morning.clock, morning.team, "NEW", "2026-07-30")

    def due() -> date | None:
        with morning.database.reading() as session:
            return session.get_one(CaseRecord, case_id).follow_up_on

    def call(called: Called, on: date | None = None) -> None:
        centre_id, staff_id = morning.team.centre_id, morning.team.staff_id
        note_call(morning.database, centre_id, case_id, staff_id, called, morning.clock(), on)

    assert due() == date(2026, 8, 6)  # seven days after the examination
    assert stands(of(morning)) == {}
    morning.clock.forward(days=5)
    assert stands(of(morning)) == {"calls": ["NEW"]}
    for _ in range(2):  # pressed twice
        call(Called.NOT_REACHED)
    assert due() == date(2026, 8, 8)
    morning.clock.forward(days=2)
    call(Called.DONE)
    assert due() == date(2026, 8, 29)  # thirty days after the examination
    call(Called.MOVED, date(2026, 9, 3))
    assert due() == date(2026, 9, 3)
    call(Called.STOPPED)
    morning.clock.forward(days=100)
    assert (due(), stands(of(morning)).get("calls")) == (None, None)
    call(Called.MOVED, morning.clock().date() + timedelta(days=1))  # she asks for calls again
    assert due() is not None
    assert [action for action, _ in journal(morning, *(f"follow-up-{one}" for one in Called))] == [
        "follow-up-not-reached",
        "follow-up-done",
        "follow-up-moved",
        "follow-up-stopped",
        "follow-up-moved",
    ]
    with pytest.raises(ValueError, match="day to come"):
        call(Called.MOVED, morning.clock().date())


def test_stopping_messages_ends_no_call_and_only_the_team_notes_that_she_wants_none(morning: Morning) -> None:
    every = morning.one_of_each()
    case_id, centre_id = every["CALL"], morning.team.centre_id
    requests.ask(morning.database, centre_id, case_id, Wish(RequestKind.STOP_MESSAGES), morning.clock())
    assert "calls" in stands(of(morning))  # whoever holds her phone takes no call from her
    note_call(morning.database, centre_id, case_id, morning.team.staff_id, Called.STOPPED, morning.clock())
    assert "calls" not in stands(of(morning))
    plan_again(morning.database, centre_id, case_id, morning.team.staff_id, morning.clock())
    assert "calls" not in stands(of(morning))


def test_the_non_acute_phase_has_no_calls(morning: Morning) -> None:
    case_id = make_case(morning.database, morning.clock, morning.team, "NONE", None)
    with morning.database.reading() as session:
        assert session.get_one(CaseRecord, case_id).follow_up_on is None
    centre_id, staff_id = morning.team.centre_id, morning.team.staff_id
    with pytest.raises(ValueError, match="14 § 3"):
        note_call(morning.database, centre_id, case_id, staff_id, Called.DONE, morning.clock())


def test_no_line_is_without_an_owner(morning: Morning) -> None:
    morning.one_of_each()
    assert all(line.owner for line in of(morning).lines)
    assert {line.owner.id for line in of(morning).lines if line.owner} == {morning.team.staff_id}  # who came first
    by_colleague = of(morning, morning.colleague)
    assert line_of(by_colleague, "SIGN").owner == by_colleague.team.people[morning.colleague]  # who took it up
    later = morning.clock() + timedelta(hours=1)
    leads = add_member(morning.database, morning.team.centre_id, "leads", "a long password", later, Role.COORDINATOR)
    assert owner_of(morning, "PAST") == leads.staff_id
    begin_shift(morning.database, morning.team.centre_id, morning.colleague, morning.clock())
    begin_shift(morning.database, morning.team.centre_id, morning.colleague, later)  # pressed twice
    assert len(journal(morning, "shift-begun")) == 1
    assert owner_of(morning, "PAST") == morning.colleague
    assert owner_of(morning, "SIGN") == leads.staff_id  # who confirmed does not sign as well
    disable(morning, morning.colleague)
    assert owner_of(morning, "PAST") == leads.staff_id
    assert all(line.owner for line in of(morning).lines)


def owner_of(morning: Morning, reference: str) -> str:
    owner = line_of(of(morning), reference).owner
    assert owner is not None
    return owner.id


def disable(morning: Morning, staff_id: str) -> None:
    with morning.database.writing(morning.team.centre_id) as session:
        session.get_one(Staff, staff_id).active = False


def test_who_takes_a_line_owns_it_until_somebody_else_does_or_it_is_done(morning: Morning) -> None:
    every = morning.one_of_each()
    centre_id = morning.team.centre_id

    def take(kind: LineKind, thing_id: str, by: str, day: date | None = None) -> None:
        morning.clock.forward(seconds=1)
        lines.take(morning.database, centre_id, by, kind, thing_id, day, morning.clock())

    take(LineKind.LOOK, every["PAST"], morning.colleague)
    take(LineKind.LOOK, every["PAST"], morning.colleague)  # pressed twice
    assert len(journal(morning, "line-taken")) == 1
    assert owner_of(morning, "PAST") == morning.colleague
    take(LineKind.LOOK, every["PAST"], morning.team.staff_id)
    assert owner_of(morning, "PAST") == morning.team.staff_id
    request_id = line_of(of(morning), "NEAR").candidate.thing_id
    morning.move(request_id, Step.TAKE_UP, morning.colleague)
    assert owner_of(morning, "NEAR") == morning.colleague
    take(LineKind.REQUEST, request_id, morning.team.staff_id)  # handed over
    assert owner_of(morning, "NEAR") == morning.team.staff_id
    take(LineKind.CALL, every["CALL"], morning.team.staff_id)
    note_call(morning.database, centre_id, every["CALL"], morning.team.staff_id, Called.DONE, morning.clock())
    with morning.database.reading() as session:
        assert session.get(TodayLine, (centre_id, f"call:{every['CALL']}")) is None  # the next one is nobody's yet


@pytest.mark.parametrize("kind", LineKind)
def test_another_centres_lines_are_neither_taken_nor_ended(morning: Morning, kind: LineKind) -> None:
    every = morning.one_of_each()
    south = make_team(morning.database, morning.clock, "south")
    of_kind: dict[LineKind, Callable[[], str]] = {
        LineKind.REQUEST: lambda: line_of(of(morning), "NEAR").candidate.thing_id,
        LineKind.MESSAGE: lambda: line_of(of(morning), "MESSAGE").candidate.thing_id,
    }
    thing_id = of_kind.get(kind, lambda: every["SOON"])()
    for do in (lines.take, lines.end):
        if do is lines.take or kind in lines.ENDED_BY_HAND:
            with pytest.raises(LookupError):
                do(morning.database, south.centre_id, south.staff_id, kind, thing_id, date(2026, 8, 3), morning.clock())
    with morning.database.reading() as session:
        assert session.query(TodayLine).filter_by(centre_id=south.centre_id).count() == 0


def test_what_ends_by_its_own_work_is_not_ended_by_hand(morning: Morning) -> None:
    every = morning.one_of_each()
    for kind in set(LineKind) - lines.ENDED_BY_HAND:
        with pytest.raises(ValueError, match="own work"):
            lines.end(
                morning.database,
                morning.team.centre_id,
                morning.team.staff_id,
                kind,
                every["PAST"],
                None,
                morning.clock(),
            )


def test_fifty_lines_are_shown_and_every_other_is_a_page_away(morning: Morning) -> None:
    for number in range(60):
        morning.case(f"D-{number}", "2026-02-20")
    morning.case("ORDERED", "2026-02-10", complaint=Complaint.BEFORE_EXAM)  # comes first, and is no line
    (section,) = of(morning).sections
    assert (len(section.lines), section.count, section.is_cut) == (50, 60, True)
    where = (morning.database, morning.team.centre_id, morning.team.staff_id, morning.clock(), Part.LATER)
    seen = {line.case.reference for number in (1, 2) for line in page_of(*where, number).lines}
    assert len(seen) == 60


def test_places_are_shared_so_that_no_part_hides_another() -> None:
    assert share([100, 100, 0, 3], 50, 5) == [42, 5, 0, 3]
    assert share([2, 1], 50, 5) == [2, 1]
    assert sum(share([200] * 7, 50, 5)) == 50


def test_the_next_shift_hears_what_was_done(morning: Morning) -> None:
    morning.one_of_each()
    morning.clock.forward(hours=1)
    since = morning.clock()
    case_id = morning.case("NEW", "2026-07-31")
    notes.set_hold(morning.database, morning.team.centre_id, case_id, morning.team.staff_id, morning.clock())
    requests.ask(morning.database, morning.team.centre_id, case_id, Wish(RequestKind.CONTACT_ME), morning.clock())
    with morning.database.reading() as session:
        done = done_since(session, morning.team.centre_id, since)
    assert done == {
        "person": {"request-asked": 1},
        morning.team.staff_id: {"case-registered": 1, "hold-set": 1},
    }


def test_each_rule_that_changes_is_one_line_of_the_journal(morning: Morning) -> None:
    where = (morning.database, morning.team.centre_id, morning.team.staff_id)
    actions = ("waiting-changed", "grace-changed", "follow-up-days-changed", "quiet-changed")
    before = len(journal(morning, *actions))
    change_rules(*where, replace(RULES, waiting_days=3, quiet_from=21), morning.clock())
    change_rules(*where, replace(RULES, waiting_days=3, quiet_from=21), morning.clock())
    assert [action for action, _ in journal(morning, *actions)[before:]] == ["waiting-changed", "quiet-changed"]
    for wrong in (
        {"waiting_days": 8},
        {"grace_days": 91},
        {"grace_written_on": None},
        {"follow_up_days": (0,)},
        {"follow_up_days": tuple(range(1, 10))},
        {"quiet_from": 24},
        {"quiet_until": 20},
    ):
        with pytest.raises(ValueError, match="no centre"):
            change_rules(*where, replace(RULES, **wrong), morning.clock())


def test_a_complaint_changes_nothing_that_stands_in_clear(morning: Morning) -> None:
    rows = []
    for complaint in (Complaint.NONE, Complaint.BEFORE_EXAM):
        case_id = make_case(
            morning.database, morning.clock, morning.team, f"C-{complaint}", "2026-07-30", complaint=complaint
        )
        with morning.database.reading() as session:
            record = session.get_one(CaseRecord, case_id)
            rows.append((record.ask_by, record.keep_through, record.follow_up_on, record.review_on))
    assert rows[0] == rows[1]


def test_a_hold_that_is_lifted_keeps_no_end_out_of_sight(morning: Morning) -> None:
    case_id = morning.case("HELD", "2026-02-06")  # kept through 6 August; the grace is fourteen days
    where = (morning.database, morning.team.centre_id, case_id, morning.team.staff_id)
    notes.set_hold(*where, morning.clock())
    assert review_of(morning, case_id) == date(2026, 10, 30)
    notes.lift_holds(*where, morning.clock())
    assert review_of(morning, case_id) == date(2026, 8, 21)
    morning.clock.forward(days=20)
    assert line_of(of(morning), "HELD").look is Look.PROPOSE


def test_a_hold_lifted_after_the_end_is_looked_at_on_the_same_day(morning: Morning) -> None:
    case_id = morning.case("HELD", "2026-01-05")
    where = (morning.database, morning.team.centre_id, case_id, morning.team.staff_id)
    notes.set_hold(*where, morning.clock())
    assert stands(of(morning)) == {}
    notes.lift_holds(*where, morning.clock())
    assert line_of(of(morning), "HELD").look is Look.PROPOSE


def review_of(morning: Morning, case_id: str) -> date | None:
    with morning.database.reading() as session:
        return session.get_one(CaseRecord, case_id).review_on


def test_of_what_was_destroyed_nothing_is_left_to_look_at(morning: Morning) -> None:
    case_id = morning.case("PAST", "2026-01-05")
    morning.put(case_id, review_on=morning.today)
    ask = morning.ask(case_id, RequestKind.END_OF_PERIOD, asked_by=morning.team.staff_id)
    morning.move(ask, Step.CONFIRM, morning.team.staff_id)
    morning.move(ask, Step.SIGN, morning.colleague)
    act = requests.Outcome(done_on=morning.today.isoformat())
    doing = Doing(Step.CARRY_OUT, morning.colleague, morning.clock())
    requests.move(morning.database, morning.team.centre_id, ask, doing, outcome=act)
    assert stands(of(morning)) == {}
    assert review_of(morning, case_id) is None
    where = (morning.database, morning.team.centre_id, case_id, morning.team.staff_id)
    review(*where, morning.today + timedelta(days=30), morning.clock())  # pressed on a page of before, or meant
    morning.clock.forward(days=30)
    assert stands(of(morning)) == {"looks": ["PAST"]}
    review(*where, morning.today + timedelta(days=60), morning.clock())  # it was looked at: nothing is there
    assert review_of(morning, case_id) is None
    notes.set_hold(*where, morning.clock())
    morning.clock.forward(days=90)
    review(*where, morning.today + timedelta(days=180), morning.clock())
    assert review_of(morning, case_id) == morning.today + timedelta(days=180)  # the hold is looked at again
    notes.lift_holds(*where, morning.clock())
    assert review_of(morning, case_id) is None


def test_of_what_was_all_given_back_nothing_is_left_to_look_at(morning: Morning) -> None:
    case_id = morning.case("BACK", "2026-02-20")
    clothes = law.Item(law.ItemKind.CLOTHES, date(2026, 2, 20))
    where = (morning.database, morning.team.centre_id, case_id, morning.team.staff_id)
    notes.add_item(*where, clothes, "C1", morning.clock())
    morning.put(case_id, review_on=morning.today)
    asked = morning.ask(case_id, RequestKind.RESTITUTION)
    morning.move(asked, Step.TAKE_UP, morning.team.staff_id)
    morning.move(asked, Step.CONFIRM, morning.team.staff_id)
    handed_over = requests.Outcome(done_on=morning.today.isoformat())
    doing = Doing(Step.CARRY_OUT, morning.colleague, morning.clock())
    requests.move(morning.database, morning.team.centre_id, asked, doing, outcome=handed_over)
    assert stands(of(morning)) == {}  # no last day to tell, no day to look again
    morning.clock.forward(days=60)
    assert stands(of(morning)) == {}  # and no end to propose
    notes.add_item(*where, law.Item(law.ItemKind.SAMPLE, date(2026, 2, 20)), "S1", morning.clock())
    assert line_of(of(morning), "BACK").look is Look.PROPOSE  # something was there all the same


def test_an_extension_that_was_refused_hides_no_last_day(morning: Morning) -> None:
    case_id = morning.case("LATER", "2026-02-20", complaint=Complaint.BEFORE_EXAM)
    asked = morning.ask(case_id, RequestKind.EXTENSION)
    morning.move(asked, Step.TAKE_UP, morning.team.staff_id)
    refusal = requests.Outcome(reason="a judge ordered it", remedy="ask the prosecutor")
    doing = Doing(Step.DECLINE, morning.team.staff_id, morning.clock())
    requests.move(morning.database, morning.team.centre_id, asked, doing, outcome=refusal)
    assert stands(of(morning)) == {}
    where = (morning.database, morning.team.centre_id, case_id, morning.team.staff_id, morning.clock())
    correct_case(*where, {"complaint": Complaint.NONE}, "the wrong box was ticked", agreed=True)
    assert stands(of(morning)) == {"later": ["LATER"]}  # a period runs, and she can still ask


def test_a_things_own_period_that_is_over_is_looked_at(morning: Morning) -> None:
    case_id = morning.case("MINOR", "2021-01-05", minor=True)
    sample = law.Item(law.ItemKind.TOXICOLOGY, date(2021, 1, 5))
    notes.add_item(
        morning.database, morning.team.centre_id, case_id, morning.team.staff_id, sample, "T1", morning.clock()
    )
    line = line_of(of(morning), "MINOR")
    assert (line.look, line.candidate.toxicology) == (Look.PROPOSE, True)


def test_a_message_that_was_seen_is_gone(morning: Morning) -> None:
    case_id = morning.case("MESSAGE", "2026-07-01")
    failed, unsure, _sent = (morning.message(case_id, state) for state in ("failed", "unsure", "sent"))
    assert stands(of(morning)) == {"messages": ["MESSAGE", "MESSAGE"]}
    for message_id in (failed, unsure):
        lines.end(
            morning.database,
            morning.team.centre_id,
            morning.team.staff_id,
            LineKind.MESSAGE,
            message_id,
            None,
            morning.clock(),
        )
    assert stands(of(morning)) == {}
