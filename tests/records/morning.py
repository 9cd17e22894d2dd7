"""A centre's morning with one line of each kind, made by the doors that the team and she use."""

from datetime import date, timedelta

from portal import law
from portal.access.team import add_member
from portal.law import Complaint, RequestKind
from portal.law.course import Doing, Means, Step
from portal.records import notes, requests
from portal.records.centres import Rules, change_rules
from portal.records.choices import Contact, Reminder, change_choices
from portal.records.database import Database, new_id
from portal.records.models import CaseRecord, Message
from portal.records.requests import Wish
from tests.clock import StillClock
from tests.conftest import Team, make_case

RULES = Rules(7, 14, date(2026, 1, 5), (7, 30, 90), 20, 9)


class Morning:
    """The cases of a centre, by what *Today* says of them. The clock stands where the day begins."""

    def __init__(self, database: Database, clock: StillClock, team: Team) -> None:
        self.database, self.clock, self.team = database, clock, team
        self.today = clock().date()
        change_rules(database, team.centre_id, team.staff_id, RULES, clock())
        later = clock() + timedelta(minutes=1)
        self.colleague = add_member(database, team.centre_id, "colleague", "a long password", later).staff_id

    def case(self, reference: str, exam_on: str, *, minor: bool = False, complaint: Complaint = Complaint.NONE) -> str:
        """Register a case; the calls that its rhythm would bring today are not what is looked at here."""
        case_id = make_case(self.database, self.clock, self.team, reference, exam_on, minor=minor, complaint=complaint)
        self.put(case_id, follow_up_on=None)
        return case_id

    def put(self, case_id: str, **days: date | None) -> None:
        """Set a day that stands in clear."""
        with self.database.writing(self.team.centre_id) as session:
            for name, day in days.items():
                setattr(session.get_one(CaseRecord, case_id), name, day)

    def choose(self, case_id: str, **changes: object) -> None:
        """Change what she chose."""
        change_choices(self.database, self.team.centre_id, case_id, self.team.staff_id, self.clock(), **changes)

    def ask(self, case_id: str, kind: RequestKind, *, asked_by: str | None = None) -> str:
        """Ask for something; return the id of the request."""
        wish = Wish(kind)
        number = requests.ask(self.database, self.team.centre_id, case_id, wish, self.clock(), asked_by=asked_by).number
        with self.database.reading() as session:
            asked = requests.by_number(session, case_id, number)
        assert asked is not None
        return asked.id

    def move(self, request_id: str, step: Step, by: str) -> None:
        """Make a step with a request."""
        doing = Doing(step, by, self.clock(), Means.IN_PERSON if step is Step.CONFIRM else None)
        requests.move(self.database, self.team.centre_id, request_id, doing)

    def confirmed_by_the_colleague(self, case_id: str) -> str:
        """Have a destruction confirmed by the colleague, so that this member may sign."""
        asked = self.ask(case_id, RequestKind.DESTRUCTION, asked_by=self.colleague)
        self.move(asked, Step.TAKE_UP, self.colleague)
        self.move(asked, Step.CONFIRM, self.colleague)
        return asked

    def message(self, case_id: str, state: str = "failed") -> str:
        """Have a message that did not arrive."""
        message = Message(
            id=new_id(),
            centre_id=self.team.centre_id,
            case_id=case_id,
            kind="link",
            channel="sms",
            state=state,
            problem=None,
            tries=3,
            made_at=self.clock(),
            not_before=self.clock(),
        )
        with self.database.writing(self.team.centre_id) as session:
            session.add(message)
        return message.id

    def one_of_each(self) -> dict[str, str]:
        """Make a case for every kind of line; return their ids by reference. Today is 1 August 2026."""
        every = {
            "SIGN": self.case("SIGN", "2026-07-01"),
            "NEAR": self.case("NEAR", "2026-02-05"),  # an extension asked five days before its last day
            "CALL-ME": self.case("CALL-ME", "2026-07-01"),
            "SOON": self.case("SOON", "2026-02-04"),
            "LATER": self.case("LATER", "2026-02-20"),
            "NO-WISH": self.case("NO-WISH", "2026-02-21"),
            "MINOR": self.case("MINOR", "2021-08-06", minor=True),
            "MESSAGE": self.case("MESSAGE", "2026-07-01"),
            "CALL": self.case("CALL", "2026-07-02"),
            "PAST": self.case("PAST", "2026-01-05"),
            "ORDERED": self.case("ORDERED", "2026-01-06", complaint=Complaint.BEFORE_EXAM),
            "HELD": self.case("HELD", "2026-04-01"),
        }
        self.confirmed_by_the_colleague(every["SIGN"])
        self.ask(every["NEAR"], RequestKind.EXTENSION)
        self.ask(every["CALL-ME"], RequestKind.CONTACT_ME)
        self.choose(every["SOON"], reminder=Reminder("call", "evening"))
        sample = law.Item(law.ItemKind.TOXICOLOGY, date(2021, 8, 6))
        notes.add_item(
            self.database, self.team.centre_id, every["MINOR"], self.team.staff_id, sample, "T1", self.clock()
        )
        self.message(every["MESSAGE"])
        self.choose(every["CALL"], contact=Contact("call", "0400 00 00 00", ("evening",)))
        self.put(every["CALL"], follow_up_on=self.today - timedelta(days=1))
        notes.set_hold(
            self.database,
            self.team.centre_id,
            every["HELD"],
            self.team.staff_id,
            self.clock(),
            review_on=self.today,
        )
        return every
