"""The database roles of the doors: what ``migrate`` makes before the tables.

Group roles (one per door, the same in every database of a server) carry grants and policies and
can't log in. Each database has its own logins, members of the groups, so that a login of one
database does not open another.
"""

import psycopg
from psycopg import errors, sql

from brokerpool import addresses
from brokerpool.role_passwords import RolePasswords
from shared.config import Config
from shared.errors import Refused
from shared.vocabulary import Door

MAY_MAKE_TEMPORARY_TABLES = (Door.INTRANET, Door.WORKER)
ATTRIBUTES = sql.SQL("LOGIN INHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION")


def group_role(door: Door) -> str:
    """The role that holds a door's grants and policies."""
    return f"brokerpool_{door.value}"


def ensure(connection: psycopg.Connection, config: Config) -> None:
    """Make group roles and logins, and let only the logins into this database.

    Args:
        connection: the owner's, in autocommit.
        config: says which logins the environment brings along; those are not changed, but
            become members of their group.
    """
    try:
        for door in Door:
            _ensure_group(connection, group_role(door))
        for door in Door:
            _ensure_login(connection, config, door)
        _close_database(connection, config)
    except errors.InsufficientPrivilege as error:
        raise Refused(_missing_right(connection, error)) from error


def _ensure_group(connection: psycopg.Connection, name: str) -> None:
    if _exists(connection, name):
        return
    try:
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(name)))
    except errors.DuplicateObject:  # another database of this server was migrated just now
        return


def _ensure_login(connection: psycopg.Connection, config: Config, door: Door) -> None:
    name = addresses.login_role(config, door)
    if door in config.door_urls:
        _refuse_powerful(connection, name, door)
    else:
        _set_login(connection, config, door, name)
    if not _is_member(connection, name, group_role(door)):
        connection.execute(
            sql.SQL("GRANT {} TO {} WITH INHERIT TRUE, SET FALSE").format(
                sql.Identifier(group_role(door)), sql.Identifier(name)
            )
        )


def _set_login(connection: psycopg.Connection, config: Config, door: Door, name: str) -> None:
    """Make the login or bring it back in line; its password is always the one in the file."""
    owner = addresses.parsed(addresses.owner_url(config), "DATABASE_URL")
    password = RolePasswords(config.home).ensure(owner, door)
    # Encrypted here, so that no server log can hold it in clear text.
    secret = connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256")
    identifier = sql.Identifier(name)
    if not _exists(connection, name):
        connection.execute(sql.SQL("CREATE ROLE {} ").format(identifier) + ATTRIBUTES)
    connection.execute(
        sql.SQL("ALTER ROLE {} PASSWORD {}").format(identifier, sql.Literal(secret.decode()))
    )
    _refuse_powerful(connection, name, door)


def _refuse_powerful(connection: psycopg.Connection, name: str, door: Door) -> None:
    """A login that may do everything would walk through every wall."""
    row = connection.execute(
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole"
        " OR pg_has_role(rolname, current_user, 'MEMBER') FROM pg_roles WHERE rolname = %s",
        [name],
    ).fetchone()
    if row is None:
        raise Refused(f"DATABASE_URL_{door.name} names the role {name}, which does not exist.")
    if row[0]:
        raise Refused(
            f"The role {name} of the {door.value} is superuser, owner, CREATEROLE or BYPASSRLS: "
            "the database's walls would not hold it. Give it plain LOGIN."
        )


def _close_database(connection: psycopg.Connection, config: Config) -> None:
    database = sql.Identifier(connection.info.dbname)
    connection.execute(
        sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC").format(database)
    )
    for door in Door:
        rights = "CONNECT, TEMPORARY" if door in MAY_MAKE_TEMPORARY_TABLES else "CONNECT"
        connection.execute(
            sql.SQL("GRANT {} ON DATABASE {} TO {}").format(
                sql.SQL(rights), database, sql.Identifier(addresses.login_role(config, door))
            )
        )


def _exists(connection: psycopg.Connection, name: str) -> bool:
    query = "SELECT 1 FROM pg_roles WHERE rolname = %s"
    return connection.execute(query, [name]).fetchone() is not None


def _is_member(connection: psycopg.Connection, name: str, group: str) -> bool:
    row = connection.execute("SELECT pg_has_role(%s, %s, 'USAGE')", [name, group]).fetchone()
    return bool(row and row[0])


def _missing_right(connection: psycopg.Connection, error: errors.InsufficientPrivilege) -> str:
    """What a superuser has to do once, so that ``migrate`` can go on."""
    owner = connection.info.user
    row = connection.execute("SELECT rolcreaterole FROM pg_roles WHERE rolname = %s", [owner])
    found = row.fetchone()
    if not (found and found[0]):
        return (
            f"The role {owner} of DATABASE_URL may not make the portals' logins: as a superuser "
            f'run ALTER ROLE "{owner}" CREATEROLE, or make the roles yourself (README.md).'
        )
    groups = ", ".join(group_role(door) for door in Door)
    return (
        f"The role {owner} of DATABASE_URL lacks a right ({error.diag.message_primary}): it must "
        f"own the database, and roles made by another must be granted: as a superuser run "
        f'GRANT {groups} TO "{owner}" WITH ADMIN OPTION, INHERIT FALSE.'
    )
