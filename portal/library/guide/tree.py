"""Every answer and where it leads, as a finite set of pages.

The questions come in one order. A question whose answers all lead to the same page is not asked, and pages that ask and
lead to the same are one page: so nothing is asked that does not change the plan, and equal plans share a page.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from portal.law import Age, Answers, ComplaintSoFar, Plan, Voice, What, When, Who, plan_for
from portal.library.codes import opaque

QUESTIONS: tuple[tuple[str, type[StrEnum]], ...] = (
    ("who", Who),
    ("what", What),
    ("when", When),
    ("age", Age),
    ("complaint", ComplaintSoFar),
)

CODE_LENGTH = 5  # some seven hundred codes: four letters would meet


@dataclass(frozen=True)
class Answer:
    """One tap: its stable id, and the page it leads to."""

    id: str
    leads_to: str


@dataclass(frozen=True)
class QuestionPage:
    """One question, asked of somebody who has answered those before."""

    code: str
    question: str
    voice: Voice
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class PlanPage:
    """One plan."""

    code: str
    plan: Plan


@dataclass(frozen=True)
class Tree:
    """Every page of the guide by its code; the first question has the empty code."""

    questions: dict[str, QuestionPage]
    plans: dict[str, PlanPage]

    @cached_property
    def _parents(self) -> dict[str, set[str]]:
        parents: dict[str, set[str]] = {}
        for page in self.questions.values():
            for answer in page.answers:
                parents.setdefault(answer.leads_to, set()).add(page.code)
        return parents

    def back(self, code: str) -> str | None:
        """Return the page before; None for the first one, and where several lead here: nobody is sent back astray."""
        parents = self._parents.get(code, set())
        return next(iter(parents)) if len(parents) == 1 else None

    def walk(self, answers: Answers) -> list[str]:
        """Return the codes of the pages for some answers, from the first question to the plan."""
        given = dict(zip((name for name, _ in QUESTIONS), answers.in_order, strict=True))
        codes = [""]
        while codes[-1] not in self.plans:
            page = self.questions[codes[-1]]
            codes.append(next(one.leads_to for one in page.answers if one.id == given[page.question]))
        return codes


def code_of(*answers: str) -> str:
    """Return an opaque code for the answers so far: stable, and telling nothing by itself."""
    return opaque(*answers, length=CODE_LENGTH) if answers else ""


def grow() -> Tree:
    """Return the whole tree.

    Raises:
        ValueError: two pages share a code.

    """
    grower = _Grower()
    grower.grow(())
    return Tree(
        {page.code: page for page in grower.questions.values()}, {page.code: page for page in grower.plans.values()}
    )


class _Grower:
    def __init__(self) -> None:
        self.questions: dict[tuple[object, ...], QuestionPage] = {}
        self.plans: dict[Plan, PlanPage] = {}
        self._codes: set[str] = set()
        self._made: dict[tuple[StrEnum, ...], Plan] = {}

    def grow(self, given: tuple[StrEnum, ...]) -> str:
        """Return the code of the page that follows the answers given so far, making it where it is new."""
        if len(given) == len(QUESTIONS):
            return self._plan(given)
        name, kind = QUESTIONS[len(given)]
        answers = tuple(Answer(value, self.grow((*given, value))) for value in kind)
        if len({answer.leads_to for answer in answers}) == 1:
            return answers[0].leads_to
        voice = _voice(given)
        key = (name, voice, answers)
        if key not in self.questions:
            self.questions[key] = QuestionPage(self._code(given), name, voice, answers)
        return self.questions[key].code

    def _plan(self, given: tuple[StrEnum, ...]) -> str:
        answers = Answers.of(given)
        if (plan := self._made.get(answers.that_count)) is None:
            plan = self._made[answers.that_count] = plan_for(answers)
        if plan not in self.plans:
            self.plans[plan] = PlanPage(self._code(given), plan)
        return self.plans[plan].code

    def _code(self, given: tuple[StrEnum, ...]) -> str:
        code = code_of(*given)
        if code in self._codes:
            raise ValueError(f"two pages share the code {code}")
        self._codes.add(code)
        return code


def _voice(given: tuple[StrEnum, ...]) -> Voice:
    """Return to whom the next question speaks; of a child's age nothing is known before it is asked."""
    unasked = (Who.SELF, What.UNSURE, When.UNKNOWN, Age.UNKNOWN, ComplaintSoFar.NONE)
    return Answers.of((*given, *unasked[len(given) :])).voice
