"""The guide: a few questions, one plan. Every step is an ordinary page at an opaque address; nothing is kept."""

from dataclasses import dataclass

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from portal.law import Number, Part, Plan, Voice, numbers_for
from portal.library import addresses
from portal.library.directory import Centre
from portal.library.guide import PlanPage, QuestionPage
from portal.library.languages import LANGUAGES, Language
from portal.library.pages import Page
from portal.library.services import Line
from portal.library.sources import Source
from portal.web.shelf import library

blueprint = Blueprint("guide", __name__)

YOUNG_LINE = "child-focus"
IN_SIGHT = frozenset({Part.NOW, Part.WAY})


@dataclass(frozen=True)
class Reading:
    """A page that says more, and the section to begin at."""

    page: Page
    section: str


@dataclass(frozen=True)
class Told:
    """One part of a plan as it is read."""

    name: Part
    title: str
    sentences: tuple[str, ...]
    more: tuple[Reading, ...]
    is_folded: bool
    then: tuple[str, ...] = ()  # one tap further away


@blueprint.get("/<lang:language>/o/")
def begin(language: Language) -> str:
    """Ask the first question."""
    return _question(language, library().guide.tree.questions[""])


@blueprint.get("/<lang:language>/o/<code>")
def step(language: Language, code: str) -> ResponseReturnValue:
    """Ask the next question, show the plan, or the card for a pocket."""
    guide = library().guide
    if question := guide.tree.questions.get(code):
        return _question(language, question)
    if action := guide.pockets.get(code):
        line = guide.in_language(language).action(action, "pocket", Voice.SELF)
        return render_template("pocket.html", line=line, phone=_number(language, numbers_for(action)[0]).phone)
    return _plan(language, guide.tree.plans.get(code) or abort(404))


def public_paths() -> list[str]:
    """Return the address of every step, plan and card."""
    guide = library().guide
    codes = [*guide.tree.questions, *guide.tree.plans, *guide.pockets]
    return [addresses.step(language, code) for language in LANGUAGES for code in codes]


def _question(language: Language, page: QuestionPage) -> str:
    words = library().guide.in_language(language)
    return render_template(
        "question.html",
        title=words.question(page.question, page.voice),
        why=words.why(page.question),
        answers=[(one.leads_to, words.answer(page.question, one.id)) for one in page.answers],
        is_first=not page.code,
        back=library().guide.tree.back(page.code),
        centre=library().directory.first_centre(language),
    )


def _plan(language: Language, page: PlanPage) -> str:
    guide, plan = library().guide, page.plan
    words = guide.in_language(language)
    return render_template(
        "plan.html",
        plan=plan,
        title=words.action(plan.action, "title", plan.voice),
        text=words.action(plan.action, "text", plan.voice),
        parts=[_told(language, plan, part) for part in Part if part is not Part.LATER and plan.part(part)],
        later=[words.step(step.id, plan.voice) for step in plan.part(Part.LATER)],
        speaks_of_the_body=plan.speaks_of_the_body,
        back=guide.tree.back(page.code),
        centre=library().directory.first_centre(language),
        line=_number(language, plan.numbers[0]),
        others=[_number(language, number) for number in plan.numbers[1:]],
        pocket=addresses.step(language, guide.pocket_code(plan.action)),
        cited=_cited(plan.sources),
    )


def _told(language: Language, plan: Plan, part: Part) -> Told:
    guide = library().guide
    words = guide.in_language(language)
    steps = plan.part(part)
    sentences = tuple(words.step(step.id, plan.voice) for step in steps)
    at_once = plan.lines_at_once if part is Part.NOW else len(sentences)
    return Told(
        name=part,
        title=words.part(part, plan.voice),
        sentences=sentences[:at_once],
        more=tuple(Reading(library().pages[language, name], section) for name, section in guide.reading_on(steps)),
        is_folded=part not in IN_SIGHT,
        then=sentences[at_once:],
    )


def _number(language: Language, number: Number) -> Centre | Line:
    match number:
        case Number.YOUNG:
            return library().services.lines[YOUNG_LINE]
        case Number.LISTENING:
            return library().services.night_line(language)
        case Number.CENTRE:
            return library().directory.first_centre(language)


def _cited(marks: tuple[str, ...]) -> list[Source]:
    return [library().sources[mark] for mark in marks]
