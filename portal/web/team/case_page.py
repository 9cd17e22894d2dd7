"""The page of a case: its parts, and the forms that stand on it."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import law
from portal.access.links import State as LinkState
from portal.access.links import Story, story_of
from portal.library.languages import Language
from portal.records import requests
from portal.records.case_codes import case_code
from portal.records.cases import OpenedCase, go_on_viewing, open_case, was_viewed
from portal.records.models import RequestRecord, Staff
from portal.records.notes import is_held_by_team
from portal.web.languages import present_language
from portal.web.rooms import rooms
from portal.web.session_forms import ConfirmForm
from portal.web.team import fresh
from portal.web.team.asked import holds
from portal.web.team.desk import F, check_token, member, own_form
from portal.web.team.ended import ended_of
from portal.web.team.forms import (
    AboutCase,
    AdmissionForm,
    AskForm,
    BackForm,
    ChoicesForm,
    ConfirmContactForm,
    ConsentForm,
    ContactForm,
    EndForm,
    HoldForm,
    KnownForm,
    MovedForm,
    ReviewForm,
    SupportForm,
    ThingForm,
    fields_of,
)
from portal.web.team.forms.link import LinkForm
from portal.web.team.noted import Noted, noted_of, say_known, say_value
from portal.web.team.outgoing import outbox_of

PARTS: dict[str, type[AboutCase]] = {
    "asking": AskForm,
    "things": ThingForm,
    "contact": ContactForm,
    "contact_proposed": ConfirmContactForm,
    "choices": ChoicesForm,
    "known": KnownForm,
    "link": LinkForm,
    "admission": AdmissionForm,
    "consents": ConsentForm,
    "support": SupportForm,
    "hold": HoldForm,
    "moved": MovedForm,
    "back": BackForm,
    "ending": EndForm,
    "review": ReviewForm,
}
ARTICLES = {
    "complaint": "29 § 1",
    "seized": "40",
    "capable_29_4": "29 § 4 al. 1",
    "apt_29_4": "29 § 4 al. 2",
    "phase": "2, 2°–4°",
    "support": "14 § 3",
}  # named here, not in the template: what is constant there is said once, in the first reader's language


@dataclass(frozen=True)
class Around:
    """What stands beside a case: its requests, the newest first, who holds it, its last link, and who did what."""

    asked: list[RequestRecord]
    held_by_team: bool
    noted: Noted
    link: Story | None
    names: Mapping[str, str]

    @property
    def holding(self) -> list[RequestRecord]:
        """The requests that wait and hold what they are about."""
        return [one for one in self.asked if holds(one)]

    @property
    def holds(self) -> int:
        """How many different things hold: the team, each request, a complaint, a seizure."""
        case = self.noted.case.law_case
        return len(self.holding) + sum((self.held_by_team, case.waits_for_an_answer, case.seized))

    @property
    def chosen(self) -> int:
        """How many things she chose that stand in their own fold."""
        choices = self.noted.case.choices
        return len(choices.pages) + sum(
            (choices.reminder is not None, choices.messages_stopped, choices.shows_openings)
        )


def case_of(case_id: str) -> OpenedCase:
    """Return a case of this centre; any other is not here."""
    with rooms().database.reading(member().centre_id) as session:
        return open_case(rooms().database, session, member().centre_id, case_id) or abort(404)


def case_worked_on(case_id: str, part: str | None = None, at: str | None = None, page: str | None = None) -> OpenedCase:
    """Return the case that a form of this session was sent for; who works on an opened case keeps it open.

    A case that was not opened, or has closed, takes nothing and shows nothing: it is asked first why it is opened. What
    was typed is there after that: in a `part` of the page of the case, `at` its anchor, or on a `page` of its own.
    """
    check_token()
    opened = case_of(case_id)
    if not go_on_viewing(rooms().database, member().centre_id, member().staff_id, case_id, rooms().now):
        abort(_asked_why(case_id, part, at, page))
    return opened


def _asked_why(case_id: str, part: str | None, at: str | None, page: str | None) -> Response:
    """Lead to where somebody says why they open a case; it leads back to the form, with what was typed."""
    language, kept = present_language(), None
    if part is not None or page is not None:
        back = page or url_for(".case", language=language, case_id=case_id, _anchor=at)
        on, is_whole = fresh.closed_up(back, fresh.sent_from(part))
        kept = on if is_whole else None
    return redirect(url_for(".why", language=language, case_id=case_id, unsaved=1, kept=kept), 303)


def about(kind: type[F], opened: OpenedCase) -> F:
    """Return a form of a case, filled with what was sent."""
    form = own_form(kind, request.form, case=opened, today=rooms().today)
    return offer_pages(form, opened)


def filled_before(opened: OpenedCase) -> AboutCase | None:
    """Return the form that was filled in before a factor was asked, where it still fits what stands."""
    part, typed = fresh.part_before() or ("", None)
    if part not in PARTS:
        return None
    form = own_form(PARTS[part], typed, case=opened, today=rooms().today)
    return offer_pages(form, opened) if form.still_fits else None


def asked_first(opened: OpenedCase, part: str, anchor: str) -> ResponseReturnValue | None:
    """Return the page that asks who is there and leads back to a form of the page of a case; None where it is known."""
    return fresh.asked_first(
        url_for(".case", language=present_language(), case_id=opened.record.id, _anchor=anchor), part
    )


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
    return render_template(
        "team/case.html",
        case=opened,
        code=case_code(opened.record.id),
        around=_around(opened),
        ended=ended_of(opened),
        openings=law.open_requests(opened.law_case, rooms().today),
        keeping=law.own_keeping(opened.law_case),
        periods={one.id: law.item_keeping(opened.law_case, one.item) for one in opened.items},
        link_shows_nothing=law.as_told(opened.law_case) is None,
        me=member().staff_id,
        outbox=outbox_of(opened),
        forms=forms,
        form=own_form(ConfirmForm),
        sent=sent,
        wrong=fields_of(sent) if sent else [],
        about_evidence=law.ABOUT_EVIDENCE,
        LinkState=LinkState,
        ARTICLES=ARTICLES,
        CONSENT_ARTICLES=law.CONSENT_ARTICLES,
        IN_WRITING=law.IN_WRITING,
        say_known=say_known,
        say_value=say_value,
    )


def is_viewed(case_id: str) -> bool:
    """Tell whether who is signed in opened a case a short while ago, as the journal says."""
    return was_viewed(rooms().database, member().centre_id, member().staff_id, case_id, rooms().now)


def back_to(language: Language, case_id: str, part: str) -> ResponseReturnValue:
    """Lead back to a part of the page of a case."""
    return redirect(url_for(".case", language=language, case_id=case_id, _anchor=part), 303)


def offer_pages(form: F, opened: OpenedCase) -> F:
    """Offer the pages of the menu in her language; with a link the ready sets, named for whoever makes it."""
    library = rooms().library
    if isinstance(form, ChoicesForm):
        pages = [page for page in library.in_order(opened.admission.language) if library.may_be_chosen(page.id)]
        form.pages.choices = [(page.id, page.title) for page in pages]
    if isinstance(form, LinkForm):
        language = present_language()
        titles = {one.id: [library.pages[language, page].title for page in one.pages] for one in library.sets}
        form.offer(library.sets, titles, phone_of_centre(), language)
    return form


def phone_of_centre() -> str | None:
    """Return the checked phone of the member's centre, or None."""
    return rooms().phone_of(member().centre_id)


def _around(opened: OpenedCase) -> Around:
    case_id, centre_id = opened.record.id, opened.record.centre_id
    with rooms().database.reading(centre_id) as session:
        link = story_of(session, centre_id, case_id, rooms().now)
        waiting = opened.choices.contact_proposed
        who = {link.made_by if link else None, waiting.by if waiting else None}
        known = [staff for one in who if one and (staff := session.get(Staff, one))]
        return Around(
            asked=requests.of_case(session, case_id),
            held_by_team=is_held_by_team(session, case_id),
            noted=noted_of(rooms().database, session, opened),
            link=link,
            names={staff.id: staff.login for staff in known if staff.centre_id == centre_id},
        )
