"""Where somebody is: found however it is spelled, in any language, and never far from a centre that answers."""

from functools import cache

import pytest

from portal.library.build import CONTENT
from portal.library.directory import load_directory
from portal.library.languages import LANGUAGES
from portal.library.places import MOST_NEAR, Located, Municipality, Places, distance_km, load_places
from portal.library.spelling import fold

MUNICIPALITIES_SINCE_2025 = 565


@cache
def places() -> Places:
    found, problems = load_places(CONTENT, load_directory(CONTENT)[0])
    assert not problems
    return found


def found(typed: str, language: str = "fr") -> list[str]:
    return [match.place.names[language] for match in places().find(typed)]


def town(name: str) -> Municipality:
    (match,) = places().find(name)
    assert isinstance(match.place, Municipality)
    return match.place


def test_every_municipality_is_there_once_with_a_name_in_four_languages() -> None:
    every = places().by_code
    assert len(every) == MUNICIPALITIES_SINCE_2025
    for one in every.values():
        assert all(one.names[language] for language in LANGUAGES), one.code
        assert one.postcodes
        assert 49.4 < one.latitude < 51.6
        assert 2.5 < one.longitude < 6.5
    assert len({(one.latitude, one.longitude) for one in every.values()}) == MUNICIPALITIES_SINCE_2025


def test_every_province_has_as_many_as_there_are_since_the_mergers() -> None:
    counted: dict[str, int] = {}
    for one in places().by_code.values():
        counted[one.province] = counted.get(one.province, 0) + 1
    assert counted == {
        "VAN": 67,
        "BRU": 19,
        "VBR": 63,
        "WBR": 27,
        "VWV": 62,
        "VOV": 55,
        "WHT": 69,
        "WLG": 84,
        "VLI": 38,
        "WLX": 43,
        "WNA": 38,
    }


def test_every_municipality_is_found_by_its_names_and_its_postcodes() -> None:
    for one in places().by_code.values():
        for name in one.names.values():
            assert one in [match.place for match in places().find(name)], name
        for postcode in one.postcodes:
            assert one in [match.place for match in places().find(str(postcode))], postcode


def test_every_municipality_has_an_open_centre_and_a_checked_number_near_it() -> None:
    for one in places().by_code.values():
        near = places().centres_near(one)
        assert all(nearby.centre.is_open for nearby in near)
        assert [nearby.km for nearby in near] == sorted(nearby.km for nearby in near)
        assert near[0].km < 100
        assert any(nearby.centre.phone for nearby in near)


@pytest.mark.parametrize(
    ("typed", "municipality"),
    [
        ("Luik", "Liège"),
        ("Lüttich", "Liège"),
        ("Liège", "Liège"),
        ("luik", "Liège"),
        ("LIEGE", "Liège"),
        ("4000", "Liège"),
        ("4020", "Liège"),
        ("Lüttich 4000", "Liège"),
        ("B-4000 Liège", "Liège"),
        ("4 0 0 0", "Liège"),
        ("Namen", "Namur"),
        ("Bergen", "Mons"),
        ("Doornik", "Tournai"),
        ("Antwerp", "Anvers"),
        ("Ghent", "Gand"),
        ("Sint-Niklaas", "Saint-Nicolas"),
        ("St Niklaas", "Saint-Nicolas"),
        ("heverlee", "Louvain"),
        ("Heverlee (Leuven)", "Louvain"),
        ("Heverlee, Leuven", "Louvain"),
        ("Leuven Heverlee", "Louvain"),
        ("Jambes", "Namur"),
        ("Louvain-la-Neuve", "Ottignies-Louvain-la-Neuve"),
        ("Brussel", "Bruxelles"),
        ("1000 Brussel", "Bruxelles"),
        ("Brüssel", "Bruxelles"),
        ("City of Brussels", "Bruxelles"),
        ("Bruxelles-Ville", "Bruxelles"),
        ("Ixelles/Elsene", "Ixelles"),
        ("1050", "Ixelles"),
        ("Eupen", "Eupen"),
        ("kelmis", "La Calamine"),
        ("St. Vith", "Saint-Vith"),
        ("Malmedy", "Malmedy"),
        ("Malmédy", "Malmedy"),
        ("braine l alleud", "Braine-l'Alleud"),
        ("Belœil", "Belœil"),
        ("beloeil", "Belœil"),
        ("Zwijndrecht", "Beveren-Kruibeke-Zwijndrecht"),
        ("Tongeren", "Tongres-Looz"),
        ("bertogne", "Bastogne"),
    ],
)
def test_one_place_is_found(typed: str, municipality: str) -> None:
    assert found(typed) == [municipality]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("Saint-Nicolas", {"Sint-Niklaas", "Saint-Nicolas"}),
        ("Halle", {"Halle", "Zoersel"}),
        ("Limburg", {"Limburg"}),  # the province, and the town of that name in another one
        ("9000 Luik", {"Gent", "Luik"}),
        ("Vlaams-Brabant", {"Leuven en omgeving", "Halle-Vilvoorde"}),
    ],
)
def test_several_are_a_choice(typed: str, names: set[str]) -> None:
    matches = places().find(typed)
    assert len(matches) >= 2
    assert {match.place.names["nl"] for match in matches} == names


@pytest.mark.parametrize(
    ("typed", "area"),
    [
        ("West-Vlaanderen", "vwv"),
        ("Flandre occidentale", "vwv"),
        ("Westflandern", "vwv"),
        ("West Flanders", "vwv"),
        ("province de Liège", "wlg"),
        ("Provinz Lüttich", "wlg"),
        ("provincie Antwerpen", "van"),
        ("province d’Anvers", "van"),
        ("Antwerp province", "van"),
        ("Luxemburg", "wlx"),
        ("Région de Bruxelles-Capitale", "bru"),
        ("Brussels Hoofdstedelijk Gewest", "bru"),
        ("Region Brüssel-Hauptstadt", "bru"),
        ("Ostbelgien", "dg"),
        ("Cantons de l’Est", "dg"),
        ("1931", "hvi"),  # a company's postcode: no municipality has it, its area is known
    ],
)
def test_a_province_leads_to_its_area(typed: str, area: str) -> None:
    assert [match.place.code for match in places().find(typed)] == [area]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Charlroi", "Charleroi"),
        ("Verviars", "Verviers"),
        ("Antwerpn", "Anvers"),
        ("Heverle", "Louvain"),
        ("Lütich", "Liège"),
        ("Eupenn", "Eupen"),
        ("Brusels", "Bruxelles"),
        ("Gnet", "Gand"),
        ("Louvain la Neuv", "Ottignies-Louvain-la-Neuve"),
        ("Braine", "Braine-l'Alleud"),
    ],
)
def test_a_typing_mistake_brings_the_likeliest_names(typed: str, meant: str) -> None:
    assert not places().find(typed)
    near = places().near(typed)
    assert meant in [match.place.names["fr"] for match in near]
    assert len(near) <= MOST_NEAR


@pytest.mark.parametrize(
    "typed", ["", " ", "\x00", "xqzwvk", "???", "٤٠٠٠", "12", "0999", "x" * 5000, "1" * 5000, "a" * 99]
)
def test_nonsense_finds_nothing_and_breaks_nothing(typed: str) -> None:
    assert not places().find(typed)
    assert not places().near(typed)


def test_a_part_is_named_beside_its_municipality() -> None:
    assert [match.label("de") for match in places().find("heverlee")] == ["Heverlee, Löwen"]
    assert [match.label("fr") for match in places().find("Luik")] == ["Liège"]
    assert [match.label("en") for match in places().find("9000")] == ["Ghent"]


def test_spelling_makes_no_difference() -> None:
    assert fold("Saint-Nicolas") == fold("ST NICOLAS") == fold("sint nicolas")
    assert fold("Sankt Vith") == fold("St. Vith")
    assert fold("Œudeghien") == fold("oeudeghien")
    assert fold("'s-Gravenwezel") == fold("’s Gravenwezel")


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [("Bruxelles", "Anvers", 41), ("Liège", "Ostende", 200), ("Arlon", "Bruges", 247)],
)
def test_distances_are_those_of_a_map(one: str, other: str, km: float) -> None:
    assert distance_km(town(one), town(other)) == pytest.approx(km, rel=0.05)


def test_a_place_is_no_distance_from_itself_and_as_far_there_as_back() -> None:
    here: Located = town("Gent")
    there: Located = town("Virton")
    assert distance_km(here, here) == 0
    assert distance_km(here, there) == pytest.approx(distance_km(there, here))


@pytest.mark.parametrize(
    ("municipality", "centre"),
    [
        ("Eupen", "liege"),
        ("Moeskroen", "roeselare"),
        ("Mechelen", "antwerpen"),
        ("Tienen", "leuven"),
        ("Dinant", "namur"),
        ("Bastogne", "arlon"),
        ("Lommel", "genk"),
        ("Waterloo", "bruxelles"),
        ("Binche", "charleroi"),
        ("Eeklo", "gent"),
    ],
)
def test_the_nearest_centre_is_the_one_a_map_shows(municipality: str, centre: str) -> None:
    assert places().centres_near(town(municipality))[0].centre.id == centre


def test_a_kilometre_is_said_whole_and_less_than_one_is_none() -> None:
    nearest = places().centres_near(town("Gent"))[0]
    assert (nearest.centre.id, nearest.whole_km) == ("gent", 0)
    assert places().centres_near(town("Mechelen"))[0].whole_km == 15
