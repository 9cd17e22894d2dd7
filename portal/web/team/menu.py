"""The console's menu: what each role finds at the top of every page, and where it begins."""

from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask_babel import lazy_gettext as _

from portal.access.roles import Duty, Role
from portal.web.rooms import rooms
from portal.web.session_forms import ConfirmForm
from portal.web.team.desk import own_form


@dataclass(frozen=True)
class Entry:
    """One line of the menu: a page, its words, and the duty it belongs to."""

    endpoint: str
    words: Any  # said in the language of whoever reads
    duty: Duty


MENU = (
    Entry("today", _("menu.today"), Duty.CARE),
    Entry("find", _("menu.find"), Duty.CARE),
    Entry("new_case", _("menu.new_case"), Duty.CARE),
    Entry("handover", _("menu.handover"), Duty.CARE),
    Entry("settings", _("menu.settings"), Duty.LEAD),
    Entry("team_people", _("menu.people"), Duty.LEAD),
    Entry("journal", _("menu.journal"), Duty.AUDIT),
    Entry("figures", _("menu.figures"), Duty.FIGURES),
    Entry("account", _("menu.account"), Duty.OWN),
)

AT_HAND = 3  # so many stand in the one row that a phone has for them: what is used all day comes first


def menu_of(role: Role) -> list[Entry]:
    """Return the pages that somebody of a role finds in the menu."""
    return [entry for entry in MENU if role.may(entry.duty)]


def first_page(role: Role) -> str:
    """Return the page that somebody of a role works from."""
    return menu_of(role)[0].endpoint


def install(app: Flask) -> None:
    """Let every page of the console show its menu, and a way out of a shared computer."""
    app.jinja_env.globals.update(
        menu_of=menu_of,
        AT_HAND=AT_HAND,
        way_out=lambda: own_form(ConfirmForm),
        hospital_signs_in=lambda: rooms().hospital is not None,
    )
