"""Cases: a new one, opening one, its page, and a link for her."""

from dataclasses import dataclass

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import law
from portal.access.links import Power, make_link
from portal.access.roles import Duty
from portal.law.course import ENDED
from portal.library.languages import Language
from portal.messages import link_message
from portal.records import requests
from portal.records.cases import (
    Admission,
    AlreadyRegisteredError,
    OpenedCase,
    Why,
    note_viewing,
    open_case,
    register_case,
    was_viewed,
)
from portal.records.models import RequestRecord
from portal.records.notes import is_held_by_team
from portal.web.rooms import rooms
from portal.web.session_forms import ConfirmForm
from portal.web.team.desk import F, blueprint, check_token, member, own_form, signed_in
from portal.web.team.forms import (
    AboutCase,
    AskForm,
    CaseForm,
    ChoicesForm,
    ContactForm,
    KnownForm,
    LinkForm,
    OpenForm,
    ThingForm,
    fields_of,
)
from portal.web.team.today_forms import WhyForm

PARTS: dict[str, type[AboutCase]] = {
    "asking": AskForm,
    "things": ThingForm,
    "contact": ContactForm,
    "choices": ChoicesForm,
    "known": KnownForm,
    "link": LinkForm,
}
FROM_TODAY = {
    "date": Why.DATE,
    "call": Why.CALL,
    "message": Why.MESSAGE,
    "look": Why.OTHER,  # her page may show it: it must not tell of a hold or a complaint
}  # a line of *Today* says by itself why
ARTICLES = {
    "complaint": "29 § 1",
    "seized": "40",
    "capable_29_4": "29 § 4 al. 1",
    "apt_29_4": "29 § 4 al. 2",
}  # named here, not in the template: what is constant there is said once, in the first reader's language


@dataclass(frozen=True)
class Around:
    """What stands beside a case: its requests, the newest first, and who holds it."""

    asked: list[RequestRecord]
    held_by_team: bool

    @property
    def held_by_request(self) -> bool:
        """Whether a request that waits holds things."""
        return any(one.state not in ENDED for one in self.asked)


@blueprint.route("/new", methods=["GET", "POST"])
@signed_in(Duty.CARE)
def new_case(language: Language) -> ResponseReturnValue:
    """Register a case for this centre."""
    form = own_form(CaseForm, request.form, today=rooms().today)
    if request.method != "POST" or not form.validate():
        return render_template("team/new_case.html", form=form), 422 if form.errors else 200
    try:
        case_id = register_case(rooms().database, member().centre_id, member().staff_id, _admission(form), rooms().now)
    except AlreadyRegisteredError as known:
        form.reference.errors = [_("case.reference_known")]
        return render_template("team/new_case.html", form=form, known=known.case_id, why=own_form(WhyForm)), 422
    return redirect(url_for(".case", language=language, case_id=case_id), 303)


@blueprint.post("/c/<case_id>/open")
@signed_in(Duty.CARE)
def open_one(language: Language, case_id: str) -> ResponseReturnValue:
    """Open a case, and write in the journal who did and why; for fifteen minutes it can then be read."""
    check_token()
    case_of(case_id)
    why = FROM_TODAY.get(own_form(OpenForm, request.form).why.data or "")
    if why is None:
        form = own_form(WhyForm, request.form)
        if not form.validate():
            return why_page(case_id, form), 422
        why = Why(form.why.data)
    note_viewing(rooms().database, member().centre_id, member().staff_id, case_id, rooms().now, why)
    return redirect(url_for(".calls" if why is Why.CALL else ".case", language=language, case_id=case_id), 303)


@blueprint.get("/c/<case_id>")
@signed_in(Duty.CARE)
def case(language: Language, case_id: str) -> ResponseReturnValue:
    """Show a case of this centre that was opened: its dates and requests, and what can be noted of it."""
    opened = case_of(case_id)
    if not was_viewed(rooms().database, member().centre_id, member().staff_id, case_id, rooms().now):
        return redirect(url_for(".today", language=language), 303)
    return case_page(opened)


@blueprint.post("/c/<case_id>/link")
@signed_in(Duty.CARE)
def new_link(language: Language, case_id: str) -> ResponseReturnValue:
    """Make a link and a code, and show them this once."""
    opened = case_worked_on(case_id)
    form = about(LinkForm, opened)
    if not form.validate():
        return case_page(opened, form), 422
    centre_id, staff_id = member().centre_id, member().staff_id
    link = make_link(rooms().database, centre_id, case_id, staff_id, rooms().now, Power(form.power.data))
    her_language = Language(opened.admission.language)
    address = rooms().settings.base_url + url_for("followup.code", language=her_language, token=link.token)
    message = link_message(rooms().library, her_language, address)
    return render_template("team/link.html", case=opened, link=link, message=message)


def why_page(case_id: str, form: WhyForm | None = None) -> str:
    """Return the page that asks why a case is opened; it shows nothing of it."""
    return render_template("team/why.html", form=form or own_form(WhyForm), case_id=case_id)


def case_of(case_id: str) -> OpenedCase:
    """Return a case of this centre; any other is not here."""
    with rooms().database.reading() as session:
        return open_case(rooms().database, session, member().centre_id, case_id) or abort(404)


def case_worked_on(case_id: str) -> OpenedCase:
    """Return the case that a form of this session was sent for, and write in the journal who works on it."""
    check_token()
    opened = case_of(case_id)
    note_viewing(rooms().database, member().centre_id, member().staff_id, case_id, rooms().now)
    return opened


def about(kind: type[F], opened: OpenedCase) -> F:
    """Return a form of a case, filled with what was sent."""
    form = own_form(kind, request.form, case=opened, today=rooms().today)
    return offer_pages(form, opened)


def case_page(opened: OpenedCase, sent: AboutCase | None = None) -> str:
    """Return the page of a case; a form that was sent and did not fit says why and keeps what was typed."""
    forms = {
        part: sent
        if sent is not None and isinstance(sent, kind)
        else offer_pages(
            own_form(kind, case=opened, today=rooms().today, data=kind.as_it_stands(opened)),
            opened,
        )
        for part, kind in PARTS.items()
    }
    with rooms().database.reading() as session:
        around = Around(requests.of_case(session, opened.record.id), is_held_by_team(session, opened.record.id))
    return render_template(
        "team/case.html",
        case=opened,
        around=around,
        openings=law.open_requests(opened.law_case, rooms().today),
        keeping=law.own_keeping(opened.law_case),
        periods={one.id: law.item_keeping(opened.law_case, one.item) for one in opened.items},
        link_shows_nothing=law.as_told(opened.law_case) is None,
        forms=forms,
        form=own_form(ConfirmForm),
        sent=sent,
        wrong=fields_of(sent) if sent else [],
        RequestKind=law.RequestKind,
        ARTICLES=ARTICLES,
    )


def offer_pages(form: F, opened: OpenedCase) -> F:
    """Offer the pages of the menu, in her language."""
    if isinstance(form, ChoicesForm):
        library = rooms().library
        pages = [page for page in library.in_order(opened.admission.language) if library.may_be_chosen(page.id)]
        form.pages.choices = [(page.id, page.title) for page in pages]
    return form


def _admission(form: CaseForm) -> Admission:
    return Admission(
        reference=form.reference.data or "",
        exam_on=None if form.no_exam.data else form.exam_on.data,
        minor=form.age.data == "minor",
        complaint=law.Complaint(form.complaint.data),
        language=form.language.data,
    )
