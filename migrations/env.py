"""Alembic's door: runs as the database's owner, on a connection it is handed or on DATABASE_URL."""

import os

from alembic import context
from sqlalchemy import Connection, create_engine, text

from shared.models import Base


def run(connection: Connection) -> None:
    """Migrate; a lock that is not free soon is given up, not waited for (readers queue behind)."""
    connection.execute(text("SET lock_timeout = '5s'"))
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


handed = context.config.attributes.get("connection")
if handed is not None:
    run(handed)
else:
    url = os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1)
    with create_engine(url).connect() as opened:
        run(opened)
        opened.commit()
