"""Every kind of request has its place and its words wherever one is asked for, answered, named or proved."""

import pytest

from portal import law
from portal.access.links import Power
from portal.library import LANGUAGES
from portal.library.languages import Language
from portal.library.space import REMINDER
from portal.records.receipts import MATTERS
from portal.web.followup.questions import FORMS
from tests.reader import keys_of

TEAMS = law.RequestKind.END_OF_PERIOD
ONLY_TOLD = {  # rights that the pages explain; people ask for them where they are, and nothing is recorded
    law.RequestKind.GIVE_OWN_COPY,
    law.RequestKind.COMPLAINT_THROUGH_CENTRE,
    law.RequestKind.COMPLAINT_TO_POLICE,
    law.RequestKind.SUPPORT_PERSON,
    law.RequestKind.SUPPORT_FOR_SUPPORT_PERSON,
    law.RequestKind.HEARING_INTERPRETER,
    law.RequestKind.CONTACT_SUPPORT_PERSON,
    law.RequestKind.OPEN_DATA_TO_PROFESSIONAL,
}


def test_every_kind_is_hers_to_ask_or_only_told_or_proposed_by_the_team() -> None:
    assert len(set(law.HERS)) == len(law.HERS)
    placed = {*law.HERS, *ONLY_TOLD, TEAMS}
    assert len(placed) == len(law.HERS) + len(ONLY_TOLD) + 1
    assert placed == set(law.RequestKind), "law/told.py says what is hers"


def test_what_can_be_asked_has_a_number_on_its_note_and_nothing_else_has() -> None:
    assert set(MATTERS) == {*law.HERS, TEAMS}


def test_what_can_be_asked_has_its_questions_and_nothing_else_has() -> None:
    assert set(FORMS) == {*law.HERS, REMINDER}


def test_what_can_be_asked_is_asked_with_a_link_of_some_power_and_nothing_else_is() -> None:
    assert {kind for kind in law.RequestKind if any(power.allows(kind) for power in Power)} == set(law.HERS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_can_be_asked_is_named_to_the_team_who_knows_what_to_say(language: Language) -> None:
    needed = {f"work.kind_{kind}" for kind in (*law.HERS, TEAMS)} | {f"casepage.say_{kind}" for kind in law.HERS}
    assert not needed - keys_of(language), f"translations/{language}/LC_MESSAGES/messages.po lacks words"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_about_the_evidence_has_its_heading_its_meaning_and_its_button(language: Language) -> None:
    needed = {f"{part}.{kind}" for part in ("kind", "meaning", "begin") for kind in law.ABOUT_EVIDENCE}
    needed -= {f"begin.{law.RequestKind.EXTENSION}"}  # its button says whether it is recorded or talked over
    assert not needed - keys_of(language), f"translations/{language}/LC_MESSAGES/messages.po lacks words"
