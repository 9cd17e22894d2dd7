"""What the centre decides for all its cases. Whoever leads it writes it here, as the hospital wrote it down.

How long she may think it over and how long things are kept hang on it: it asks for a factor shown a moment ago.
"""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.roles import Duty
from portal.library.languages import Language
from portal.records.centres import change_rules, rules_of
from portal.records.models import Centre
from portal.web.rooms import rooms
from portal.web.team import fresh
from portal.web.team.desk import blueprint, member, own_form, signed_in
from portal.web.team.forms import fields_of
from portal.web.team.today_forms import RulesForm


@blueprint.route("/settings", methods=["GET", "POST"])
@signed_in(Duty.LEAD)
def settings(language: Language) -> ResponseReturnValue:
    """Show what the centre decided, or change it; each change is a line of the journal."""
    database, centre_id = rooms().database, member().centre_id
    if request.method == "POST":
        form = own_form(RulesForm, request.form, today=rooms().today)
        if not form.validate():
            return render_template("team/settings.html", form=form, wrong=fields_of(form)), 422
        if (asked := fresh.asked_first(request.path)) is not None:
            return asked
        change_rules(database, centre_id, member().staff_id, form.rules, rooms().now)
        return redirect(url_for(".settings", language=language), 303)
    with database.reading(centre_id) as session:
        rules = rules_of(session.get_one(Centre, centre_id))
    typed = fresh.typed_before()
    form = own_form(RulesForm, typed, today=rooms().today, data=RulesForm.as_typed(rules))
    return render_template("team/settings.html", form=form, wrong=[], kept=typed)
