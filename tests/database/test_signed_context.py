"""A broker's context counts with a signature the database gave for it, and with no other."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from sqlalchemy import Connection, text

from shared.db.sessions import SIGN
from shared.vocabulary import Door
from tests.database.conftest import Estates, error_of
from tests.servers import Database
from tests.signing import sign

REFUSED = "42501"
SET = text("SELECT set_config(:name, :value, true)")
# what an SQL injection would try to read with a context of its own making
ASKED = ("contract", "company", "statement", "insurer", "product", "pool", "insurer_identity",
         "document", "thread", "line_of_business")  # fmt: skip


@pytest.fixture
def broker(behind: Callable[[Door], Connection]) -> Connection:
    return behind(Door.EXTRANET)


@pytest.fixture
def owner(estates_database: Database) -> Iterator[psycopg.Connection]:
    with psycopg.connect(estates_database.owner_url) as connection:
        yield connection
        connection.rollback()


def read(connection: Connection, table: str) -> str | None:
    return error_of(connection, text(f"SELECT count(*) FROM {table}"))


def own(connection: Connection) -> int:
    found: int = connection.execute(text("SELECT count(*) FROM contract")).scalar_one()
    return found


@pytest.mark.parametrize("table", ASKED)
def test_a_forged_context_reads_nothing(broker: Connection, estates: Estates, table: str) -> None:
    assert read(broker, table) is None
    forgeries = {
        "app.firms": str(estates.neighbours.firm_id),
        "app.pool_id": str(estates.foreign.pool_id),
        "app.actor": "somebody else",
        "app.signature": "",
    }
    for name, value in forgeries.items():
        mark = broker.begin_nested()
        broker.execute(SET, {"name": name, "value": value})
        assert read(broker, table) == REFUSED, name
        mark.rollback()
    assert read(broker, table) is None


def test_more_firms_than_were_signed_are_none(broker: Connection, estates: Estates) -> None:
    both = f"{estates.ours.firm_id},{estates.neighbours.firm_id}"
    broker.execute(SET, {"name": "app.firms", "value": both})
    assert read(broker, "contract") == REFUSED


@pytest.mark.parametrize(
    "signature", ["x", "1.2", "1.9999999999.", f"1.9999999999.{'0' * 64}",
                  f"99.9999999999.{'0' * 64}", "'; DROP TABLE pool; --",
                  "1.9999999999999999999.0", "-1.9999999999.0"],
)  # fmt: skip
def test_nonsense_is_refused(broker: Connection, signature: str) -> None:
    broker.execute(SIGN, {"signature": signature})
    assert read(broker, "contract") is not None


def test_an_expired_signature_is_refused(
    broker: Connection, estates: Estates, owner: psycopg.Connection
) -> None:
    told = owner.execute(
        "SELECT k.id || '.1000000000.' || context_mac(k.id, %s, %s, 'somebody', 1000000000)"
        " FROM context_key k ORDER BY id LIMIT 1",
        [str(estates.ours.pool_id), str(estates.ours.firm_id)],
    ).fetchone()
    assert told
    broker.execute(SIGN, {"signature": told[0]})
    assert read(broker, "contract") == REFUSED


def test_anothers_signature_is_worth_nothing(broker: Connection, estates: Estates) -> None:
    sign(broker, estates.ours.pool_id, [estates.neighbours.firm_id], "somebody")
    assert read(broker, "contract") == REFUSED
    broker.execute(SET, {"name": "app.firms", "value": str(estates.neighbours.firm_id)})
    assert own(broker) == 1  # with his context it is his own: that is what it says


@pytest.mark.parametrize("door", Door)
def test_the_key_is_nobodys(behind: Callable[[Door], Connection], door: Door) -> None:
    connection = behind(door)
    for asked in ("SELECT 1 FROM context_key", "DELETE FROM context_key",
                  "SELECT context_mac(1, '1', '1', 'x', 1)"):  # fmt: skip
        assert error_of(connection, text(asked)) == REFUSED
    may = error_of(connection, text("SELECT context_signature(1, ARRAY[1], 'x')"))
    assert may == (None if door is Door.WORKER else REFUSED)


def test_nothing_of_ones_own_stands_before_ours(broker: Connection) -> None:
    """Nobody makes a function the check would take for sha256: there is no place to put it."""
    for schema in ("pg_temp", "public"):
        made = f"CREATE FUNCTION {schema}.sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT $1'"
        assert error_of(broker, text(made)) == REFUSED


def test_keys_rotate_and_the_last_one_still_counts(
    own_database: Database, estates: Estates
) -> None:
    _ = estates
    with psycopg.connect(own_database.owner_url, autocommit=True) as owner:
        signed = "SELECT context_signature(1, ARRAY[1], 'x')"

        def counts(signature: str) -> bool:
            with psycopg.connect(own_database.owner_url) as asking:
                asking.execute(
                    "SELECT set_config('app.pool_id', '1', true),"
                    " set_config('app.firms', '1', true), set_config('app.actor', 'x', true),"
                    " set_config('app.signature', %s, true)",
                    [signature],
                )
                try:
                    asking.execute("SELECT app_signed()")
                except psycopg.errors.InsufficientPrivilege:
                    return False
                return True

        first = str(owner.execute(signed).fetchone()[0])  # type: ignore[index]
        owner.execute("SELECT rotate_context_key()")
        keys = owner.execute("SELECT count(*) FROM context_key").fetchone()
        assert keys == (1,)  # it is not a day old
        owner.execute("UPDATE context_key SET made_at = made_at - interval '25 hours'")
        owner.execute("SELECT rotate_context_key()")
        second = str(owner.execute(signed).fetchone()[0])  # type: ignore[index]
        assert first.partition(".")[0] != second.partition(".")[0]
        assert counts(first)
        assert counts(second)
        owner.execute("UPDATE context_key SET made_at = made_at - interval '25 hours'")
        owner.execute("SELECT rotate_context_key()")
        assert not counts(first)
        assert counts(str(owner.execute(signed).fetchone()[0]))  # type: ignore[index]
