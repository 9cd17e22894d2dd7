"""What the law needs to know of a person's admission to say what she may ask."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.law.phases import Phase


class Complaint(StrEnum):
    """Where a complaint stands against the start of the examination, the pivot of arts 29 and 30."""

    NONE = "none"
    BEFORE_EXAM = "before-exam"
    AFTER_EXAM = "after-exam"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Case:
    """An admission and what became of its traces.

    `phase` was fixed at admission (art. 2); None when it was not recorded here, which an examination makes
    acute or post-acute. `minor` is the status on the day of sampling (art. 29 § 4). `exam_on` is None where there
    was no examination. `vulnerable` is art. 91bis of the Code of Criminal Procedure, `protected` is judicial
    protection (art. 492/1): two different notions. `capable_29_4` and `apt_29_4` are the two different tests
    of art. 29 § 4, al. 1 and al. 2, judged by the team; None means not judged yet. `answered`: after a later complaint,
    the prosecutor or judge answered that the traces are not needed (A-11); the complaint itself stays. `ended`, beside
    `destroyed`: what was left was destroyed at the end of its period (art. 29 § 5), which no link tells.
    """

    phase: Phase | None
    minor: bool
    complaint: Complaint
    exam_on: date | None
    extended: bool = False
    hold: bool = False
    seized: bool = False
    destroyed: bool = False
    vulnerable: bool = False
    protected: bool = False
    capable_29_4: bool | None = None
    apt_29_4: bool | None = None
    answered: bool = False
    ended: bool = False

    @property
    def waits_for_an_answer(self) -> bool:
        """Whether a complaint, or not knowing of one, keeps everything until a prosecutor or judge answered (A-11)."""
        return self.complaint is not Complaint.NONE and not (self.answered and self.complaint is Complaint.AFTER_EXAM)
