"""The auditor's page: what was done, by whom and when, of the own centre; never what stands in a case."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.roles import Duty
from portal.access.team import OPERATOR
from portal.library.languages import Language
from portal.records import auditing
from portal.records.auditing import EXPECTED, OPENINGS, PAGE, Sieve
from portal.records.journal import PERSON
from portal.records.models import Staff
from portal.web.rooms import rooms
from portal.web.session_forms import ConfirmForm
from portal.web.team.deeds import ACTIONS, said
from portal.web.team.desk import blueprint, check_token, member, own_form, signed_in

BEGINNING_OF_AN_ID = re.compile(r"[0-9a-f]{4,32}")
NOBODY = "-"  # an actor that no line has
LAST_SEQ = 2**31 - 1
PERIODS = (7, 30, 90)
LATE = timedelta(days=2)


@dataclass(frozen=True)
class Opener:
    """How often a member opened cases: for work that *Today* gave, and otherwise, by reason."""

    staff: Staff
    expected: int
    otherwise: Mapping[str, int]

    @property
    def others(self) -> int:
        """How often it was for no work that *Today* gave."""
        return sum(self.otherwise.values())


@blueprint.get("/journal")
@signed_in(Duty.AUDIT)
def journal(language: Language) -> ResponseReturnValue:
    """Show the journal to who opened it, a hundred lines a page; to who did not, a button."""
    if not _is_open():
        return render_template("team/journal_closed.html", form=own_form(ConfirmForm))
    asked = {name: request.args.get(name, "").strip() for name in ("who", "what", "about")}
    problem = None
    if asked["about"] and not BEGINNING_OF_AN_ID.fullmatch(asked["about"]):
        problem = _("journal.about_problem")
    database, centre_id = rooms().database, member().centre_id
    with database.reading(centre_id) as session:
        team = _team(session)
        found = [] if problem else auditing.lines(session, centre_id, _sieve(asked, team), _before())
        state = auditing.state(session, centre_id, OPERATOR)
        count = auditing.count_lines(session, centre_id)
    page = render_template(
        "team/journal.html",
        lines=found[:PAGE],
        older=urlencode({**asked, "before": found[PAGE - 1].seq}) if len(found) > PAGE else None,
        asked=asked,
        problem=problem,
        team=team,
        actions=ACTIONS,
        OPENINGS=OPENINGS,
        PERSON=PERSON,
        OPERATOR=OPERATOR,
        said=said,
        state=state,
        is_late=state.anchored_at is None or rooms().now - state.anchored_at > LATE,
        since=count - state.up_to,
    )
    return page, 422 if problem else 200


@blueprint.post("/journal/open")
@signed_in(Duty.AUDIT)
def open_journal(language: Language) -> ResponseReturnValue:
    """Open the journal, and write in it who did; for fifteen minutes it can then be read."""
    check_token()
    auditing.note_viewing(rooms().database, member().centre_id, member().staff_id, rooms().now)
    return redirect(url_for(".journal", language=language), 303)


@blueprint.get("/journal/openings")
@signed_in(Duty.AUDIT)
def journal_openings(language: Language) -> ResponseReturnValue:
    """Show who opened cases and why; whoever did most without work that *Today* gave stands first."""
    if not _is_open():
        return redirect(url_for(".journal", language=language), 303)
    wanted = request.args.get("days", "")
    days = int(wanted) if wanted in map(str, PERIODS) else PERIODS[1]
    with rooms().database.reading(member().centre_id) as session:
        team = _team(session)
        counted = auditing.openings(session, member().centre_id, rooms().now - timedelta(days=days))
    openers = [_opener(staff, counted.get(staff.id, {})) for staff in team.values() if staff.id in counted]
    openers.sort(key=lambda one: (-one.others, -one.expected, one.staff.login))
    return render_template(
        "team/journal_openings.html", openers=openers, days=days, periods=PERIODS, said=said, OPENINGS=OPENINGS
    )


def _is_open() -> bool:
    return auditing.was_viewed(rooms().database, member().centre_id, member().staff_id, rooms().now)


def _team(session: Session) -> dict[str, Staff]:
    """Return everybody who is or was of the team, by id: lines of those who left stay."""
    everybody = select(Staff).where(Staff.centre_id == member().centre_id).order_by(Staff.login)
    return {staff.id: staff for staff in session.scalars(everybody)}


def _sieve(asked: Mapping[str, str], team: Mapping[str, Staff]) -> Sieve:
    who = asked["who"]
    actors = {staff.number: staff.id for staff in team.values()} | {PERSON: PERSON, OPERATOR: OPERATOR}
    what = asked["what"] if asked["what"] in ACTIONS else NOBODY
    return Sieve(actors.get(who, NOBODY) if who else None, what if asked["what"] else None, asked["about"] or None)


def _before() -> int | None:
    before = request.args.get("before", type=int)
    return before if before is not None and 0 < before <= LAST_SEQ else None


def _opener(staff: Staff, counted: Mapping[str, int]) -> Opener:
    expected = sum(many for action, many in counted.items() if action in EXPECTED)
    return Opener(staff, expected, {action: many for action, many in counted.items() if action not in EXPECTED})
