"""What is asked of the house with a fifth language, beside what its own tests ask of each. Run in the copy alone."""

from datetime import date

import pytest

from portal.access.links import NewLink
from portal.cli import main
from portal.library import LANGUAGES, Language, Library
from portal.library.languages import say_date, say_moment
from portal.library.words import NEVER_SAID, TELLING
from portal.messages.wording import wording
from portal.records.outbox import Kind
from portal.web.export import languages_for_nginx
from tests.clock import StillClock, at
from tests.conftest import Team
from tests.fifth.making import IT
from tests.reader import Page, Reader, words


def switcher(page: Page) -> list[str]:
    (listed,) = [one for one in page.all("ul") if one.get("class") == "langs"]
    return [words(one) for one in listed.iter() if one.tag.endswith("}a")]


def test_there_are_five_and_each_page_leads_to_the_same_page_in_the_fifth(reader: Reader) -> None:
    assert [*LANGUAGES] == ["fr", "nl", "de", "en", IT]
    for path in ("", "o/", "p/", "i/", "i/5", "f/", "h/", "l/"):
        page = reader.get(f"/fr/{path}")
        assert switcher(page) == ["FR", "NL", "DE", "EN", "IT"]
        assert f"/{IT}/{path}" in page.links
        assert reader.get(f"/{IT}/{path}").one("html").get("lang") == IT
    assert f"/{IT}/" in reader.get("/").links


def test_it_speaks_its_own_words(reader: Reader) -> None:
    """The small words that were changed: no page is silently English."""
    for path in ("i/5", "e/5", "f/"):
        assert " il " in reader.get(f"/{IT}/{path}").main, path
        assert " il " not in reader.get(f"/en/{path}").main, path


def test_whoever_asks_for_it_is_answered_in_it(reader: Reader) -> None:
    asked = {"headers": {"Accept-Language": "it-IT,it;q=0.9"}}
    assert reader.get("/nowhere", status=404, **asked).one("html").get("lang") == IT
    assert reader.get(f"/{IT}-it/nowhere", status=404).one("html").get("lang") == IT
    assert reader.get(f"/{IT}/nowhere", status=404).one("html").get("lang") == IT


def test_dates_articles_and_guards_are_its_own(library: Library) -> None:
    assert say_date(date(2026, 5, 1), IT) == "1º maggio 2026"
    assert say_date(date(2026, 5, 3), IT) == "3 maggio 2026"
    assert say_moment(at("2026-08-01T10:00:00"), IT) == "1º agosto 2026 alle 12:00"
    assert "comma" in library.sources["art. 29 § 3 al. 1"].label[IT]
    assert TELLING.search("La denuncia")
    assert NEVER_SAID.search("È troppo tardi.")


def test_its_words_are_found(reader: Reader, library: Library) -> None:
    page = reader.get(reader.send(f"/{IT}/f/", {"words": "clothes back"}))
    assert f"/{IT}/i/{library.menu.codes['requests']}#return" in page.links


@pytest.mark.parametrize("kind", Kind)
def test_what_is_sent_is_in_it(library: Library, kind: Kind) -> None:
    sent = wording(library, kind, Language(IT), "https://a.example/it/l/x")
    assert sent.subject
    assert sent.text
    assert not TELLING.search(sent.subject + sent.text)


def test_her_space_and_its_dates(reader: Reader, link: NewLink) -> None:
    space = reader.open_space(link, IT)
    assert space.one("html").get("lang") == IT
    assert "novembre 2026" in space.main


def test_the_console_offers_it_for_her_and_speaks_it(reader: Reader, team: Team, clock: StillClock) -> None:
    reader.sign_in(team, clock(), IT)
    form = reader.get(f"/{IT}/team/new")
    assert "Italiano" in [words(label) for label in form.all("label")] + [words(one) for one in form.all("option")]


def test_the_front_knows_which_address_is_in_it() -> None:
    assert f"~^/{IT}(/|$) {IT};\n" in languages_for_nginx()


def test_commands_speak_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["guide", "table", "--language", IT]) == 0
    assert "5 languages" in capsys.readouterr().out
