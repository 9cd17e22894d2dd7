"""Every request of hers to its end: things kept, waiting time, two people, choices made at the examination."""

import secrets
from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LONGEST_WAITING = timedelta(days=7)
PENDING = "state NOT IN ('done', 'not-done', 'cancelled')"
PENDING_BEFORE = "state NOT IN ('entered', 'answered')"
NEW_STATES = (("entered", "done"), ("answered", "not-done"))
# What the first tables do not know is told as the nearest they do: nothing that waits is lost.
OLD_STATES = (
    ("done", "entered"),
    ("not-done", "answered"),
    ("cancelled", "answered"),
    ("confirmed", "taken-up"),
    ("signed", "taken-up"),
)


def upgrade() -> None:
    with op.batch_alter_table("centre") as centre:
        centre.add_column(sa.Column("waiting_days", sa.Integer(), nullable=False, server_default="7"))
    with op.batch_alter_table("centre") as centre:
        centre.alter_column("waiting_days", server_default=None)
    with op.batch_alter_table("staff") as staff:
        staff.add_column(sa.Column("number", sa.String(length=6), nullable=True))
    _number_everybody()
    with op.batch_alter_table("staff") as staff:
        staff.alter_column("number", existing_type=sa.String(length=6), nullable=False)
        staff.create_unique_constraint("uq_staff_number", ["number"])
    with op.batch_alter_table("case_record") as case:
        case.add_column(sa.Column("sealed_choices", sa.LargeBinary(), nullable=True))
    op.create_table(
        "item",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("centre_id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("sealed_facts", sa.LargeBinary(), nullable=False),
        sa.Column("ask_by", sa.Date(), nullable=True),
        sa.Column("keep_through", sa.Date(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(length=32), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["added_by"], ["staff.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["case_record.id"]),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_item_case_id", "item", ["case_id"])
    _requests_up()
    with op.batch_alter_table("hold") as hold:
        hold.alter_column("request_id", existing_type=sa.String(length=32), nullable=True)
        for column in ("set_by", "lifted_by"):
            hold.add_column(sa.Column(column, sa.String(length=32), nullable=True))
            hold.create_foreign_key(f"fk_hold_{column}", "staff", [column], ["id"])
    _free_holds_without_request()


def downgrade() -> None:
    # A hold that no request set has no place in the first tables. It may protect evidence: it is kept, under a request
    # of its own that waits for the team.
    _keep_holds_without_request()
    with op.batch_alter_table("hold") as hold:
        for column in ("lifted_by", "set_by"):
            hold.drop_constraint(f"fk_hold_{column}", type_="foreignkey")
            hold.drop_column(column)
        hold.alter_column("request_id", existing_type=sa.String(length=32), nullable=False)
    _requests_down()
    op.drop_index("ix_item_case_id", "item")
    op.drop_table("item")
    with op.batch_alter_table("case_record") as case:
        case.drop_column("sealed_choices")
    with op.batch_alter_table("staff") as staff:
        staff.drop_constraint("uq_staff_number", type_="unique")
        staff.drop_column("number")
    with op.batch_alter_table("centre") as centre:
        centre.drop_column("waiting_days")


def _number_everybody() -> None:
    staff = sa.table("staff", sa.column("id", sa.String), sa.column("number", sa.String))
    connection = op.get_bind()
    taken: set[str] = set()
    for (staff_id,) in connection.execute(sa.select(staff.c.id)).all():
        while (number := f"{secrets.randbelow(10**6):06d}") in taken:
            pass
        taken.add(number)
        connection.execute(staff.update().where(staff.c.id == staff_id).values(number=number))


def _requests_up() -> None:
    op.drop_index("ix_request_pending_once", "request_record")
    with op.batch_alter_table("request_record") as request:
        request.alter_column("entered_at", new_column_name="ended_at", existing_type=sa.DateTime(timezone=True))
        request.alter_column("entered_by", new_column_name="ended_by", existing_type=sa.String(length=32))
        for column in ("sealed_details", "sealed_outcome"):
            request.add_column(sa.Column(column, sa.LargeBinary(), nullable=True))
        for column in ("waits_until", "confirmed_at", "signed_at"):
            request.add_column(sa.Column(column, sa.DateTime(timezone=True), nullable=True))
        request.add_column(sa.Column("means", sa.String(length=12), nullable=True))
        for column in ("asked_by", "confirmed_by", "signed_by"):
            request.add_column(sa.Column(column, sa.String(length=32), nullable=True))
            request.create_foreign_key(f"fk_request_{column}", "staff", [column], ["id"])
        request.create_check_constraint("ck_request_two_people", "signed_by <> confirmed_by")
        request.create_check_constraint(
            "ck_request_destruction_signed",
            "kind <> 'destruction' OR state <> 'done' OR (confirmed_by IS NOT NULL AND signed_by IS NOT NULL)",
        )
    _name_the_two_of_destructions()
    _let_destructions_wait()
    _rename_states(NEW_STATES)
    _pending_once(PENDING)


def _requests_down() -> None:
    op.drop_index("ix_request_pending_once", "request_record")
    # The first tables have two columns for names: a destruction keeps its two people there, or it could not come back.
    op.execute(
        "UPDATE request_record SET taken_up_by = confirmed_by, ended_by = signed_by "
        "WHERE kind = 'destruction' AND state = 'done'"
    )
    with op.batch_alter_table("request_record") as request:
        request.drop_constraint("ck_request_two_people", type_="check")
        request.drop_constraint("ck_request_destruction_signed", type_="check")
        for column in ("asked_by", "confirmed_by", "signed_by"):
            request.drop_constraint(f"fk_request_{column}", type_="foreignkey")
        for column in (
            "signed_by",
            "confirmed_by",
            "asked_by",
            "means",
            "signed_at",
            "confirmed_at",
            "waits_until",
            "sealed_outcome",
            "sealed_details",
        ):
            request.drop_column(column)
        request.alter_column("ended_by", new_column_name="entered_by", existing_type=sa.String(length=32))
        request.alter_column("ended_at", new_column_name="entered_at", existing_type=sa.DateTime(timezone=True))
    _rename_states(OLD_STATES)
    _pending_once(PENDING_BEFORE)


def _name_the_two_of_destructions() -> None:
    """Undo what going down did to destructions that were done; the first version itself knew none."""
    op.execute(
        "UPDATE request_record SET confirmed_by = taken_up_by, signed_by = ended_by "
        "WHERE kind = 'destruction' AND state = 'entered'"
    )


def _let_destructions_wait() -> None:
    """Let destructions wait as long as can be: the first tables know no waiting time, which must not mean none."""
    request = sa.table(
        "request_record",
        sa.column("id", sa.String),
        sa.column("kind", sa.String),
        sa.column("state", sa.String),
        *(sa.column(name, sa.DateTime(timezone=True)) for name in ("asked_at", "waits_until")),
    )
    waiting = (request.c.kind == "destruction") & request.c.state.in_(("asked", "taken-up"))
    connection = op.get_bind()
    for request_id, asked_at in connection.execute(sa.select(request.c.id, request.c.asked_at).where(waiting)).all():
        waits_until = asked_at + LONGEST_WAITING
        connection.execute(request.update().where(request.c.id == request_id).values(waits_until=waits_until))


def _rename_states(names: tuple[tuple[str, str], ...]) -> None:
    request = sa.table("request_record", sa.column("state", sa.String))
    for before, after in names:
        op.execute(request.update().where(request.c.state == before).values(state=after))


def _pending_once(pending: str) -> None:
    op.create_index(
        "ix_request_pending_once",
        "request_record",
        ["case_id", "kind"],
        unique=True,
        sqlite_where=sa.text(pending),
        postgresql_where=sa.text(pending),
    )


def _free_holds_without_request() -> None:
    """Undo what going down did to holds that no request set."""
    op.execute(
        "UPDATE hold SET request_id = NULL "
        "WHERE request_id IN (SELECT id FROM request_record WHERE kind = 'hold-' || id)"
    )
    op.execute("DELETE FROM request_record WHERE kind = 'hold-' || id")


def _keep_holds_without_request() -> None:
    connection = op.get_bind()
    hold = sa.table("hold", *(sa.column(name, sa.String) for name in ("id", "case_id", "request_id")))
    rows = sa.text(
        "INSERT INTO request_record (id, centre_id, case_id, kind, number, state, asked_at) "
        "SELECT hold.id, case_record.centre_id, hold.case_id, 'hold-' || hold.id, substr(hold.id, 1, 9), "
        "CASE WHEN hold.lifted_at IS NULL THEN 'taken-up' ELSE 'not-done' END, hold.set_at "
        "FROM hold JOIN case_record ON case_record.id = hold.case_id WHERE hold.request_id IS NULL"
    )
    connection.execute(rows)
    connection.execute(hold.update().where(hold.c.request_id.is_(None)).values(request_id=hold.c.id))
