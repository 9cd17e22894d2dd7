"""The checks of what is sent bite: whatever leaves wrongly, twice or never is found."""

from datetime import datetime, timedelta

import pytest

from tests.clock import at
from tests.year import posted
from tests.year.making import a_house, a_life
from tests.year.post import Letter
from tests.year.rows import Sent

MADE = at("2028-03-01T10:00:00")


def sent(state: str = "sent", kind: str = "reminder", made_at: datetime = MADE) -> Sent:
    return Sent("message", "centre", "case", kind, state, made_at, made_at)


def letter(hour: str = "09:30", to: str = "+32470123456", text: str = "Info  A reminder.") -> Letter:
    return Letter("message", to, text, at(f"2028-03-02T{hour}:00"))  # UTC: an hour later in Brussels


def test_a_letter_as_it_should_be() -> None:
    assert posted.letters([letter()], {"message": sent()}, a_house(a_life())) == []


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (letter("22:30"), "in quiet hours"),
        (letter("07:30"), "in quiet hours"),
        (letter("13:30"), "outside the hours agreed with her"),
        (letter("17:30"), "a reminder that she did not wish for then"),
        (letter(to="+32470000000"), "to another than her"),
        (letter(text="The centre for sexual violence"), "tells what it is about"),
    ],
)
def test_a_letter_that_must_not_leave(wrong: Letter, fault: str) -> None:
    found = posted.letters([wrong], {"message": sent()}, a_house(a_life()))
    assert any(one.endswith(fault) for one in found)


def test_a_letter_after_she_stopped_messages() -> None:
    life = a_life()
    life.stopped_at = letter().at + timedelta(minutes=1)
    assert posted.letters([letter()], {"message": sent()}, a_house(life)) == []
    life.stopped_at = letter().at - timedelta(seconds=1)
    assert posted.letters([letter()], {"message": sent()}, a_house(life))


def test_a_letter_that_leaves_twice() -> None:
    assert posted.none_twice([letter()]) == []
    assert posted.none_twice([letter(), letter("10:30")])


def lost(one: Sent, *, left: bool, line: bool = False, seen: bool = False, told: bool = True) -> list[str]:
    names = {one.id}
    went = [letter()] if left else []
    now = MADE + timedelta(days=5)
    return posted.none_lost(
        {one.id: one}, went, names if line else set(), names if seen else set(), names if told else set(), now
    )


def test_a_message_that_is_lost() -> None:
    assert lost(sent(), left=True) == []
    assert lost(sent(), left=False)  # said to be sent
    assert lost(sent(), left=True, told=False)  # the journal does not tell
    assert lost(sent("failed"), left=False, line=True) == []
    assert lost(sent("unsure"), left=True, seen=True) == []
    assert lost(sent("failed"), left=False)  # nobody is told
    assert lost(sent("unsure"), left=True)
    assert lost(sent("waiting", made_at=MADE + timedelta(days=4)), left=False) == []
    assert lost(sent("waiting"), left=False)  # for ever
    assert lost(sent("sending"), left=False)
    assert lost(sent("cancelled"), left=True)  # and left all the same
