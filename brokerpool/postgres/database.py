"""The database inside an embedded server, and the role that owns it."""

import psycopg
from psycopg import sql
from sqlalchemy import URL

from brokerpool.postgres.configuration import OWNER, superuser
from brokerpool.postgres.place import Place

DATABASE = "brokerpool"


def ensure(place: Place, name: str = DATABASE) -> None:
    """Make the owner and his database where they are missing.

    The owner is what README.md asks of an external server too: no superuser, but CREATEROLE for
    the apps' logins and BYPASSRLS for data migrations and backups, which must see every row.
    """
    with psycopg.connect(**superuser(place)) as connection:
        if not _found(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", OWNER):
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN CREATEROLE BYPASSRLS").format(sql.Identifier(OWNER))
            )
        if not _found(connection, "SELECT 1 FROM pg_database WHERE datname = %s", name):
            statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0")
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(OWNER)))
    with psycopg.connect(**superuser(place, name)) as connection:
        # The one extension that only a superuser may make; migrations make the others.
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")


def owner_url(place: Place, name: str = DATABASE) -> str:
    """The owner's address; no password, the kernel vouches for him."""
    return address(place, OWNER, None, name)


def address(place: Place, role: str, password: str | None, name: str = DATABASE) -> str:
    """A role's address."""
    url = URL.create(
        "postgresql",
        username=role,
        password=password,
        database=name,
        query={"host": str(place.sockets)},
    )
    return url.render_as_string(hide_password=False)


def _found(connection: psycopg.Connection, query: str, name: str) -> bool:
    return connection.execute(query, [name]).fetchone() is not None
