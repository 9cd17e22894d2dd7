"""The tables. What stands in clear is listed in docs/what-stands-in-clear.md with what a thief would learn from it."""

from datetime import UTC, date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

ID_LENGTH = 32


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC also where the database knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone; hand over UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None) if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables."""


class Centre(Base):
    """A hospital's centre in this installation, with its own key, wrapped by the sealing key.

    `directory_id` names it in the directory of services: its phone is told from there, checked and with its source.
    `waiting_days` is how long a destruction waits, seven days at most: the hospital decides. `grace_days` is how long
    after the last reading of a period its end may be proposed to two people, as the hospital wrote it down on
    `grace_written_on`: until it did, nothing is proposed. `follow_up_days` are the days after the admission on which
    the team calls (art. 14 § 3), a list like `7,30,90`. Between `quiet_from` and `quiet_until` (hours in Brussels)
    nothing is sent.
    """

    __tablename__ = "centre"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    directory_id: Mapped[str | None] = mapped_column(String(40))
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    waiting_days: Mapped[int] = mapped_column(Integer, default=7)
    grace_days: Mapped[int | None] = mapped_column(Integer)
    grace_written_on: Mapped[date | None] = mapped_column(Date)
    follow_up_days: Mapped[str] = mapped_column(String(60), default="")
    quiet_from: Mapped[int] = mapped_column(Integer, default=20)
    quiet_until: Mapped[int] = mapped_column(Integer, default=9)


class Shift(Base):
    """Who is on duty at a centre: the owner of every line of *Today* that nobody else took."""

    __tablename__ = "shift"

    centre_id: Mapped[str] = mapped_column(ForeignKey("centre.id"), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    since: Mapped[datetime] = mapped_column(Moment)


class Staff(Base):
    """Somebody of a centre's team: a name inside, and outside nothing but a number.

    `hospital_hash` is a keyed hash of who they are at the hospital's own sign-in; a password and an authenticator are
    there where they have an account of the portal's own.
    """

    __tablename__ = "staff"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    centre_id: Mapped[str] = mapped_column(ForeignKey("centre.id"), index=True)
    login: Mapped[str] = mapped_column(String(80), unique=True)
    number: Mapped[str] = mapped_column(String(6), unique=True)
    role: Mapped[str] = mapped_column(String(12), default="nurse")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    sealed_authenticator: Mapped[bytes | None] = mapped_column(LargeBinary)
    hospital_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    last_time_step: Mapped[int] = mapped_column(Integer, default=0)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(Moment)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    added_at: Mapped[datetime | None] = mapped_column(Moment)


class Invitation(Base):
    """An invitation to a centre's team, once, by an address that ends soon. Only the hash of its token is kept."""

    __tablename__ = "invitation"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    centre_id: Mapped[str] = mapped_column(ForeignKey("centre.id"), index=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id", name="fk_invitation_made_by"))
    ends_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class RecoveryCode(Base):
    """A code for the day the authenticator is lost: used once, kept as a keyed hash."""

    __tablename__ = "recovery_code"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class Passkey(Base):
    """A key that a member carries. Its public half is all that is kept."""

    __tablename__ = "passkey"

    credential_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(Integer, default=0)
    name: Mapped[str] = mapped_column(String(60))
    added_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class SignInTry(Base):
    """Wrong passwords under one typed name, whether somebody has that name or not; the name is kept as a keyed hash."""

    __tablename__ = "sign_in_try"

    name_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(Moment)


class SignIn(Base):
    """A team session, on the server; the cookie holds a secret of which only the hash is kept.

    `factor_at` is when the member last showed a second factor: approvals ask for a fresh one. `by` is `local` or
    `hospital`.
    """

    __tablename__ = "sign_in"

    secret_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    began_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    factor_at: Mapped[datetime | None] = mapped_column(Moment)
    by: Mapped[str] = mapped_column(String(10), default="local")


class CaseRecord(Base):
    """One admission with its examination. Sealed with a key of its own, wrapped by the centre's.

    In clear, because the team's lists ask for them: the dates of its periods, when the team calls next, when somebody
    looks at it again, since when another contact waits for a second member, when a nurse confirmed that everything is
    in the patient file, and when another centre took it.
    """

    __tablename__ = "case_record"
    __table_args__ = (
        UniqueConstraint("centre_id", "reference_index"),
        Index("ix_case_due", "centre_id", "ask_by"),
        Index("ix_case_past", "centre_id", "keep_through"),
        Index("ix_case_follow_up", "centre_id", "follow_up_on"),
        Index("ix_case_review", "centre_id", "review_on"),
        # In the order of its question, or PostgreSQL goes through all that waits for another day as well.
        Index(
            "ix_case_unreviewed",
            "centre_id",
            "keep_through",
            sqlite_where=text("review_on IS NULL"),
            postgresql_where=text("review_on IS NULL"),
        ),
        Index("ix_case_contact", "centre_id", "contact_proposed_at"),
        # In the order in which erasing goes through them: few are in the patient file and still here.
        Index(
            "ix_case_in_file",
            "in_file_at",
            "id",
            sqlite_where=text("in_file_at IS NOT NULL"),
            postgresql_where=text("in_file_at IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    centre_id: Mapped[str] = mapped_column(ForeignKey("centre.id"))
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    reference_index: Mapped[str] = mapped_column(String(64))
    sealed_reference: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_facts: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_choices: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_notes: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(String(2))
    ask_by: Mapped[date | None] = mapped_column(Date)
    keep_through: Mapped[date | None] = mapped_column(Date)
    registered_at: Mapped[datetime] = mapped_column(Moment)
    registered_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    follow_up_on: Mapped[date | None] = mapped_column(Date)
    review_on: Mapped[date | None] = mapped_column(Date)
    contact_proposed_at: Mapped[datetime | None] = mapped_column(Moment)
    in_file_at: Mapped[datetime | None] = mapped_column(Moment)
    in_file_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id", name="fk_case_in_file_by"))
    moved_at: Mapped[datetime | None] = mapped_column(Moment)


class Link(Base):
    """A link and its code. The link only finds the case; the code opens it."""

    __tablename__ = "link"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case_record.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str] = mapped_column(String(200))
    power: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(Moment)


class Visit(Base):
    """Her session after the code, on the server; the cookie holds a secret of which only the hash is kept."""

    __tablename__ = "visit"

    secret_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    link_id: Mapped[str] = mapped_column(ForeignKey("link.id"), index=True)
    began_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)


ENDS_FIRST = "NOT ends_with_case"


class ItemRecord(Base):
    """One thing that is kept. What it is stays sealed; when its period ends stands in clear, for the team's lists.

    `ends_with_case`: both its days are those of its case, so that the case's line tells of it. Most things are so, and
    *Today* does not ask for them one by one; what nobody wrote this of is asked for.
    """

    __tablename__ = "item"
    __table_args__ = (
        Index("ix_item_past", "centre_id", "keep_through"),
        *(
            Index(name, "centre_id", day, sqlite_where=text(ENDS_FIRST), postgresql_where=text(ENDS_FIRST))
            for name, day in (("ix_item_first_due", "ask_by"), ("ix_item_first_past", "keep_through"))
        ),
    )

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    centre_id: Mapped[str] = mapped_column(ForeignKey("centre.id"))
    case_id: Mapped[str] = mapped_column(ForeignKey("case_record.id"), index=True)
    sealed_facts: Mapped[bytes] = mapped_column(LargeBinary)
    ask_by: Mapped[date | None] = mapped_column(Date)
    keep_through: Mapped[date | None] = mapped_column(Date)
    added_at: Mapped[datetime] = mapped_column(Moment)
    added_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    gone_at: Mapped[datetime | None] = mapped_column(Moment)
    ends_with_case: Mapped[bool] = mapped_column(Boolean, default=False)


PENDING = "state NOT IN ('done', 'not-done', 'cancelled')"


class RequestRecord(Base):
    """Something that was asked. What the law answers to it is asked anew, never kept: it could tell of a complaint.

    The states are those of `portal.law.course`. The database itself refuses what must never be: one person who
    confirms and signs, and a destruction that was done without two.
    """

    __tablename__ = "request_record"
    __table_args__ = (
        Index(
            "ix_request_pending_once",
            "case_id",
            "kind",
            unique=True,
            sqlite_where=text(PENDING),
            postgresql_where=text(PENDING),
        ),
        Index("ix_request_inbox", "centre_id", "state", "asked_at"),
        CheckConstraint("signed_by <> confirmed_by", name="ck_request_two_people"),
        CheckConstraint(
            "kind NOT IN ('destruction', 'end-of-period') OR state <> 'done' "
            "OR (confirmed_by IS NOT NULL AND signed_by IS NOT NULL)",
            name="ck_request_destruction_signed",
        ),
    )

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    centre_id: Mapped[str] = mapped_column(ForeignKey("centre.id"))
    case_id: Mapped[str] = mapped_column(ForeignKey("case_record.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(9), unique=True)
    state: Mapped[str] = mapped_column(String(10))
    sealed_details: Mapped[bytes | None] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    asked_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id", name="fk_request_asked_by"))
    waits_until: Mapped[datetime | None] = mapped_column(Moment)
    taken_up_at: Mapped[datetime | None] = mapped_column(Moment)
    taken_up_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    confirmed_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id", name="fk_request_confirmed_by"))
    means: Mapped[str | None] = mapped_column(String(12))
    signed_at: Mapped[datetime | None] = mapped_column(Moment)
    signed_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id", name="fk_request_signed_by"))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    sealed_outcome: Mapped[bytes | None] = mapped_column(LargeBinary)


class Extension(Base):
    """The one extension of a case: the primary key is what makes it one (art. 29 § 3 al. 2)."""

    __tablename__ = "extension"

    case_id: Mapped[str] = mapped_column(ForeignKey("case_record.id"), primary_key=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("request_record.id"), unique=True)
    entered_at: Mapped[datetime | None] = mapped_column(Moment)


class Hold(Base):
    """A reason why nothing of a case may be destroyed or given back: a request, or a member of the team who set it."""

    __tablename__ = "hold"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case_record.id"), index=True)
    request_id: Mapped[str | None] = mapped_column(ForeignKey("request_record.id"), index=True)
    set_at: Mapped[datetime] = mapped_column(Moment)
    set_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id", name="fk_hold_set_by"))
    sealed_why: Mapped[bytes | None] = mapped_column(LargeBinary)
    lifted_at: Mapped[datetime | None] = mapped_column(Moment)
    lifted_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id", name="fk_hold_lifted_by"))


class TodayLine(Base):
    """What a member did with a line of *Today*: took it, or ended it. A line nobody touched has no row.

    `line` names what it is about, `<kind>:<id>`, with a random id; for a date that comes, also which date.
    """

    __tablename__ = "today_line"

    centre_id: Mapped[str] = mapped_column(ForeignKey("centre.id"), primary_key=True)
    line: Mapped[str] = mapped_column(String(60), primary_key=True)
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    taken_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id", name="fk_today_line_ended_by"))


class Message(Base):
    """One message to one person. To whom and what it says stay sealed, and are wiped once it has gone out."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_waiting", "state", "not_before"),
        Index("ix_message_problem", "centre_id", "state"),
    )

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    centre_id: Mapped[str] = mapped_column(ForeignKey("centre.id"))
    case_id: Mapped[str] = mapped_column(ForeignKey("case_record.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    channel: Mapped[str] = mapped_column(String(5))
    sealed_to: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_text: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(9))
    problem: Mapped[str | None] = mapped_column(String(20))
    tries: Mapped[int] = mapped_column(Integer, default=0)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    not_before: Mapped[datetime] = mapped_column(Moment)
    claimed_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


ANCHORS = "action = 'journal-anchored'"  # said in full: SQLite takes the index of a part for no other words


class JournalLine(Base):
    """One line of a centre's journal: it is only ever added, and its hash holds the line before it."""

    __tablename__ = "journal"
    __table_args__ = (
        # In the order of its question, or SQLite goes through the whole journal of the centre to have it.
        Index("ix_journal_subject", "centre_id", "subject", "seq"),
        Index("ix_journal_actor", "centre_id", "actor", "seq"),
        Index("ix_journal_at", "centre_id", "at"),
        Index("ix_journal_anchors", "centre_id", "seq", sqlite_where=text(ANCHORS), postgresql_where=text(ANCHORS)),
    )

    centre_id: Mapped[str] = mapped_column(ForeignKey("centre.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    actor: Mapped[str] = mapped_column(String(ID_LENGTH))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(ID_LENGTH))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class PublishedFigures(Base):
    """What a centre counted for the Institute in one year (art. 54 § 4): published once, and the same ever after.

    `counted` is JSON: for each table and category, the lower end of the class that the count falls into. The count
    itself is kept nowhere.
    """

    __tablename__ = "published_figures"

    centre_id: Mapped[str] = mapped_column(ForeignKey("centre.id"), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    counted: Mapped[str] = mapped_column(String(4000))
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
