"""What is noted on the page of a case beside its dates: the admission, consents in the file, the support person."""

from contextlib import suppress

from flask.typing import ResponseReturnValue

from portal import law
from portal.access.roles import Duty
from portal.library.languages import Language
from portal.records import consents
from portal.records.follow_up import plan_again
from portal.web.rooms import rooms
from portal.web.team.case_page import about, back_to, case_page, case_worked_on
from portal.web.team.desk import blueprint, member, signed_in
from portal.web.team.forms import AdmissionForm, ConsentForm, SupportForm


@blueprint.post("/c/<case_id>/admission")
@signed_in(Duty.CARE)
def note_admission(language: Language, case_id: str) -> ResponseReturnValue:
    """Note when she was admitted and in which phase, once: a second press changes nothing."""
    opened = case_worked_on(case_id, "admission", "admission")
    form = about(AdmissionForm, opened)
    if not form.validate():
        return case_page(opened, form), 422
    with suppress(consents.FixedError):
        consents.note_admission(
            rooms().database, member().centre_id, case_id, member().staff_id, rooms().now, form.admitted
        )
        plan_again(rooms().database, member().centre_id, case_id, member().staff_id, rooms().now)
    return back_to(language, case_id, "admission")


@blueprint.post("/c/<case_id>/consent")
@signed_in(Duty.CARE)
def note_consent(language: Language, case_id: str) -> ResponseReturnValue:
    """Note that a consent, or its end, is in the patient file; the same again changes nothing."""
    opened = case_worked_on(case_id, "consents", "consents")
    form = about(ConsentForm, opened)
    if not form.validate() or form.consent_on.data is None:
        return case_page(opened, form), 422
    consent, on, ends = law.Consent(form.consent.data), form.consent_on.data, bool(form.withdrawn.data)
    stands = consents.consents_of(opened).get(consent)
    if ends or stands is None or stands.on != on:
        consents.note_consent(
            rooms().database,
            member().centre_id,
            case_id,
            member().staff_id,
            rooms().now,
            consent,
            on,
            withdrawn=ends,
        )
    return back_to(language, case_id, "consents")


@blueprint.post("/c/<case_id>/support")
@signed_in(Duty.CARE)
def note_support(language: Language, case_id: str) -> ResponseReturnValue:
    """Note whether there is a support person, and how to reach them where that was allowed."""
    opened = case_worked_on(case_id, "support", "support_person")
    form = about(SupportForm, opened)
    if not form.validate():
        return case_page(opened, form), 422
    there, reach = form.support.data == "yes", form.reach.data or ""
    noted = consents.support_of(opened)
    if noted is None or (noted.what == "yes", noted.after) != (there, reach):
        consents.note_support(
            rooms().database, member().centre_id, case_id, member().staff_id, rooms().now, there=there, reach=reach
        )
    return back_to(language, case_id, "support_person")
