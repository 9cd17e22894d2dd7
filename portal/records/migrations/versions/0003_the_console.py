"""The team's console: roles and invitations, second factors, who is on duty, messages out, dates the lists ask for."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.String(length=32)
HASH = sa.String(length=64)
MOMENT = sa.DateTime(timezone=True)
SIGNED_BEFORE = "kind <> 'destruction' OR state <> 'done' OR (confirmed_by IS NOT NULL AND signed_by IS NOT NULL)"
SIGNED = (
    "kind NOT IN ('destruction', 'end-of-period') OR state <> 'done' "
    "OR (confirmed_by IS NOT NULL AND signed_by IS NOT NULL)"
)
CASE_INDEXES = (
    ("ix_case_past", "keep_through", None),
    ("ix_case_follow_up", "follow_up_on", None),
    ("ix_case_review", "review_on", None),
    ("ix_case_unreviewed", "keep_through", sa.text("review_on IS NULL")),
    ("ix_case_contact", "contact_proposed_at", None),
)
JOURNAL_INDEXES = (("ix_journal_actor", ["centre_id", "actor", "seq"]), ("ix_journal_at", ["centre_id", "at"]))
ENDS_FIRST = sa.text("NOT ends_with_case")
ITEM_INDEXES = (
    ("ix_item_past", "keep_through", None),
    ("ix_item_first_due", "ask_by", ENDS_FIRST),
    ("ix_item_first_past", "keep_through", ENDS_FIRST),
)
NEW_TABLES = ("published_figures", "message", "today_line", "passkey", "recovery_code", "invitation", "shift")
NOBODYS_PASSWORD = "none"  # noqa: S105 – no hash: nothing that is typed ever fits it


def upgrade() -> None:
    _centre_up()
    _staff_up()
    with op.batch_alter_table("case_record") as case:
        case.add_column(sa.Column("sealed_notes", sa.LargeBinary(), nullable=True))
        for day in ("follow_up_on", "review_on"):
            case.add_column(sa.Column(day, sa.Date(), nullable=True))
        for moment in ("in_file_at", "moved_at", "contact_proposed_at"):
            case.add_column(sa.Column(moment, MOMENT, nullable=True))
        case.add_column(sa.Column("in_file_by", ID, nullable=True))
        case.create_foreign_key("fk_case_in_file_by", "staff", ["in_file_by"], ["id"])
    for name, column, where in CASE_INDEXES:
        op.create_index(name, "case_record", ["centre_id", column], sqlite_where=where, postgresql_where=where)
    _item_up()
    for name, columns in JOURNAL_INDEXES:
        op.create_index(name, "journal", list(columns))
    with op.batch_alter_table("hold") as hold:
        hold.add_column(sa.Column("sealed_why", sa.LargeBinary(), nullable=True))
    _signed_by_two(SIGNED)
    _people_tables()
    _work_tables()


def downgrade() -> None:
    _forget_roles()
    for table in NEW_TABLES:
        op.drop_table(table)
    _signed_by_two(SIGNED_BEFORE)
    with op.batch_alter_table("hold") as hold:
        hold.drop_column("sealed_why")
    for name, _columns in JOURNAL_INDEXES:
        op.drop_index(name, "journal")
    for name, _column, _where in ITEM_INDEXES:
        op.drop_index(name, "item")
    with op.batch_alter_table("item") as item:
        item.drop_column("ends_with_case")
    for name, _column, _where in CASE_INDEXES:
        op.drop_index(name, "case_record")
    with op.batch_alter_table("case_record") as case:
        case.drop_constraint("fk_case_in_file_by", type_="foreignkey")
        case.drop_column("contact_proposed_at")
        for column in ("in_file_by", "moved_at", "in_file_at", "review_on", "follow_up_on", "sealed_notes"):
            case.drop_column(column)
    with op.batch_alter_table("sign_in") as sign_in:
        sign_in.drop_column("by")
        sign_in.drop_column("factor_at")
    _staff_down()
    with op.batch_alter_table("centre") as centre:
        for column in ("quiet_until", "quiet_from", "follow_up_days", "grace_written_on", "grace_days"):
            centre.drop_column(column)


def _centre_up() -> None:
    with op.batch_alter_table("centre") as centre:
        centre.add_column(sa.Column("grace_days", sa.Integer(), nullable=True))
        centre.add_column(sa.Column("grace_written_on", sa.Date(), nullable=True))
        centre.add_column(sa.Column("follow_up_days", sa.String(length=60), nullable=False, server_default=""))
        centre.add_column(sa.Column("quiet_from", sa.Integer(), nullable=False, server_default="20"))
        centre.add_column(sa.Column("quiet_until", sa.Integer(), nullable=False, server_default="9"))
    with op.batch_alter_table("centre") as centre:
        for column in ("follow_up_days", "quiet_from", "quiet_until"):
            centre.alter_column(column, server_default=None)


def _item_up() -> None:
    # Of what was written before, nobody looked whether it ends with its case: it is asked for until it is dated anew.
    with op.batch_alter_table("item") as item:
        item.add_column(sa.Column("ends_with_case", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("item") as item:
        item.alter_column("ends_with_case", server_default=None)
    for name, column, where in ITEM_INDEXES:
        op.create_index(name, "item", ["centre_id", column], sqlite_where=where, postgresql_where=where)


def _staff_up() -> None:
    with op.batch_alter_table("staff") as staff:
        staff.add_column(sa.Column("role", sa.String(length=12), nullable=False, server_default="nurse"))
        staff.add_column(sa.Column("hospital_hash", HASH, nullable=True))
        staff.add_column(sa.Column("added_at", MOMENT, nullable=True))
        staff.create_unique_constraint("uq_staff_hospital_hash", ["hospital_hash"])
        staff.alter_column("password_hash", existing_type=sa.String(length=200), nullable=True)
        staff.alter_column("sealed_authenticator", existing_type=sa.LargeBinary(), nullable=True)
    with op.batch_alter_table("staff") as staff:
        staff.alter_column("role", server_default=None)
    with op.batch_alter_table("sign_in") as sign_in:
        sign_in.add_column(sa.Column("factor_at", MOMENT, nullable=True))
        sign_in.add_column(sa.Column("by", sa.String(length=10), nullable=False, server_default="local"))
    with op.batch_alter_table("sign_in") as sign_in:
        sign_in.alter_column("by", server_default=None)


def _forget_roles() -> None:
    """Shut whoever works on no case: the version before knows no roles, and would open every case to them."""
    op.execute("UPDATE staff SET active = false WHERE role NOT IN ('nurse', 'coordinator')")
    op.execute("DELETE FROM sign_in")


def _staff_down() -> None:
    staff = sa.table("staff", sa.column("password_hash", sa.String), sa.column("sealed_authenticator", sa.LargeBinary))
    op.execute(staff.update().where(staff.c.password_hash.is_(None)).values(password_hash=NOBODYS_PASSWORD))
    op.execute(staff.update().where(staff.c.sealed_authenticator.is_(None)).values(sealed_authenticator=b""))
    with op.batch_alter_table("staff") as batch:
        batch.alter_column("sealed_authenticator", existing_type=sa.LargeBinary(), nullable=False)
        batch.alter_column("password_hash", existing_type=sa.String(length=200), nullable=False)
        batch.drop_constraint("uq_staff_hospital_hash", type_="unique")
        batch.drop_column("added_at")
        batch.drop_column("hospital_hash")
        batch.drop_column("role")


def _signed_by_two(condition: str) -> None:
    with op.batch_alter_table("request_record") as request:
        request.drop_constraint("ck_request_destruction_signed", type_="check")
        request.create_check_constraint("ck_request_destruction_signed", condition)


def _people_tables() -> None:
    op.create_table(
        "shift",
        sa.Column("centre_id", ID, sa.ForeignKey("centre.id"), primary_key=True),
        sa.Column("staff_id", ID, sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
    )
    op.create_table(
        "invitation",
        sa.Column("token_hash", HASH, primary_key=True),
        sa.Column("centre_id", ID, sa.ForeignKey("centre.id"), nullable=False),
        sa.Column("staff_id", ID, sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", ID, sa.ForeignKey("staff.id", name="fk_invitation_made_by"), nullable=True),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
    )
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", HASH, primary_key=True),
        sa.Column("staff_id", ID, sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
    )
    op.create_table(
        "passkey",
        sa.Column("credential_hash", HASH, primary_key=True),
        sa.Column("staff_id", ID, sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
    )
    for table, column in (
        ("invitation", "centre_id"),
        ("invitation", "staff_id"),
        ("recovery_code", "staff_id"),
        ("passkey", "staff_id"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column])


def _work_tables() -> None:
    op.create_table(
        "today_line",
        sa.Column("centre_id", ID, sa.ForeignKey("centre.id"), primary_key=True),
        sa.Column("line", sa.String(length=60), primary_key=True),
        sa.Column("staff_id", ID, sa.ForeignKey("staff.id"), nullable=True),
        sa.Column("taken_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by", ID, sa.ForeignKey("staff.id", name="fk_today_line_ended_by"), nullable=True),
    )
    op.create_table(
        "message",
        sa.Column("id", ID, primary_key=True),
        sa.Column("centre_id", ID, sa.ForeignKey("centre.id"), nullable=False),
        sa.Column("case_id", ID, sa.ForeignKey("case_record.id"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("channel", sa.String(length=5), nullable=False),
        sa.Column("sealed_to", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("problem", sa.String(length=20), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", ID, sa.ForeignKey("staff.id"), nullable=True),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("claimed_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
    )
    op.create_index("ix_message_case_id", "message", ["case_id"])
    op.create_index("ix_message_waiting", "message", ["state", "not_before"])
    op.create_index("ix_message_problem", "message", ["centre_id", "state"])
    op.create_table(
        "published_figures",
        sa.Column("centre_id", ID, sa.ForeignKey("centre.id"), primary_key=True),
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("counted", sa.String(length=4000), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", ID, sa.ForeignKey("staff.id"), nullable=True),
    )
