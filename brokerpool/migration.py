"""Bring the database's roles and tables to this release: what ``brokerpool migrate`` does."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import errors
from sqlalchemy import Connection, NullPool, create_engine, make_url

from brokerpool import addresses, roles
from shared.config import Config
from shared.errors import Refused

SCRIPTS = Path(__file__).resolve().parent.parent / "migrations"
LOCK_SECONDS = 10  # a migration waits seconds, not minutes, behind the portals' transactions
ONE_AT_A_TIME = 0x62726F6B  # an advisory lock's number: "brok"
RELEASE = 18


def migrate(config: Config, *, scripts: Path = SCRIPTS, down_to: str | None = None) -> None:
    """Make the roles, then run the migrations up to the newest, or down to one.

    Args:
        config: where the database is; its owner does this.
        scripts: the folder of migrations.
        down_to: a revision to go back to (``base`` undoes all).
    """
    url = addresses.owner_url(config)
    with alone(url) as connection:
        roles.ensure(connection, config)
        with _engine_connection(url) as migrating:
            settings = _alembic(scripts)
            settings.attributes["connection"] = migrating
            if down_to is None:
                command.upgrade(settings, "head")
            else:
                command.downgrade(settings, down_to)
            migrating.commit()  # env.py leaves it to whoever hands it a connection


def pending(config: Config, *, scripts: Path = SCRIPTS) -> list[str]:
    """The newest revisions the database has not reached; empty when it is up to date."""
    heads = ScriptDirectory.from_config(_alembic(scripts)).get_heads()
    with _engine_connection(addresses.owner_url(config)) as connection:
        reached = MigrationContext.configure(connection).get_current_heads()
    return sorted(set(heads) - set(reached))


@contextmanager
def alone(url: str) -> Iterator[psycopg.Connection]:
    """The owner's connection, holding the lock that lets one of us at a time work as the owner.

    Raises:
        Refused: the server is of another release, or a migration, backup or restore is running.
    """
    options = f"-c lock_timeout={LOCK_SECONDS}s"
    with psycopg.connect(url, autocommit=True, connect_timeout=10, options=options) as connection:
        if connection.info.server_version // 10000 != RELEASE:
            raise Refused(
                f"{addresses.shown(url)} is PostgreSQL {connection.info.server_version // 10000}; "
                f"brokerpool needs {RELEASE}."
            )
        try:
            connection.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        except errors.LockNotAvailable:
            raise Refused(
                "Another `brokerpool migrate`, `backup` or `restore` is running: wait for it."
            ) from None
        yield connection


def knows(revision: str, *, scripts: Path = SCRIPTS) -> bool:
    """Whether a revision is one of this release's."""
    known = ScriptDirectory.from_config(_alembic(scripts)).walk_revisions()
    return revision in {script.revision for script in known}


def _alembic(scripts: Path) -> AlembicConfig:
    if not (scripts / "env.py").exists():
        raise Refused(f"There are no migrations in {scripts}: the installation is incomplete.")
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(scripts).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    return settings


@contextmanager
def _engine_connection(url: str) -> Iterator[Connection]:
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        connect_args={"options": f"-c lock_timeout={LOCK_SECONDS}s", "connect_timeout": 10},
    )
    with engine.connect() as connection:
        yield connection
    engine.dispose()
