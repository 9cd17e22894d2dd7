"""What can be sent to her, exactly as it would be sent, and what became of what was sent."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, url_for
from wtforms import StringField

from portal.access.links import NewLink
from portal.library.languages import Language
from portal.messages import Wording, wording
from portal.records import outbox
from portal.records.cases import OpenedCase
from portal.records.hours import SAFE
from portal.records.models import Centre, Message, Staff
from portal.records.outbox import Kind, NotSentError, Plan, Queued, State, Trouble
from portal.records.recipients import in_groups
from portal.web.rooms import rooms
from portal.web.team.card import card_of, code_of
from portal.web.team.desk import member, own_form
from portal.web.team.forms import AboutCase

PURPOSE = "a link on its way"
UNWISHED = frozenset({Trouble.NOT_WISHED})


class SendForm(AboutCase):
    """Sending one message of a kind. A link travels sealed: what stands in a page must not open anything by itself."""

    kind = StringField()
    link = StringField()


@dataclass(frozen=True)
class Handout:
    """A fresh link with what goes on paper: a card for its code too, and a checked phone where she wants it."""

    link: NewLink
    with_code_card: bool
    phone: str | None


@dataclass(frozen=True)
class Offer:
    """A message as it would be sent now: by which sender, to whom, from when, in which words; or why not."""

    kind: Kind
    words: Wording
    plan: Plan | None = None
    sender: str = ""
    is_now: bool = False
    trouble: Trouble | None = None

    @property
    def to(self) -> str:
        """To whom, as people compare it."""
        return in_groups(self.plan.to) if self.plan else ""

    @property
    def can_be_sent(self) -> bool:
        """Whether there is anything to press."""
        return self.plan is not None and bool(self.sender)


@dataclass(frozen=True)
class Row:
    """A message of a case: who wrote it, and whether somebody has to decide about it."""

    message: Message
    login: str
    needs_somebody: bool
    why_not_again: Trouble | None


@dataclass(frozen=True)
class CaseOutbox:
    """What the page of a case shows of messages."""

    offers: list[Offer]
    rows: list[Row]
    quiet: tuple[int, int]
    hours: Mapping[str, tuple[int, int]]
    is_on: bool

    @property
    def needs_somebody(self) -> bool:
        """Whether something did not go out and nobody has dealt with it."""
        return any(row.needs_somebody for row in self.rows)


def offer(opened: OpenedCase, kind: Kind, link: str | None = None) -> Offer:
    """Return a message as it would be sent now."""
    words = wording(rooms().library, kind, Language(opened.admission.language), link)
    with rooms().database.reading(opened.record.centre_id) as session:
        centre = session.get_one(Centre, opened.record.centre_id)
    try:
        plan = outbox.plan_for(opened, centre, kind, rooms().now)
    except NotSentError as why:
        return Offer(kind, words, trouble=why.trouble)
    sender = rooms().senders.get(plan.channel)
    return Offer(kind, words, plan, sender.shown if sender else "", plan.not_before <= rooms().now)


def outbox_of(opened: OpenedCase) -> CaseOutbox:
    """Return what can be sent for a case, and what was."""
    database, now = rooms().database, rooms().now
    offers = [one for kind in (Kind.REMINDER, Kind.CALL) if (one := offer(opened, kind)).trouble not in UNWISHED]
    with database.reading(opened.record.centre_id) as session:
        centre = session.get_one(Centre, opened.record.centre_id)
        rows = [
            Row(
                message,
                session.get_one(Staff, message.made_by).login if message.made_by else "",
                needs_somebody := outbox.needs_somebody(session, message),
                outbox.why_not_again(database, session, opened, message, now) if needs_somebody else None,
            )
            for message in outbox.of_case(session, opened.record.id)
        ]
    under_way = {row.message.kind for row in rows if row.message.state in (State.WAITING, State.SENDING)}
    offers = [one for one in offers if one.kind not in under_way]
    return CaseOutbox(offers, rows, (centre.quiet_from, centre.quiet_until), SAFE, bool(rooms().senders))


def link_page(
    opened: OpenedCase, handout: Handout, queued: Queued | None = None, trouble: Trouble | None = None
) -> str:
    """Return the page that shows a link as a card, and its code, this once, and offers to send the link."""
    link = handout.link
    language = Language(opened.admission.language)
    address = address_of(opened, link)
    sealed = rooms().seal(PURPOSE).close(_written(opened, handout))
    given = {"kind": Kind.LINK, "link": sealed}
    return render_template(
        "team/link.html",
        case=opened,
        link=link,
        card=card_of(link, language, address, handout.phone),
        code=code_of(link, language),
        with_code_card=handout.with_code_card,
        message=wording(rooms().library, Kind.LINK, language, address).text,
        offer=offer(opened, Kind.LINK, address),
        send_form=own_form(SendForm, case=opened, today=rooms().today, data=given),
        queued=queued,
        trouble=trouble,
        is_on=bool(rooms().senders),
    )


def address_of(opened: OpenedCase, link: NewLink) -> str:
    """Return the address of a link, in her language."""
    path = url_for("followup.code", language=Language(opened.admission.language), token=link.token)
    return rooms().settings.base_url + path


def opened_link(opened: OpenedCase, sealed: str) -> Handout | None:
    """Return the link that a form of this session carries for this case; None after an hour, or from elsewhere."""
    text = rooms().seal(PURPOSE).open(sealed)
    session_hash, case_id, token, code, ends_at, with_code_card, phone = json.loads(text) if text else [""] * 7
    if (session_hash, case_id) != (member().secret_hash, opened.record.id):
        return None
    return Handout(NewLink(token, code, datetime.fromisoformat(ends_at)), bool(with_code_card), phone)


def _written(opened: OpenedCase, handout: Handout) -> str:
    link = handout.link
    fresh = [link.token, link.code, link.ends_at.isoformat()]
    return json.dumps([member().secret_hash, opened.record.id, *fresh, handout.with_code_card, handout.phone])
