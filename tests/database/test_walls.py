"""Whose row a row is, asked of every table through every door.

Two firms of one pool and one firm of another have a row in every table; what the second firm has is
private where it can be. Every door acts in the first pool, the extranet for the first firm.
"""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Table, select, text, true
from sqlalchemy.exc import DBAPIError

from shared.db.sessions import SET_CONTEXT
from shared.models import Base
from shared.vocabulary import Door
from tests.database.catalogue import CLOSED, EXTRANET_READS, GLOBAL
from tests.database.conftest import Estates, error_of
from tests.factories.rows import Estate, values_of
from tests.signing import sign

TABLES = Base.metadata.sorted_tables
TENANTS = [t for t in TABLES if t.name not in {*GLOBAL, *CLOSED}]
OF_THE_RANGE = (
    "insurer", "line_of_business", "parameter_value", "product", "product_version",
    "regional_default",
)  # fmt: skip
DRAFTS = ("run_packet", "run_event", "run_balance", "run_figure", "run_producer_figure")
REFUSED = "42501"


def _may(connection: Connection, table: Table, command: str) -> bool:
    """Whether the door has a right on a column of the table at all."""
    function = "has_table_privilege" if command == "DELETE" else "has_any_column_privilege"
    asked = text(f"SELECT {function}(:table, :command)")
    return bool(connection.execute(asked, {"table": table.name, "command": command}).scalar_one())


def _seen(estates: Estates, table: Table, door: Door) -> list[Estate]:
    """Whose rows a door reads, as architecture decision 5 has it."""
    if door is Door.EXTRANET and table.name not in OF_THE_RANGE:
        return [estates.ours]
    if "private" in table.columns:  # a broker's own is neither the staff's nor a job's
        return [estates.ours]
    if table.name == "clearance_request" and door is Door.INTRANET:
        return [estates.ours]  # by who sees the customer it is about
    return [estates.ours] if table.name == "pool" else [estates.ours, estates.neighbours]


def _key(table: Table, row: dict[str, object]) -> tuple[object, ...]:
    return tuple(row[c.name] for c in table.primary_key.columns)


@pytest.mark.parametrize("door", Door)
@pytest.mark.parametrize("table", TENANTS, ids=str)
class TestEveryTable:
    def test_without_context_nothing_is_read(
        self, stand: Callable[[Door], Connection], table: Table, door: Door
    ) -> None:
        connection = stand(door)
        refused = error_of(connection, text(f"SELECT 1 FROM {table.name}"))
        granted = _may(connection, table, "SELECT")
        connection.rollback()
        # an empty result would be settled as an empty month
        missing = {"42704", "22P02"} | ({REFUSED} if door is Door.EXTRANET else set())
        assert refused in (missing if granted else {REFUSED})

    def test_without_context_nothing_is_changed(
        self, stand: Callable[[Door], Connection], table: Table, door: Door, estates: Estates
    ) -> None:
        connection = stand(door)
        insert = table.insert().values(values_of(table, estates.ours)).inline()
        refused = error_of(connection, insert)
        connection.rollback()
        assert refused is not None

    def test_a_door_reads_what_is_its_own(
        self, behind: Callable[[Door], Connection], table: Table, door: Door, estates: Estates
    ) -> None:
        connection = behind(door)
        if not _may(connection, table, "SELECT"):
            assert error_of(connection, text(f"SELECT 1 FROM {table.name}")) == REFUSED
            return
        rows = connection.execute(select(*table.primary_key.columns)).mappings()
        keys = {_key(table, dict(row)) for row in rows}
        assert keys == {_key(table, e.rows[table.name]) for e in _seen(estates, table, door)}

    def test_nothing_is_written_into_another_pool(
        self, behind: Callable[[Door], Connection], table: Table, door: Door, estates: Estates
    ) -> None:
        connection = behind(door)
        values = values_of(table, estates.foreign)
        if table.name == "settlement_run":
            values["state"] = "calculating"  # else the guard refuses before the wall is asked
        mark = connection.begin_nested()
        with pytest.raises(DBAPIError) as refused:
            connection.execute(table.insert().values(values).inline())
        mark.rollback()
        allowed = _may(connection, table, "INSERT")
        wall = "violates row-level security policy" if allowed else "permission denied"
        assert wall in str(refused.value)

    def test_rows_of_another_pool_are_not_changed(
        self, behind: Callable[[Door], Connection], table: Table, door: Door, estates: Estates
    ) -> None:
        connection = behind(door)
        pool = table.columns["id" if table.name == "pool" else "pool_id"]
        there = pool == estates.foreign.pool_id
        for column in table.columns:
            granted = connection.execute(
                text("SELECT has_column_privilege(:table, :column, 'UPDATE')"),
                {"table": table.name, "column": column.name},
            ).scalar_one()
            if granted and column.computed is None:
                change = table.update().where(there).values({column.name: column})
                assert connection.execute(change).rowcount == 0
        if _may(connection, table, "DELETE"):
            assert connection.execute(table.delete().where(there)).rowcount == 0

    def test_a_row_does_not_move_into_another_pool(
        self, behind: Callable[[Door], Connection], table: Table, door: Door, estates: Estates
    ) -> None:
        connection = behind(door)
        pool = table.columns["id" if table.name == "pool" else "pool_id"]
        move = table.update().where(true()).values({pool.name: estates.foreign.pool_id})
        own_alone = door is Door.EXTRANET and "private" in table.columns
        if own_alone and _may(connection, table, "UPDATE") and table.name != "document":
            move = move.where(table.columns["private"])  # of these it changes its own alone
            assert error_of(connection, move) is None
            assert connection.execute(move).rowcount == 0
            return
        assert error_of(connection, move) is not None


@pytest.mark.parametrize("table", [t for t in TENANTS if t.name in EXTRANET_READS], ids=str)
def test_a_broker_without_a_firm_reads_nothing(
    stand: Callable[[Door], Connection], table: Table, estates: Estates
) -> None:
    connection = stand(Door.EXTRANET)
    context = {"pool": str(estates.ours.pool_id), "firms": "", "name": "somebody"}
    connection.execute(SET_CONTEXT, context)
    sign(connection, estates.ours.pool_id, [], "somebody")
    refused = error_of(connection, select(*table.primary_key.columns))
    connection.rollback()
    assert refused == (None if table.name in {*OF_THE_RANGE, "pool"} else REFUSED)


def test_only_the_worker_deletes_and_only_scratch_paper(
    behind: Callable[[Door], Connection],
) -> None:
    may = {(d, t.name) for d in Door for t in TABLES if _may(behind(d), t, "DELETE")}
    assert may == {(Door.WORKER, name) for name in (*DRAFTS, "upload_row")}


@pytest.mark.parametrize("door", Door)
@pytest.mark.parametrize("name", ["account", "web_session", "membership"])
def test_what_is_read_before_anybody_is_known_has_no_door(
    behind: Callable[[Door], Connection], door: Door, name: str
) -> None:
    table = Base.metadata.tables[name]
    connection = behind(door)
    assert not any(_may(connection, table, c) for c in ("SELECT", "INSERT", "UPDATE", "DELETE"))


@pytest.mark.parametrize("door", Door)
def test_the_wall_can_not_be_switched_off(behind: Callable[[Door], Connection], door: Door) -> None:
    connection = behind(door)
    connection.execute(text("SET LOCAL row_security = off"))
    # PostgreSQL refuses to answer rather than to filter
    assert error_of(connection, text("SELECT 1 FROM contract")) == REFUSED


def test_the_context_ends_with_its_transaction(behind: Callable[[Door], Connection]) -> None:
    connection = behind(Door.INTRANET)
    assert error_of(connection, text("SELECT 1 FROM contract")) is None
    connection.rollback()
    assert error_of(connection, text("SELECT 1 FROM contract")) == "22P02"
