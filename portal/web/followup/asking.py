"""Asking, one decision a screen, with a way back on each.

Answers travel sealed in the address, so that Back works; nothing unsent is kept anywhere.
"""

from collections.abc import Mapping
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import law
from portal.access.visits import OpenVisit
from portal.law.course import IRREVERSIBLE, PERSON
from portal.library.languages import Language
from portal.library.space import REMINDER, Manner, Question
from portal.records import requests
from portal.records.choices import Reminder, change_choices
from portal.records.models import Centre
from portal.records.requests import Wish
from portal.web.followup.carried import packed, unpacked
from portal.web.followup.forms import form_for, thing_name
from portal.web.followup.questions import next_question, things_for, things_named
from portal.web.followup.shown import CODES, MATTER_OF, Shown, shown
from portal.web.followup.visiting import blueprint, in_visit
from portal.web.languages import present_language
from portal.web.rooms import rooms
from portal.web.sealing import LONGEST
from portal.web.session_forms import ConfirmForm, session_form

PURPOSE = "her answers, short"
PLAIN, EASY = "a", "b"
ADDRESS = f"/<lang:language>/m/<any({PLAIN},{EASY}):manner>/<int:code>/"


@blueprint.route(ADDRESS, methods=["GET", "POST"], defaults={"sealed": ""})
@blueprint.route(f"{ADDRESS}<sealed>", methods=["GET", "POST"])
@in_visit
def asking(language: Language, manner: str, code: int, sealed: str) -> ResponseReturnValue:
    """Ask the next question of a request, or show everything once more and take the request."""
    visit: OpenVisit = g.visit
    kind = MATTER_OF.get(code) or abort(404)
    seen = shown(visit)
    answers = _answers(sealed, visit)
    if answers is None or not seen.may_ask(kind):
        return redirect(url_for(".space", language=language), 303)
    asked = next_question(kind, answers, seen)
    if asked is None:
        return _confirm(language, manner, kind, answers, seen)
    form = form_for(asked, things_for(kind, seen), rooms().library.space[language], visit.secret_hash)
    if request.method == "POST" and form.validate():
        onward = _sealed({**answers, asked.id: form.given()}, visit)
        if len(onward) <= LONGEST:
            return redirect(url_for(".asking", language=language, manner=manner, code=code, sealed=onward), 303)
        form.form_errors.append(_("ask.too_many"))  # of more things than a case lists: what she chose stays on the page
    status = 422 if form.errors else 200
    return _page(language, manner, kind, seen, asked=asked, form=form, answers=answers), status


@blueprint.get(f"/<lang:language>/m/<any({PLAIN},{EASY}):manner>/s")
@in_visit
def saved(language: Language, manner: str) -> str:
    """Say that her choice about a reminder is saved, and what it does not promise."""
    matter = rooms().library.space[language].matters[REMINDER]
    is_easy = manner == EASY
    return render_template(
        "space/saved.html",
        matter=matter,
        said=matter.easy if is_easy else matter.plain,
        is_easy=is_easy,
        other_manner=PLAIN if is_easy else EASY,
    )


def _confirm(
    language: Language, manner: str, kind: str, answers: Mapping[str, Any], seen: Shown
) -> ResponseReturnValue:
    visit: OpenVisit = g.visit
    form = session_form(ConfirmForm, visit.secret_hash)
    if request.method == "POST" and form.validate():
        return redirect(_taken(language, manner, kind, answers), 303)
    return _page(language, manner, kind, seen, form=form, answers=answers), 422 if form.errors else 200


def _taken(language: Language, manner: str, kind: str, answers: Mapping[str, Any]) -> str:
    """Write what was asked or chosen, and return the address that says so."""
    record = g.visit.case.record
    if kind == REMINDER:
        wanted = answers["reminder-whether"] == "yes"
        reminder = Reminder(answers["reminder-how"], answers["contact-when"]) if wanted else None
        change_choices(rooms().database, record.centre_id, record.id, PERSON, rooms().now, reminder=reminder)
        return url_for(".saved", language=language, manner=manner)
    wish = Wish(law.RequestKind(kind), things_named(kind, answers), dict(answers))
    receipt = requests.ask(rooms().database, record.centre_id, record.id, wish, rooms().now)
    return url_for(".receipt", language=language, manner=manner, number=receipt.number)


def _page(language: Language, manner: str, kind: str, seen: Shown, **more: Any) -> str:
    words = rooms().library.space[language]
    matter = words.matters[kind]
    opening = seen.openings.get(law.RequestKind(kind)) if kind != REMINDER else None
    return render_template(
        "space/asking.html",
        kind=kind,
        code=CODES[kind],
        words=words,
        matter=matter,
        said=said(matter.easy if manner == EASY else matter.plain),
        common=words.easy if manner == EASY else words.plain,
        manner=manner,
        is_easy=manner == EASY,
        other_manner=PLAIN if manner == EASY else EASY,
        opening=opening,
        by_team=opening is not None and opening.way is law.Way.NURSE,
        is_minor=seen.case is not None and seen.case.minor,
        is_irreversible=kind in IRREVERSIBLE,
        before=_before(language, manner, kind, more["answers"]),
        things={one.id: thing_name(one, words) for one in things_for(kind, seen)},
        summary=_summary(more["answers"], words.questions),
        **more,
    )


def said(manner: Manner) -> Manner:
    """Return what is said, with the waiting time that the hospital set."""
    centre_id = g.visit.case.record.centre_id
    with rooms().database.reading(centre_id) as session:
        days = session.get_one(Centre, centre_id).waiting_days
    return manner.with_waiting(days, present_language())


def _summary(answers: Mapping[str, Any], questions: Mapping[str, Question]) -> list[tuple[Question, Any]]:
    """Return each question that was answered, with its answer as it was given."""
    return [(questions[name], given) for name, given in answers.items() if given]


def _before(language: Language, manner: str, kind: str, answers: Mapping[str, Any]) -> str | None:
    """Return the address of the question before, with every answer given before it; None on the first."""
    if not answers:
        return None
    earlier = dict(list(answers.items())[:-1])
    sealed = _sealed(earlier, g.visit) if earlier else ""
    return url_for(".asking", language=language, manner=manner, code=CODES[kind], sealed=sealed)


def _answers(sealed: str, visit: OpenVisit) -> dict[str, Any] | None:
    """Return the answers so far; None where the address was made in another session, or more than an hour ago."""
    if not sealed:
        return {}
    text = rooms().seal(PURPOSE).open(sealed)
    session_hash, _, given = (text or "").partition("\n")
    if session_hash != visit.secret_hash:
        return None
    return unpacked(given)


def _sealed(answers: Mapping[str, Any], visit: OpenVisit) -> str:
    return rooms().seal(PURPOSE).close(f"{visit.secret_hash}\n{packed(answers)}")
