"""The checks of the year bite: each fault, made by hand, is found by the very check that looks at every day."""

from datetime import date, datetime, timedelta

import pytest

from portal.law import Complaint, ItemKind, RequestKind
from tests.clock import at
from tests.year import checks, dates
from tests.year.book import Asked, Thing
from tests.year.making import NURSE, SECOND, D, a_house, a_life
from tests.year.rows import Act, Standing


def a_line(part: str, thing_id: str = "case", owner: str | None = NURSE, confirmed_by: str | None = None) -> Standing:
    return Standing(part, "kind", thing_id, "case", owner, confirmed_by)


@pytest.mark.parametrize(
    ("exam", "told", "kept", "extended"),
    [
        ("2026-07-01", "2026-12-31", "2027-01-04", "2027-06-30"),
        ("2026-08-30", "2027-02-27", "2027-03-02", "2027-08-29"),
        ("2026-08-31", "2027-02-27", "2027-03-03", "2027-08-30"),
        ("2026-11-30", "2027-05-29", "2027-05-31", "2027-11-29"),
        ("2026-12-31", "2027-06-29", "2027-07-01", "2027-12-30"),
        ("2027-08-29", "2028-02-28", "2028-02-29", "2028-08-28"),
        ("2027-08-31", "2028-02-28", "2028-03-02", "2028-08-30"),
        ("2028-02-29", "2028-08-28", "2028-08-31", "2029-02-27"),
    ],
)
def test_the_second_computation_gives_the_dates_of_the_rules(exam: str, told: str, kept: str, extended: str) -> None:
    assert dates.told_until(D(exam), dates.SIX_MONTHS) == D(told)
    assert dates.kept_until(D(exam), dates.SIX_MONTHS) == D(kept)
    assert dates.told_until(D(exam), dates.TWELVE_MONTHS) == D(extended)
    assert dates.told_until(date(2028, 2, 29), dates.FIVE_YEARS) == date(2033, 2, 27)


def test_a_line_without_an_owner() -> None:
    house = a_house(a_life())
    assert checks.owned([a_line("calls"), a_line("approvals", confirmed_by=SECOND)], house.carers) == []
    house.left.add(SECOND)
    for line in (
        a_line("calls", owner=None),
        a_line("calls", owner=SECOND),  # who left
        a_line("calls", owner="somebody of another centre"),
        a_line("approvals", confirmed_by=NURSE),  # who confirmed cannot sign
    ):
        assert len(checks.owned([line], house.carers)) == 1


def test_a_line_of_another_centre_or_of_nothing() -> None:
    life = a_life()
    house = a_house(life)
    assert checks.at_home([a_line("looks")], house) == []
    assert checks.at_home([Standing("looks", "look", "x", "another case", NURSE)], house)
    life.is_over = True
    assert checks.at_home([a_line("looks")], house)
    life.is_over, life.erased_on = False, D("2028-05-01")
    assert checks.at_home([a_line("calls")], house)


def test_a_request_that_is_lost() -> None:
    life = a_life()
    life.open["request"] = Asked(RequestKind.EXTENSION, None, at("2028-03-01T10:00:00"), None)
    assert checks.requests_stand([life], [a_line("requests", "request")]) == []
    assert checks.requests_stand([life], [a_line("approvals", "request")]) == []
    assert checks.requests_stand([life], [a_line("looks", "request")])
    assert checks.requests_stand([life], [])


def test_a_date_that_vanishes_from_the_day() -> None:
    life = a_life()  # she is told 9 July
    later, soon = D("2028-06-09"), D("2028-07-02")
    assert checks.dates_stand([life], [], later - timedelta(days=1)) == []
    assert checks.dates_stand([life], [a_line("later")], later) == []
    assert checks.dates_stand([life], [], later)
    assert checks.dates_stand([life], [a_line("later")], soon)  # seven days before, anew
    life.ended_lines.add(("date-30", "case", D("2028-07-09")))
    assert checks.dates_stand([life], [], later) == []
    assert checks.dates_stand([life], [], soon)
    life.extended = True
    assert checks.dates_stand([life], [], soon) == []


def test_a_minors_samples_that_vanish() -> None:
    life = a_life("2023-07-10", minor=True)
    life.things["thing"] = Thing(ItemKind.TOXICOLOGY, D("2023-07-10"))
    assert checks.dates_stand([life], [a_line("soon", "thing")], D("2028-07-05")) == []
    assert checks.dates_stand([life], [a_line("soon", "case")], D("2028-07-05"))


def test_a_last_day_that_passes_unseen() -> None:
    life = a_life()
    on = D("2028-07-10")
    assert checks.passed_seen([life], on)[1]
    life.seen = {("soon", "case")}
    assert checks.passed_seen([life], on)[1]
    life.seen = {("soon", "case"), ("later", "case")}
    assert checks.passed_seen([life], on) == (["REF: 2028-07-09 passed unseen"], [])
    assert checks.passed_seen([life], on + timedelta(days=1)) == ([], [])


def test_things_that_lie_there_unseen_after_their_end() -> None:
    life = a_life()  # kept through 10 July
    assert checks.ends_stand([life], [], D("2028-07-24"), 14) == []
    assert checks.ends_stand([life], [a_line("looks")], D("2028-07-25"), 14) == []
    assert checks.ends_stand([life], [], D("2028-07-25"), 14)
    assert checks.ends_stand([life], [], D("2028-07-11"), None)  # without a written grace, at once
    life.again_on = D("2028-08-01")
    assert checks.ends_stand([life], [], D("2028-07-25"), 14) == []
    assert checks.ends_stand([life], [], D("2028-08-01"), 14)


ASKED, DONE = at("2028-03-01T10:00:00"), at("2028-03-20T10:00:00")


def an_act(kind: RequestKind = RequestKind.DESTRUCTION, **other: object) -> Act:
    steps = {"asked": "person", "take-up": NURSE, "confirm": NURSE, "sign": SECOND, "carry-out": SECOND}
    steps.update({name: str(by) for name, by in other.items() if name in ("confirm", "sign")})
    if other.get("without"):
        del steps[str(other["without"])]
    moments = {"asked": ASKED, "carry-out": DONE}
    confirmed: datetime = other.get("confirmed_at", DONE - timedelta(hours=2))  # type: ignore[assignment]
    trail = tuple((f"request-{one}", by, moments.get(one, confirmed)) for one, by in steps.items())
    return Act(kind, "request", "case", ASKED, None, DONE, str(other.get("means", "voice")), trail)


def test_an_act_as_it_should_be() -> None:
    assert checks.acts_lawful([an_act()], a_house(a_life())) == []
    assert checks.acts_lawful([an_act(RequestKind.RESTITUTION, without="sign")], a_house(a_life())) == []


@pytest.mark.parametrize(
    ("act", "fault"),
    [
        (an_act(sign=NURSE), "by one person"),
        (an_act(without="sign"), "steps are missing"),
        (an_act(without="confirm"), "steps are missing"),
        (an_act(without="asked"), "steps are missing"),
        (an_act(sign="somebody of another centre"), "by somebody who does not work there"),
        (an_act(confirmed_at=ASKED + timedelta(days=6)), "before its waiting time was over"),
        (
            an_act(RequestKind.RESTITUTION, without="sign", confirm=SECOND, means="in-person"),
            "handed over by who alone saw her",
        ),
        (an_act(RequestKind.END_OF_PERIOD), "kept until 2028-07-10, and destroyed before"),
    ],
)
def test_an_act_that_must_not_be(act: Act, fault: str) -> None:
    assert checks.acts_lawful([act], a_house(a_life())) == [f"{act.kind} request: {fault}"]


@pytest.mark.parametrize("why", ["held", "seized"])
def test_an_act_while_something_stands_against_it(why: str) -> None:
    life = a_life()
    setattr(life, why, True)
    assert checks.acts_lawful([an_act()], a_house(life))
    life = a_life()
    life.complaint = Complaint.AFTER_EXAM
    assert checks.acts_lawful([an_act()], a_house(life))
    life.answered = True
    assert checks.acts_lawful([an_act()], a_house(life)) == []


def test_an_end_without_a_written_grace() -> None:
    house = a_house(a_life("2027-08-01"))
    assert checks.acts_lawful([an_act(RequestKind.END_OF_PERIOD)], house) == []
    house.grace_days = None
    assert checks.acts_lawful([an_act(RequestKind.END_OF_PERIOD)], house)


def test_a_thing_that_is_gone_without_an_act() -> None:
    life, act = a_life(), an_act()
    assert checks.gone_by_acts([("thing", "case", DONE)], [act]) == []
    assert checks.gone_by_acts([("thing", "case", ASKED)], [act])
    assert checks.gone_by_acts([("thing", "another case", DONE)], [act])
    assert checks.book_agrees({"case": life}, [("thing", "case", DONE)])
    life.things["thing"].is_gone = True
    assert checks.book_agrees({"case": life}, [("thing", "case", DONE)]) == []


@pytest.mark.parametrize("why", ["kept", "held", "asked", "not in the file", "too early", "unlisted", "again"])
def test_a_case_that_must_not_be_erased(why: str) -> None:
    life = a_life()
    life.things["thing"].is_here, life.in_file_on = False, D("2028-03-01")
    on = D("2028-03-31")
    assert checks.erased_lawfully([life], on) == []
    match why:
        case "kept":
            life.things["thing"].is_here = True
        case "held":
            life.held = True
        case "asked":
            life.open["request"] = Asked(RequestKind.REPORT_COPY, None, ASKED, None)
        case "not in the file":
            life.in_file_on = None
        case "too early":
            on = D("2028-03-30")
        case "unlisted":
            life.things = {}
        case "again":
            life.again_on = D("2028-04-01")
    assert len(checks.erased_lawfully([life], on)) == 1
