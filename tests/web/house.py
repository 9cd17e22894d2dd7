"""A centre with one thing of every kind that has an id, and for each route that names one, a form that is right."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal import law
from portal.access.links import make_link
from portal.access.team import add_member
from portal.law import Complaint
from portal.law.course import Step
from portal.records import outbox
from portal.records.cases import note_viewing
from portal.records.choices import Contact, Reminder
from portal.records.contacts import agree_contact
from portal.records.database import Database
from portal.records.lines import ENDED_BY_HAND, LineKind
from portal.records.models import CaseRecord, Link, Message, Staff
from portal.records.outbox import Kind
from tests.clock import StillClock
from tests.conftest import Team
from tests.records.desk import ACT, Desk

RequestKind = law.RequestKind
AGREED = Contact("sms", "0470 12 34 56", ("any",))
WORD = {"told_by": "a letter", "told_on": "2026-07-30"}
CORRECTED = {"reference": "REF-9", "exam_on": "2026-05-12", "age": "adult", "complaint": "none", "why": "a slip"}
# What may stand in the address of a route and is no id of a thing; whatever else does, is one.
NO_THING = frozenset(
    {"<lang:language>", "<part>", "<int:number>", "<int:year>", "<kind>", "<step>", "<any(cancel,again,seen):doing>"}
)
PLACE = re.compile(r"<[^>]+>")


def names_a_thing(rule: str) -> bool:
    """Tell whether the address of a route of the console holds an id of something that belongs to a centre."""
    return bool(set(PLACE.findall(rule)) - NO_THING)


@dataclass(frozen=True)
class Try:
    """One way to call a route: what stands in its address, and what is typed so that the form is right."""

    rule: str
    method: str
    where: dict[str, str]
    said: dict[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where it is called."""
        return PLACE.sub(lambda place: self.where.get(place[0], "en"), self.rule)

    def elsewhere(self) -> "Try":
        """The same for a thing that is nowhere."""
        nowhere = {place: "0" * len(one) if place not in NO_THING else one for place, one in self.where.items()}
        return Try(self.rule, self.method, nowhere, self.said)


class House(Desk):
    """The centre that has everything, and the member who may do everything with it, signed in beside it."""

    def __init__(self, database: Database, clock: StillClock, team: Team) -> None:
        self.database, self.clock, self.team = database, clock, team
        self.centre_id, self.nurse = team.centre_id, team.staff_id
        self.second = add_member(
            database, team.centre_id, f"second-of-{team.login}", "a long password", clock()
        ).staff_id
        self.write_down_a_grace(0)

    def with_contact(self, reference: str, exam_on: str = "2026-05-11") -> str:
        """Register a case with a contact and a wish to be told, and work on it from now on."""
        case_id = self.another_case(reference, exam_on=exam_on)
        self.choose(contact=AGREED, reminder=Reminder("write", "any"))
        return case_id

    def proposed_contact(self) -> str:
        """Have another contact proposed by the second nurse; return the id of the proposal."""
        other = Contact("email", "her@example.org", ("evening",))
        agree_contact(self.database, self.centre_id, self.case_id, self.second, other, self.clock())
        waiting = self.case().choices.contact_proposed
        assert waiting is not None
        return waiting.id

    def link(self) -> str:
        """Make a link; return its id."""
        make_link(self.database, self.centre_id, self.case_id, self.nurse, self.clock())
        with self.database.reading() as session:
            return session.query(Link).filter_by(case_id=self.case_id).one().id

    def message(self, state: str = "waiting") -> str:
        """Have a message in a state."""
        made = outbox.queue(self.database, self.centre_id, self.case_id, self.nurse, Kind.CALL, self.clock()).message_id
        with self.database.writing(self.centre_id) as session:
            session.get_one(Message, made).state = state
        return made

    def moved_by_the_second(self, kind: RequestKind, *steps: Step) -> str:
        """Have something asked for and brought on its way by the second nurse, so that another may go on."""
        asked = self.ask(kind, asked_by=self.second)
        for step in steps:
            by = self.nurse if step in (Step.SIGN, Step.CARRY_OUT) else self.second
            self.move(asked, step, by, outcome=ACT if step is Step.CARRY_OUT else None)
        return asked

    def number_of(self, staff_id: str) -> str:
        """The number of a member."""
        with self.database.reading() as session:
            return session.get_one(Staff, staff_id).number

    def ask_by(self, case_id: str) -> date:
        """The last day to ask of a case."""
        with self.database.reading() as session:
            day = session.get_one(CaseRecord, case_id).ask_by
        assert day is not None
        return day

    def look_at_everything(self, staff_id: str) -> None:
        """Have every case opened by a member a moment ago."""
        with self.database.reading() as session:
            every = list(session.query(CaseRecord.id).filter_by(centre_id=self.centre_id))
        for (case_id,) in every:
            note_viewing(self.database, self.centre_id, staff_id, case_id, self.clock())

    def tries(self) -> Iterator[Try]:
        """Make every thing, and tell every way to call a route that names one."""
        yield from self._of_a_case()
        yield from self._of_more_cases()
        yield from self._of_requests()
        yield from self._of_messages_and_lines()
        yield from self._of_people()

    def _of_a_case(self) -> Iterator[Try]:
        here = {"<case_id>": self.with_contact("REF-1")}
        shirt = self.add(mark="K2")
        thing = {**here, "<item_id>": shirt}
        for path in ("", "/calls", "/why", "/file", "/correct"):
            yield _try(f"c/<case_id>{path}", "GET", here)
        yield _try("c/<case_id>/correct/<item_id>", "GET", thing)
        yield _try("c/<case_id>/correct/<item_id>", "POST", thing, thing="thing", taken_on="2026-05-21", why="a slip")
        said: dict[str, dict[str, Any]] = {
            "open": {"why": "case-viewed-file"},
            "calls": {"called": "done"},
            "review": {"again_on": "2026-09-01"},
            "ask": {"kind": "contact-me", "seen_alone": "1"},
            "thing": {"thing": "clothes", "taken_on": "2026-05-11", "mark": "K3"},
            "known": {"vulnerable": "1", **WORD},
            "hold": {"hold_why": "a call"},
            "contact": {"way": "call", "to": "0400", "hours": ["evening"], "seen": "1"},
            "choices": {"shows_openings": "yes"},
            "admission": {
                "admitted_on": "2026-05-11",
                "admitted_hour": "03:30",
                "phase": "counted",
                "facts_on": "2026-05-09",
            },
            "consent": {"consent": "exam", "consent_on": "2026-05-11"},
            "support": {"support": "yes"},
            "moved": {
                "moved_things": [shirt],
                "moved_to": "registry",
                "moved_by": "receipt 7",
                "moved_on": "2026-07-30",
            },
            "correct": CORRECTED,
            "file": {},
            "send": {"kind": "call"},
            "link": {"power": "extend", "code_by": "voice", "instead_of": ""},
        }
        for name, form in said.items():
            yield _try(f"c/<case_id>/{name}", "POST", here, **form)

    def _of_more_cases(self) -> Iterator[Try]:
        held = {"<case_id>": self.with_contact("REF-2")}
        self.hold()
        yield _try("c/<case_id>/lift", "POST", held, hold_why="a call")
        answered = {"<case_id>": self.with_contact("REF-3")}
        self.note(complaint=Complaint.AFTER_EXAM)
        yield _try("c/<case_id>/known", "POST", answered, answered="1", **WORD)
        waiting = {"<case_id>": self.with_contact("REF-4")}
        proposal = self.proposed_contact()
        yield _try("c/<case_id>/contact/confirm", "POST", waiting, proposal=proposal, seen_too="1")
        yield _try("c/<case_id>/contact/withdraw", "POST", waiting, proposal=proposal)
        handed_on = {"<case_id>": self.with_contact("REF-7")}
        yield _try("c/<case_id>/back", "POST", handed_on, back_things=[self.hand_on()], back_why="the wrong bag")
        linked = {"<case_id>": self.with_contact("REF-5")}
        self.link()
        yield _try("c/<case_id>/link/end", "POST", linked)
        over = {"<case_id>": self.with_contact("REF-6", "2026-01-05")}
        shirt = self.add(taken_on=date(2026, 1, 5))
        yield _try("c/<case_id>/end", "POST", over, listed=shirt, checked="1")
        yield _try("c/<case_id>/again", "POST", over, on="2026-09-01")

    def _of_requests(self) -> Iterator[Try]:
        seen = (Step.TAKE_UP, Step.CONFIRM)
        ways: dict[Step, tuple[RequestKind, tuple[Step, ...], dict[str, str]]] = {
            Step.TAKE_UP: (RequestKind.DESTRUCTION, (), {}),
            Step.END_WAITING: (RequestKind.DESTRUCTION, (), {"attest": "1"}),
            Step.CONFIRM: (RequestKind.DESTRUCTION, (Step.TAKE_UP,), {"means": "in-person"}),
            Step.SIGN: (RequestKind.DESTRUCTION, seen, {"attest": "1"}),
            Step.CARRY_OUT: (RequestKind.EXTENSION, (Step.TAKE_UP,), {}),
            Step.DECLINE: (RequestKind.DESTRUCTION, seen, {"reason": "other", "remedy": "to ask again"}),
            Step.CANCEL: (RequestKind.DESTRUCTION, seen, {}),
            Step.REOPEN: (RequestKind.DESTRUCTION, seen, {}),
        }
        for step, (kind, steps, said) in ways.items():
            self.with_contact(f"ASKED-{step}")
            asked = self.ask(kind) if step is Step.END_WAITING else self.moved_by_the_second(kind, *steps)
            yield _try("r/<request_id>/<step>", "POST", {"<request_id>": asked, "<step>": step}, **said)
        self.with_contact("DONE")
        done = {"<request_id>": self.moved_by_the_second(RequestKind.DESTRUCTION, *seen, Step.SIGN, Step.CARRY_OUT)}
        yield _try("r/<request_id>", "GET", done)
        yield _try("r/<request_id>/open", "POST", done)
        yield _try("r/<request_id>/certificate", "GET", done)
        self.with_contact("OVER", "2026-01-05")
        ending = {"<request_id>": self.propose(by=self.second), "<step>": str(Step.CONFIRM)}
        yield _try("r/<request_id>/<step>", "POST", ending, attest="1")

    def _of_messages_and_lines(self) -> Iterator[Try]:
        doing = "<any(cancel,again,seen):doing>"
        for name, state in (("cancel", "waiting"), ("again", "failed"), ("seen", "failed")):
            self.with_contact(f"TOLD-{name}")
            told = {"<message_id>": self.message(state), doing: name}
            yield _try(f"m/<message_id>/{doing}", "POST", told)
            yield _try(f"m/<message_id>/{doing}", "POST", told, back="today")
        wished = {"<thing_id>": self.with_contact("WISHED", "2026-02-04")}
        soon = self.with_contact("SOON", "2026-02-04")
        asked = self.moved_by_the_second(RequestKind.CONTACT_ME)
        failed = self.message("failed")
        ids = {LineKind.REQUEST: asked, LineKind.MESSAGE: failed}
        for kind in LineKind:
            line = {"<kind>": str(kind), "<thing_id>": ids.get(kind, soon)}
            day = {"day": self.ask_by(soon).isoformat()}
            yield _try("line/<kind>/<thing_id>/take", "POST", line, **day)
            if kind in ENDED_BY_HAND:
                yield _try("line/<kind>/<thing_id>/end", "POST", line, **day)
            if kind in (LineKind.DATE_7, LineKind.DATE_30):
                yield _try("line/<kind>/<thing_id>/remind", "POST", {**line, **wished}, **day)

    def _of_people(self) -> Iterator[Try]:
        colleague = {"<number>": self.number_of(self.second)}
        yield _try("people/<number>", "GET", colleague)
        yield _try("people/<number>/invite", "POST", colleague, sure="1")
        yield _try("people/<number>/role", "POST", colleague, role="auditor")
        yield _try("people/<number>/disable", "POST", colleague, sure="1")


def _try(rule: str, method: str, where: dict[str, str], **said: Any) -> Try:
    return Try(f"/<lang:language>/team/{rule}", method, where, said)
