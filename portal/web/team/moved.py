"""A case that another centre keeps by now (art. 17 al. 6): whatever is tried here says so, and changes nothing."""

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.records.news import MovedError
from portal.web.team.desk import blueprint


@blueprint.errorhandler(MovedError)
def moved(_error: MovedError) -> ResponseReturnValue:
    """Say with whom to talk."""
    return render_template("team/moved.html"), 409
