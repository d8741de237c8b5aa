"""Throw-away servers and databases for a test run."""

import fcntl
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from brokerpool import addresses, migration, roles
from brokerpool.postgres import configuration, database
from brokerpool.postgres.place import Place
from brokerpool.postgres.server import EmbeddedPostgres
from brokerpool.supervisor import launched
from brokerpool.valkey import valkey
from shared.config import Config
from shared.vocabulary import Door

PREFIX = "brokerpool-tests-"
YOUNG = 600  # seconds; another run may just be starting in such a folder
# of each database of this run, by name
OWNERS: dict[str, str] = {}


@dataclass(frozen=True)
class Database:
    """One database of the test server, with the addresses of its owner and its doors."""

    name: str
    config: Config

    @property
    def owner_url(self) -> str:
        return addresses.owner_url(self.config)

    def door_url(self, door: Door) -> str:
        return addresses.door_url(self.config, door)


@dataclass(frozen=True)
class PostgresServer:
    """The test server: a place, and a state folder for the logins' passwords."""

    place: Place
    home: Path

    def migrated(self, name: str) -> Database:
        """Make a database with roles and tables."""
        database.ensure(self.place, name)
        made = Database(name, self._config(name, {}))
        migration.migrate(made.config)
        return made

    def cloned(self, template: Database, name: str) -> Database:
        """Copy a migrated database, about 30 ms; its doors keep their logins."""
        statement = "CREATE DATABASE {} TEMPLATE {} STRATEGY wal_log OWNER {}"
        names = [sql.Identifier(n) for n in (name, template.name, configuration.OWNER)]
        with psycopg.connect(**configuration.superuser(self.place)) as connection:
            connection.execute(sql.SQL(statement).format(*names))
        urls = {d: make_url(template.door_url(d)).set(database=name) for d in Door}
        door_urls = {d: u.render_as_string(hide_password=False) for d, u in urls.items()}
        made = Database(name, self._config(name, door_urls))
        with psycopg.connect(made.owner_url, autocommit=True) as connection:
            roles.ensure(connection, made.config)  # a copy has the tables' rights, not its own
        return made

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        with psycopg.connect(**configuration.superuser(self.place)) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def _config(self, name: str, door_urls: dict[Door, str]) -> Config:
        OWNERS[name] = database.owner_url(self.place, name)
        return Config(
            home=self.home,
            database_url=database.owner_url(self.place, name),
            door_urls=door_urls,
            redis_url=None,
            storage_dir=self.home / "files",
        )


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Run a server in a temporary folder; it is gone afterwards.

    What a killed test run left behind is stopped and removed first.
    """
    temporary = Path(tempfile.gettempdir())
    for left in temporary.glob(f"{PREFIX}*"):
        _sweep(left)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o711)  # as root the server is another user, who must walk through
    server = EmbeddedPostgres(Place.at(folder / "postgres"), durable=False)
    try:
        server.start()
        yield PostgresServer(server.place, folder / "home")
    finally:
        server.leave()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis_server() -> Iterator[str]:
    """Run a Redis-protocol server and give its URL."""
    home = Path(tempfile.mkdtemp(prefix="bp-redis-"))
    child = valkey(home)
    with subprocess.Popen(launched(child.command), env=child.environment) as process:
        try:
            while not child.ready():
                assert process.poll() is None
                time.sleep(0.02)
            yield f"unix://{addresses.valkey_socket(home)}"
        finally:
            process.terminate()
    shutil.rmtree(home)


def _sweep(folder: Path) -> None:
    place = Place.at(folder / "postgres")
    try:
        if time.time() - folder.stat().st_ctime < YOUNG:
            return
        with place.shares.open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # in use, just beginning, or another user's
        return
    if (place.data / "PG_VERSION").exists():
        server = EmbeddedPostgres(place, durable=False)
        server.start()
        server.leave()
    shutil.rmtree(folder, ignore_errors=True)
