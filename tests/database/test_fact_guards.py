"""Facts are superseded once and never changed; of one key only one stands; shares are whole."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Connection, Table, insert, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint, Range

from shared.models import Base
from shared.models.contracts import ContractShare
from shared.vocabulary import Door
from tests.database.conftest import HANDS, OWNER, Estates, error_of
from tests.factories.rows import values_of

MISSING_GRANT, STANDS, CHECK, UNIQUE, OVERLAP = "42501", "23001", "23514", "23505", "23P01"
FACTS = [t for t in Base.metadata.sorted_tables if "superseded_at" in t.columns]
DATED = [t for t in FACTS if any(isinstance(c, ExcludeConstraint) for c in t.constraints)]
STANDING = [t for t in FACTS if any(i.name == f"uq_{t.name}_standing" for i in t.indexes)]
MAY_WRITE = (Door.INTRANET, Door.WORKER, OWNER)
Behind = Callable[[Door | str], Connection]
HALF, THIRD = Decimal("0.5"), Decimal("0.333333")


def of_ours(table: Table, estates: Estates) -> str:
    """The row of our firm, as a condition."""
    return f"WHERE id = {estates.ours.rows[table.name]['id']}"


@pytest.mark.parametrize("hand", HANDS)
@pytest.mark.parametrize("table", FACTS, ids=str)
class TestEveryFact:
    def test_is_superseded_once(
        self, behind: Behind, estates: Estates, table: Table, hand: Door | str
    ) -> None:
        connection = behind(hand)
        row = of_ours(table, estates)
        supersede = f"UPDATE {table.name} SET superseded_at = now(), superseded_by = 'a' {row}"
        if hand not in MAY_WRITE:
            assert error_of(connection, supersede) == MISSING_GRANT
            return
        assert connection.execute(text(supersede)).rowcount == 1
        for revived in ("NULL", "now() + interval '1 day'"):
            change = f"UPDATE {table.name} SET superseded_at = {revived} {row}"
            assert error_of(connection, change) == STANDS

    def test_is_never_changed(
        self, behind: Behind, estates: Estates, table: Table, hand: Door | str
    ) -> None:
        connection = behind(hand)
        free = {"superseded_at", "superseded_by"}
        changed = [c for c in table.columns if c.name not in free and c.computed is None]
        assert len(changed) > 4
        for column in changed:
            change = (
                f"UPDATE {table.name} SET {column.name} = {column.name} {of_ours(table, estates)}"
            )
            assert error_of(connection, change) == (STANDS if hand == OWNER else MISSING_GRANT)


@pytest.mark.parametrize("door", Door)
@pytest.mark.parametrize("table", FACTS, ids=str)
def test_no_door_deletes_a_fact(behind: Behind, estates: Estates, table: Table, door: Door) -> None:
    """The owner may: where the law asks for it he erases."""
    delete = f"DELETE FROM {table.name} {of_ours(table, estates)}"
    assert error_of(behind(door), delete) == MISSING_GRANT


@pytest.mark.parametrize("table", FACTS, ids=str)
def test_superseding_changes_nothing_else(behind: Behind, estates: Estates, table: Table) -> None:
    both = f"UPDATE {table.name} SET superseded_at = now(), recorded_by = 'a' "
    assert error_of(behind(OWNER), both + of_ours(table, estates)) == STANDS


@pytest.mark.parametrize("hand", MAY_WRITE)
class TestOneStands:
    @pytest.mark.parametrize("table", DATED, ids=str)
    @pytest.mark.parametrize("days", [(None, None), (date(2026, 5, 1), date(2026, 5, 2))], ids=str)
    def test_dated_facts_do_not_overlap(
        self, behind: Behind, estates: Estates, table: Table, hand: Door | str,
        days: tuple[date | None, date | None],
    ) -> None:  # fmt: skip
        connection = behind(hand)
        again = values_of(table, estates.ours)
        if "code" in again:
            again["code"] = "another"
        again["valid"] = Range(*days)
        # a rule with an end is of another key: it outranks the one without
        beside = table.name == "rule" and days[1] is not None
        refused = error_of(connection, table.insert().values(again).inline())
        assert refused == (None if beside else OVERLAP)
        before = {**again, "valid": Range(date(2025, 1, 1), date(2026, 1, 1))}
        assert error_of(connection, table.insert().values(before).inline()) is None

    @pytest.mark.parametrize("table", STANDING, ids=str)
    def test_of_an_undated_fact_one_row_stands(
        self, behind: Behind, estates: Estates, table: Table, hand: Door | str
    ) -> None:
        connection = behind(hand)
        again = table.insert().values(values_of(table, estates.ours)).inline()
        assert error_of(connection, again) == UNIQUE
        row = of_ours(table, estates)
        connection.execute(
            text(f"UPDATE {table.name} SET superseded_at = now(), superseded_by = 'a' {row}")
        )
        assert error_of(connection, again) is None


# what is inserted as shares by one statement, from position 0 on
SHARES = [
    ((HALF, HALF), None),
    ((Decimal(1),), None),
    ((HALF, Decimal("0.4")), CHECK),
    ((HALF, Decimal("0.6")), CHECK),
    ((THIRD, THIRD, THIRD), CHECK),
    ((THIRD, THIRD, Decimal("0.333334")), None),
    ((Decimal(0), Decimal(1)), None),
    ((Decimal("1.5"), Decimal("-0.5")), CHECK),
]
MAY = Range(date(2027, 5, 1), date(2027, 6, 1))


def shares(
    estates: Estates, parts: tuple[Decimal, ...], valid: Range[date] = MAY, first: int = 0
) -> object:
    """Shares of our contract, cumulated as they have to be."""
    rows, reached = [], Decimal(0)
    for position, part in enumerate(parts, first):
        values = values_of(ContractShare.__table__, estates.ours)  # type: ignore[arg-type]
        cumulated = {"share": part, "share_from": reached, "share_to": reached + part}
        rows.append({**values, **cumulated, "position": position, "valid": valid})
        reached += part
    return insert(ContractShare).values(rows).inline()


@pytest.fixture
def unshared(behind: Behind, estates: Estates) -> Behind:
    """Our contract without standing shares."""

    def connection(hand: Door | str) -> Connection:
        found = behind(hand)
        found.execute(
            text("UPDATE contract_share SET superseded_at = now(), superseded_by = 'a' "
                 f"{of_ours(ContractShare.__table__, estates)}")  # type: ignore[arg-type]
        )  # fmt: skip
        return found

    return connection


@pytest.mark.parametrize("hand", MAY_WRITE)
class TestShares:
    @pytest.mark.parametrize(("parts", "refused"), SHARES, ids=str)
    def test_sum_to_exactly_one(
        self, unshared: Behind, estates: Estates, hand: Door | str,
        parts: tuple[Decimal, ...], refused: str | None,
    ) -> None:  # fmt: skip
        assert error_of(unshared(hand), shares(estates, parts)) == refused

    def test_two_sets_on_a_day(self, unshared: Behind, estates: Estates, hand: Door | str) -> None:
        connection = unshared(hand)
        connection.execute(shares(estates, (HALF, HALF)))  # type: ignore[call-overload]
        day = Range(date(2027, 5, 31), date(2028, 1, 1))
        assert error_of(connection, shares(estates, (Decimal(1),), day)) == OVERLAP
        # a second set can't slip past the first by counting on
        assert error_of(connection, shares(estates, (Decimal(1),), day, first=2)) == CHECK

    def test_one_of_two_is_not_superseded_alone(
        self, unshared: Behind, estates: Estates, hand: Door | str
    ) -> None:
        connection = unshared(hand)
        connection.execute(shares(estates, (HALF, HALF)))  # type: ignore[call-overload]
        supersede = (
            "UPDATE contract_share SET superseded_at = now(), superseded_by = 'a' "
            f"WHERE contract_id = {estates.ours.rows['contract']['id']} AND superseded_at IS NULL"
        )
        assert error_of(connection, f"{supersede} AND position = 1") == CHECK
        assert error_of(connection, supersede) is None
