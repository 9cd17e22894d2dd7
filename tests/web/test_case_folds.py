"""What is folded on the page of a case says how much is inside: nobody unfolds nine parts to look for one."""

import pytest

from portal import law
from portal.library import LANGUAGES
from portal.records import notes
from portal.records.choices import Reminder, change_choices
from portal.records.database import Database
from tests.clock import StillClock
from tests.conftest import Team
from tests.reader import XHTML, Page, Reader, words

EMPTY = {"kept": "0", "consents": "0", "support_person": "0", "choices": "0", "known": "0", "hold": "0"}


def counts(page: Page) -> dict[str, str]:
    """The number beside the name of each fold that has one."""
    found = {}
    for fold in page.all("details"):
        summary = fold.find(f"{XHTML}summary")
        number = summary.find(f"{XHTML}b") if summary is not None else None
        if number is not None and fold.get("id"):
            found[fold.get("id", "")] = words(number)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_case_says_so_before_anything_is_unfolded(
    reader: Reader, team: Team, case_id: str, clock: StillClock, language: str
) -> None:
    reader.sign_in(team, clock(), language)
    shown = counts(reader.get(f"/{language}/team/c/{case_id}"))
    assert {name: shown[name] for name in EMPTY} == EMPTY
    assert "asking" not in shown  # a form, with nothing inside that could be counted


def test_each_fold_counts_what_stands_in_it(
    reader: Reader, app_database: Database, team: Team, case_id: str, clock: StillClock
) -> None:
    place = (app_database, team.centre_id, case_id, team.staff_id)
    for mark in ("K1", "K2"):
        thing = law.Item(law.ItemKind.CLOTHES, clock().date().replace(month=5, day=11))
        notes.add_item(*place, thing, mark, clock())
    notes.set_hold(*place, clock())
    change_choices(*place, clock(), reminder=Reminder("call", "evening"), shows_openings=True, pages=("lawyer",))
    reader.sign_in(team, clock(), "en")
    shown = counts(reader.get(f"/en/team/c/{case_id}"))
    assert {name: shown[name] for name in EMPTY} == EMPTY | {"kept": "2", "choices": "3", "hold": "1"}
