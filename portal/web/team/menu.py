"""The console's menu: what each role finds at the top of every page, and where it begins."""

from dataclasses import dataclass

from flask import Flask

from portal.access.roles import Duty, Role


@dataclass(frozen=True)
class Entry:
    """One line of the menu: a page, its words, and the duty it belongs to."""

    endpoint: str
    words: str
    duty: Duty


MENU = (
    Entry("today", "menu.today", Duty.CARE),
    Entry("find", "menu.find", Duty.CARE),
    Entry("new_case", "menu.new_case", Duty.CARE),
    Entry("handover", "menu.handover", Duty.CARE),
    Entry("settings", "menu.settings", Duty.LEAD),
    Entry("account", "menu.account", Duty.OWN),
)


def menu_of(role: Role) -> list[Entry]:
    """Return the pages that somebody of a role finds in the menu."""
    return [entry for entry in MENU if role.may(entry.duty)]


def first_page(role: Role) -> str:
    """Return the page that somebody of a role works from."""
    return menu_of(role)[0].endpoint


def install(app: Flask) -> None:
    """Let every page of the console show its menu."""
    app.jinja_env.globals["menu_of"] = menu_of
