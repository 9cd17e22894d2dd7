"""A fifth language is words and data: in a copy of the house with one more, not a line of code is another."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.library.build import content_hash
from tests.fifth.making import IT, add_italian, copied_house

HOUSE = Path(__file__).parents[1]
ASKED_OF_EACH_LANGUAGE = (
    "library/test_guide.py::test_a_pocket_card_names_nothing",
    "web/test_public_pages.py::test_every_public_page_keeps_the_rules_and_no_link_of_it_leads_nowhere",
    "web/test_guide.py::test_every_question_has_a_number_beside_it_and_a_way_to_say_that_one_does_not_know",
    "web/test_find.py::test_every_question_is_listed_and_leads_to_its_section",
    "web/test_places.py::test_several_places_are_a_calm_choice",
    "web/test_places.py::test_a_typing_mistake_brings_suggestions",
    "web/test_places.py::test_a_municipality_offers_what_is_near_and_one_checked_number",
    "web/test_services.py::test_every_service_of_a_need_is_there_with_its_way",
    "web/test_arrival.py::test_she_finds_her_language_in_its_own_name_and_the_desk_reads_it",
    "web/test_team_console.py::test_from_a_case_to_a_link_in_every_language",
    "web/test_today.py::test_every_line_is_said_in_every_language",
    "web/test_team_links.py::test_no_word_of_the_card_tells_in_any_language",
    "web/test_team_sending.py::test_a_link_is_sent_with_one_press_and_the_code_stays_in_sight",
    "web/test_team_people.py::test_every_page_speaks_every_language",
)


@pytest.fixture(scope="module")
def italian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the house that speaks Italian too."""
    house = copied_house(HOUSE, tmp_path_factory.mktemp("italian"))
    add_italian(house)
    return house


def test_no_code_is_another(italian: Path) -> None:
    for room in ("portal", "tests"):
        assert content_hash(italian / room) == content_hash(HOUSE / room)


def test_what_is_asked_of_each_language_is_answered_in_the_fifth(italian: Path) -> None:
    """Its own process: which languages there are is read once."""
    asked = [f"tests/{name}[{IT}]" for name in ASKED_OF_EACH_LANGUAGE]
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "tests/fifth/asked.py", *asked]
    alone = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(command, cwd=italian, env=alone, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-5000:]
    assert "skipped" not in done.stdout
