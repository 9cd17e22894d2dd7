"""One page in the morning: what the law and her wishes expect of this centre today, each line with its owner."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from portal import law
from portal.access.roles import Duty
from portal.law.course import State
from portal.library.languages import Language
from portal.records.board import board, page_of
from portal.records.today import Part
from portal.web.rooms import rooms
from portal.web.session_forms import ConfirmForm
from portal.web.team.desk import blueprint, member, own_form, signed_in
from portal.web.team.lines import review_form
from portal.web.team.today_forms import FindCaseForm

ARTICLES = {
    law.Look.PROPOSE: "29 § 5",
    law.Look.NO_GRACE: "29 § 5",
    law.Look.NEVER_CLAIMED: "30",
    law.Look.COMPLAINT: "29 § 5",
    law.Look.SEIZED: "40",
}  # named here, not in the template: what is constant there is said once, in the first reader's language


@blueprint.get("/")
@signed_in(Duty.CARE)
def today(language: Language) -> ResponseReturnValue:
    """Show the day: the most urgent lines of every part, each with one thing to do and somebody who does it."""
    day = board(rooms().database, member().centre_id, member().staff_id, rooms().now)
    return render_template("team/today.html", board=day, find=own_form(FindCaseForm), **_words())


@blueprint.get("/day/<part>/<int:number>")
@signed_in(Duty.CARE)
def part_of_today(language: Language, part: str, number: int) -> ResponseReturnValue:
    """Show one part of the day in full, fifty lines at a time."""
    wanted = Part(part) if part in set(Part) else abort(404)
    if not 1 <= number <= 1000:
        abort(404)
    section = page_of(rooms().database, member().centre_id, member().staff_id, rooms().now, wanted, number)
    return render_template("team/part.html", section=section, number=number, **_words())


def _words() -> dict[str, object]:
    """Return what every line needs to be said."""
    return {
        "me": member(),
        "now": rooms().now,
        "form": own_form(ConfirmForm),
        "review": review_form(),
        "sends": bool(rooms().senders),
        "leads": member().role.may(Duty.LEAD),
        "State": State,
        "Part": Part,
        "Look": law.Look,
        "ARTICLES": ARTICLES,
    }
