"""The coordinator's page of the team: who works here, inviting, another role, and the end of somebody's work."""

from collections.abc import Mapping
from types import MappingProxyType

from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import people
from portal.access.invitations import Invited
from portal.access.people import LastCoordinatorError, NotYourselfError, Person
from portal.access.roles import Duty, Role
from portal.access.team import TakenError
from portal.library.languages import Language
from portal.web.rooms import rooms
from portal.web.session_forms import SessionForm
from portal.web.team.desk import blueprint, check_token, member, own_form, signed_in
from portal.web.team.forms import fields_of
from portal.web.team.fresh import needs_fresh, part_before, typed_before
from portal.web.team.people_forms import EndForm, InviteForm, RoleForm
from portal.web.team.qr import drawn

FORMS: dict[str, type[SessionForm]] = {"role": RoleForm, "again": EndForm, "end": EndForm}  # on the page of a member


@blueprint.get("/people")
@signed_in(Duty.LEAD)
def team_people(language: Language) -> ResponseReturnValue:
    """Show who works here, and a form to invite somebody."""
    return _list(own_form(InviteForm, typed_before()))


@blueprint.post("/people")
@signed_in(Duty.LEAD)
@needs_fresh("team_people")
def invite(language: Language) -> ResponseReturnValue:
    """Invite somebody; the address is shown once. Pressed twice, the name is taken and nothing changes."""
    check_token()
    form = own_form(InviteForm, request.form)
    if not form.validate():
        return _list(form), 422
    login, role = form.login.data or "", Role(form.role.data)
    try:
        made = people.invite(rooms().database, member().centre_id, member().staff_id, login, role, rooms().now)
    except TakenError:
        form.login.errors = [_("people.login_taken")]
        return _list(form), 422
    return _handed_over(language, made)


@blueprint.get("/people/<number>")
@signed_in(Duty.LEAD)
def person(language: Language, number: str) -> ResponseReturnValue:
    """Show a member of this team, and what can be changed."""
    part, typed = part_before() or ("", None)
    return _shown(_person(number), {part: own_form(FORMS[part], typed)} if part in FORMS else {})


@blueprint.post("/people/<number>/invite")
@signed_in(Duty.LEAD)
@needs_fresh("person", "again")
def invite_again(language: Language, number: str) -> ResponseReturnValue:
    """Invite a member anew: whatever they had opens nothing any more. The address is shown once."""
    check_token()
    form = own_form(EndForm, request.form)
    if not form.validate():
        return _shown(_person(number), {"again": form}), 422
    try:
        made = people.invite_again(rooms().database, member().centre_id, member().staff_id, number, rooms().now)
    except NotYourselfError:
        return _shown(_person(number), problem=_("people.not_yourself")), 422
    except LookupError:
        abort(404)
    return _handed_over(language, made)


@blueprint.post("/people/<number>/role")
@signed_in(Duty.LEAD)
@needs_fresh("person", "role")
def change_role(language: Language, number: str) -> ResponseReturnValue:
    """Give a member another role; their sessions end."""
    check_token()
    form = own_form(RoleForm, request.form)
    if not form.validate():
        return _shown(_person(number), {"role": form}), 422
    try:
        people.change_role(
            rooms().database, member().centre_id, member().staff_id, number, Role(form.role.data), rooms().now
        )
    except NotYourselfError:
        return _shown(_person(number), problem=_("people.not_yourself")), 422
    except LastCoordinatorError:
        return _shown(_person(number), problem=_("people.last_coordinator")), 422
    except LookupError:
        abort(404)
    return _to_the_list(language)


@blueprint.post("/people/<number>/disable")
@signed_in(Duty.LEAD)
@needs_fresh("person", "end")
def disable(language: Language, number: str) -> ResponseReturnValue:
    """End a member's work here, at once."""
    check_token()
    form = own_form(EndForm, request.form)
    if not form.validate():
        return _shown(_person(number), {"end": form}), 422
    try:
        people.disable(rooms().database, member().centre_id, member().staff_id, number, rooms().now)
    except LastCoordinatorError:
        return _shown(_person(number), problem=_("people.last_coordinator")), 422
    except LookupError:
        abort(404)
    return _to_the_list(language)


def _all() -> list[Person]:
    return people.people_of(rooms().database, member().centre_id, rooms().now)


def _person(number: str) -> Person:
    return next((one for one in _all() if one.number == number), None) or abort(404)


def _list(form: InviteForm) -> str:
    return render_template(
        "team/people.html", people=_all(), form=form, wrong=fields_of(form), kept=typed_before(), me=member().staff_id
    )


def _shown(who: Person, sent: Mapping[str, SessionForm] = MappingProxyType({}), problem: str | None = None) -> str:
    """Show a member; `sent` is the form that was filled in, by its name on the page."""
    forms = {
        "role": own_form(RoleForm, data={"role": str(who.role)}),
        "again": own_form(EndForm),
        "end": own_form(EndForm),
        **sent,
    }
    return render_template(
        "team/person.html",
        who=who,
        forms=forms,
        sent=next(iter(sent.values()), None),
        problem=problem or next((field.errors[0] for form in sent.values() for field in fields_of(form)), None),
        is_self=who.staff_id == member().staff_id,
    )


def _handed_over(language: Language, made: Invited) -> ResponseReturnValue:
    address = rooms().settings.base_url + url_for("team.join", language=language, token=made.token)
    page = render_template(
        "team/invitation.html", made=made, address=address, qr=drawn(address, _("people.address_drawn"))
    )
    return make_response(page)


def _to_the_list(language: Language) -> ResponseReturnValue:
    return redirect(url_for("team.team_people", language=language), 303)
