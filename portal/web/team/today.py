"""What waits for this centre today, and whose last day comes first."""

from flask import render_template
from flask.typing import ResponseReturnValue

from portal import law
from portal.access.roles import Duty
from portal.law.course import State, can_be_extended
from portal.library.languages import Language
from portal.records import requests
from portal.records.cases import cases_due, count_past, open_case
from portal.web.rooms import rooms
from portal.web.session_forms import ConfirmForm
from portal.web.team.desk import blueprint, member, own_form, signed_in

DUE_SHOWN = 50
WAITING_SHOWN = 50


@blueprint.get("/")
@signed_in(Duty.CARE)
def today(language: Language) -> ResponseReturnValue:
    """Show the waiting requests, each leading to its own page, and the dates that come."""
    database, centre_id, day = rooms().database, member().centre_id, rooms().today
    with database.reading() as session:
        waiting = [
            (one, case)
            for one in requests.inbox(session, centre_id, WAITING_SHOWN)
            if (case := open_case(database, session, centre_id, one.case_id))
        ]
        due = [
            open_case(database, session, centre_id, record.id)
            for record in cases_due(session, centre_id, day, DUE_SHOWN)
        ]
        past = count_past(session, centre_id, day)
    return render_template(
        "team/today.html",
        waiting=waiting,
        to_decide={
            one.id
            for one, case in waiting
            if one.kind == law.RequestKind.EXTENSION and not can_be_extended(case.law_case)
        },
        due=[(case, law.own_keeping(case.law_case)) for case in due if case],
        past=past,
        form=own_form(ConfirmForm),
        State=State,
    )
