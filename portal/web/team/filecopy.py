"""The text of a case for the patient file, in the words of the console: no link, no code, no address."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import law
from portal.access.roles import Duty
from portal.library.languages import Language
from portal.records import requests
from portal.records.case_codes import case_code
from portal.records.cases import OpenedCase
from portal.records.filed import note_in_file
from portal.records.models import Staff
from portal.web.rooms import rooms
from portal.web.session_forms import ConfirmForm
from portal.web.team.answers import answers_said
from portal.web.team.asked import Asked, find_asked
from portal.web.team.case_page import back_to, case_of, case_worked_on, is_viewed
from portal.web.team.desk import blueprint, member, own_form, signed_in
from portal.web.team.history import how_asked, so_far
from portal.web.team.noted import noted_of, say_known, say_value


@blueprint.get("/c/<case_id>/file")
@signed_in(Duty.CARE)
def file_copy(language: Language, case_id: str) -> ResponseReturnValue:
    """Show the text to take over into the patient file."""
    opened = case_of(case_id)
    if not is_viewed(case_id):
        return redirect(url_for(".why", language=language, case_id=case_id), 303)
    with rooms().database.reading(opened.record.centre_id) as session:
        by = opened.record.in_file_by
        filed_by = session.get_one(Staff, by).login if by else ""
    return render_template(
        "team/file.html", case=opened, text=_text(opened), filed_by=filed_by, form=own_form(ConfirmForm)
    )


@blueprint.post("/c/<case_id>/file")
@signed_in(Duty.CARE)
def in_file(language: Language, case_id: str) -> ResponseReturnValue:
    """Note that everything is in the patient file: until then, nothing of a case is ever erased."""
    case_worked_on(case_id)
    note_in_file(rooms().database, member().centre_id, case_id, member().staff_id, rooms().now)
    return back_to(language, case_id, "file")


def _text(opened: OpenedCase) -> str:
    with rooms().database.reading(opened.record.centre_id) as session:
        noted = noted_of(rooms().database, session, opened)
        ids = [one.id for one in reversed(requests.of_case(session, opened.record.id))]
    text = render_template(
        "team/file.txt",
        case=opened,
        code=case_code(opened.record.id),
        noted=noted,
        keeping=law.own_keeping(opened.law_case),
        periods={one.id: law.item_keeping(opened.law_case, one.item) for one in opened.items},
        asked=[(one, answers_said(one)) for request_id in ids if (one := _asked(request_id))],
        say_value=say_value,
        say_known=say_known,
        how_asked=how_asked,
        so_far=so_far,
    )
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()).replace("\n## ", "\n\n").lstrip("# ")


def _asked(request_id: str) -> Asked | None:
    return find_asked(rooms().database, member().centre_id, request_id, member().staff_id, rooms().now)
