"""Alembic's entry: runs on the connection that `sla.store.migrate` hands over."""

from alembic import context

from sla.store.migrate import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
