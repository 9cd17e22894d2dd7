"""What erasing asks for is asked by index: who is due, and, for each request that goes, whether a hold names it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

IN_FILE = sa.text("in_file_at IS NOT NULL")


def upgrade() -> None:
    """Add the indexes."""
    op.create_index(
        "ix_case_in_file", "case_record", ["in_file_at", "id"], sqlite_where=IN_FILE, postgresql_where=IN_FILE
    )
    op.create_index("ix_hold_request_id", "hold", ["request_id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_hold_request_id", "hold")
    op.drop_index("ix_case_in_file", "case_record")
