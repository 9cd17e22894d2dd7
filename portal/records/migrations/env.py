"""Alembic's entry: runs the migrations on the connection that `migrate` hands over."""

from alembic import context

from portal.records.models import Base


def _run() -> None:
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


_run()
