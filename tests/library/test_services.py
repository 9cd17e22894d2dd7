"""All who help are there, each with how far it can be trusted; nobody is sent to what nobody checked."""

import shutil
import tomllib
from pathlib import Path

import pytest

from portal.library.build import CONTENT
from portal.library.directory import load_directory
from portal.library.languages import LANGUAGES
from portal.library.services import Services, load_services
from tests.clock import at

CENTRES = 13
LISTED = (
    "cpvs-network 112 101 antipoison 1733 sos-viol ecoute-violences-conjugales 1712 tele-accueil-107 "
    "tele-onthaal-106 telefonhilfe-108 chs zelfmoordlijn-1813 prevention-suicide stop-it-now-bruxelles seos "
    "103-ecoute-enfants awel-102 nupraatikerover child-focus vertrouwenscentra-kindermishandeling sos-enfants jhd "
    "kaleidos delegue-general iefh-online stopncii take-it-down safeonweb gams intact cemavie uzgent-vgv "
    "accueil-victimes-fwb accueil-victimes-bruxelles slachtofferonthaal-vlaanderen justizhaus-eupen mediante "
    "moderator baj lva premiere-ligne cafvi police sapv eva-polbru eva-midi eva-nord eva-ouest sav-fwb la-touline "
    "caw-slachtofferhulp btz prisma cpvcf olista planning-familial sofelia veilig-huis myria pag-asa payoke surya "
    "esperanto minor-ndako service-tutelles stophumantrafficking lumi rainbowhouse maisons-arc-en-ciel "
    "genres-pluriels transgender-infopunt alias unia men espace-p respect-seniors elder-brussels elder-flanders "
    "relais-signes vav-cab 112-app-sms interpretes-audition setis brise-le-silence zanzu flandre-numeros "
)
OTHERS = LISTED.split()


@pytest.fixture(scope="module")
def services() -> Services:
    found, problems = load_services(CONTENT)
    assert not problems
    return found


def broken(tmp_path: Path, old: str, new: str, count: int = 1) -> str:
    content = Path(shutil.copytree(CONTENT, tmp_path / "content"))
    path = content / "help.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8")
    return "\n".join(str(problem) for problem in load_services(content)[1])


def test_all_hundred_are_accounted_for(services: Services) -> None:
    directory, _ = load_directory(CONTENT)
    assert len(OTHERS) + CENTRES == 100
    assert len(directory.centres) == CENTRES
    assert set(OTHERS) == (set(services.services) | set(services.left_out)) - {"vmri"}
    assert set(services.left_out) == {"flandre-numeros", "men", "elder-flanders", "sofelia"}


def test_every_service_is_told_in_four_languages_and_answers_a_need(services: Services) -> None:
    for one in services.services.values():
        assert one.needs
        for language in LANGUAGES:
            assert one.names[language]
            assert one.what[language]
            assert "{" not in one.what[language]


def test_only_confirmed_phones_are_given(services: Services) -> None:
    listed = tomllib.loads((CONTENT / "help.toml").read_text(encoding="utf-8"))
    confirmed = {
        e["id"]: e["phone"]["value"] for e in listed["service"] if e.get("phone", {}).get("confidence") == "confirmed"
    }
    assert {one.id: one.phone for one in services.services.values() if one.phone} == confirmed
    assert len(confirmed) == 19
    for name in ("chs", "gams", "payoke", "caw-slachtofferhulp", "transgender-infopunt", "1733", "seos"):
        assert services.services[name].phone is None
        assert services.services[name].phone_is_withheld


def test_a_site_is_shown_when_somebody_said_it_and_never_from_memory(services: Services) -> None:
    assert services.services["gams"].site_in("fr") == "https://www.gams.be"
    one_source = services.services["relais-signes"]
    assert one_source.website is None  # from memory
    assert services.services["accueil-victimes-fwb"].website is None  # only on a page of 2017
    chs = services.services["chs"].website
    assert chs is not None
    assert not chs.is_checked


def test_the_centres_own_site_speaks_the_readers_language(services: Services) -> None:
    assert {language: services.official.site_in(language) for language in LANGUAGES} == {
        "fr": "https://cpvs.belgium.be/fr/contact",
        "nl": "https://zsg.belgium.be",
        "de": "https://cpvs.belgium.be/fr/contact",
        "en": "https://sac.belgium.be",
    }


def test_the_lines_stand_in_their_groups(services: Services) -> None:
    groups = ("emergency", "listen", "dark", "home", "young")
    assert {group: [line.id for line in services.lines.values() if group in line.groups] for group in groups} == {
        "emergency": ["112", "101"],
        "listen": ["sos-viol", "1712", "tele-accueil-107", "tele-onthaal-106", "telefonhilfe-108"],
        "dark": ["telefonhilfe-108", "prevention-suicide", "zelfmoordlijn-1813"],
        "young": ["103-ecoute-enfants", "awel-102", "child-focus"],
        "home": ["1712", "ecoute-violences-conjugales"],
    }
    assert [site.url for site in services.sites] == ["https://igvm-iefh.belgium.be", "https://stopncii.org"]
    assert [line.id for line in services.lines.values() if line.written] == [
        "sos-viol",
        "1712",
        "zelfmoordlijn-1813",
        "awel-102",
        "child-focus",
        "ecoute-violences-conjugales",
    ]
    assert [line.id for line in services.lines.values() if not line.hours] == ["telefonhilfe-108", "103-ecoute-enfants"]


def test_lines_of_the_readers_language_come_alone(services: Services) -> None:
    assert [line.id for line in services.lines_for("listen", "nl")] == ["1712", "tele-onthaal-106"]
    # No German line is known to answer at night: those that do stand after it.
    assert services.lines_for("dark", "de")[0].id == "telefonhilfe-108"
    assert any(line.around_the_clock for line in services.lines_for("dark", "de"))
    assert services.night_line("de").id == "telefonhilfe-108"
    assert len(services.lines_for("listen", "en")) == 5  # none speaks English first: all, with their languages


def test_where_a_centre_has_no_number_a_line_answers_at_night(services: Services) -> None:
    assert {language: services.night_line(language).phone for language in LANGUAGES} == {
        "fr": "107",
        "nl": "106",
        "de": "108",  # its hours rest on one source and are not told
        "en": "107",
    }


def test_who_speaks_the_readers_language_comes_first(services: Services) -> None:
    for language in LANGUAGES:
        for need in services.needs:
            others = [one for one in services.for_need(need, language) if one.languages and not one.comes_first]
            known = [language in one.languages for one in others]
            assert known == sorted(known, reverse=True)
    assert services.for_need("listen", "de")[0].id == "telefonhilfe-108"
    assert [one.id for one in services.for_need("danger", "nl")[:3]] == ["112", "101", "1712"]
    assert services.for_need("papers", "en")[-1].can_be_reached is False  # who can be reached stands before


def test_help_for_ones_own_acts_is_never_in_a_list_for_those_who_were_harmed(services: Services) -> None:
    assert [need.id for need in services.needs.values() if need.apart] == ["own-acts"]
    for language in LANGUAGES:
        for need in services.needs:
            here = {one.id for one in services.for_need(need, language)}
            assert (here == {"stop-it-now-bruxelles", "seos"}) is (need == "own-acts")
            assert not here & {"stop-it-now-bruxelles", "seos"} or need == "own-acts"


def test_who_answers_now(services: Services) -> None:
    night, noon = at("2026-11-22T02:00:00"), at("2026-11-23T11:00:00")  # a night to Sunday; a Monday
    found = services.services
    assert (found["sos-viol"].is_open(night), found["sos-viol"].is_open(noon)) == (False, True)
    assert found["tele-accueil-107"].is_open(night) is True
    assert found["telefonhilfe-108"].is_open(noon) is None  # hours on one source
    assert found["gams"].is_open(noon) is None  # no hours known
    assert found["awel-102"].is_open(at("2026-11-25T13:30:00")) is True  # Wednesday, half past two
    assert found["awel-102"].is_open(at("2026-11-26T13:30:00")) is False
    assert found["1712"].is_open(at("2026-12-25T11:00:00")) is False  # a holiday is no working day


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "gams"', 'id = "intact"', "duplicate service intact"),
        ('code = "2"', 'code = "3"', "duplicate code 3"),
        ('needs = ["fgm", "papers"]', 'needs = ["nowhere"]', "gams answers the unknown need nowhere"),
        ('needs = ["own-acts"]', 'needs = ["own-acts", "listen"]', "stands both apart and in a list"),
        ('needs = ["fgm", "papers"]', "needs = []", "gams answers no need"),
        ('en = "Talking"', 'en = "Police and hospital"', "its tab tells in en: 'Police'"),
        ("You need not know what to say.", "You stay anonymous.", "in en says 'anonym'"),
        ("You need not know what to say.", "Call 107.", "in en has '1' in its prose"),
        ("{phone: 112}", "{phone: gams}", "names the phone of gams, which is not confirmed"),
        ('en = "Awel"', 'en = ""', "awel-102: names is missing in en"),
        ('from = "16:00"', 'from = "26:00"', "awel-102 opens at what is no time"),
        ('value = "https://www.gams.be"', 'value = "www.gams.be"', "gams: website is no address"),
        ('languages = ["en"]', 'languages = ["xx"]', "chs speaks the unknown xx"),
        ('men = "Not a service', 'men = ""  # "', "men is left out without a reason"),
        (
            'value = "02 616 26 26", confidence = "one-source"',
            'value = "02 616 26 26", confidence = "confirmed"',
            "chs: ",
        ),
    ],
)
def test_what_is_wrong_stops_the_build(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in broken(tmp_path, old, new)


def test_times_beside_hours_that_nobody_confirmed_stop_the_build(tmp_path: Path) -> None:
    found = broken(tmp_path, 'id = "chs"', 'id = "chs"\naround_the_clock = true')
    assert "chs has times, and hours that nobody confirmed" in found
