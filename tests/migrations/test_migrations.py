"""One line of revisions that go up and down, wait briefly, and end at the models."""

import ast

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from brokerpool import addresses, migration
from brokerpool.migration import SCRIPTS
from shared.db import make_engine
from shared.models import Base
from tests.architecture.source import PACKAGES, modules, nodes, place
from tests.servers import Database, PostgresServer

DIRECTORY = ScriptDirectory(str(SCRIPTS))
DOWNWARDS = [script.revision for script in DIRECTORY.walk_revisions()]
UPWARDS = DOWNWARDS[::-1]
LONGEST_WAIT = 10  # seconds a migration may make the portals wait behind it
THINGS = """
    SELECT 'table ' || tablename FROM pg_tables WHERE schemaname = 'public'
    UNION SELECT 'policy ' || tablename || '.' || policyname FROM pg_policies
    UNION SELECT 'trigger ' || tgrelid::regclass || '.' || tgname FROM pg_trigger
        WHERE NOT tgisinternal
    UNION SELECT 'grant ' || c.relname || ' to ' || a.grantee::regrole || ' ' || a.privilege_type
        FROM pg_class c, aclexplode(c.relacl) a WHERE c.relnamespace = 'public'::regnamespace
    UNION SELECT 'column grant ' || t.attrelid::regclass || '.' || t.attname || ' ' || a.grantee
        FROM pg_attribute t, aclexplode(t.attacl) a WHERE t.attacl IS NOT NULL
            AND t.attrelid::regclass::text NOT LIKE 'pg_%'
    UNION SELECT 'security ' || relname FROM pg_class WHERE relrowsecurity
    UNION SELECT 'function ' || p.oid::regprocedure || coalesce(p.proacl::text, '')
        FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND NOT EXISTS (
            SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION SELECT 'extension ' || extname FROM pg_extension
"""


def test_there_is_one_head() -> None:
    """Two heads are two databases; the second comer chains behind the first."""
    assert len(DIRECTORY.get_heads()) == 1
    assert len(DIRECTORY.get_bases()) == 1


def test_head_equals_the_models(shared_database: Database) -> None:
    """A model without its migration works on nobody's database but a test's."""
    engine = make_engine(shared_database.owner_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_migrations_stand_alone() -> None:
    """What they need of our code changes; what they did does not."""
    wrong = [
        place(path, node)
        for path in modules("migrations")
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom | ast.Import)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else
                     [alias.name for alias in node.names])
        if name.split(".")[0] in PACKAGES and path.name != "env.py"
    ]  # fmt: skip
    assert wrong == []


def test_a_migration_waits_briefly(own_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers queue behind a waiting ALTER TABLE: it gives up and is tried again."""
    seen: list[str] = []
    run = MigrationContext.run_migrations

    def looking(context: MigrationContext, **values: object) -> None:
        assert context.connection is not None
        shown = context.connection.exec_driver_sql("SHOW lock_timeout").scalar_one()
        seen.append(str(shown))
        run(context, **values)

    monkeypatch.setattr(MigrationContext, "run_migrations", looking)
    migration.migrate(own_database.config)
    assert [int(wait.removesuffix("s")) for wait in seen] != []
    assert all(0 < int(wait.removesuffix("s")) <= LONGEST_WAIT for wait in seen)


class TestUpAndDown:
    """On one empty database, revision by revision: what down removes, up makes again."""

    @pytest.fixture(scope="class")
    @staticmethod
    def things(postgres: PostgresServer) -> list[tuple[str, set[str], set[str]]]:
        made = postgres.migrated("test_up_and_down")
        passed: list[tuple[str, set[str], set[str]]] = []
        state = {DOWNWARDS[0]: things_of(made)}
        for revision, below in zip(DOWNWARDS, [*DOWNWARDS[1:], "base"], strict=True):
            migration.migrate(made.config, down_to=below)
            state[below] = things_of(made)
            _up_to(made, revision)
            passed.append((revision, state[revision], things_of(made)))
            migration.migrate(made.config, down_to=below)
        passed.append(("base", {"table alembic_version", "extension plpgsql"}, state["base"]))
        migration.migrate(made.config)
        passed.append(("head", state[DOWNWARDS[0]], things_of(made)))
        postgres.drop(made.name)
        return passed

    @pytest.mark.parametrize("revision", [*DOWNWARDS, "base", "head"])
    def test_a_revision(self, things: list[tuple[str, set[str], set[str]]], revision: str) -> None:
        before, after = next((b, a) for name, b, a in things if name == revision)
        assert after - before == set()
        assert before - after == set()


def things_of(database: Database) -> set[str]:
    with psycopg.connect(database.owner_url) as connection:
        found = {str(row[0]) for row in connection.execute(THINGS)}
    # the owner's rights come with the first GRANT to another; the server brings its statistics
    not_ours = ("to brokerpool_owner ", "pg_stat_statements")
    return {thing for thing in found if not any(name in thing for name in not_ours)}


def _up_to(database: Database, revision: str) -> None:
    from alembic import command  # noqa: PLC0415

    settings = AlembicConfig()
    settings.set_main_option("script_location", str(SCRIPTS))
    settings.set_main_option("path_separator", "os")
    engine = make_engine(addresses.owner_url(database.config))
    with engine.connect() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)
        connection.commit()
    engine.dispose()
