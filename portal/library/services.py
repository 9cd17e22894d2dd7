"""Who helps beside the centres, by need: lines, offices and sites, with confidence respected."""

import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from portal.library.hours import Hours, read_opening
from portal.library.languages import Translated
from portal.library.problems import Problem
from portal.library.service_check import PHONE, problems_in_help
from portal.library.stated import Stated, read_sources, read_stated

DETAILS = ("phone", "email", "website", "written", "hours")
SHOWN_UNCONFIRMED = ("website", "written")


@dataclass(frozen=True)
class Need:
    """What somebody may be looking for."""

    id: str
    code: str
    title: Translated
    tab: Translated
    intro: Translated
    apart: bool  # for a person afraid of their own acts: never in a list for those who were harmed


@dataclass(frozen=True)
class Line:
    """A line one can phone, as pages list it."""

    id: str
    names: Translated
    hours: Translated | None
    around_the_clock: bool
    languages: tuple[str, ...]
    groups: tuple[str, ...]
    written: str | None
    phone: str


@dataclass(frozen=True)
class Site:
    """A site that helps, by its address."""

    names: Translated
    groups: tuple[str, ...]
    url: str


@dataclass(frozen=True)
class Service:
    """Somebody who helps."""

    id: str
    names: Translated
    what: Translated
    needs: tuple[str, ...]
    languages: tuple[str, ...]  # empty where no source says them
    groups: tuple[str, ...]
    site_groups: tuple[str, ...]
    details: dict[str, Stated]
    sites: dict[str, str]  # the address in a language, where it differs
    hours: Hours | None
    known_from: tuple[tuple[str, str], ...]
    told_in_words: bool = False  # what it is says how to reach it
    comes_first: bool = False

    @property
    def phone(self) -> str | None:
        """The checked phone, or None: an unchecked one is never shown."""
        return self._checked("phone")

    @property
    def phone_is_withheld(self) -> bool:
        """Whether it has a phone that nobody confirmed, or that was looked for and not found."""
        return "phone" in self.details and not self.phone

    @property
    def email(self) -> str | None:
        """The checked e-mail address, or None."""
        return self._checked("email")

    @property
    def written(self) -> Stated | None:
        """A chat or form that may be shown, said to be unconfirmed where it is."""
        return self._shown("written")

    @property
    def website(self) -> Stated | None:
        """The site that may be shown, said to be unconfirmed where it is."""
        return self._shown("website")

    @property
    def can_be_reached(self) -> bool:
        """Whether any way to it may be shown, or is told in its description."""
        return any((self.phone, self.email, self.written, self.website, self.told_in_words))

    @property
    def sources(self) -> tuple[tuple[str, str], ...]:
        """The address and date of everything that what is shown rests on, each address once."""
        shown = [stated for key, stated in self.details.items() if stated.is_checked or self._shown(key)]
        told = [source for stated in shown for source in stated.sources]
        return tuple(dict([*told, *self.known_from]).items())

    def site_in(self, language: str) -> str:
        """Return the address of its site for a language, or nothing where none may be shown."""
        return self.sites.get(language, self.website.value) if self.website else ""

    def is_open(self, moment: datetime) -> bool | None:
        """Tell whether it answers at an aware moment; None where its hours are not confirmed."""
        return self.hours.is_open(moment) if self.hours else None

    def _checked(self, key: str) -> str | None:
        stated = self.details.get(key)
        return stated.value if stated and stated.is_checked else None

    def _shown(self, key: str) -> Stated | None:
        stated = self.details.get(key)
        return stated if stated and stated.may_be_shown and key in SHOWN_UNCONFIRMED else None


@dataclass(frozen=True)
class Services:
    """All services and the needs they answer."""

    needs: dict[str, Need]
    services: dict[str, Service]
    left_out: dict[str, str]
    checked_on: date
    review_by: date

    @cached_property
    def lines(self) -> dict[str, Line]:
        """The lines that pages list by group, in their order."""
        return {one.id: _line(one) for one in self.services.values() if one.groups}

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """The sites that pages list by group, in their order."""
        return tuple(
            Site(one.names, one.site_groups, one.details["website"].value)
            for one in self.services.values()
            if one.site_groups and one.website
        )

    @property
    def official(self) -> Service:
        """The centres' own site."""
        return self.services["cpvs-network"]

    def lines_for(self, group: str, language: str) -> list[Line]:
        """Return the lines of a group in a reader's language; where none is known to answer at night, others too.

        After her own come those that answer day and night in another language; where no line speaks hers, all of them.
        """
        members = [line for line in self.lines.values() if group in line.groups]
        own = [line for line in members if language in line.languages]
        if not own:
            return members
        if any(line.around_the_clock for line in own):
            return own
        return own + [line for line in members if line.around_the_clock and line not in own]

    def night_line(self, language: str) -> Line:
        """Return the line to call where a centre has no checked number: her language first, then day and night."""
        lines = self.lines_for("listen", language)
        return max(lines, key=lambda line: (language in line.languages, line.around_the_clock))

    def for_need(self, need: str, language: str) -> list[Service]:
        """Return who answers a need: her language first, only others last; among equals, who can be reached first."""
        members = [one for one in self.services.values() if need in one.needs]

        def place(one: Service) -> tuple[bool, int, bool]:
            speaks = 0 if language in one.languages else 2 if one.languages else 1
            return not one.comes_first, speaks, not one.can_be_reached

        return sorted(members, key=place)

    def by_code(self, code: str) -> Need | None:
        """Return the need at a code, or None."""
        return next((need for need in self.needs.values() if need.code == code), None)


def load_services(content: Path) -> tuple[Services, list[Problem]]:
    """Read help.toml; return the services with what is wrong in it."""
    listed = tomllib.loads((content / "help.toml").read_text(encoding="utf-8"))
    problems = [Problem("help.toml", what) for what in problems_in_help(listed)]
    phones = {one["id"]: one["phone"]["value"] for one in listed["service"] if "phone" in one}
    sound = not problems
    services = Services(
        needs={entry["id"]: _need(entry) for entry in listed["need"]},
        services={entry["id"]: _service(entry, phones, sound=sound) for entry in listed["service"]},
        left_out=listed["left_out"],
        checked_on=listed["checked_on"],
        review_by=listed["review_by"],
    )
    return services, problems


def _need(entry: dict[str, Any]) -> Need:
    return Need(
        id=entry["id"],
        code=entry["code"],
        title=entry["title"],
        tab=entry["tab"],
        intro=entry["intro"],
        apart=entry.get("apart", False),
    )


def _service(entry: dict[str, Any], phones: dict[str, str], *, sound: bool) -> Service:
    def filled(text: str) -> str:
        return re.sub(PHONE, lambda match: phones.get(match["id"], ""), text)

    return Service(
        id=entry["id"],
        names=entry["names"],
        what={language: filled(text) for language, text in entry["what"].items()},
        needs=tuple(entry["needs"]),
        languages=tuple(entry["languages"]),
        groups=tuple(entry.get("groups", ())),
        site_groups=tuple(entry.get("site_groups", ())),
        details={key: read_stated(entry[key]) for key in DETAILS if key in entry},
        sites=entry.get("website", {}).get("by_language", {}),
        hours=_hours(entry, sound=sound),
        known_from=read_sources(entry.get("known_from", [])),
        told_in_words=entry.get("told_in_words", False),
        comes_first=entry.get("comes_first", False),
    )


def _hours(entry: dict[str, Any], *, sound: bool) -> Hours | None:
    if "hours" not in entry:
        return None
    return Hours(
        text=entry["hours"]["text"],
        is_checked=read_stated(entry["hours"]).is_checked,
        around_the_clock=entry.get("around_the_clock", False),
        closed_on_holidays=entry.get("closed_on_holidays", False),
        openings=tuple(read_opening(one) for one in entry.get("opens", ()) if sound),
    )


def _line(one: Service) -> Line:
    told = one.hours if one.hours and one.hours.is_checked else None
    return Line(
        id=one.id,
        names=one.names,
        hours=told.text if told else None,
        around_the_clock=bool(told and told.around_the_clock),
        languages=one.languages,
        groups=one.groups,
        written=one.written.value if one.written and one.written.is_checked else None,
        phone=one.phone or "",
    )
