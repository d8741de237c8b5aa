"""The walls stand around every table, and the checks that say so can fail."""

from collections.abc import Iterator

import psycopg
import pytest

from shared.models import Base
from tests.database.catalogue import APPS, CHECKS, DEFINERS, MIGRATIONS, faults_of

SCRATCH = "CREATE TABLE scratch (pool_id int, id int, PRIMARY KEY (pool_id, id));"
FLOOR = """
    ALTER TABLE scratch ENABLE ROW LEVEL SECURITY;
    CREATE POLICY floor ON scratch AS RESTRICTIVE
        TO brokerpool_intranet, brokerpool_extranet, brokerpool_worker
        USING (pool_id = (SELECT current_setting('app.pool_id')::int));"""
STAFF = "CREATE POLICY staff ON scratch TO brokerpool_intranet USING (true);"
GRANT = "GRANT SELECT ON scratch TO brokerpool_intranet;"
DEFINER = "LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'"

# check, what is planted, and a word of the fault it must give
PLANTED = (
    ("row-level security is on", SCRATCH, "scratch"),
    ("one floor under every granted table", SCRATCH + GRANT, "scratch"),
    ("one floor under every granted table", SCRATCH + GRANT + """
        ALTER TABLE scratch ENABLE ROW LEVEL SECURITY;
        CREATE POLICY floor ON scratch AS RESTRICTIVE TO brokerpool_intranet USING (true)""",
     "scratch"),
    ("no tenant table without a floor", SCRATCH, "scratch"),
    ("every right has a policy that opens it", SCRATCH + FLOOR + GRANT, "brokerpool_intranet"),
    ("policies name the doors they are for", SCRATCH + "CREATE POLICY p ON scratch USING (true)",
     "public"),
    ("closed tables are closed", "GRANT SELECT (email) ON account TO brokerpool_extranet",
     "account"),
    ("an index leads with the pool",
     "CREATE TABLE scratch (pool_id int, id int, PRIMARY KEY (id, pool_id))", "scratch"),
    ("the pool is in every key", SCRATCH + "CREATE UNIQUE INDEX planted ON scratch (id)",
     "planted"),
    ("the pool is in every key", SCRATCH + "ALTER TABLE scratch ADD COLUMN v daterange,"
     " ADD CONSTRAINT planted EXCLUDE USING gist (id WITH =, v WITH &&)", "planted"),
    ("the pool is in every foreign key", """
        CREATE TABLE parent (pool_id int, id int UNIQUE, PRIMARY KEY (pool_id, id));
        CREATE TABLE scratch (pool_id int, id int, parent_id int,
            CONSTRAINT planted FOREIGN KEY (parent_id) REFERENCES parent (id))""", "planted"),
    ("every foreign key has an index", SCRATCH + """
        CREATE TABLE child (pool_id int, scratch_id int, CONSTRAINT planted
            FOREIGN KEY (pool_id, scratch_id) REFERENCES scratch (pool_id, id));
        CREATE INDEX ON child (pool_id)""", "planted"),
    ("views ask as their caller", "CREATE VIEW planted AS SELECT * FROM contract", "planted"),
    ("no materialised view", "CREATE MATERIALIZED VIEW planted AS SELECT 1", "planted"),
    ("definer functions are the listed ones",
     f"CREATE FUNCTION planted() RETURNS int {DEFINER}", "planted"),
    ("definer functions pin their search path",
     f"CREATE FUNCTION planted() RETURNS int {DEFINER}", "planted"),
    ("definer functions are not public",
     f"CREATE FUNCTION planted() RETURNS int {DEFINER}", "planted"),
    ("the public has nothing", "GRANT SELECT ON contract TO PUBLIC", "contract"),
    ("apps have no powers", "GRANT brokerpool_worker TO CURRENT_USER WITH INHERIT TRUE",
     "CREATEROLE"),
    ("apps own nothing", """
        CREATE ROLE planted IN ROLE brokerpool_worker; GRANT planted TO CURRENT_USER WITH SET TRUE;
        GRANT CREATE ON SCHEMA public TO planted;
        CREATE TABLE scratch (id int); ALTER TABLE scratch OWNER TO planted""", "scratch"),
    ("an app is not another one, nor the owner", """
        CREATE ROLE planted; GRANT brokerpool_worker, brokerpool_extranet TO planted""", "planted"),
    ("books have no right of change", "GRANT UPDATE (amount) ON posting TO brokerpool_worker",
     "posting"),
    ("books have a trigger that refuses", "ALTER TABLE statement DISABLE TRIGGER append_only",
     "statement"),
    ("books have a trigger that refuses", "DROP TRIGGER kept ON posting", "posting"),
    ("nobody deletes, but from scratch paper", "GRANT DELETE ON contract TO brokerpool_intranet",
     "contract"),
    ("nobody deletes, but from scratch paper", "GRANT TRUNCATE ON career TO brokerpool_worker",
     "TRUNCATE"),
    ("the extranet reads the listed tables", "GRANT SELECT ON rule TO brokerpool_extranet",
     "rule"),
    ("the extranet reads the listed tables", "REVOKE SELECT ON thread FROM brokerpool_extranet",
     "thread"),
    ("the extranet reads the listed columns", "GRANT SELECT ON insurer TO brokerpool_extranet",
     "insurer.note"),
    ("the extranet reads the listed columns",
     "REVOKE SELECT (name) ON product FROM brokerpool_extranet", "product.name"),
    ("the extranet's context is signed",
     "CREATE POLICY planted ON task TO brokerpool_extranet USING (true)", "planted"),
    ("the extranet's context is signed",
     f"CREATE FUNCTION planted() RETURNS int {DEFINER}", "planted"),
    ("what is private is not the staff's", "ALTER TABLE task ADD COLUMN private boolean",
     "task"),
    ("the migrations' own table is the owner's",
     f"GRANT SELECT ON {MIGRATIONS} TO brokerpool_worker", MIGRATIONS),
)  # fmt: skip


@pytest.fixture
def owner(owner_url: str) -> Iterator[psycopg.Connection]:
    """The owner, in a transaction that is rolled back."""
    with psycopg.connect(owner_url) as connection:
        yield connection
        connection.rollback()


@pytest.mark.parametrize("check", CHECKS)
def test_every_table_stands_behind_the_walls(owner: psycopg.Connection, check: str) -> None:
    assert faults_of(owner, check) == []


@pytest.mark.parametrize(
    ("check", "plant", "named"), PLANTED, ids=[f"{i}-{c[0]}" for i, c in enumerate(PLANTED)]
)
def test_a_planted_fault_is_found(
    owner: psycopg.Connection, check: str, plant: str, named: str
) -> None:
    owner.execute(plant.encode())
    assert any(named in fault for fault in faults_of(owner, check))


def test_every_check_was_seen_to_fail() -> None:
    assert {check for check, _, _ in PLANTED} == set(CHECKS)


def test_the_checks_look_at_every_table_of_the_models(owner: psycopg.Connection) -> None:
    found = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert {name for (name,) in found} == {*Base.metadata.tables, MIGRATIONS}


@pytest.mark.parametrize("function", DEFINERS)
def test_a_definer_function_is_called_by_those_who_need_it(
    owner: psycopg.Connection, function: str
) -> None:
    callers = owner.execute(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)"
        " AND has_function_privilege(oid, %s::regprocedure, 'EXECUTE') ORDER BY 1",
        [list(APPS), function],
    ).fetchall()
    assert tuple(name for (name,) in callers) == DEFINERS[function]
