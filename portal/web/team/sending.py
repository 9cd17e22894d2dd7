"""Sending her a message: the link right after it was made, a reminder, a request to call; and what did not go out."""

from contextlib import suppress

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.hashing import fast_hash
from portal.access.roles import Duty
from portal.library.languages import Language
from portal.records import outbox
from portal.records.cases import OpenedCase
from portal.records.models import Message
from portal.records.outbox import Kind, NotSentError
from portal.web.rooms import rooms
from portal.web.team.case_page import about, case_page, case_worked_on
from portal.web.team.desk import blueprint, check_token, member, signed_in
from portal.web.team.outgoing import SendForm, address_of, link_page, offer, opened_link

DOING = {"cancel": outbox.cancel, "again": outbox.again, "seen": outbox.see}


@blueprint.post("/c/<case_id>/send")
@signed_in(Duty.CARE)
def send(language: Language, case_id: str) -> ResponseReturnValue:
    """Send one message to the contact agreed. What cannot be sent is not; the page says how it stands."""
    opened = case_worked_on(case_id)
    form = about(SendForm, opened)
    kind = Kind(form.kind.data) if form.kind.data in set(Kind) else abort(400)
    if kind is Kind.LINK:
        return _send_link(opened, form)
    if offer(opened, kind).can_be_sent:
        with suppress(NotSentError):  # somebody else was first: the page shows how it stands
            outbox.queue(rooms().database, member().centre_id, case_id, member().staff_id, kind, rooms().now)
    return _to_case(language, case_id)


@blueprint.post("/m/<message_id>/<any(cancel,again,seen):doing>")
@signed_in(Duty.CARE)
def decide(language: Language, message_id: str, doing: str) -> ResponseReturnValue:
    """Take a message back that waits, send one again that did not go out, or note that somebody has dealt with it."""
    check_token()
    database, centre_id = rooms().database, member().centre_id
    with database.reading(centre_id) as session:
        message = session.get(Message, message_id)
    if message is None or message.centre_id != centre_id:
        abort(404)
    from_today = request.form.get("back") == "today"
    if not from_today:
        case_worked_on(message.case_id)
    with suppress(NotSentError, LookupError):  # it is as it is: the page shows it
        DOING[doing](database, centre_id, message_id, member().staff_id, rooms().now)
    if from_today:
        return redirect(url_for(".today", language=language), 303)
    return _to_case(language, message.case_id)


def _send_link(opened: OpenedCase, form: SendForm) -> ResponseReturnValue:
    """Send the link that was just made, and show link and code once more: they stand nowhere else."""
    handout = opened_link(opened, form.link.data or "")
    if handout is None:
        form.link.errors = [_("sending.expired")]
        return case_page(opened, form), 422
    if not offer(opened, Kind.LINK).can_be_sent:
        return link_page(opened, handout)
    try:
        queued = outbox.queue_link(
            rooms().database,
            member().centre_id,
            opened.record.id,
            member().staff_id,
            rooms().now,
            address=address_of(opened, handout.link),
            token_hash=fast_hash(handout.link.token),
        )
    except NotSentError as why:
        return link_page(opened, handout, trouble=why.trouble)
    return link_page(opened, handout, queued)


def _to_case(language: Language, case_id: str) -> ResponseReturnValue:
    return redirect(url_for(".case", language=language, case_id=case_id, _anchor="messages"), 303)
