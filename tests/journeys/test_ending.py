"""The end of a period from *Today* to its certificate, by two people, by keyboard: the clock only makes it possible."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect

from portal import law
from portal.access.team import add_member
from portal.library.languages import Language
from portal.records import notes
from portal.records.centres import Rules, change_rules
from portal.records.models import ItemRecord, RequestRecord
from tests.clock import StillClock, at
from tests.conftest import Team, make_case
from tests.journeys.conftest import PHONE, Site, Window, running_site
from tests.journeys.hands import Hands

TABLET = {"width": 1024, "height": 768}
EXAM = date(2026, 5, 11)  # kept through 12 November
IN_GRACE, OVER = "2026-11-20T09:00:00", "2026-11-27T09:00:00"


@pytest.fixture
def clock() -> StillClock:
    return StillClock(at(IN_GRACE))


@pytest.fixture
def still(tmp_path: Path, built: Path, clock: StillClock) -> Iterator[Site]:
    data = tmp_path / "site"
    data.mkdir()
    with running_site(data, built, clock) as site:
        yield site


def two_nurses(site: Site, clock: StillClock) -> tuple[Team, Team]:
    """Two nurses of a centre that wrote down a grace of two weeks."""
    first = site.teams[Language("en")]
    change_rules(site.database, first.centre_id, first.staff_id, Rules(7, 14, date(2026, 1, 5), (), 20, 9), clock())
    made = add_member(site.database, first.centre_id, "second", "a long password of the second", clock())
    second = replace(
        first,
        staff_id=made.staff_id,
        login="second",
        password="a long password of the second",
        authenticator=made.authenticator,
    )
    return first, second


def test_a_period_is_over_and_two_people_end_it(walker: Window, still: Site, clock: StillClock) -> None:
    first, second = two_nurses(still, clock)
    case_id = make_case(still.database, clock, first, "OVER-1", EXAM.isoformat())
    item = law.Item(law.ItemKind.CLOTHES, EXAM)
    notes.add_item(still.database, first.centre_id, case_id, first.staff_id, item, "K2", clock())
    nurse = Hands(walker(still, viewport=PHONE, java_script_enabled=False))
    nurse.sign_in(first, clock())
    the_grace_still_runs(nurse)
    clock.forward(seconds=(at(OVER) - clock()).total_seconds())
    nurse.sign_in(first, clock())
    the_end_is_proposed(nurse, case_id)
    she_looks_at_each_thing(nurse, first, clock)
    other = Hands(walker(still, viewport=TABLET, java_script_enabled=False))
    other.sign_in(second, clock())
    another_looks_too(other)
    assert still_kept(still, case_id) == 1
    it_is_done(other)
    assert still_kept(still, case_id) == 0
    with still.database.reading() as session:
        ended = session.query(RequestRecord).filter_by(case_id=case_id).one()
    assert (ended.confirmed_by, ended.signed_by) == (first.staff_id, second.staff_id)


def the_grace_still_runs(nurse: Hands) -> None:
    """*Today* says nothing of it yet, and the page of the case says until when."""
    expect(nurse.page.locator("main")).not_to_contain_text("OVER-1")
    nurse.walker.open("/en/team/find")
    nurse.page.fill("#reference", "OVER-1")
    nurse.press("main form button")
    nurse.page.locator("main input[type=radio]").first.check()
    nurse.press("main form button")
    expect(nurse.page.locator("#ended")).to_contain_text("The hospital still waits")
    expect(nurse.page.locator('form[action$="/end"]')).to_have_count(0)
    nurse.look("ending-in-grace")


def the_end_is_proposed(nurse: Hands, case_id: str) -> None:
    """The day after, it is a line of *Today*: the list is checked, and the end proposed."""
    line = nurse.page.locator("li.cardbox", has_text="OVER-1")
    expect(line).to_contain_text("Period over: two people decide")
    nurse.look("ending-today")
    nurse.press(f'form[action$="/c/{case_id}/open"] button.go')
    nurse.tick("#checked")
    nurse.look("ending-list")
    nurse.press('form[action$="/end"] button')
    expect(nurse.page.locator("h1")).to_contain_text("OVER-1")
    nurse.look("ending-proposed")


def she_looks_at_each_thing(nurse: Hands, who: Team, clock: StillClock) -> None:
    """Six minutes later her code is asked once more, and her tick is kept. She cannot sign as well."""
    nurse.tick("#attest")
    clock.forward(minutes=6)
    nurse.press('form[action$="/confirm"] button')
    nurse.look("ending-who-is-there")
    nurse.show_code(who, clock)
    expect(nurse.page.locator("#attest")).to_be_checked()
    nurse.press('form[action$="/confirm"] button')
    expect(nurse.page.locator('form[action$="/sign"]')).to_have_count(0)
    expect(nurse.page.locator("main")).to_contain_text("A second member of the team signs.")
    nurse.look("ending-confirmed")


def another_looks_too(other: Hands) -> None:
    """At another computer, from her own *Today*."""
    other.look("ending-to-sign")
    other.press('li.cardbox:has-text("OVER-1") form[action$="/open"] button.go')
    other.tick("#attest")
    other.press('form[action$="/sign"] button')
    other.look("ending-signed")


def it_is_done(other: Hands) -> None:
    """Two people did it on a day, and a certificate says so."""
    other.page.fill("#done_on", "2026-11-27")
    other.press('form[action$="/carry-out"] button')
    other.look("ending-done")
    other.press('a[href$="/certificate"]')
    expect(other.page.locator("main")).to_contain_text("at the end of its period, by two people")
    other.look("ending-certificate")


def still_kept(site: Site, case_id: str) -> int:
    with site.database.reading() as session:
        return session.query(ItemRecord).filter_by(case_id=case_id, gone_at=None).count()
