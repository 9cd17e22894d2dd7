"""What the guide asks. The values are stable ids; the words are in `content/guide/`."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Self


class Who(StrEnum):
    """For whom help is sought."""

    SELF = "self"
    CANNOT_LEAVE = "cannot-leave"  # for oneself, from a place one cannot leave
    CHILD = "my-child"
    SOMEONE = "someone"
    PROFESSIONAL = "professional"
    UNSAID = "unsaid"


class What(StrEnum):
    """What happened, as somebody may be able to say it."""

    CONTACT = "contact"
    IMAGES = "images"
    WATCHED = "watched"  # voyeurism, harassment: outside art. 2, 1°, and never turned away (R-DEF-1)
    MUTILATION = "mutilation"
    TRAFFICKING = "trafficking"
    UNSURE = "unsure"


class When(StrEnum):
    """How long ago it happened, as somebody says it who cannot look at a calendar."""

    STILL_GOING_ON = "still-going-on"
    TODAY = "today"
    DAYS_2_TO_5 = "days-2-to-5"
    DAYS_6_OR_7 = "days-6-or-7"
    ABOUT_A_WEEK = "about-a-week"
    WITHIN_A_MONTH = "within-a-month"
    LONGER = "longer"
    AS_A_CHILD = "as-a-child"
    NOT_YET = "not-yet"  # feared
    UNKNOWN = "unknown"


class Age(StrEnum):
    """How old the person is now, and whether an adult finds it hard to decide alone."""

    UNDER_12 = "under-12"
    FROM_12_TO_15 = "12-to-15"
    FROM_16_TO_17 = "16-to-17"
    ADULT = "adult"
    ADULT_HELPED = "adult-helped"
    UNKNOWN = "unknown"


class ComplaintSoFar(StrEnum):
    """Whether there is a complaint or a declaration (art. 2, 9°), and the pivot of arts 29 and 30."""

    NONE = "none"
    WANTED = "wanted"
    EXAMINED = "examined"  # no complaint; the exam was done
    BEFORE_EXAM = "before-exam"  # complaint; the exam is still to come
    ORDERED = "ordered"  # complaint first, and the exam was done after it
    AFTER_EXAM = "after-exam"


class Voice(StrEnum):
    """To whom a plan speaks."""

    SELF = "self"
    CANNOT_LEAVE = "cannot-leave"
    PARENT = "parent"
    SUPPORTER = "supporter"
    PROFESSIONAL = "professional"


@dataclass(frozen=True)
class Answers:
    """One answer to each question; what was not asked does not change the plan."""

    who: Who
    what: What
    when: When
    age: Age
    complaint: ComplaintSoFar

    @classmethod
    def of(cls, given: Sequence[StrEnum]) -> Self:
        """Return the answers given in the order of the questions.

        Raises:
            ValueError: one of them is no answer to its question.

        """
        who, what, when, age, complaint = given
        return cls(Who(who), What(what), When(when), Age(age), ComplaintSoFar(complaint))

    @property
    def in_order(self) -> tuple[StrEnum, ...]:
        """Return the answers in the order of the questions."""
        return (self.who, self.what, self.when, self.age, self.complaint)

    @property
    def voice(self) -> Voice:
        """Return to whom the plan speaks: a parent of an adult supports, and does not represent (art. 2, 8°)."""
        if self.who is Who.CHILD:
            return Voice.SUPPORTER if self.age in ADULTS else Voice.PARENT
        return VOICES[self.who]

    @property
    def time(self) -> When:
        """Return the time that counts: what others profit from goes on, so the most recent fact possible (A-03)."""
        goes_on = self.what is What.TRAFFICKING and self.when in FIRST_MONTH
        return When.STILL_GOING_ON if goes_on else self.when

    @property
    def is_a_child_alone(self) -> bool:
        """Tell whether a child under twelve reads this for itself."""
        return self.voice is Voice.SELF and self.age is Age.UNDER_12

    @cached_property
    def that_count(self) -> tuple[StrEnum, ...]:
        """Return what the plan depends on: answers with the same have the same plan."""
        return (self.voice, self.what, self.time, self.age, self.complaint_asked)

    @property
    def complaint_asked(self) -> ComplaintSoFar:
        """Return the complaint where the plan depends on it.

        Who supports somebody would have to ask them (R-VIC-3: never nudge); who cannot leave, and a child alone, need a
        short way: their plan tells both sides. Arts 29 and 30 hang on the exam, so on what art. 2, 1° covers.
        """
        asked = self.voice in ASKED_ABOUT_A_COMPLAINT and self.what in CONTACT and not self.is_a_child_alone
        counts = asked and self.when is not When.NOT_YET
        return self.complaint if counts else ComplaintSoFar.NONE


VOICES = {
    Who.SELF: Voice.SELF,
    Who.UNSAID: Voice.SELF,
    Who.CANNOT_LEAVE: Voice.CANNOT_LEAVE,
    Who.SOMEONE: Voice.SUPPORTER,
    Who.PROFESSIONAL: Voice.PROFESSIONAL,
}

ASKED_ABOUT_A_COMPLAINT = frozenset({Voice.SELF, Voice.PARENT, Voice.PROFESSIONAL})

# What art. 2, 1° covers, or may: doubt about the word is never a reason to be told of less (R-DEF-1).
CONTACT = frozenset({What.CONTACT, What.UNSURE})
COVERED = CONTACT | {What.TRAFFICKING}
OUTSIDE = frozenset({What.IMAGES, What.WATCHED})

MINORS = frozenset({Age.UNDER_12, Age.FROM_12_TO_15, Age.FROM_16_TO_17})
ADULTS = frozenset({Age.ADULT, Age.ADULT_HELPED})
NOT_MINORS = frozenset(set(Age) - MINORS)

# Where the seventh day is near or nobody knows, the wider right is told, never the narrower.
MAYBE_ACUTE = frozenset(
    {When.TODAY, When.DAYS_2_TO_5, When.DAYS_6_OR_7, When.ABOUT_A_WEEK, When.STILL_GOING_ON, When.UNKNOWN}
)
MAYBE_POST_ACUTE = frozenset({When.ABOUT_A_WEEK, When.WITHIN_A_MONTH})
FIRST_MONTH = MAYBE_ACUTE | MAYBE_POST_ACUTE
NON_ACUTE = frozenset({When.LONGER, When.AS_A_CHILD})
HAPPENED = frozenset(set(When) - {When.NOT_YET})
