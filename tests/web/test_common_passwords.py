"""A member who chooses what many choose is told so, calmly, in the language of the page; nothing is changed."""

import pytest

from portal.access.common import hashed
from portal.library.languages import LANGUAGES
from portal.web.team import people_forms
from tests.conftest import Team
from tests.reader import Reader
from tests.web.test_factors import nurse

__all__ = ["nurse"]  # a fixture

TOLD = {
    "fr": "Choisissez plutôt quelques mots sans lien",
    "nl": "Neem liever enkele woorden",
    "de": "Nehmen Sie lieber einige Wörter",
    "en": "Take a few words instead",
}
LISTED = "quiet rain on tin"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_many_take_is_not_taken(nurse: Reader, team: Team, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people_forms, "listed_in", lambda _file: {hashed(LISTED)})
    address = f"/{language}/team/account/password"
    token = nurse.get(address).token(address)
    for common in ("Password1234!", LISTED.title()):
        form = {"token": token, "present": team.password, "password": common, "again": common}
        assert TOLD[language] in nurse.post(address, form, status=422).main
    other = LISTED.replace("tin", "iron")
    nurse.send(address, {"token": token, "present": team.password, "password": other, "again": other})
