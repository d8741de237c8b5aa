"""A backup on real servers: saved, restored into another database, refused when it is damaged."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import text

from brokerpool import addresses, migration, roles
from brokerpool.backup.figures import figures_of
from brokerpool.backup.manifest import NAME, Manifest
from brokerpool.backup.restoring import restore, verify_books
from brokerpool.backup.saving import back_up
from brokerpool.postgres.configuration import superuser
from pool_module.settlement.formats.scenario import read_scenario
from pool_module.settlement.operations.scenario import ScenarioRun
from shared.actor import Actor
from shared.config import Config
from shared.db import make_engine, open_session
from shared.errors import Refused
from shared.vocabulary import Door
from tests.servers import Database, PostgresServer

CASES = Path(__file__).parents[1] / "examples" / "cases"
PLAYED = {1: "01-four-levels-difference", 2: "05-clawback-17-of-60-months"}
CONTENTS = {"1/pool": (b"a statement", b"another"), "2/7": (b"a broker's own file",)}
NUMBERS = count(1)
# What the doors may do, and what refuses them: everything that is not a row.
WALLS = """
    SELECT 'policy', tablename, policyname, concat_ws('|', permissive, roles, cmd, qual, with_check)
        FROM pg_policies WHERE schemaname = 'public'
    UNION ALL SELECT 'grant', table_name, grantee, privilege_type
        FROM information_schema.role_table_grants WHERE grantee LIKE 'brokerpool_%'
            AND grantee NOT LIKE '%owner'
    UNION ALL SELECT 'column grant', table_name, grantee, column_name || privilege_type
        FROM information_schema.column_privileges WHERE grantee LIKE 'brokerpool_%'
            AND grantee NOT LIKE '%owner'
    UNION ALL SELECT 'routine', routine_name, grantee, privilege_type
        FROM information_schema.routine_privileges
        WHERE specific_schema = 'public' AND routine_name !~ '^pg_stat'
            AND grantee ~ '^(PUBLIC|brokerpool_[a-z]*)$' AND grantee NOT LIKE '%owner'
    UNION ALL SELECT 'trigger', c.relname, t.tgname, concat(pg_get_triggerdef(t.oid), t.tgenabled)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
    UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'index', tablename, indexname, indexdef
        FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'extension', extname, '', '' FROM pg_extension
        WHERE extname <> 'pg_stat_statements'
    UNION ALL SELECT 'walled', relname, '', '' FROM pg_class WHERE relrowsecurity
    ORDER BY 1, 2, 3, 4"""


def silent(_: str) -> None:
    pass


@dataclass(frozen=True)
class Saved:
    """A settled installation and the backup of it."""

    config: Config
    folder: Path


@pytest.fixture(scope="module")
def saved(
    postgres: PostgresServer, template: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Saved]:
    name = f"test_saved_{next(NUMBERS)}"
    source = postgres.cloned(template, name)
    root = tmp_path_factory.mktemp("saved")
    config = replace(source.config, storage_dir=root / "files")
    settle(source)
    for folder, contents in CONTENTS.items():
        for content in contents:
            store(config, folder, content)
    back_up(config, root / "backup", silent)
    yield Saved(config, root / "backup")
    postgres.drop(name)


@pytest.fixture
def elsewhere(postgres: PostgresServer, template: Database, tmp_path: Path) -> Iterator[Config]:
    """A new, empty database and an empty folder for the files."""
    assert template.owner_url  # the group roles are another owner's already
    with another_owners_database(postgres, tmp_path) as config:
        yield config


@pytest.fixture(scope="module")
def restored(
    saved: Saved, postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Config]:
    """What came back of the backup, for tests that only look."""
    with another_owners_database(postgres, tmp_path_factory.mktemp("restored")) as config:
        restore(config, saved.folder, silent, replace=False)
        yield config


@contextmanager
def another_owners_database(postgres: PostgresServer, folder: Path) -> Iterator[Config]:
    """An owner who is no superuser and has a password; nothing in a backup may name the old one."""
    name = f"test_restored_{next(NUMBERS)}"
    groups = ", ".join(roles.group_role(door) for door in Door)
    with psycopg.connect(**superuser(postgres.place)) as connection:
        for statement in (
            "CREATE ROLE {}_owner LOGIN CREATEROLE BYPASSRLS PASSWORD 'its:own\\secret'",
            "CREATE DATABASE {0} OWNER {0}_owner TEMPLATE template0",
            f"GRANT {groups} TO {{}}_owner WITH ADMIN OPTION, INHERIT FALSE",
        ):
            connection.execute(statement.format(name).encode())
    url = f"postgresql://{name}_owner:its%3Aown%5Csecret@/{name}?host={postgres.place.sockets}"
    yield Config(folder / "home", url, {}, None, folder / "files")
    postgres.drop(name)


def settle(source: Database) -> None:
    """Two pools with closed periods."""
    engine = make_engine(source.door_url(Door.WORKER))
    for pool, case in PLAYED.items():
        actor = Actor(Door.WORKER, pool, None, "test")
        with open_session(engine, actor) as session:
            plan = read_scenario(
                json.dumps(json.loads((CASES / f"{case}.json").read_text())["scenario"])
            )
            ScenarioRun(session, actor, plan).play()
            session.commit()
    engine.dispose()


def store(config: Config, folder: str, content: bytes) -> Path:
    path = config.storage_dir / folder / sha256(content).hexdigest()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def asked(config: Config, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(addresses.owner_url(config)) as connection:
        return connection.execute(query.encode()).fetchall()


def test_everything_comes_back(saved: Saved, restored: Config) -> None:
    manifest = Manifest.read(saved.folder)
    with psycopg.connect(addresses.owner_url(restored)) as connection:
        assert figures_of(connection) == manifest.figures
    assert manifest.figures.rows["pool"] == len(PLAYED)
    assert manifest.figures.postings
    assert verify_books(restored, silent) == len(PLAYED)
    for folder, contents in CONTENTS.items():
        found = {f.read_bytes() for f in (restored.storage_dir / folder).iterdir()}
        assert found == set(contents)


def test_walls_and_guards_come_back(saved: Saved, restored: Config) -> None:
    assert asked(restored, WALLS) == asked(saved.config, WALLS)


def test_a_worker_sees_exactly_its_pool(restored: Config) -> None:
    engine = make_engine(addresses.door_url(restored, Door.WORKER))
    with open_session(engine, Actor(Door.WORKER, 2, None, "test")) as session:
        assert session.scalars(text("SELECT DISTINCT pool_id FROM posting")).all() == [2]
        assert session.scalars(text("SELECT id FROM pool")).all() == [2]
    engine.dispose()


def test_the_extranet_still_has_no_way_to_postings(restored: Config) -> None:
    extranet = addresses.door_url(restored, Door.EXTRANET)
    with psycopg.connect(extranet) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute("SELECT 1 FROM posting")


def test_books_are_append_only_even_to_the_owner(restored: Config) -> None:
    with pytest.raises(errors.RestrictViolation, match="append-only"):
        asked(restored, "DELETE FROM event")


def test_no_transaction_of_the_new_server_opens_a_closed_run(restored: Config) -> None:
    """Its number might be that of the transaction that closed the run on the old server."""
    query = "SELECT count(*), count(closed_in) FROM settlement_run WHERE state = 'closed'"
    ((closed, numbered),) = asked(restored, query)
    assert closed
    assert not numbered


def test_a_second_backup_copies_only_what_is_new(saved: Saved) -> None:
    before = {p: p.stat().st_ino for p in (saved.folder / "files").rglob("*") if p.is_file()}
    assert back_up(saved.config, saved.folder, silent).new_files == 0
    new = store(saved.config, "1/pool", b"new")
    assert back_up(saved.config, saved.folder, silent).new_files == 1
    after = {p: p.stat().st_ino for p in (saved.folder / "files").rglob("*") if p.is_file()}
    assert {p.name for p in after.keys() - before.keys()} == {new.name}
    assert before.items() <= after.items()
    new.unlink()
    again = back_up(saved.config, saved.folder, silent).manifest
    assert {p.name for p in saved.folder.iterdir()} == {
        NAME,
        "files",
        again.dump.name,
        again.file_list.name,
    }


def test_people_who_were_logged_in_are_not(saved: Saved) -> None:
    assert "web_session" not in Manifest.read(saved.folder).figures.rows


def test_a_full_database_is_refused_and_replaced_when_told(saved: Saved, elsewhere: Config) -> None:
    restore(elsewhere, saved.folder, silent, replace=False)
    with pytest.raises(Refused, match=r"not empty .* --replace"):
        restore(elsewhere, saved.folder, silent, replace=False)
    with psycopg.connect(addresses.owner_url(elsewhere)) as connection:
        connection.execute("CREATE TYPE left_over AS ENUM ('a')")
        connection.execute("CREATE TABLE left_over_too (kind left_over)")
    restore(elsewhere, saved.folder, silent, replace=True)
    assert not asked(elsewhere, "SELECT 1 FROM pg_class WHERE relname LIKE 'left_over%'")


def test_a_database_in_use_is_refused(saved: Saved, elsewhere: Config) -> None:
    busy = psycopg.connect(addresses.owner_url(elsewhere))
    with busy, pytest.raises(Refused, match="in use"):
        restore(elsewhere, saved.folder, silent, replace=False)


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("part", "harm", "line"),
    [
        ("database-*", damage, r"database-.* is damaged"),
        ("database-*", Path.unlink, r"database-.* is missing"),
        ("files-*", damage, r"files-.* is damaged"),
        ("files/2/7/*", damage, r"file .*files/2/7/[0-9a-f]{64} is damaged"),
        ("files/2/7/*", Path.unlink, r"file .*files/2/7/[0-9a-f]{64} is missing"),
        (NAME, Path.unlink, "no backup in .* manifest.json is missing"),
        (NAME, lambda path: path.write_text('{"format": 1}'), "manifest.json is damaged"),
        (NAME, lambda path: path.write_text("{"), "manifest.json is damaged"),
    ],
)
def test_damage_is_named_and_nothing_is_restored(
    saved: Saved, elsewhere: Config, *, part: str, harm: Callable[[Path], object], line: str
) -> None:
    folder = elsewhere.home.with_name("damaged")
    shutil.copytree(saved.folder, folder)
    harm(next(folder.glob(part)))
    with pytest.raises(Refused, match=line) as refusal:
        restore(elsewhere, folder, silent, replace=False)
    assert "\n" not in str(refusal.value)
    assert not asked(elsewhere, "SELECT 1 FROM pg_tables WHERE schemaname = 'public'")


def test_a_damaged_copy_is_mended_by_the_next_backup(saved: Saved) -> None:
    copy = next(saved.folder.glob("files/2/7/*"))
    damage(copy)
    assert back_up(saved.config, saved.folder, silent).new_files == 1
    assert copy.read_bytes() == b"a broker's own file"


def test_a_damaged_stored_file_leaves_the_older_backup(saved: Saved) -> None:
    path = store(saved.config, "1/pool", b"sound")
    path.write_bytes(b"rotten")
    before = (saved.folder / NAME).read_text()
    with pytest.raises(Refused, match=f"{path} is damaged"):
        back_up(saved.config, saved.folder, silent)
    path.unlink()
    assert (saved.folder / NAME).read_text() == before


def test_a_backup_of_a_newer_release_is_refused(
    saved: Saved, elsewhere: Config, tmp_path: Path
) -> None:
    found = json.loads((saved.folder / NAME).read_text())
    found["figures"]["revision"] = "of_tomorrow"
    (tmp_path / NAME).write_text(json.dumps(found))
    with pytest.raises(Refused, match=r"of_tomorrow.* does not know"):
        restore(elsewhere, tmp_path, silent, replace=False)


def test_a_backup_of_an_older_release_is_migrated(
    own_database: Database, elsewhere: Config, tmp_path: Path
) -> None:
    older = replace(own_database.config, storage_dir=tmp_path / "none")
    migration.migrate(older, down_to="walls")
    back_up(older, tmp_path / "backup", silent)
    restore(elsewhere, tmp_path / "backup", silent, replace=False)
    assert not migration.pending(elsewhere)


def test_an_empty_database_is_no_backup(elsewhere: Config, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="nothing to back up"):
        back_up(elsewhere, tmp_path / "backup", silent)
