"""The second fence: on PostgreSQL, a transaction sees and changes the rows of one centre (`portal.records.fence`).

SQLite knows no policies: nothing changes there.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# A question that is asked once for a statement, not once for a row.
CENTRE = "(SELECT current_setting('portal.centre', true))"
ACROSS = "(SELECT current_setting('portal.across', true))"

OF_CENTRE = "centre_id = $CENTRE"
OF_STAFF = "EXISTS (SELECT 1 FROM staff s WHERE s.id = staff_id AND s.centre_id = $CENTRE)"
OF_CASE = "EXISTS (SELECT 1 FROM case_record c WHERE c.id = case_id AND c.centre_id = $CENTRE)"
OF_LINK = (
    "EXISTS (SELECT 1 FROM link l JOIN case_record c ON c.id = l.case_id"
    " WHERE l.id = link_id AND c.centre_id = $CENTRE)"
)
OWN = {
    "centre": "id = $CENTRE",
    "shift": OF_CENTRE,
    "staff": OF_CENTRE,
    "invitation": OF_CENTRE,
    "recovery_code": OF_STAFF,
    "passkey": OF_STAFF,
    "sign_in": OF_STAFF,
    "case_record": OF_CENTRE,
    "link": OF_CASE,
    "visit": OF_LINK,
    "item": OF_CENTRE,
    "request_record": OF_CENTRE,
    "extension": OF_CASE,
    "hold": OF_CASE,
    "today_line": OF_CENTRE,
    "message": OF_CENTRE,
    "journal": OF_CENTRE,
    "published_figures": OF_CENTRE,
}
READ = {
    "centre": ("centres", "keys", "outbox", "sign-in", "watch"),
    "staff": ("keys", "sign-in", "names"),
    "recovery_code": ("keys",),
    "passkey": ("sign-in", "names"),
    "invitation": ("sign-in",),
    "case_record": ("keys", "link", "erasure", "watch"),
    "request_record": ("watch",),
    "message": ("outbox", "watch"),
    "journal": ("watch",),
}
CHANGED = {
    "link": ("link",),
    "visit": ("link", "sweep"),
    "sign_in": ("sign-in", "sweep"),
    "invitation": ("sweep",),
}
# A condition that is no plain comparison is never asked of an index behind a policy: *Today* makes the name of a line
# of an id and a day, and would go through every line for every case. A line holds random ids, hours, and no fact.
SEEN_BY_ALL = ("today_line",)
READS_ALL, CHANGES_ALL = ("backup",), ("migration",)


def upgrade() -> None:
    """Put up the fence, also for the owner of the tables."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, own in OWN.items():
        op.execute(f"CREATE POLICY own_centre ON {table} USING ({own.replace('$CENTRE', CENTRE)})")
        reading, changing = (*READ.get(table, ()), *READS_ALL), (*CHANGED.get(table, ()), *CHANGES_ALL)
        seen = "true" if table in SEEN_BY_ALL else _one_of(reading)
        op.execute(f"CREATE POLICY across_reading ON {table} FOR SELECT USING ({seen})")
        op.execute(f"CREATE POLICY across_changing ON {table} USING ({_one_of(changing)})")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    """Take the fence down."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in OWN:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        for policy in ("own_centre", "across_reading", "across_changing"):
            op.execute(f"DROP POLICY {policy} ON {table}")


def _one_of(ways: tuple[str, ...]) -> str:
    return f"{ACROSS} IN ({', '.join(repr(way) for way in ways)})"
