"""The guide: two questions, one plan. Every step is an ordinary page at an opaque address; nothing is kept."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from portal.law import Step
from portal.library import addresses
from portal.library.languages import LANGUAGES, Language
from portal.library.sources import Source
from portal.web.shelf import library

blueprint = Blueprint("guide", __name__)


@blueprint.get("/<lang:language>/o/")
def begin(language: Language) -> str:
    """Ask the first question."""
    return render_template("question.html", question=library().guide.first)


@blueprint.get("/<lang:language>/o/<code>")
def step(language: Language, code: str) -> ResponseReturnValue:
    """Ask the next question, or show the plan."""
    guide = library().guide
    if question := guide.questions.get(code):
        return render_template("question.html", question=question)
    plan_page = guide.plans.get(code) or abort(404)
    plan = plan_page.plan
    return render_template(
        "plan.html",
        plan=plan,
        back=plan_page.back,
        title=guide.say_action(plan.action, "title", plan.who, language),
        text=guide.say_action(plan.action, "text", plan.who, language),
        say=lambda one: guide.say_step(one.id, plan.who, language),
        centre=library().directory.first_centre(language),
        cited=_cited,
    )


def public_paths() -> list[str]:
    """Return the address of every step and plan."""
    guide = library().guide
    codes = ["", *guide.questions, *guide.plans]
    return [addresses.step(language, code) for language in LANGUAGES for code in codes]


def _cited(steps: tuple[Step, ...]) -> list[Source]:
    marks = dict.fromkeys(step.source for step in steps)
    return [library().sources[mark] for mark in marks]
