"""What she can hold on to: receipts, certificates, and a sheet of paper for the day the link is lost."""

from flask import Response, abort, g, make_response, render_template
from flask.typing import ResponseReturnValue

from portal.access.visits import OpenVisit
from portal.law.course import State
from portal.library.languages import Language
from portal.records import receipts
from portal.records.requests import OpenedRequest
from portal.web.followup.asking import ADDRESS, EASY, PLAIN, said
from portal.web.followup.shown import shown
from portal.web.followup.space import centre_phone
from portal.web.followup.visiting import blueprint, in_visit
from portal.web.rooms import rooms
from portal.web.slips import certificate_of, receipt_of, signed

RECEIPT = ADDRESS.replace("<int:code>/", "r/<number>")


@blueprint.get(RECEIPT)
@in_visit
def receipt(language: Language, manner: str, number: str) -> ResponseReturnValue:
    """Show the number and the moment of a request, and what happens now."""
    opened = _of_hers(number)
    words = rooms().library.space[language]
    matter = words.matters[opened.kind]
    return render_template(
        "space/receipt.html",
        asked=opened.record,
        matter=matter,
        said=said(matter.easy if manner == EASY else matter.plain),
        manner=manner,
        is_easy=manner == EASY,
        other_manner=PLAIN if manner == EASY else EASY,
        note=signed(receipt_of(opened)),
    )


@blueprint.get("/<lang:language>/m/f/<number>")
@in_visit
def note(language: Language, number: str) -> ResponseReturnValue:
    """Give the signed note of a request as a small file with a neutral name."""
    return _file(receipt_of(_of_hers(number)))


@blueprint.get("/<lang:language>/m/g/<number>")
@in_visit
def certificate(language: Language, number: str) -> ResponseReturnValue:
    """Show that a destruction was done, on which day, and by which two of the team: by number, never by name."""
    slip = _certificate(_of_hers(number))
    return render_template("space/certificate.html", slip=slip, note=signed(slip))


@blueprint.get("/<lang:language>/m/g/<number>/f")
@in_visit
def certificate_note(language: Language, number: str) -> ResponseReturnValue:
    """Give the signed note of an act as a small file with a neutral name."""
    return _file(_certificate(_of_hers(number)))


@blueprint.get("/<lang:language>/m/p")
@in_visit
def sheet(language: Language) -> ResponseReturnValue:
    """Show a sheet to print: the phone, and a form on paper. It is the same for everybody, so that it tells nothing."""
    return render_template("space/sheet.html", phone=centre_phone(g.visit), article="29 § 3 al. 2")


def _of_hers(number: str) -> OpenedRequest:
    visit: OpenVisit = g.visit
    return next((one for one in shown(visit).asked if one.record.number == number), None) or abort(404)


def _certificate(opened: OpenedRequest) -> receipts.Certificate:
    """Return a certificate, only where her page says that it was done: where all is talked over, no end is told."""
    if shown(g.visit).stands(opened) != State.DONE:
        abort(404)
    return certificate_of(opened) or abort(404)


def _file(slip: receipts.Receipt | receipts.Certificate) -> Response:
    response = make_response(signed(slip))
    response.mimetype = "text/plain"
    response.headers["Content-Disposition"] = f'attachment; filename="{receipts.file_name(slip)}"'
    return response
