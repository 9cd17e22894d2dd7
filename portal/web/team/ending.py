"""The end of a period, on the page of a case: proposing it, and noting when somebody looks at it again.

Proposing destroys nothing: two people look, each for themselves, on the page of the proposal (art. 29 § 5).
"""

from contextlib import suppress

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import law
from portal.access.roles import Duty
from portal.law.course import NotPossibleError
from portal.library.languages import Language
from portal.records import requests
from portal.records.reviews import review
from portal.web.rooms import rooms
from portal.web.team.case_page import about, case_page, case_worked_on
from portal.web.team.desk import blueprint, member, signed_in
from portal.web.team.ended import ended_of
from portal.web.team.forms import EndForm, ReviewForm


@blueprint.post("/c/<case_id>/end")
@signed_in(Duty.CARE)
def propose_end(language: Language, case_id: str) -> ResponseReturnValue:
    """Propose the end of a period after the list was checked; pressed twice, it is one."""
    opened = case_worked_on(case_id, "ending", "ended")
    form, ended = about(EndForm, opened), ended_of(opened)
    if ended is None:
        return _back(language, case_id)
    if not form.validate():
        return case_page(opened, form), 422
    if form.listed.data != ended.listed:
        form.checked.errors = [_("ending.list_changed")]
        return case_page(opened, form), 422
    database, centre_id, who = rooms().database, member().centre_id, member().staff_id
    wish = requests.Wish(law.RequestKind.END_OF_PERIOD, tuple(one.id for one in ended.period.things) or None)
    with suppress(NotPossibleError):  # something stands against it by now: the page says what
        receipt = requests.ask(database, centre_id, case_id, wish, rooms().now, asked_by=who)
        with database.reading(centre_id) as session:
            record = requests.by_number(session, case_id, receipt.number) or abort(404)
        return redirect(url_for(".request_page", language=language, request_id=record.id), 303)
    return _back(language, case_id)


@blueprint.post("/c/<case_id>/review")
@signed_in(Duty.CARE)
def look_again(language: Language, case_id: str) -> ResponseReturnValue:
    """Note that somebody looked at a case, and on which day somebody looks at it again."""
    opened = case_worked_on(case_id, "review", "ended")
    form = about(ReviewForm, opened)
    if not form.validate() or form.again_on.data is None:
        return case_page(opened, form), 422
    review(rooms().database, member().centre_id, case_id, member().staff_id, form.again_on.data, rooms().now)
    return _back(language, case_id)


def _back(language: Language, case_id: str) -> ResponseReturnValue:
    return redirect(url_for(".case", language=language, case_id=case_id, _anchor="ended"), 303)
