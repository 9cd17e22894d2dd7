"""Her page: the dates, what she can ask, what became of it, and what she chose at the examination."""

from contextlib import suppress
from datetime import date

from flask import abort, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import law
from portal.access.visits import OpenVisit
from portal.clock import brussels_day
from portal.law.course import NotPossibleError
from portal.library.languages import Language
from portal.records import requests
from portal.records.cases import roles_of, viewings
from portal.web.followup.shown import CODES, pages_for, shown
from portal.web.followup.timeline import timeline
from portal.web.followup.visiting import blueprint, in_visit
from portal.web.rooms import rooms
from portal.web.session_forms import ConfirmForm, session_form

OPENINGS_SHOWN = 30
END_ARTICLE = "29 § 5"  # a template folds a constant once, in the language of its first reader: it is passed in


@blueprint.get("/<lang:language>/m/")
@in_visit
def space(language: Language) -> ResponseReturnValue:
    """Show the dates, the requests and what became of them."""
    visit: OpenVisit = g.visit
    seen = shown(visit)
    return render_template(
        "space/space.html",
        visit=visit,
        shown=seen,
        words=rooms().library.space[language],
        today=rooms().today,
        picture=timeline(seen.case, rooms().today) if seen.period else None,
        four=law.ABOUT_EVIDENCE,
        end_article=END_ARTICLE,
        beside=[kind for kind in law.BESIDE if seen.power.allows(kind)],
        codes=CODES,
        phone=centre_phone(visit),
        pages=pages_for(visit, language),
        opened=_openings_of(visit) if visit.case.choices.shows_openings else None,
        form=session_form(ConfirmForm, visit.secret_hash),
        talk=law.hides_its_cause,
        Way=law.Way,
    )


@blueprint.post("/<lang:language>/m/x/<number>")
@in_visit
def cancel(language: Language, number: str) -> ResponseReturnValue:
    """Cancel a destruction or a return with one tap: it can only protect. An extension is never cancelled here."""
    visit: OpenVisit = g.visit
    if not session_form(ConfirmForm, visit.secret_hash).validate():
        abort(400)
    record = visit.case.record
    with rooms().database.reading(record.centre_id) as session:
        asked = requests.by_number(session, record.id, number) or abort(404)
    with suppress(
        NotPossibleError
    ):  # it ended in the same moment, or cannot be cancelled: the page shows how it stands
        requests.cancel_by_her(rooms().database, record.centre_id, asked.id, rooms().now)
    return redirect(url_for(".space", language=language), 303)


def centre_phone(visit: OpenVisit) -> str | None:
    """Return the checked phone of her centre, or None."""
    return rooms().phone_of(visit.case.record.centre_id)


def _openings_of(visit: OpenVisit) -> list[tuple[date, str, str]]:
    """Return on which days the team opened this record, why, and in which role; never who by name."""
    record = visit.case.record
    with rooms().database.reading(record.centre_id) as session:
        lines = viewings(session, record.centre_id, record.id)
        roles = roles_of(session, lines)
    openings = ((brussels_day(line.at), line.action, roles.get(line.actor, "")) for line in lines)
    return list(dict.fromkeys(openings))[:OPENINGS_SHOWN]
