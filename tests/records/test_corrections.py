"""The admission once, consents in the file, corrections with an account, things handed on: sealed, and never silent."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from portal import law
from portal.law.course import Step
from portal.records import consents, filed, notes
from portal.records.cases import AlreadyRegisteredError, open_case
from portal.records.consents import Admitted, FixedError, admission_of, consents_of, note_consent, support_of
from portal.records.corrections import NotAgreedError, Thing, admitted, correct_case, effect_of
from portal.records.database import Database
from portal.records.models import CaseRecord, Hold, ItemRecord
from portal.records.notebook import About
from portal.records.notes import HandedTo, Word
from tests.clock import StillClock
from tests.records.desk import Desk, dump

Kind = law.RequestKind
WHY = "a slip of the keyboard"


@pytest.fixture
def desk(database: Database, clock: StillClock) -> Desk:
    return Desk(database, clock)


def where(desk: Desk) -> tuple[Database, str, str, str, datetime]:
    return desk.database, desk.centre_id, desk.case_id, desk.nurse, desk.clock()


def correct(desk: Desk, *, agreed: bool = False, thing: Thing | None = None, why: str = WHY, **changes: Any) -> None:
    correct_case(*where(desk), changes, why, agreed=agreed, thing=thing)


ADMITTED = Admitted(date(2026, 5, 11), "03:30", law.Phase.POST_ACUTE, was_counted=True)


def test_the_phase_is_fixed_once_and_then_only_corrected(desk: Desk) -> None:
    """Art. 2, 2° to 4°; rules R-PH-4: measured at the admission, attributed, never again."""
    consents.note_admission(*where(desk), ADMITTED)
    noted = admission_of(desk.case())
    assert noted is not None
    assert (noted.on, noted.after, noted.by) == (date(2026, 5, 11), "03:30", desk.nurse)
    before = dump(desk.database)
    with pytest.raises(FixedError):
        consents.note_admission(*where(desk), Admitted(date(2026, 5, 12), "", law.Phase.ACUTE, was_counted=False))
    assert dump(desk.database) == before
    correct(desk, phase=law.Phase.ACUTE, admitted_hour="04:30")
    assert desk.case().admission.phase is law.Phase.ACUTE
    assert admitted(desk.case()) == (date(2026, 5, 11), "04:30")
    told = [one for one in desk.case().entries if one.about is About.CORRECTED]
    assert [(one.what, one.before, one.after, one.said, one.by) for one in told] == [
        ("phase", "post-acute", "acute", WHY, desk.nurse),
        ("admitted_hour", "03:30", "04:30", WHY, desk.nurse),
    ]


def test_a_correction_asks_for_a_reason_and_writes_one_line(desk: Desk) -> None:
    before = dump(desk.database)
    with pytest.raises(ValueError, match="reason"):
        correct(desk, why="  ", reference="REF-9")
    with pytest.raises(ValueError, match="written at the admission"):
        correct(desk, seized=False)
    correct(desk, reference="REF-0")  # what stands there already
    assert dump(desk.database) == before
    correct(desk, reference="REF-9", exam_on=date(2026, 5, 12))
    assert desk.journal()[-1] == (desk.nurse, "case-corrected", desk.case_id)
    assert len([line for line in desk.journal() if line[1] == "case-corrected"]) == 1
    assert desk.case().admission.reference == "REF-9"


def test_a_later_examination_moves_every_date_and_nobody_need_agree(desk: Desk) -> None:
    shirt = desk.add()
    correct(desk, exam_on=date(2026, 5, 21))
    plain = law.keeping(date(2026, 5, 21), minor=False)
    assert (desk.case().record.ask_by, desk.case().record.keep_through) == (plain.ask_by, plain.keep_through)
    with desk.database.reading() as session:
        assert session.get_one(ItemRecord, shirt).keep_through == plain.keep_through


LOOSER = {
    "an earlier examination": ({}, {"exam_on": date(2026, 5, 1)}),
    "no examination after all": ({}, {"exam_on": None}),
    "not a minor": ({"minor": True}, {"minor": False}),
    "no complaint after all": ({"complaint": law.Complaint.UNKNOWN}, {"complaint": law.Complaint.NONE}),
    "a later complaint": ({"complaint": law.Complaint.BEFORE_EXAM}, {"complaint": law.Complaint.AFTER_EXAM}),
}


@pytest.mark.parametrize(("admission", "change"), LOOSER.values(), ids=LOOSER)
def test_nothing_is_shortened_or_freed_silently(
    database: Database, clock: StillClock, admission: dict[str, Any], change: dict[str, Any]
) -> None:
    desk = Desk(database, clock, **admission)
    desk.add()
    before = dump(database)
    with pytest.raises(NotAgreedError) as told:
        correct(desk, **change)
    assert dump(database) == before
    assert told.value.effect == effect_of(desk.case(), change)
    correct(desk, agreed=True, **change)
    (name, value), *_ = change.items()
    assert getattr(desk.case().admission, name) == value


@pytest.mark.parametrize(
    ("admission", "change"),
    [
        ({}, {"minor": True}),
        ({}, {"complaint": law.Complaint.BEFORE_EXAM}),
        ({}, {"complaint": law.Complaint.UNKNOWN}),
        ({"exam_on": None}, {"exam_on": date(2026, 5, 1)}),
    ],
)
def test_what_only_protects_asks_for_no_second_word(
    database: Database, clock: StillClock, admission: dict[str, Any], change: dict[str, Any]
) -> None:
    desk = Desk(database, clock, **admission)
    correct(desk, **change)
    assert desk.journal()[-1][1] == "case-corrected"


def test_a_thing_is_corrected_with_its_own_dates(database: Database, clock: StillClock) -> None:
    desk = Desk(database, clock, minor=True)
    sample = desk.add(law.ItemKind.SAMPLE, mark="S1")
    with pytest.raises(NotAgreedError):  # fifty years would become five
        correct(desk, thing=Thing(sample, law.Item(law.ItemKind.TOXICOLOGY, date(2026, 5, 11))))
    correct(desk, thing=Thing(sample, law.Item(law.ItemKind.TOXICOLOGY, date(2026, 5, 11))), agreed=True)
    (kept,) = desk.case().items
    assert (kept.item.kind, kept.mark) == (law.ItemKind.TOXICOLOGY, "S1")
    assert [(one.what, one.mark, one.before, one.after) for one in desk.case().entries] == [
        ("item_kind", "S1", "sample", "toxicology")
    ]
    with pytest.raises(LookupError):
        correct(desk, thing=Thing("0" * 32, kept.item))


def test_whoever_confirmed_is_asked_again_after_a_correction(desk: Desk) -> None:
    request_id = desk.ask(Kind.DESTRUCTION, asked_by=desk.nurse)
    desk.go(request_id, Step.TAKE_UP, Step.CONFIRM)
    correct(desk, exam_on=date(2026, 5, 12))
    assert desk.state(request_id) == "taken-up"


def test_a_reference_of_another_case_is_not_taken(desk: Desk) -> None:
    first = desk.case_id
    desk.another_case("REF-1")
    with pytest.raises(AlreadyRegisteredError) as known:
        correct(desk, reference=" ref-0")
    assert known.value.case_id == first


def test_consents_are_noted_one_by_one_and_move_no_date(desk: Desk) -> None:
    """Rules §10: distinct acts. Art. 19: withdrawn at any time; A-14: that is no wish for destruction."""
    dates = (desk.case().record.ask_by, desk.case().record.keep_through, desk.case().admission)
    note_consent(*where(desk), law.Consent.EXAM, date(2026, 5, 11))
    note_consent(*where(desk), law.Consent.SUPPORT_CONTACT, date(2026, 5, 12))
    consents.note_support(*where(desk), there=True, reach="0400 11 22 33")
    assert set(consents_of(desk.case())) == {law.Consent.EXAM, law.Consent.SUPPORT_CONTACT}
    note_consent(*where(desk), law.Consent.SUPPORT_CONTACT, date(2026, 6, 1), withdrawn=True)
    assert set(consents_of(desk.case())) == {law.Consent.EXAM}
    support = support_of(desk.case())
    assert support is not None
    assert (support.what, support.after) == ("yes", "")  # how to reach them went with the consent
    assert "0400 11 22 33" not in str(desk.case().entries)
    assert (desk.case().record.ask_by, desk.case().record.keep_through, desk.case().admission) == dates
    with pytest.raises(ValueError, match="14 § 3"):
        consents.note_support(*where(desk), there=True, reach="0400 11 22 33")
    with pytest.raises(ValueError, match="early-destruction"):  # a minor's alone: art. 29 § 4 al. 1
        note_consent(*where(desk), law.Consent.EARLY_DESTRUCTION, date(2026, 5, 12))


def test_an_answer_of_the_prosecutor_frees_and_the_complaint_stays(desk: Desk) -> None:
    """A-11: kept until the prosecutor answered, noted with who said so and when."""
    desk.note(complaint=law.Complaint.AFTER_EXAM)
    request_id = desk.ask(Kind.DESTRUCTION, asked_by=desk.nurse)
    desk.go(request_id, Step.TAKE_UP)
    assert desk.why_not(request_id, Step.CONFIRM) == "complaint"
    notes.note_facts(*where(desk), Word("prosecutor of Ghent, letter", date(2026, 7, 30)), answered=True)
    assert desk.why_not(request_id, Step.CONFIRM) is None
    assert desk.case().admission.complaint is law.Complaint.AFTER_EXAM
    (said,) = [one for one in desk.case().entries if one.what == "answered"]
    assert (said.what, said.said, said.on) == ("answered", "prosecutor of Ghent, letter", date(2026, 7, 30))


@pytest.mark.parametrize("complaint", [law.Complaint.BEFORE_EXAM, law.Complaint.UNKNOWN])
def test_no_answer_frees_what_a_judge_may_have_ordered(
    database: Database, clock: StillClock, complaint: law.Complaint
) -> None:
    desk = Desk(database, clock, complaint=complaint)
    desk.note(answered=True)
    assert desk.case().law_case.hold
    request_id = desk.ask(Kind.DESTRUCTION, asked_by=desk.nurse)
    desk.go(request_id, Step.TAKE_UP)
    assert desk.why_not(request_id, Step.CONFIRM) == "complaint"


def test_what_is_handed_on_is_not_here_and_no_thief_sees_it(desk: Desk) -> None:
    coat, shirt = desk.add(mark="K1"), desk.add(mark="K2")
    request_id = desk.ask(Kind.RESTITUTION, (coat,))
    before = dump(desk.database)["item"]
    notes.hand_on(*where(desk), [coat], HandedTo.REGISTRY, Word("registry of Ghent, receipt", date(2026, 7, 30)))
    assert [one.id for one in desk.case().here] == [shirt]
    assert len(desk.case().items) == 2
    desk.go(request_id, Step.TAKE_UP)
    assert desk.why_not(request_id, Step.CONFIRM) == "destroyed"  # not here: nothing to give back
    with desk.database.reading() as session:
        stays = session.get_one(ItemRecord, coat)
        assert stays.gone_at is None
        assert stays.keep_through is not None
    assert len(before) == len(dump(desk.database)["item"])
    with pytest.raises(LookupError):  # pressed twice
        notes.hand_on(*where(desk), [coat], HandedTo.REGISTRY, Word("again"))


def test_what_was_handed_on_by_a_slip_is_here_after_all(desk: Desk) -> None:
    coat, shirt = desk.hand_on(), desk.add(mark="K2")
    in_clear = [row[:4] for row in dump(desk.database)["item"]]
    request_id = desk.ask(Kind.DESTRUCTION, (shirt,), asked_by=desk.nurse)
    desk.go(request_id, Step.TAKE_UP, Step.CONFIRM)
    for _ in range(2):  # pressed twice
        notes.put_back(*where(desk), [coat], WHY)
    assert [one.id for one in desk.case().here] == [coat, shirt]
    assert [row[:4] for row in dump(desk.database)["item"]] == in_clear
    assert desk.request(request_id).record.state == "taken-up"  # she is asked again
    (told,) = [one for one in desk.case().entries if one.about is About.BACK]
    assert (told.what, told.said, told.by) == (HandedTo.REGISTRY, WHY, desk.nurse)
    assert [line[1] for line in desk.journal()][-2:] == ["request-reopen", "fact-noted"]
    notes.hand_on(*where(desk), [coat], HandedTo.REGISTRY, Word("the right bag"))
    assert [one.id for one in desk.case().here] == [shirt]


def test_what_is_here_after_all_needs_a_reason_and_a_thing_of_this_case(desk: Desk) -> None:
    coat = desk.hand_on()
    before = dump(desk.database)
    with pytest.raises(ValueError, match="reason"):
        notes.put_back(*where(desk), [coat], " ")
    for things, centre_id in (["of another case"], desk.centre_id), ([coat], "of another centre"):
        with pytest.raises(LookupError):
            notes.put_back(desk.database, centre_id, desk.case_id, desk.nurse, desk.clock(), things, WHY)
    assert dump(desk.database) == before


def test_a_destruction_of_everything_does_not_claim_what_was_handed_on(desk: Desk) -> None:
    coat, shirt = desk.add(mark="K1"), desk.add(mark="K2")
    notes.hand_on(*where(desk), [coat], HandedTo.LABORATORY, Word("laboratory"))
    desk.go(desk.ask(Kind.DESTRUCTION, asked_by=desk.nurse), Step.TAKE_UP, Step.CONFIRM, Step.SIGN, Step.CARRY_OUT)
    gone = {one.id: one.gone_at is not None for one in desk.case().items}
    assert gone == {coat: False, shirt: True}
    assert not desk.case().admission.destroyed


def test_a_hold_says_why_and_who_lifted_it_says_why_too(desk: Desk) -> None:
    notes.set_hold(*where(desk), Word("prosecutor called", date(2026, 7, 1)))
    notes.lift_holds(*where(desk), Word("prosecutor wrote", date(2026, 7, 30)))
    with desk.database.reading() as session:
        ((_, words),) = notes.holds_of_team(desk.database, session, desk.case().record)
        sealed = session.query(Hold).one().sealed_why
    assert words == {
        "set": Word("prosecutor called", date(2026, 7, 1)),
        "lifted": Word("prosecutor wrote", date(2026, 7, 30)),
    }
    assert sealed is not None
    assert b"prosecutor" not in sealed


NEWS: dict[str, Callable[[Desk], object]] = {
    "a request": lambda desk: desk.ask(Kind.REPORT_COPY),
    "a thing": lambda desk: desk.add(),
    "a fact": lambda desk: desk.note(seized=True),
    "a hold": lambda desk: desk.hold(),
    "a contact": lambda desk: desk.agree_on_a_contact(),
    "a correction": lambda desk: correct(desk, reference="REF-9"),
    "a consent": lambda desk: note_consent(*where(desk), law.Consent.EXAM, date(2026, 5, 11)),
}


def in_file(desk: Desk) -> bool:
    with desk.database.reading() as session:
        return session.get_one(CaseRecord, desk.case_id).in_file_at is not None


@pytest.mark.parametrize("news", NEWS.values(), ids=NEWS)
def test_whatever_is_new_is_not_in_the_file_yet(database: Database, clock: StillClock, news: Any) -> None:
    desk = Desk(database, clock)
    request_id = desk.ask(Kind.CONTACT_ME)
    filed.note_in_file(*where(desk))
    lines = desk.journal()
    filed.note_in_file(*where(desk))  # pressed twice
    assert desk.journal() == lines
    assert in_file(desk)
    news(desk)
    assert not in_file(desk)
    filed.note_in_file(*where(desk))
    desk.move(request_id, Step.TAKE_UP)
    assert not in_file(desk)


def test_another_centre_notes_and_corrects_nothing(database: Database, clock: StillClock, desk: Desk) -> None:
    south = Desk(database, clock, "south")
    coat = desk.add()
    before = dump(database)
    at = (database, south.centre_id, desk.case_id, south.nurse, clock())
    attempts: list[Callable[[], object]] = [
        lambda: consents.note_admission(*at, ADMITTED),
        lambda: note_consent(*at, law.Consent.EXAM, date(2026, 5, 11)),
        lambda: consents.note_support(*at, there=True),
        lambda: correct_case(*at, {"reference": "REF-9"}, WHY),
        lambda: notes.hand_on(*at, [coat], HandedTo.CENTRE, Word("x")),
        lambda: filed.note_in_file(*at),
    ]
    for attempt in attempts:
        with pytest.raises(LookupError):
            attempt()
    assert dump(database) == before


def test_what_is_noted_can_be_read_and_stands_nowhere_in_clear(desk: Desk) -> None:
    correct(desk, reference="REF-9", why="planted reason")
    with desk.database.reading() as session:
        case = open_case(desk.database, session, desk.centre_id, desk.case_id)
    assert case is not None
    assert case.entries[0].said == "planted reason"
    assert "planted" not in str(dump(desk.database))
