"""Where somebody is: every municipality and its parts, found by postcode or by name, and how far each centre is."""

import csv
import math
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from portal.library.codes import ALPHABET, CODE_LENGTH
from portal.library.directory import Area, Centre, Directory
from portal.library.languages import FIRST, LANGUAGES, Translated
from portal.library.problems import Problem
from portal.library.spelling import fold, postcodes_in, sounds_like
from portal.library.words import TELLING

MUNICIPALITIES, PROVINCES = "municipalities.csv", "provinces.toml"
LONGEST_NAME = 100
MOST_NEAR = 6
SHORTEST_BEGINNING = 4
EARTH_RADIUS_KM = 6371.0
BETWEEN_NAMES = re.compile(r"[/,;()]")


class Located(Protocol):
    """Anything that lies somewhere, in degrees (WGS84)."""

    @property
    def latitude(self) -> float:
        """Degrees north."""

    @property
    def longitude(self) -> float:
        """Degrees east."""


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality, by the opaque code of its address."""

    code: str
    province: str
    latitude: float
    longitude: float
    names: Translated
    area: str
    postcodes: tuple[int, ...]  # the main one first


Place = Municipality | Area


@dataclass(frozen=True, slots=True)
class Match:
    """A place that was found, and the name it was found by: that of a part of it, perhaps."""

    place: Place
    name: str

    def label(self, language: str) -> str:
        """Return what to call it: `Leuven`, or `Heverlee, Leuven` when a part was asked for."""
        own = self.place.names[language]
        is_part = isinstance(self.place, Municipality) and not any(
            fold(self.name) in fold(name) for name in self.place.names.values()
        )
        return f"{self.name}, {own}" if is_part else own


@dataclass(frozen=True)
class Nearby:
    """An open centre and its distance as the crow flies."""

    centre: Centre
    km: float

    @property
    def whole_km(self) -> int:
        """The distance in whole kilometres; 0 where it is less than one."""
        return round(self.km) if self.km >= 1 else 0


class Places:
    """Every municipality, and what people may call it."""

    def __init__(self, municipalities: list[Municipality], directory: Directory) -> None:
        """Keep the municipalities; names are added by `learn`."""
        self.by_code = {municipality.code: municipality for municipality in municipalities}
        self._directory = directory
        self._names: dict[str, dict[str, Match]] = {}  # folded name → code of a place → match
        self._by_postcode: dict[int, list[Municipality]] = {}
        for municipality in municipalities:
            for postcode in municipality.postcodes:
                self._by_postcode.setdefault(postcode, []).append(municipality)

    def learn(self, name: str, place: Place) -> None:
        """Let a place be found by a name, however it is spelled. The first spelling learned is the one shown."""
        self._names.setdefault(fold(name), {}).setdefault(place.code, Match(place, name))

    def find(self, typed: str) -> tuple[Match, ...]:
        """Return the places that somebody means by a postcode, a name in any language or both; () when unknown.

        Accents, capitals, hyphens and "St", "Saint", "Sint" make no difference. Postcode and name that agree give one.
        """
        if len(typed) > LONGEST_NAME:
            return ()
        postcodes, words = postcodes_in(typed)
        by_postcode = {match.place.code: match for code in postcodes[:MOST_NEAR] for match in self._at(code)}
        by_name = self._named(words)
        both = {code: match for code, match in by_name.items() if code in by_postcode}
        return tuple((both or by_postcode | by_name).values())

    def near(self, typed: str) -> tuple[Match, ...]:
        """Return at most six places whose name is nearly what was typed, or begins with it; the likeliest first."""
        wanted = fold(postcodes_in(typed)[1]) if len(typed) <= LONGEST_NAME else ""
        found: dict[str, Match] = {}
        likely = sorted((distance, name) for name, distance in sounds_like(wanted, self._names))
        begun = sorted(name for name in self._names if len(wanted) >= SHORTEST_BEGINNING and name.startswith(wanted))
        for name in [*(name for _, name in likely), *begun]:
            for code, match in _towns_first(self._names[name]).items():
                found.setdefault(code, match)
        return tuple(found.values())[:MOST_NEAR]

    def in_area(self, area: str, language: str) -> list[Municipality]:
        """Return the municipalities of an area, as a reader of the language looks for them."""
        members = [one for one in self.by_code.values() if one.area == area]
        return sorted(members, key=lambda one: fold(one.names[language]))

    def centres_near(self, place: Located) -> list[Nearby]:
        """Return every open centre with its distance from a place, the nearest first."""
        centres = (centre for centre in self._directory.centres.values() if centre.is_open)
        return sorted((Nearby(centre, distance_km(place, centre)) for centre in centres), key=lambda one: one.km)

    def _at(self, postcode: int) -> list[Match]:
        known = self._by_postcode.get(postcode, [])
        area = self._directory.area_of(postcode)
        return [Match(one, "") for one in known] or ([Match(area, "")] if area else [])

    def _named(self, words: str) -> dict[str, Match]:
        if whole := self._part(words):
            return whole
        for pieces in _cut(words):
            known = [self._part(piece) for piece in pieces]
            if known and all(known):
                common = {code: match for code, match in known[0].items() if all(code in part for part in known)}
                return common or {code: match for part in known for code, match in part.items()}
        return {}

    def _part(self, part: str) -> dict[str, Match]:
        return _towns_first(self._names.get(fold(part), {}))


def distance_km(one: Located, other: Located) -> float:
    """Return the distance between two places in kilometres, as the crow flies (haversine)."""
    north, other_north = math.radians(one.latitude), math.radians(other.latitude)
    half_north, half_east = (other_north - north) / 2, math.radians(other.longitude - one.longitude) / 2
    chord = math.sin(half_north) ** 2 + math.cos(north) * math.cos(other_north) * math.sin(half_east) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(chord))


def load_places(content: Path, directory: Directory) -> tuple[Places, list[Problem]]:
    """Read municipalities.csv and provinces.toml; return the places with what is wrong in them."""
    with (content / MUNICIPALITIES).open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        rows = list(csv.DictReader(lines, delimiter="|", quoting=csv.QUOTE_NONE))
    provinces = tomllib.loads((content / PROVINCES).read_text(encoding="utf-8"))["province"]
    municipalities = [_municipality(row, directory) for row in rows]
    places = Places(municipalities, directory)
    for row, municipality in zip(rows, municipalities, strict=True):
        names = (*municipality.names.values(), *_listed(row["also"], ","), *_parts(row["places"]))
        for name in dict.fromkeys(names):
            places.learn(name, municipality)
    for area in directory.areas.values():
        for name in (*area.names.values(), *_province_names(provinces, area.code)):
            places.learn(name, area)
    problems = [Problem(MUNICIPALITIES, what) for what in _in_municipalities(municipalities, directory)]
    problems += [Problem(PROVINCES, what) for what in _in_provinces(provinces, municipalities, directory)]
    return places, problems


def _municipality(row: dict[str, str], directory: Directory) -> Municipality:
    postcodes = tuple(dict.fromkeys(int(chunk.split(" ")[0]) for chunk in _listed(row["places"], ";")))
    area = directory.area_of(postcodes[0]) if postcodes else None
    return Municipality(
        code=row["code"],
        province=row["province"],
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        names={str(language): row.get(language) or "" for language in LANGUAGES},
        area=area.code if area else "",
        postcodes=postcodes,
    )


def _listed(text: str, mark: str) -> list[str]:
    return [part.strip() for part in text.split(mark) if part.strip()]


def _parts(places: str) -> Iterator[str]:
    for chunk in _listed(places, ";"):
        for name in _listed(chunk.partition(" ")[2], ","):
            yield from name.split("/")


def _cut(words: str) -> Iterator[list[str]]:
    """Give the ways to read several names in one: `Ixelles/Elsene`, `Heverlee (Leuven)`, `Heverlee Leuven`."""
    yield [piece for piece in BETWEEN_NAMES.split(words) if fold(piece)]
    spoken = words.split()
    yield from ([" ".join(spoken[:cut]), " ".join(spoken[cut:])] for cut in range(1, len(spoken)))


def _province_names(provinces: Iterable[dict[str, Any]], area: str) -> Iterator[str]:
    """Give the names of the provinces that lead to an area, and the ways to say that the town is not meant."""
    for province in (one for one in provinces if area in one["areas"]):
        for name in (*province["names"].values(), *province.get("also", ())):
            yield name
            yield f"{name} province"
            yield from (f"{word} {name}" for word in ("province", "provincie", "Provinz"))
            yield from (f"province {link} {name}" for link in ("de", "d'", "du", "of"))


def _towns_first(found: dict[str, Match]) -> dict[str, Match]:
    """Leave out a province where its own town has the same name: one answer, and the nearer one."""
    towns = {match.place.area for match in found.values() if isinstance(match.place, Municipality)}
    return {code: match for code, match in found.items() if code not in towns}


def _in_municipalities(municipalities: Iterable[Municipality], directory: Directory) -> Iterator[str]:
    codes = set(directory.areas)
    for one in municipalities:
        name = one.names[FIRST] or one.code
        yield from (f"{name} has no name in {language}" for language in LANGUAGES if not one.names.get(language))
        spelled = dict.fromkeys(one.names.values())
        yield from (f"{name}: a name tells: {told[0]!r}" for text in spelled if (told := TELLING.search(text)))
        if not one.area:
            yield f"{name} has no postcode that an area has"
        if len(one.code) != CODE_LENGTH or set(one.code) - set(ALPHABET) or TELLING.search(one.code):
            yield f"{name}: {one.code!r} is no opaque code"
        if one.code in codes:
            yield f"{name}: the code {one.code!r} stands twice"
        codes.add(one.code)


def _in_provinces(
    provinces: list[dict[str, Any]], municipalities: Iterable[Municipality], directory: Directory
) -> Iterator[str]:
    for province in provinces:
        yield from (
            f"{province['id']} names the unknown area {code}"
            for code in province["areas"]
            if code not in directory.areas
        )
        yield from (
            f"{province['id']} has no name in {language}"
            for language in LANGUAGES
            if not province["names"].get(language)
        )
    known = {province["id"] for province in provinces}
    yield from sorted(
        f"{one.names[FIRST]} lies in the unknown province {one.province!r}"
        for one in municipalities
        if one.province not in known
    )
