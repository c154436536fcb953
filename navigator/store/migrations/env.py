"""Run by Alembic: applies the steps on the connection that navigator.store.migrate hands over."""

from alembic import context

from navigator.store.schema import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
context.run_migrations()
