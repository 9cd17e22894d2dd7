"""What is asked of the journal is asked by index: what was done with one thing, and when it was last anchored."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ANCHORS = sa.text("action = 'journal-anchored'")


def upgrade() -> None:
    """Put what a thing's lines are asked in the order of into its index; add one of the anchors alone."""
    op.drop_index("ix_journal_subject", "journal")
    op.create_index("ix_journal_subject", "journal", ["centre_id", "subject", "seq"])
    op.create_index(
        "ix_journal_anchors", "journal", ["centre_id", "seq"], sqlite_where=ANCHORS, postgresql_where=ANCHORS
    )


def downgrade() -> None:
    """Put the indexes back as they were."""
    op.drop_index("ix_journal_anchors", "journal")
    op.drop_index("ix_journal_subject", "journal")
    op.create_index("ix_journal_subject", "journal", ["centre_id", "subject"])
