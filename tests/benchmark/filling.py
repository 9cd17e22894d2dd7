"""An installation's ten years, invented: a million cases in fifty centres, from one seed.

Examinations lie evenly over ten years, and rows come in the order in which they would have been written, those of all
centres among each other. What was decided is destroyed; a twentieth waits for a prosecutor; a little is overdue. Beside
the cases stand what a life leaves behind: things, links, requests that ended, messages that went out, lines of *Today*
that were ended, one line of the journal for each case.

The cases of the largest centre, whose pages are measured, are sealed for real with their things, each with a key of
its own. Those of the others hold random bytes of the same lengths, two hundred and fifty-six different ones in turn:
nothing reads them. The lines of the journal are true chains, one a centre.
"""

import random
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from portal import law
from portal.clock import brussels_day
from portal.records import cases, choices, items, journal, notebook, seal
from portal.records.cases import Admission
from portal.records.choices import Choices, Contact, Reminder
from portal.records.database import Database
from portal.records.models import (
    CaseRecord,
    Extension,
    Hold,
    ItemRecord,
    JournalLine,
    Link,
    Message,
    RequestRecord,
    TodayLine,
)
from portal.records.sheets import BLOCK, seal_sheet
from tests.benchmark.bulk import Row, Write, as_day, as_moment, writing_much

DAYS = 3652
BATCH = 10_000
NOISE = 256
EXTRA = seal.NONCE_BYTES + seal.TAG_BYTES
CONTACT = Contact("call", "0400 00 00 00", ("evening",))
CHOSEN = (Choices(CONTACT), Choices(CONTACT, reminder=Reminder("call", "evening")), Choices(messages_stopped=True))
COLUMNS: dict[Any, str] = {
    CaseRecord: "id centre_id wrapped_key reference_index sealed_reference sealed_facts sealed_choices sealed_notes "
    "language ask_by keep_through registered_at registered_by follow_up_on review_on contact_proposed_at",
    ItemRecord: "id centre_id case_id sealed_facts ask_by keep_through added_at added_by gone_at ends_with_case",
    RequestRecord: "id centre_id case_id kind number state asked_at waits_until taken_up_at taken_up_by confirmed_by "
    "ended_at ended_by",
    Extension: "case_id request_id entered_at",
    Hold: "id case_id request_id set_at set_by",
    Link: "id case_id token_hash code_hash power made_at ends_at failures",
    Message: "id centre_id case_id kind channel state tries made_at not_before ended_at",
    TodayLine: "centre_id line staff_id taken_at ended_at ended_by",
    JournalLine: "centre_id seq at actor action subject previous hash",
}
TABLES: dict[Table, Sequence[str]] = {model.__table__: names.split() for model, names in COLUMNS.items()}


@dataclass(frozen=True)
class Life:
    """What became of one examination until today."""

    id: str
    centre_id: str
    at: datetime
    exam_on: date
    minor: bool
    complaint: law.Complaint
    extended: bool
    period: law.Keeping
    is_gone: bool

    @property
    def dates(self) -> tuple[str | None, str | None]:
        """The two days in clear; none where nothing is kept any more."""
        return (None, None) if self.is_gone else (as_day(self.period.ask_by), as_day(self.period.keep_through))


class Filling:
    """Fills an empty installation. The first centre has `largest` of the cases; `staff` are two of its members."""

    def __init__(
        self,
        database: Database,
        size: int,
        largest: int,
        centres: Sequence[str],
        staff: tuple[str, str],
        now: datetime,
    ) -> None:
        self.database, self.size, self.largest, self.centres, self.staff = database, size, largest, centres, staff
        self.now, self.today, self.moment = now, brussels_day(now), as_moment(now)
        self.chance = random.Random(size)
        self.noise = [self.chance.randbytes(2 * BLOCK) for _ in range(NOISE)]
        with database.reading() as session:
            self.key = database.centre_key(session, centres[0])
            self.ends = {centre: _end_of_journal(session, centre) for centre in centres}
        self.case_key = b""
        self.rows: dict[Table, list[Row]] = {table: [] for table in TABLES}
        self.requests = 0

    def fill(self) -> None:
        """Write everything, in batches, and say how far it is to whoever waits."""
        with writing_much(self.database, TABLES) as write:
            for number in range(self.size):
                self._case(number)
                if number % BATCH == BATCH - 1:
                    self._flush(write)
                    print(f"\r{number + 1:,} of {self.size:,} cases", end="", file=sys.stderr, flush=True)
            self._flush(write)
            print(", and their indexes", file=sys.stderr)

    def _flush(self, write: Write) -> None:
        for table, rows in self.rows.items():
            write(table, rows)
            rows.clear()

    def _add(self, model: Any, *values: Any) -> None:
        self.rows[model.__table__].append(values)

    def _case(self, number: int) -> None:
        one = self._life(number)
        self._record(one, number)
        self._items(one, number)
        self._links(one)
        self._asked(one)
        self._lines(one)
        self._journal(one)

    def _journal(self, one: Life) -> None:
        seq, previous = self.ends[one.centre_id]
        line = JournalLine(
            centre_id=one.centre_id, seq=seq + 1, at=one.at.astimezone(UTC), actor=self.staff[0],
            action="case-registered", subject=one.id, previous=previous,
        )  # fmt: skip
        self.ends[one.centre_id] = seq + 1, (found := journal._hash(line))
        self._add(
            JournalLine, one.centre_id, seq + 1, as_moment(one.at), self.staff[0], "case-registered", one.id, previous,
            found,
        )  # fmt: skip

    def _life(self, number: int) -> Life:
        is_largest = (number + 1) * self.largest // self.size > number * self.largest // self.size
        age = DAYS - 1 - number * DAYS // self.size
        minor, complaint = self._of(0.15), law.Complaint.NONE
        if self._of(0.4):
            complaint = law.Complaint.AFTER_EXAM if self._of(0.1) else law.Complaint.BEFORE_EXAM
        extended = not minor and complaint is law.Complaint.NONE and age > 60 and self._of(0.2)
        exam_on = self.today - timedelta(days=age)
        period = keeping(exam_on, minor=minor, extended=extended)
        return Life(
            self._id(),
            self.centres[0] if is_largest else self.centres[1 + number % (len(self.centres) - 1)],
            self.now - timedelta(days=age, minutes=self.chance.randrange(600)),
            exam_on,
            minor,
            complaint,
            extended,
            period,
            period.keep_through < self.today and self._of(0.94),
        )

    def _record(self, one: Life, number: int) -> None:
        is_over = one.period.keep_through < self.today and not one.is_gone
        review_on = self._days(1, 90) if is_over and self._of(0.96) else None
        if not is_over and self._of(0.004):  # held by the team, and looked at again
            review_on = self._days(-2, 90)
            self._add(Hold, self._id(), one.id, None, self.moment, self.staff[0])
        is_recent = (self.today - one.exam_on).days < 90
        self._add(
            CaseRecord, one.id, one.centre_id, *self._sealed(one, number), "fr", *one.dates, as_moment(one.at),
            self.staff[0], as_day(self._days(-3, 60) if is_recent else None), as_day(review_on),
            self.moment if is_recent and self._of(0.002) else None,
        )  # fmt: skip

    def _sealed(self, one: Life, number: int) -> tuple[bytes | str | None, ...]:
        """Return the key, the index, the reference, the facts, what was chosen and what was noted."""
        index, noise = f"{self.chance.getrandbits(256):064x}", self.noise[number % NOISE]
        sheet = noise[: BLOCK + EXTRA]
        has_choices, notes = self._of(0.7), sheet if self._of(0.5) else None
        reference = f"R-{number:07d}"
        if one.centre_id != self.centres[0]:
            return (
                noise[: seal.KEY_BYTES + EXTRA], index, noise[: len(reference) + EXTRA], sheet,
                sheet if has_choices else None, notes,
            )  # fmt: skip
        self.case_key = key = seal.new_key()
        admission = Admission(reference, one.exam_on, one.minor, one.complaint, "fr")
        return (
            seal.seal(self.key, key, "case_record", "wrapped_key", one.id),
            seal.blind_index(self.key, reference),
            seal.seal(key, reference.encode(), "case_record", "sealed_reference", one.id),
            cases.sealed_admission(key, admission, one.id),
            seal_sheet(key, chosen(number % len(CHOSEN)), *choices.PLACE, one.id) if has_choices else None,
            seal_sheet(key, {"entries": []}, *notebook.PLACE, one.id) if notes else None,
        )

    def _items(self, one: Life, number: int) -> None:
        for toxicology in (False, True):
            item_id = self._id()
            period = keeping(one.exam_on, minor=one.minor, toxicology=toxicology, extended=one.extended)
            is_gone = one.is_gone or (period.keep_through < self.today and one.minor and self._of(0.99))
            dates = (None, None) if is_gone else (as_day(period.ask_by), as_day(period.keep_through))
            sheet = self._thing(one, item_id, number, toxicology=toxicology)
            self._add(
                ItemRecord, item_id, one.centre_id, one.id, sheet, *dates, as_moment(one.at), self.staff[0],
                self.moment if is_gone else None, dates == one.dates,
            )  # fmt: skip

    def _thing(self, one: Life, item_id: str, number: int, *, toxicology: bool) -> bytes:
        if one.centre_id != self.centres[0]:
            return self.noise[number % NOISE][: BLOCK + EXTRA]
        kind = law.ItemKind.TOXICOLOGY if toxicology else law.ItemKind.SAMPLE
        facts = {"kind": kind, "taken_on": one.exam_on.isoformat(), "mark": f"K-{number}"}
        return seal_sheet(self.case_key, facts, *items.PLACE, item_id)

    def _links(self, one: Life) -> None:
        if self._of(0.8):
            made_at, ends_at = as_moment(one.at), as_moment(one.at + timedelta(days=400))
            token = f"{self.chance.getrandbits(256):064x}"
            self._add(Link, self._id(), one.id, token, "x" * 97, "extend", made_at, ends_at, 0)
            if self._of(0.5):
                state = "failed" if self._of(0.001) else "sent"
                message = self._id()
                self._add(Message, message, one.centre_id, one.id, "link", "sms", state, 1, made_at, made_at, made_at)
                if state == "failed" and (self.today - one.exam_on).days > 7:
                    self._ended_line(one, f"message:{message}")

    def _asked(self, one: Life) -> None:
        """Requests that ended, as they do; and those that wait, most of them about what is recent."""
        if one.extended:
            asked = self._ended(one, "extension")
            self._add(Extension, one.id, asked, as_moment(one.at + timedelta(days=40)))
        elif self._of(0.05):
            self._ended(one, self.chance.choice(("contact-me", "report-copy")))
        if not one.is_gone and self._of(0.04 if (self.today - one.exam_on).days < 180 else 0.002):
            self._waiting(one)

    def _ended(self, one: Life, kind: str) -> str:
        asked_at = min(one.at + timedelta(days=30), self.now)
        request_id, at = self._id(), as_moment(asked_at)
        self._add(
            RequestRecord, request_id, one.centre_id, one.id, kind, self._number(), "done", at, None, at,
            self.staff[0], None, at, self.staff[0],
        )  # fmt: skip
        return request_id

    def _waiting(self, one: Life) -> None:
        kinds = ("contact-me", "report-copy", "destruction", *(() if one.extended else ("extension", "extension")))
        kind, request_id = self.chance.choice(kinds), self._id()
        is_confirmed = kind == "destruction" and self._of(0.3)
        state = "confirmed" if is_confirmed else self.chance.choice(("asked", "taken-up"))
        at = as_moment(self.now - timedelta(hours=self.chance.randrange(400)))
        by = None if state == "asked" else self.staff[1]
        waits_until = as_moment(self.now + timedelta(days=3)) if kind == "destruction" else None
        self._add(
            RequestRecord, request_id, one.centre_id, one.id, kind, self._number(), state, at, waits_until,
            at if by else None, by, self.staff[1] if is_confirmed else None, None, None,
        )  # fmt: skip
        if one.period.ask_by < self.today:
            self._add(Hold, self._id(), one.id, request_id, at, None)

    def _lines(self, one: Life) -> None:
        """Who was told of her dates; of what comes within thirty days, half."""
        if one.minor or one.complaint is law.Complaint.BEFORE_EXAM or one.extended:
            return
        left = (one.period.ask_by - self.today).days
        for kind, days in (("date-30", 30), ("date-7", 7)):
            if left <= days and (left < 0 or self._of(0.5)):
                self._ended_line(one, f"{kind}:{one.id}:{one.period.ask_by}")

    def _ended_line(self, one: Life, line: str) -> None:
        self._add(TodayLine, one.centre_id, line, self.staff[0], self.moment, self.moment, self.staff[0])

    def _number(self) -> str:
        self.requests += 1
        return f"N{self.requests:08d}"

    def _of(self, share: float) -> bool:
        return self.chance.random() < share

    def _days(self, first: int, last: int) -> date:
        return self.today + timedelta(days=self.chance.randint(first, last))

    def _id(self) -> str:
        return f"{self.chance.getrandbits(128):032x}"


def _end_of_journal(session: Session, centre_id: str) -> tuple[int, str]:
    """Return the number and the hash of the last line that a centre's journal has already."""
    lines = select(JournalLine.seq, JournalLine.hash).where(JournalLine.centre_id == centre_id)
    last = session.execute(lines.order_by(JournalLine.seq.desc()).limit(1)).first()
    return (last.seq, last.hash) if last else (0, journal.BEGINNING)


keeping = cache(law.keeping)


@cache
def chosen(number: int) -> dict[str, Any]:
    """Return a sheet of what was chosen, as the records write it."""
    return asdict(CHOSEN[number])
