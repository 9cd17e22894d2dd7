"""A request on a page of its own, and its plain steps, each by a member who says what was done."""

from contextlib import suppress

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from portal.access.account import asks_for_fresh_factor
from portal.access.roles import Duty
from portal.law.course import Doing, NotPossibleError, Step
from portal.law.ending import ARTICLES
from portal.library.languages import Language
from portal.records import requests
from portal.records.cases import Why, note_viewing, was_viewed
from portal.web.languages import present_language
from portal.web.rooms import rooms
from portal.web.session_forms import ConfirmForm
from portal.web.slips import certificate_of, signed
from portal.web.team import fresh
from portal.web.team.answers import answers_said
from portal.web.team.asked import Asked, find_asked
from portal.web.team.desk import blueprint, check_token, member, own_form, signed_in
from portal.web.team.forms import StepForm, fields_of, step_form
from portal.web.team.history import how_asked, so_far
from portal.web.team.saying import steps_left, what_to_say


@blueprint.post("/r/<request_id>/open")
@signed_in(Duty.CARE)
def open_request(language: Language, request_id: str) -> ResponseReturnValue:
    """Open a request, and write in the journal who opened its case, and that it was for a request."""
    check_token()
    asked = _asked(request_id)
    return _to_its_page(language, request_id) if _view(asked) else _ask_why(asked)


@blueprint.get("/r/<request_id>")
@signed_in(Duty.CARE)
def request_page(language: Language, request_id: str) -> ResponseReturnValue:
    """Show what was asked, what the law says, what was done, and the steps that are possible for this member now."""
    asked = _asked(request_id)
    if not _is_viewed(asked):
        return _ask_why(asked)
    return _shown(asked, _filled_before(asked))


@blueprint.post("/r/<request_id>/<step>")
@signed_in(Duty.CARE)
def take_step(language: Language, request_id: str, step: str) -> ResponseReturnValue:
    """Make a step. A wrong or late press changes nothing: the page shows how it stands.

    Nor does an approval without a fresh factor: the page asks for one, and keeps what was filled in.
    """
    check_token()
    asked = _asked(request_id)
    wanted = Step(step) if step in set(Step) else abort(404)
    if not _view(asked):
        return _ask_why(asked)
    if wanted in asked.steps and asked.steps[wanted] is None:
        if _is_approval(asked, wanted) and not fresh.is_fresh():
            return _shown(asked, kept=MultiDict({**request.form, fresh.PART: wanted})), 422
        form = own_form(step_form(asked.request.kind, wanted), request.form, asked=asked, step=wanted)
        if not form.validate():
            return _shown(asked, form), 422
        _move(asked, form)
    return _to_its_page(language, request_id)


@blueprint.get("/r/<request_id>/certificate")
@signed_in(Duty.CARE)
def certificate(language: Language, request_id: str) -> ResponseReturnValue:
    """Show what can be printed of a destruction that was carried out: no name, and the team as numbers."""
    asked = _asked(request_id)
    if not asked.is_destroyed:
        abort(404)
    if not _is_viewed(asked):
        return _ask_why(asked)
    two = [asked.staff[one].number for one in (asked.record.confirmed_by, asked.record.signed_by) if one]
    slip = certificate_of(asked.request)
    return render_template("team/certificate.html", asked=asked, two=two, note=signed(slip) if slip else "")


def _asked(request_id: str) -> Asked:
    found = find_asked(rooms().database, member().centre_id, request_id, member().staff_id, rooms().now)
    return found or abort(404)


def _view(asked: Asked) -> bool:
    """Open the case of a request that waits, as its line of *Today* does; tell whether the case is open."""
    if asked.course.has_ended:
        return _is_viewed(asked)
    why = Why.DATE if asked.is_end_of_period else Why.REQUEST  # she asked nothing: her page must not say that she did
    note_viewing(rooms().database, member().centre_id, member().staff_id, asked.case.record.id, rooms().now, why)
    return True


def _ask_why(asked: Asked) -> ResponseReturnValue:
    """Lead to where somebody says why they open the case of a request."""
    return redirect(url_for(".why", language=present_language(), case_id=asked.case.record.id), 303)


def _is_viewed(asked: Asked) -> bool:
    case_id = asked.case.record.id
    return was_viewed(rooms().database, member().centre_id, member().staff_id, case_id, rooms().now)


def _move(asked: Asked, form: StepForm) -> None:
    doing = Doing(form.step, member().staff_id, rooms().now, form.spoken_by)
    with suppress(NotPossibleError):  # somebody else was first: the page shows how it stands
        requests.move(
            rooms().database,
            member().centre_id,
            asked.record.id,
            doing,
            outcome=form.outcome,
            written_consent=form.has_written_consent,
        )


def _filled_before(asked: Asked) -> StepForm | None:
    """Return the form of a step that was filled in before a factor was asked."""
    step, typed = (fresh.part_before() if fresh.is_fresh() else None) or ("", None)
    if step not in set(Step) or asked.steps.get(Step(step), "") is not None:
        return None
    return own_form(step_form(asked.request.kind, Step(step)), typed, asked=asked, step=Step(step))


def _box(asked: Asked, kept: MultiDict[str, str] | None) -> fresh.Box | None:
    """Return what asks for a factor, where a possible step needs a fresh one."""
    approvals = [step for step, reason in asked.steps.items() if reason is None and _is_approval(asked, step)]
    if not approvals or fresh.is_fresh():
        return None
    return fresh.box(url_for(".request_page", language=present_language(), request_id=asked.record.id), kept)


def _is_approval(asked: Asked, step: Step) -> bool:
    return asks_for_fresh_factor(asked.request.kind, step)


def _shown(asked: Asked, sent: StepForm | None = None, kept: MultiDict[str, str] | None = None) -> str:
    forms = {
        step: sent
        if sent is not None and sent.step is step
        else own_form(step_form(asked.request.kind, step), asked=asked, step=step)
        for step, reason in asked.steps.items()
        if reason is None
    }
    return render_template(
        "team/request.html",
        asked=asked,
        answers=answers_said(asked),
        how_asked=how_asked(asked),
        so_far=so_far(asked),
        to_say=what_to_say(asked),
        left=steps_left(asked),
        forms=forms,
        form=own_form(ConfirmForm),
        sent=sent,
        wrong=fields_of(sent) if sent else [],
        reasons_against_ending={*ARTICLES, "second-person"},
        box=_box(asked, kept),
        is_approval=lambda step: _is_approval(asked, step),
        is_waiting=asked.course.waits_until is not None and asked.course.waits_until > rooms().now,
        Step=Step,
    )


def _to_its_page(language: Language, request_id: str) -> ResponseReturnValue:
    return redirect(url_for(".request_page", language=language, request_id=request_id), 303)
