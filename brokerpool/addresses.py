"""Which URL for which door, for the owner and for Redis: the environment's, or the embedded.

Database addresses are written as libpq writes them (``postgresql://…``).
"""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from brokerpool.postgres.database import owner_url as embedded_owner_url
from brokerpool.postgres.place import place_of
from brokerpool.role_passwords import RolePasswords
from brokerpool.socket_folders import socket_folder
from shared.config import Config
from shared.errors import Refused
from shared.vocabulary import Door

LONGEST_NAME = 63  # PostgreSQL cuts longer names silently
SCHEMES = {"postgres", "postgresql", "postgresql+psycopg"}


def needs_embedded_postgres(config: Config) -> bool:
    """Whether no server is named: neither the owner's URL nor one for every door."""
    return config.database_url is None and set(config.door_urls) != set(Door)


def owner_url(config: Config) -> str:
    """The owner's URL, for ``migrate``, ``backup`` and ``restore`` alone."""
    if config.database_url:
        return _text(parsed(config.database_url, "DATABASE_URL"))
    if not needs_embedded_postgres(config):
        raise Refused("This needs DATABASE_URL, the address of the database's owner.")
    return embedded_owner_url(place_of(config.home))


def door_url(config: Config, door: Door) -> str:
    """The URL a process of a door connects with."""
    given = config.door_urls.get(door)
    if given:
        return _text(parsed(given, f"DATABASE_URL_{door.name}"))
    owner = make_url(owner_url(config))
    password = RolePasswords(config.home).find(owner, door)
    if password is None:
        raise Refused(
            f"The {door.value} has no database login yet: run `brokerpool migrate` first, "
            f"or set DATABASE_URL_{door.name}."
        )
    return _text(owner.set(username=login_role(config, door), password=password))


def login_role(config: Config, door: Door) -> str:
    """The role a door logs in as: the one its URL names, else ``<database>_<door>_login``.

    The suffix keeps the login of a database called brokerpool apart from the group role
    ``brokerpool_intranet``.
    """
    if given := config.door_urls.get(door):
        name = parsed(given, f"DATABASE_URL_{door.name}").username
        if not name:
            raise Refused(f"DATABASE_URL_{door.name} must name the role it logs in as.")
        return name
    name = f"{make_url(owner_url(config)).database}_{door.value}_login"
    if len(name.encode()) > LONGEST_NAME:
        raise Refused(f"The database's name is too long to make logins of it ({name}).")
    return name


def redis_url(config: Config) -> str:
    """The URL of the Redis-protocol server."""
    if config.redis_url:
        if not config.redis_url.startswith(("redis://", "rediss://", "unix://")):
            raise Refused("REDIS_URL is not a Redis address, such as redis://:password@host:6379/0")
        return config.redis_url
    return f"unix://{valkey_socket(config.home)}"


def valkey_socket(home: Path) -> Path:
    """Where the embedded Valkey listens."""
    return socket_folder(home / "valkey") / "valkey.sock"


def parsed(text: str, variable: str) -> URL:
    """Read a PostgreSQL URL from the environment; refuses others, naming the variable."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.drivername not in SCHEMES or not url.database:
        raise Refused(
            f"{variable} is not a PostgreSQL address: it should look like "
            "postgresql://role:password@host:5432/database"
        )
    return url.set(drivername="postgresql")


def shown(url: str) -> str:
    """The address without its password, for messages."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=True)


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)
