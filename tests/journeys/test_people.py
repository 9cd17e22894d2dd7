"""People walk through the guide in a real browser: one tap an answer, one plan at the end, nothing kept, Back works."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import expect

from portal.law import RULES, Age, Answers, ComplaintSoFar, What, When, Who
from portal.library import Library
from portal.library.languages import LANGUAGES, Language
from portal.library.words import TELLING
from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import PHONE, Site, Window, press

FR, NL, DE, EN = Language("fr"), Language("nl"), Language("de"), Language("en")
BELOW = """selectors => selectors.filter(one => {
const box = document.querySelector(one)?.getBoundingClientRect();
return !(box && box.height > 0 && box.top >= 0 && box.bottom <= innerHeight)})"""
DESKTOP = {"width": 1200, "height": 850}
NONE, WANTED, EXAMINED, BEFORE, ORDERED, AFTER = ComplaintSoFar


@dataclass(frozen=True)
class Person:
    """Who walks, what they answer, what the first screen must say and which steps the plan must hold."""

    name: str
    language: Language
    answers: Answers
    action: str
    told: tuple[str, ...]
    never: tuple[str, ...] = ()
    window: dict[str, Any] = field(default_factory=dict)
    by_keyboard: bool = False


def answers(who: Who, what: What, when: When, age: Age, complaint: ComplaintSoFar = NONE) -> Answers:
    return Answers(who, what, when, age, complaint)


SELF, STUCK, CHILD, FRIEND, WORK, UNSAID = Who
CONTACT, IMAGES, WATCHED, CUT, SOLD, UNSURE = What

PEOPLE = [
    Person(
        "Lena woke up somewhere else this morning and remembers little",
        FR,
        answers(SELF, UNSURE, When.TODAY, Age.ADULT),
        "come-now",
        ("memory", "exam-offered", "washed-is-fine", "kept-adult"),
    ),
    Person(
        "Tom showered four times since Tuesday",
        NL,
        answers(SELF, CONTACT, When.DAYS_2_TO_5, Age.ADULT),
        "come-today-or-tomorrow",
        ("washed-is-fine", "exam-offered"),
        ("exam-if-indicated",),
    ),
    Person(
        "Aylin counts: tonight it is seven days",
        DE,
        answers(SELF, CONTACT, When.DAYS_6_OR_7, Age.ADULT),
        "come-today",
        ("exam-offered", "exam-if-indicated", "at-the-police"),
    ),
    Person(
        "Joke thinks it was eight days ago, perhaps nine",
        NL,
        answers(SELF, CONTACT, When.ABOUT_A_WEEK, Age.ADULT),
        "come-centre-decides",
        ("exam-offered", "exam-if-indicated", "centre-decides-phase"),
        ("referral",),
    ),
    Person(
        "Marc waited three weeks",
        FR,
        answers(SELF, CONTACT, When.WITHIN_A_MONTH, Age.ADULT),
        "come-first-month",
        ("exam-if-indicated", "hearing-outside", "follow-up"),
        ("exam-offered", "hearing-inside"),
    ),
    Person(
        "Hilde was eleven; it is thirty years ago",
        NL,
        answers(SELF, CONTACT, When.AS_A_CHILD, Age.ADULT),
        "call-first",
        ("referral", "child-limitation", "back-then"),
        ("exam-offered", "exam-if-indicated", "follow-up"),
    ),
    Person(
        "Sofia lives with him and it goes on",
        EN,
        answers(SELF, CONTACT, When.STILL_GOING_ON, Age.ADULT),
        "come-when-safe",
        ("again", "watched-phone", "safe-place", "throat"),
        (),
        {"color_scheme": "dark"},
    ),
    Person(
        "Nora does not know anything any more",
        EN,
        answers(UNSAID, UNSURE, When.UNKNOWN, Age.UNKNOWN),
        "come-now",
        ("centre-decides-phase", "kept-either", "hearing-either", "referral-if-longer"),
    ),
    Person(
        "Emma is fourteen and alone with the telephone",
        FR,
        answers(SELF, CONTACT, When.TODAY, Age.FROM_12_TO_15),
        "come-now",
        ("tell-an-adult", "filmed-inside", "kept-minor", "may-tell-parents"),
        ("kept-adult", "report-is-read"),
    ),
    Person(
        "Finn is seventeen and wants the police to know",
        DE,
        answers(SELF, CONTACT, When.TODAY, Age.FROM_16_TO_17, WANTED),
        "come-now",
        ("who-signs", "moment-matters", "beside-a-minor", "nurse-calls"),
        ("ask-for-more-time", "kept-adult"),
    ),
    Person(
        "Mia is nine and found this page",
        EN,
        answers(SELF, UNSURE, When.UNKNOWN, Age.UNDER_12),
        "tell-an-adult",
        ("tell-an-adult", "child-not-alone", "child-may-tell", "kept-minor"),
    ),
    Person(
        "Rita has an administrator and depends on her carer",
        FR,
        answers(SELF, CONTACT, When.DAYS_2_TO_5, Age.ADULT_HELPED),
        "come-today-or-tomorrow",
        ("decides-herself", "carer-near", "hearing-either", "kept-adult"),
    ),
    Person(
        "Karim went to the police yesterday; the examination is tomorrow",
        NL,
        answers(SELF, CONTACT, When.DAYS_2_TO_5, Age.ADULT, BEFORE),
        "come-for-care",
        ("ordered-exam", "justice-decides", "hearing-arranged", "copy-ordered"),
        ("kept-adult", "no-notice"),
    ),
    Person(
        "Julie complained a month after her examination",
        FR,
        answers(SELF, CONTACT, When.LONGER, Age.ADULT, AFTER),
        "call-your-centre",
        ("not-a-seizure", "ask-for-more-time", "your-centre-knows", "came-before"),
        ("exam-offered",),
    ),
    Person(
        "Ben complained last week, after an examination",
        DE,
        answers(SELF, CONTACT, When.WITHIN_A_MONTH, Age.ADULT, AFTER),
        "call-your-centre",
        ("not-a-seizure", "new-since", "medicines-on", "came-before"),
        ("ordered-exam",),
    ),
    Person(
        "A mother reads in the kitchen; her son is six",
        NL,
        answers(CHILD, CONTACT, When.TODAY, Age.UNDER_12),
        "come-now",
        ("parent-words", "suspect-near", "kept-minor", "parent-place"),
        ("person-decides",),
    ),
    Person(
        "A father: his daughter of sixteen, pictures at school",
        FR,
        answers(CHILD, IMAGES, When.DAYS_2_TO_5, Age.FROM_16_TO_17),
        "talk-young",
        ("keep-proof-young", "parent-images", "also-contact"),
        ("exam-offered",),
    ),
    Person(
        "A friend sits beside her on a bench",
        EN,
        answers(FRIEND, CONTACT, When.TODAY, Age.ADULT),
        "come-now",
        ("person-decides", "own-support"),
        (),
        {},
        by_keyboard=True,
    ),
    Person(
        "A family doctor with a patient of 45 in the room",
        NL,
        answers(WORK, CONTACT, When.DAYS_6_OR_7, Age.ADULT, WANTED),
        "come-today",
        ("consent-first", "do-not-question", "treat-first", "report-is-read"),
        (),
        {"viewport": DESKTOP},
    ),
    Person(
        "A teacher: something with a girl of thirteen, months ago",
        DE,
        answers(WORK, UNSURE, When.LONGER, Age.FROM_12_TO_15),
        "call-first",
        ("a-child", "advice-for-a-minor", "referral", "filmed-outside"),
        ("exam-if-indicated",),
        {"viewport": DESKTOP},
        by_keyboard=True,
    ),
    Person(
        "Sam is in prison",
        FR,
        answers(STUCK, CONTACT, When.DAYS_2_TO_5, Age.ADULT),
        "call-from-there",
        ("tell-inside", "shut-in", "exam-offered"),
    ),
    Person(
        "Blessing owes money to the man who waits outside",
        EN,
        answers(SELF, SOLD, When.STILL_GOING_ON, Age.ADULT),
        "come-when-safe",
        ("speak-alone", "profit-centres", "advice-first", "exam-offered"),
    ),
    Person(
        "Fatou fears the summer journey for her little sister",
        FR,
        answers(FRIEND, CUT, When.NOT_YET, Age.UNDER_12),
        "before-it-happens",
        ("mutilation-soon", "mutilation-people", "a-child"),
        ("exam-offered",),
    ),
    Person(
        "Wim was filmed in the changing room",
        NL,
        answers(SELF, WATCHED, When.DAYS_2_TO_5, Age.ADULT),
        "talk",
        ("institute", "keep-proof", "sent-on"),
        ("exam-offered", "parent-images"),
    ),
    Person(
        "Anna was examined in spring and told nobody",
        EN,
        answers(SELF, CONTACT, When.LONGER, Age.ADULT, EXAMINED),
        "call-your-centre",
        ("ask-for-more-time", "kept-either", "no-notice", "complaint-later"),
        ("exam-offered", "referral"),
    ),
    Person(
        "Noor went to the police first, then to the examination",
        NL,
        answers(SELF, CONTACT, When.WITHIN_A_MONTH, Age.ADULT, ORDERED),
        "call-after-order",
        ("justice-decides", "copy-ordered", "hearing-arranged"),
        ("kept-adult", "ask-for-more-time"),
    ),
    Person(
        "A girl of thirteen; it is her stepfather, and he is home",
        DE,
        answers(SELF, CONTACT, When.STILL_GOING_ON, Age.FROM_12_TO_15, EXAMINED),
        "come-when-safe",
        ("again", "tell-an-adult", "may-tell-parents", "exam-offered", "kept-minor"),
        ("ask-for-more-time",),
    ),
    Person(
        "Greta is told that her pictures will go to her boss",
        DE,
        answers(SELF, IMAGES, When.TODAY, Age.ADULT),
        "talk",
        ("do-not-pay", "remove-images"),
        (),
        {"color_scheme": "dark"},
    ),
]


def test_each_language_is_walked_by_several_people() -> None:
    assert len(PEOPLE) >= 20
    for language in LANGUAGES:
        assert sum(person.language == language for person in PEOPLE) >= 4


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name.split()[0] + "-" + person.language)
def test_somebody_finds_a_plan(walker: Window, site: Site, library: Library, person: Person) -> None:
    guide, language = library.guide, person.language
    words = guide.in_language(language)
    walk = walker(java_script_enabled=False, **person.window)
    page = walk.open(f"/{language}/o/")
    *asked, end = guide.tree.walk(person.answers)
    for number, code in enumerate(asked):
        assert page.url == f"{site.address}/{language}/o/{code}"
        assert page.locator('main a[href^="tel:"]').count() >= 2  # 112 and somebody to talk to, beside every question
        leads_to = asked[number + 1] if number + 1 < len(asked) else end
        target = page.locator(f'main a[href="/{language}/o/{leads_to}"]').first
        if person.by_keyboard:
            target.focus()
            page.keyboard.press("Enter")
        else:
            press(target)
        page.wait_for_url(f"**/o/{leads_to}")
    plan = guide.tree.plans[end].plan
    walk.picture(f"person-{PEOPLE.index(person):02}-{language}")
    assert plan.action == person.action
    assert plain(page.locator("main h1").inner_text()) == plain(words.action(plan.action, "title", plan.voice))
    for selector in ("main h1", "main a.main", 'main a[href^="tel:"]', f'main a[href="/{language}/h/#written"]'):
        assert in_first_screen(page, selector), f"{selector} is below the first screen"
    text = plain(page.locator("main").text_content() or "")
    for step in person.told:
        assert plain(words.step(step, plan.voice)) in text, step
    assert set(person.never) <= {rule.step.id for rule in RULES}
    assert not set(person.never) & {one.id for one in plan.steps}
    for summary in page.locator(".folds summary").all():
        summary.click()
    assert_accessible(page, walk.looker, person.name)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.go_back()
    assert page.url.endswith(f"/o/{asked[-1]}")
    page.go_forward()
    assert page.context.cookies() == []
    assert not [address for address in walk.asked if address.startswith("elsewhere") or "?" in address]
    walk.tap(".leave")
    expect(page).to_have_title("Weather")


def plain(text: str) -> str:
    """Return a text with single, ordinary spaces."""
    return " ".join(text.split())


def in_first_screen(page: Any, selector: str) -> bool:
    box = page.locator(selector).first.bounding_box()
    height = (page.viewport_size or PHONE)["height"]
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= height


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_screen_of_every_plan_holds_the_action_and_the_number(
    walker: Window, library: Library, language: Language
) -> None:
    """Plans differ on the first screen only by their action and their voice: one of each is looked at."""
    walk = walker(java_script_enabled=False)
    seen = {(page.plan.action, page.plan.voice): code for code, page in library.guide.tree.plans.items()}
    assert len(seen) > 30
    for (action, voice), code in seen.items():
        page = walk.show(f"/{language}/o/{code}")
        wanted = ["main h1", "main a.main", 'main a[href^="tel:"]', f'main a[href="/{language}/h/#written"]']
        assert page.evaluate(BELOW, wanted) == [], f"{language} {action} {voice}: below the first screen"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_scrolls_sideways_on_the_narrowest_phone(walker: Window, library: Library, language: Language) -> None:
    walk = walker(java_script_enabled=False, viewport={"width": 320, "height": 568})
    end = library.guide.plan_code(answers(SELF, CONTACT, When.TODAY, Age.ADULT))
    for path in (f"/{language}/", f"/{language}/o/", f"/{language}/o/{end}", f"/{language}/a/fr", f"/{language}/i/5"):
        page = walk.open(path)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, path
        assert in_first_screen(page, ".leave")


def test_a_plan_can_be_the_first_page_opened(walker: Window, library: Library) -> None:
    walk = walker(java_script_enabled=False)
    end = library.guide.plan_code(answers(SELF, CONTACT, When.TODAY, Age.ADULT, BEFORE))
    page = walk.open(f"/de/o/{end}")
    assert page.locator("main a.main").count() == 1
    walk.tap('main a.back[href="/de/o/"]')
    assert page.url.endswith("/de/o/")
    page.go_back()
    assert page.url.endswith(end)


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_paper_everything_is_unfolded_and_the_card_names_nothing(
    walker: Window, library: Library, language: Language
) -> None:
    walk = walker(java_script_enabled=False)
    guide = library.guide
    end = guide.plan_code(answers(SELF, CONTACT, When.TODAY, Age.ADULT))
    page = walk.open(f"/{language}/o/{end}")
    page.emulate_media(media="print")
    last = guide.in_language(language).step("kept-adult", guide.tree.plans[end].plan.voice)
    assert page.get_by_text(last).is_visible()
    page.emulate_media(media="screen")
    assert not page.get_by_text(last).is_visible()
    walk.tap(f'main a[href="/{language}/o/{guide.pocket_code(guide.tree.plans[end].plan.action)}"]')
    page.emulate_media(media="print")
    card = page.locator(".pocket").inner_text()
    assert "112" in card
    assert not TELLING.search(card)
    for hidden in ("main h1", "nav.bar", "footer nav"):
        assert not page.locator(hidden).first.is_visible()
