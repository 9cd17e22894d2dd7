"""The member's own account: who the portal thinks they are, and signing out."""

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.access.roles import Duty
from portal.library.languages import Language
from portal.web.team.desk import blueprint, member, signed_in


@blueprint.get("/account")
@signed_in(Duty.OWN)
def account(language: Language) -> ResponseReturnValue:
    """Show one's own name, role and centre."""
    return render_template("team/account.html", member=member())
