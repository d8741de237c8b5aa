"""What ``migrate`` makes of an owner that is no superuser, and what it says to one who may not."""

import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import psycopg
import pytest
from psycopg import sql

from brokerpool import addresses, migration, roles
from brokerpool.postgres.configuration import superuser
from shared.config import Config
from shared.errors import Refused
from shared.vocabulary import Door
from tests.servers import Database, PostgresServer

NUMBERS = count(1)


def execute(postgres: PostgresServer, statement: str, *names: str, **options: str) -> None:
    with psycopg.connect(**superuser(postgres.place, **options)) as connection:
        connection.execute(sql.SQL(statement).format(*(sql.Identifier(n) for n in names)))


@pytest.fixture
def config(postgres: PostgresServer, template: Database) -> Iterator[Config]:
    """An empty database of an outside owner, who has nothing but CREATEROLE and BYPASSRLS."""
    assert template.owner_url  # it has been migrated, so the groups exist and are another owner's
    name = f"outside_{next(NUMBERS)}"
    execute(postgres, "CREATE ROLE {} LOGIN CREATEROLE BYPASSRLS PASSWORD 'known'", name)
    execute(postgres, "CREATE DATABASE {} OWNER {}", name, name)
    groups = ", ".join(roles.group_role(d) for d in Door)
    execute(postgres, f"GRANT {groups} TO {{}} WITH ADMIN OPTION, INHERIT FALSE", name)
    yield Config(
        home=postgres.home / name,
        database_url=f"postgresql://{name}:known@/{name}?host={postgres.place.sockets}",
        door_urls={},
        redis_url=None,
        storage_dir=postgres.home / name / "files",
    )
    postgres.drop(name)


def migrate(config: Config) -> None:
    """Make the roles only: the tables take a second, and one test is enough for them."""
    with psycopg.connect(addresses.owner_url(config), autocommit=True) as connection:
        roles.ensure(connection, config)


def logged_in(config: Config, door: Door) -> str:
    with psycopg.connect(addresses.door_url(config, door)) as connection:
        return connection.info.user


def test_an_owner_without_superuser_rights_migrates_and_everybody_gets_in(config: Config) -> None:
    migrate(config)
    database = str(config.database_url).split("/")[3].split("?")[0]
    assert {logged_in(config, d) for d in Door} == {f"{database}_{d}_login" for d in Door}


def test_passwords_are_closed_and_stay(config: Config) -> None:
    migrate(config)
    file = config.home / "roles.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o400
    before = json.loads(file.read_text())
    migrate(config)
    assert json.loads(file.read_text()) == before


def test_passwords_are_drawn(config: Config) -> None:
    """None is known before: each door has one of its own, and another house has others."""
    found = []
    for home in (config.home, config.home / "another"):
        database = replace(config, home=home)
        migrate(database)
        (kept,) = json.loads((home / "roles.json").read_text()).values()
        found += kept.values()
    assert len(set(found)) == 2 * len(Door)
    assert min(map(len, found)) >= 43  # 256 bits


def test_lost_passwords_are_set_anew(config: Config) -> None:
    migrate(config)
    old = addresses.door_url(config, Door.WORKER)
    (config.home / "roles.json").unlink()
    with pytest.raises(Refused, match="run `brokerpool migrate` first"):
        addresses.door_url(config, Door.WORKER)
    migrate(config)
    assert logged_in(config, Door.WORKER)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(old)


def test_a_login_of_one_database_does_not_open_another(
    own_database: Database, config: Config
) -> None:
    migrate(config)
    url = addresses.door_url(config, Door.INTRANET)
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(url, dbname=own_database.name)


def test_an_owner_without_createrole_is_told_what_is_missing(
    postgres: PostgresServer, config: Config
) -> None:
    owner = str(config.database_url).split("/")[2].split(":")[0]
    execute(postgres, "ALTER ROLE {} NOCREATEROLE", owner)
    with pytest.raises(Refused, match=f'ALTER ROLE "{owner}" CREATEROLE') as refusal:
        migrate(config)
    assert "\n" not in str(refusal.value)


def test_groups_of_another_owner_must_be_granted(postgres: PostgresServer, config: Config) -> None:
    owner = str(config.database_url).split("/")[2].split(":")[0]
    execute(postgres, "REVOKE brokerpool_worker FROM {} CASCADE", owner)
    with pytest.raises(Refused, match=r"GRANT brokerpool_intranet, .* WITH ADMIN OPTION"):
        migrate(config)


def test_a_login_of_the_environment_joins_its_group(
    postgres: PostgresServer, config: Config
) -> None:
    execute(postgres, "CREATE ROLE brought_along LOGIN PASSWORD 'own'")
    database = str(config.database_url).split("@/")[1]
    url = f"postgresql://brought_along:own@/{database}"
    brought = replace(config, door_urls={Door.WORKER: url})
    migrate(brought)
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_has_role('brokerpool_worker', 'USAGE')").fetchone()
    assert row == (True,)


@pytest.mark.parametrize("power", ["SUPERUSER", "BYPASSRLS", "CREATEROLE"])
def test_a_powerful_login_is_refused(postgres: PostgresServer, config: Config, power: str) -> None:
    name = f"powerful_{power.lower()}"
    execute(postgres, f"CREATE ROLE {{}} LOGIN {power}", name)
    database = str(config.database_url).split("@/")[1]
    brought = replace(config, door_urls={Door.EXTRANET: f"postgresql://{name}@/{database}"})
    with pytest.raises(Refused, match="walls would not hold it"):
        migrate(brought)


def test_down_and_up_again(config: Config) -> None:
    migration.migrate(config)
    migration.migrate(config, down_to="base")
    assert migration.pending(config)
    migration.migrate(config)
    assert not migration.pending(config)


def test_without_createrole_prepared_roles_do(postgres: PostgresServer, config: Config) -> None:
    owner = str(config.database_url).split("/")[2].split(":")[0]
    database = str(config.database_url).split("@/")[1]
    urls = {d: f"postgresql://prepared_{d.value}:own@/{database}" for d in Door}
    for door in Door:
        name = f"prepared_{door.value}"
        execute(
            postgres, "CREATE ROLE {} LOGIN PASSWORD 'own' IN ROLE {}", name, f"brokerpool_{door}"
        )
    execute(postgres, "ALTER ROLE {} NOCREATEROLE", owner)
    migration.migrate(replace(config, door_urls=urls))
    assert logged_in(replace(config, door_urls=urls), Door.WORKER) == "prepared_worker"
