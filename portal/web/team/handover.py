"""Handing over: what is open and whose it is, what was done since the shift began, and who is on duty now."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.access.roles import Duty
from portal.library.languages import Language
from portal.records.board import board, owned_by
from portal.records.journal import PERSON
from portal.records.shifts import USUAL_SHIFT, begin_shift, done_since
from portal.web.rooms import rooms
from portal.web.session_forms import ConfirmForm
from portal.web.team.desk import blueprint, check_token, member, own_form, signed_in

TOLD = (
    "request-asked",
    "request-take-up",
    "request-confirm",
    "request-sign",
    "request-carry-out",
    "request-decline",
    "request-cancel",
    "case-registered",
    "line-taken",
    "line-ended",
    "follow-up-done",
    "follow-up-not-reached",
    "follow-up-moved",
    "follow-up-stopped",
    "case-reviewed",
    "hold-set",
    "hold-lifted",
)  # of the journal's actions, those that a next shift wants to hear of


@blueprint.get("/handover")
@signed_in(Duty.CARE)
def handover(language: Language) -> ResponseReturnValue:
    """Show what the next shift needs: to read together, or to print."""
    database, centre_id, now = rooms().database, member().centre_id, rooms().now
    day = board(database, centre_id, member().staff_id, now)
    since = day.team.since or now - USUAL_SHIFT
    with database.reading(centre_id) as session:
        done = done_since(session, centre_id, since)
    told = {who: [(action, number) for action in TOLD if (number := counts[action])] for who, counts in done.items()}
    return render_template(
        "team/handover.html",
        board=day,
        owners=owned_by(day.lines),
        cut=[section for section in day.sections if section.is_cut],
        since=since,
        done={who: what for who, what in told.items() if what},
        people=day.team.people,
        PERSON=PERSON,
        me=member(),
        form=own_form(ConfirmForm),
    )


@blueprint.post("/duty")
@signed_in(Duty.CARE)
def on_duty(language: Language) -> ResponseReturnValue:
    """Be on duty from now on: whatever nobody took is this member's. Pressed twice, the shift began once."""
    check_token()
    begin_shift(rooms().database, member().centre_id, member().staff_id, rooms().now)
    return redirect(url_for(".handover", language=language), 303)
