"""Who is there, once more: an approval asks for a factor shown at most five minutes ago (ASVS 7.5.3).

A view that asks for it either stands under `needs_fresh`, or asks with `asked_first` once it knows that what was sent
fits, or shows a `box` on its own page. Each leads back to the page that asked, with what was typed there: it travels
sealed, for this session alone, and says which form of the page it belongs to.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec
from urllib.parse import urlsplit

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from portal.access import account, passkeys
from portal.access.account import Ways
from portal.access.factors import Way
from portal.access.passkeys import Challenge, NotGenuineError
from portal.access.roles import Duty
from portal.library.languages import Language, say_moment
from portal.web.rooms import rooms
from portal.web.sealing import LONGEST
from portal.web.team.challenges import Asked, closed, opened, place
from portal.web.team.desk import blueprint, check_token, member, own_form, signed_in
from portal.web.team.people_forms import FreshForm, OwnPasskeyForm

PURPOSE = "shown again"
KEPT = "kept"  # in an address: what was typed before a factor was asked, sealed
PART = "part of the page"  # under which what was typed says which form of the page it belongs to
SECRETS = frozenset({"token", "password", "again", "present", "code", "challenge", "answer"})

P = ParamSpec("P")


@dataclass(frozen=True)
class Box:
    """What asks for a factor on a page."""

    form: FreshForm
    passkey_form: OwnPasskeyForm
    on: str
    ways: Ways
    passkey: Asked | None
    problem: str | None = None
    has_kept: bool = False
    takes_hospital: bool = False

    @property
    def takes_code(self) -> bool:
        """Whether a code can be shown: the authenticator's, or one for recovery."""
        return self.ways.is_local


def is_fresh() -> bool:
    """Tell whether who is signed in showed a factor a moment ago."""
    return member().is_fresh(rooms().now)


def box(back: str, typed: MultiDict[str, str] | None = None) -> Box:
    """Return what asks for a factor, and leads back to a page of the console with what was typed there."""
    on, has_kept = closed_up(back, typed)
    return _box(on, has_kept=has_kept)


def closed_up(back: str, typed: MultiDict[str, str] | None = None) -> tuple[str, bool]:
    """Return a way back to a page of the console with what was typed there, sealed, and whether it is in it."""
    kept = [[name, value] for name, value in (typed or MultiDict()).items(multi=True) if name not in SECRETS]
    on = _sealed(back, kept)
    if len(on) <= LONGEST:
        return on, bool(kept)
    return _sealed(back, []), False  # longer than any form lets through: a way back without it is better than none


def sent_from(part: str | None) -> MultiDict[str, str]:
    """Return what was sent, and which form of its page it was sent from."""
    typed = MultiDict(request.form.items(multi=True))
    if part:
        typed[PART] = part
    return typed


def typed_before() -> MultiDict[str, str] | None:
    """Return what was typed on this page before a factor was asked; None where nothing was, or for somebody else."""
    sealed = request.args.get(KEPT)
    found = _opened(sealed) if sealed else None
    return found[1] if found and urlsplit(found[0]).path == request.path else None


def part_before() -> tuple[str, MultiDict[str, str]] | None:
    """Return which form of this page was sent before a factor was asked, and what was typed into it."""
    typed = typed_before()
    part = typed.get(PART) if typed else None
    return (part, typed) if part and typed else None


def asked_first(back: str, part: str | None = None) -> ResponseReturnValue | None:
    """Return the page that asks who is there before what was sent is done; None where a factor is fresh.

    It leads back to an address of the console, where `part` says which form it was sent from.
    """
    return None if is_fresh() else _asked_to_come_back(back, part)


def needs_fresh(
    back: str, part: str | None = None
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Let a view work only for somebody who showed a factor a moment ago; else ask, and lead back to an endpoint."""

    def guard(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def with_factor(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if is_fresh():
                return view(*args, **kwargs)
            where = url_for(f"team.{back}", **(request.view_args or {}))
            if request.method == "GET":
                return render_template("team/fresh.html", box=box(where))
            check_token()
            return _asked_to_come_back(where, part)

        return with_factor

    return guard


@blueprint.post("/fresh")
@signed_in(Duty.OWN)
def show_code(language: Language) -> ResponseReturnValue:
    """Take a code shown once more, and lead back to where it was asked."""
    check_token()
    form = own_form(FreshForm, request.form)
    if _opened(form.on.data or "") is None:
        return redirect(url_for("team.first", language=language), 303)
    if is_fresh():  # pressed twice
        return back_to(form.on.data or "")
    if not form.validate():
        return asked_again(form.on.data or "", str(next(iter(form.code.errors), _("factor.code_needed"))))
    shown = account.show_code(rooms().database, member(), form.code.data or "", rooms().now)
    if shown.factor is None:
        wait = shown.wait_until
        problem = _("sign_in.wait", moment=say_moment(wait, language)) if wait else _("factor.not_fitting")
        return asked_again(form.on.data or "", problem)
    return back_to(form.on.data or "")


@blueprint.post("/fresh/passkey")
@signed_in(Duty.OWN)
def show_passkey(language: Language) -> ResponseReturnValue:
    """Take a passkey shown once more, and lead back to where it was asked."""
    check_token()
    form, where = own_form(OwnPasskeyForm, request.form), place()
    if _opened(form.on.data or "") is None:
        return redirect(url_for("team.first", language=language), 303)
    if is_fresh():
        return back_to(form.on.data or "")
    try:
        if where is None or not form.validate():
            raise NotGenuineError
        challenge = opened(form.challenge.data or "")
        passkeys.show(rooms().database, where, member(), challenge, form.answer.data or "", rooms().now)
    except NotGenuineError:
        return asked_again(form.on.data or "", _("passkey.not_fitting"))
    return back_to(form.on.data or "")


def _box(on: str, problem: str | None = None, *, has_kept: bool = False) -> Box:
    ways, where = account.ways_of(rooms().database, member()), place()
    asked = None
    if where is not None and Way.PASSKEY in ways.ways:
        challenge = Challenge.new(member().secret_hash, rooms().now)
        asked = Asked(passkeys.options_to_show(where, challenge), closed(challenge))
    by_hospital = rooms().hospital is not None and Way.HOSPITAL in ways.ways
    return Box(own_form(FreshForm), own_form(OwnPasskeyForm), on, ways, asked, problem, has_kept, by_hospital)


def _asked_to_come_back(back: str, part: str | None) -> ResponseReturnValue:
    return make_response(render_template("team/fresh.html", box=box(back, sent_from(part))), 422)


def is_asked_here(on: str) -> bool:
    """Tell whether this session asked for a factor there, and not long ago."""
    return _opened(on) is not None


def asked_again(on: str, problem: str) -> ResponseReturnValue:
    """Say what did not fit, and ask once more; what was typed is kept."""
    return make_response(render_template("team/fresh.html", box=_box(on, problem)), 422)


def back_to(on: str) -> ResponseReturnValue:
    """Lead back to where a factor was asked; to the first page where that is not known any more."""
    if not is_asked_here(on):
        return redirect(url_for("team.first", language=(request.view_args or {})["language"]), 303)
    back, kept = _opened(on) or ("", MultiDict())
    where = urlsplit(back)
    return redirect(where._replace(query=f"{KEPT}={on}").geturl() if kept else back, 303)


def _sealed(back: str, kept: list[list[str]]) -> str:
    text = json.dumps([member().secret_hash, back, kept], ensure_ascii=False)  # an é is not six letters on the way
    return rooms().seal(PURPOSE).close(text)


def _opened(sealed: str) -> tuple[str, MultiDict[str, str]] | None:
    """Return where a factor was asked and what was typed there; None where it was not this session, or long ago."""
    text = rooms().seal(PURPOSE).open(sealed)
    if text is None:
        return None
    session, back, kept = json.loads(text)
    return (back, MultiDict([(name, value) for name, value in kept])) if session == member().secret_hash else None
