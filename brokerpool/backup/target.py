"""The database a backup is restored into: empty, used by nobody, of the right extensions."""

from collections.abc import Sequence

import psycopg
from psycopg import sql

from shared.errors import Refused

# Everything that is not PostgreSQL's own or an extension's.
OBJECTS = """
    SELECT found.type, found.identity
    FROM (
        SELECT 'pg_class'::regclass AS kind, oid, relnamespace AS schema FROM pg_class
            WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
        UNION ALL SELECT 'pg_proc'::regclass, oid, pronamespace FROM pg_proc
        UNION ALL SELECT 'pg_type'::regclass, oid, typnamespace FROM pg_type
            WHERE typtype IN ('d', 'e')
    ) AS object
    JOIN pg_namespace ON pg_namespace.oid = schema
    CROSS JOIN LATERAL pg_identify_object(kind, object.oid, 0) AS found
    WHERE nspname <> 'information_schema' AND nspname !~ '^pg_'
        AND NOT EXISTS (SELECT 1 FROM pg_depend
            WHERE classid = kind AND objid = object.oid AND deptype = 'e')
    ORDER BY found.type <> 'table', found.identity"""
OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend'
        AND pid <> pg_backend_pid()"""


def refuse_used(connection: psycopg.Connection) -> None:
    """A portal or worker at work must not see half a database, nor write into it."""
    row = connection.execute(OTHERS).fetchone()
    if row and row[0]:
        raise Refused(
            f"The database {connection.info.dbname} is in use ({row[0]} other connections): stop "
            "`brokerpool serve` and whatever else works in it."
        )


def refuse_full(connection: psycopg.Connection) -> None:
    """Nothing is ever overwritten by accident."""
    found = connection.execute(OBJECTS).fetchone()
    if found:
        raise Refused(
            f"The database {connection.info.dbname} is not empty (it has the {found[0]} "
            f"{found[1]}): restore into a new one, or say --replace."
        )


def empty(connection: psycopg.Connection) -> None:
    """Drop everything in it, in one transaction."""
    with connection.transaction():
        for kind, name in connection.execute(OBJECTS).fetchall():
            # both come quoted from PostgreSQL itself
            connection.execute(f"DROP {kind} IF EXISTS {name} CASCADE")


def add_extensions(connection: psycopg.Connection, names: Sequence[str]) -> None:
    """Make the extensions the tables need, where they are missing."""
    for name in names:
        statement = sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name))
        connection.execute(statement)


def forget_transactions(connection: psycopg.Connection) -> None:
    """Forget in which transaction each run was closed.

    That number lets the closing transaction, and no other, add to the books. On another server
    the same number comes again one day, and would open a closed run for one transaction.
    """
    with connection.transaction():
        connection.execute("ALTER TABLE settlement_run DISABLE TRIGGER USER")
        connection.execute("UPDATE settlement_run SET closed_in = NULL")
        connection.execute("ALTER TABLE settlement_run ENABLE TRIGGER USER")
