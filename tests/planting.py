"""What a nurse types into the console, planted: every field of a case that takes words, a day or a number."""

import json
from dataclasses import dataclass, field
from typing import Any

import pyotp
from flask import Flask

from portal import law
from portal.records import outbox
from portal.records.cases import open_case
from portal.records.database import Database
from portal.records.models import ItemRecord, Message
from portal.records.outbox import Kind
from tests.clock import StillClock
from tests.conftest import Team, make_case
from tests.reader import Reader

REFERENCE, REFERENCE_AFTER = "PLANTED-REFERENCE-8842", "PLANTED-REFERENCE-9953"
PHONE, DIALLED, MAIL = "0470 55 66 77", "+32470556677", "planted@nowhere.example"
BAG = "PLANTEDBAG9"
TOLD_BY = "planted letter of a planted prosecutor"
HELD_WHY, FREED_WHY = "planted reason to hold", "planted reason to free, révélée"
HANDED_BY, CORRECTED_WHY, THING_WHY = "planted receipt 7", "planted slip of a pen", "planted slip about a bag"
SUPPORTED_BY = "Planted Sister, 0488 11 22 33"
DAYS = {
    "told_on": "2026-06-17",
    "hold_on": "2026-06-18",
    "moved_on": "2026-06-19",
    "admitted_on": "2026-05-19",
    "facts_on": "2026-05-16",
    "consent_on": "2026-05-23",
    "taken_on": "2026-05-21",
}
HOUR = "03:37"
CONSENT = "support-contact"
WORDS = [REFERENCE, REFERENCE_AFTER, PHONE, DIALLED, MAIL, BAG, TOLD_BY, HELD_WHY, FREED_WHY, HANDED_BY]
WORDS += [CORRECTED_WHY, THING_WHY, SUPPORTED_BY, CONSENT, HOUR, *DAYS.values()]


def escaped(planted: str) -> set[str]:
    """Return how a value may be written down: as it is, in JSON, as Python shows its bytes."""
    return {planted, json.dumps(planted)[1:-1], repr(planted.encode())[2:-1]}


@dataclass
class Console:
    """A nurse who types everything there is to type about one case."""

    app: Flask
    database: Database
    team: Team
    clock: StillClock
    reader: Reader
    case_id: str = ""
    addresses: list[str] = field(default_factory=list)

    def type_everything(self) -> None:
        """Type what there is to type; one form meets the question who is there, and comes back filled in."""
        self.case_id = make_case(self.database, self.clock, self.team, REFERENCE, "2026-05-20")
        self._sign_in()
        self._send("open", why="case-viewed-file")
        self._send("admission", **_days("admitted_on", "facts_on"), admitted_hour=HOUR, phase="counted")
        self._send("thing", thing="clothes", mark=BAG, **_days("taken_on"))
        self._send("contact", way="sms", to=PHONE, hours=["any"])
        self._send("contact", way="email", to=MAIL, hours=["any"], seen="1")  # proposed: it waits for a second
        self._send("consent", consent=CONSENT, **_days("consent_on"))
        self._send("support", support="yes", reach=SUPPORTED_BY)
        self._send("known", complaint="1", vulnerable="1", told_by=TOLD_BY, **_days("told_on"))
        self._send("hold", hold_why=HELD_WHY, **_days("hold_on"))
        self._correct()
        self._free_after_a_while()
        self._send("moved", moved_things=[self._thing()], moved_to="registry", moved_by=HANDED_BY, **_days("moved_on"))
        self.reader.send("/en/team/find", {"token": self._token(), "reference": REFERENCE_AFTER})
        outbox.queue(self.database, self.team.centre_id, self.case_id, self.team.staff_id, Kind.CALL, self.clock())
        self._assert_all_of_it_is_there()
        self.clock.forward(minutes=1)  # so that the nurse's next code is another

    def _sign_in(self) -> None:
        code = pyotp.TOTP(self.team.authenticator).at(self.clock())
        self.reader.send("/en/team/in", {"login": self.team.login, "password": self.team.password, "code": code})

    def _token(self) -> str:
        return self.reader.get("/en/team/account").token()

    def _send(self, part: str, **said: Any) -> None:
        self.reader.send(f"/en/team/c/{self.case_id}/{part}", {"token": self._token(), **said})

    def _thing(self) -> str:
        with self.database.reading() as session:
            return session.query(ItemRecord).filter_by(case_id=self.case_id).one().id

    def _correct(self) -> None:
        stands = {"exam_on": "2026-05-20", "age": "adult", "complaint": "after-exam", "phase": "acute"}
        self._send("correct", reference=REFERENCE_AFTER, why=CORRECTED_WHY, agreed="1", **stands)
        again = {"thing": "thing", "why": THING_WHY, "agreed": "1"}
        self._send(f"correct/{self._thing()}", **again, **_days("taken_on"))

    def _free_after_a_while(self) -> None:
        self.clock.forward(minutes=6)
        here, token = f"/en/team/c/{self.case_id}", self._token()
        asking = self.reader.post(f"{here}/lift", {"token": token, "hold_why": FREED_WHY}, status=422)
        on = next(one.get("value", "") for one in asking.all("input") if one.get("name") == "on")
        code = pyotp.TOTP(self.team.authenticator).at(self.clock())
        back = self.reader.send("/en/team/fresh", {"token": asking.token("/en/team/fresh"), "on": on, "code": code})
        self.addresses.append(back)
        assert FREED_WHY in self.reader.get(back.split("#")[0]).text
        self._send("lift", hold_why=FREED_WHY)

    def _assert_all_of_it_is_there(self) -> None:
        """What was not taken could not be found anywhere: everything is on the page, for who may see it."""
        page = self.reader.get(f"/en/team/c/{self.case_id}").text
        for planted in (REFERENCE_AFTER, PHONE, MAIL, BAG, TOLD_BY, HELD_WHY, FREED_WHY, HANDED_BY, CORRECTED_WHY):
            assert planted in page, planted
        assert THING_WHY in page
        with self.database.reading() as session:
            case = open_case(self.database, session, self.team.centre_id, self.case_id)
            assert session.query(Message).filter_by(case_id=self.case_id).one().sealed_to
        assert case is not None
        assert case.admission.complaint is law.Complaint.AFTER_EXAM
        written = str(case.entries)
        for planted in (SUPPORTED_BY, CONSENT, HOUR):
            assert planted in written


def _days(*names: str) -> dict[str, str]:
    return {name: DAYS[name] for name in names}
