"""The centres and the areas by postcode, with confidence respected."""

import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from portal.library.languages import LANGUAGES, Translated
from portal.library.problems import Problem
from portal.library.stated import Stated, overstated, read_stated


@dataclass(frozen=True)
class Centre:
    """A sexual assault centre."""

    id: str
    names: Translated
    is_open: bool
    around_the_clock: bool
    latitude: float
    longitude: float
    details: dict[str, Stated]

    @property
    def phone(self) -> str | None:
        """The checked phone, or None: an unchecked one is never shown."""
        return self._checked("phone")

    @property
    def email(self) -> str | None:
        """The checked e-mail address, or None."""
        return self._checked("email")

    @property
    def address(self) -> tuple[Stated, ...]:
        """The lines of the address that may be shown."""
        lines = (self.details.get(key) for key in ("site", "street", "postcode", "municipality"))
        return tuple(line for line in lines if line and line.may_be_shown)

    @property
    def address_text(self) -> str:
        """The address in one line, as people write it: a postcode stands before its municipality."""
        shown = {key: line.value for key, line in self.details.items() if line in self.address}
        town = " ".join(shown[key] for key in ("postcode", "municipality") if key in shown)
        return ", ".join(part for part in (shown.get("site"), shown.get("street"), town) if part)

    @property
    def address_is_checked(self) -> bool:
        """Whether every line that is shown is confirmed, and there is a street."""
        return "street" in self.details and all(line.is_checked for line in self.address)

    def distance_to(self, other: "Centre") -> float:
        """Return a distance that orders centres by nearness; not kilometres."""
        width = math.cos(math.radians(self.latitude))
        return math.hypot(self.latitude - other.latitude, (self.longitude - other.longitude) * width)

    def _checked(self, key: str) -> str | None:
        stated = self.details.get(key)
        return stated.value if stated and stated.is_checked else None


@dataclass(frozen=True)
class Area:
    """A part of the country, known by postcodes, and its nearest centre."""

    code: str
    names: Translated
    postcodes: tuple[tuple[int, int], ...]
    centre: str
    announced: str | None
    also: tuple[str, ...]


@dataclass(frozen=True)
class Directory:
    """All centres, and where they are near."""

    centres: dict[str, Centre]
    areas: dict[str, Area]
    first_phone: Translated
    checked_on: date
    review_by: date

    def area_of(self, postcode: int) -> Area | None:
        """Return the area of a Belgian postcode, or None where no area has it."""
        for area in self.areas.values():
            if any(first <= postcode <= last for first, last in area.postcodes):
                return area
        return None

    def nearest_with_phone(self, centre: Centre) -> Centre:
        """Return the centre itself if its phone is checked, else the nearest open one whose phone is."""
        return min((c for c in self.centres.values() if c.is_open and c.phone), key=centre.distance_to)

    def first_centre(self, language: str) -> Centre:
        """Return the centre to call while no place is chosen yet; its phone is checked."""
        return self.centres[self.first_phone[language]]

    def without_checked_phone(self) -> list[Centre]:
        """Return the centres that nobody can be sent to by telephone yet."""
        return [centre for centre in self.centres.values() if not centre.phone]


def load_directory(content: Path) -> tuple[Directory, list[Problem]]:
    """Read services.toml; return the directory with what is wrong in it."""
    listed = tomllib.loads((content / "services.toml").read_text(encoding="utf-8"))
    directory = Directory(
        centres={entry["id"]: _centre(entry) for entry in listed["centre"]},
        areas={entry["code"]: _area(entry) for entry in listed["area"]},
        first_phone=listed["first_phone"],
        checked_on=listed["checked_on"],
        review_by=listed["review_by"],
    )
    return directory, _problems(listed, directory)


def _centre(entry: dict[str, Any]) -> Centre:
    keys = ("site", "street", "postcode", "municipality", "phone", "email")
    return Centre(
        id=entry["id"],
        names=entry["names"],
        is_open=entry["open"],
        around_the_clock=entry["around_the_clock"],
        latitude=entry["latitude"],
        longitude=entry["longitude"],
        details={key: read_stated(entry[key]) for key in keys if key in entry},
    )


def _area(entry: dict[str, Any]) -> Area:
    ranges = tuple((first, last) for first, last in entry["postcodes"])
    return Area(entry["code"], entry["names"], ranges, entry["centre"], entry.get("announced"), tuple(entry["also"]))


def _problems(listed: dict[str, Any], directory: Directory) -> list[Problem]:
    return [Problem("services.toml", what) for what in (*_in_entries(listed), *_in_directory(directory))]


def _in_entries(listed: dict[str, Any]) -> Iterator[str]:
    for kind, key in (("centre", "id"), ("area", "code")):
        names = [entry[key] for entry in listed[kind]]
        yield from (f"duplicate {kind} {name}" for name in set(names) if names.count(name) > 1)
        for entry in listed[kind]:
            yield from (f"{entry[key]} has no name in {lang}" for lang in LANGUAGES if not entry["names"].get(lang))
            yield from overstated(entry[key], entry)


def _in_directory(directory: Directory) -> Iterator[str]:
    for area in directory.areas.values():
        named = {area.centre, area.announced, *area.also} - {None}
        yield from (f"area {area.code} names the unknown centre {centre}" for centre in named - set(directory.centres))
    for language in LANGUAGES:
        if not directory.first_centre(language).phone:
            yield f"first_phone in {language} has no confirmed phone"
