"""House rules of the tables, held on the models; the database's catalogue holds the rest."""

import ast
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import (
    Column,
    DateTime,
    Float,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.types import Numeric

from shared.models import Base
from tests.architecture.source import modules, nodes, place
from tests.database.catalogue import CLOSED, GLOBAL

TABLES = Base.metadata.sorted_tables
TENANTS = [t for t in TABLES if "pool_id" in t.columns and t.name not in CLOSED]
# architecture, decision 4
DIGITS = {(14, 2), (18, 8), (16, 4), (7, 6), (9, 6)}
MONEY = re.compile(
    r"(^|_)(amount|premium|payout|opening|closing|entries|adjustments|withheld|payable|reserve|"
    r"basis|received|gross|net|total|minimum_payout|expected|delivered|unit_value)$"
)


def columns() -> Iterator[Column[object]]:
    for table in TABLES:
        yield from table.columns


def test_no_column_is_a_float() -> None:
    """Money, rates and shares are exact."""
    assert [str(c) for c in columns() if isinstance(c.type, Float)] == []


def test_exact_numbers_have_the_agreed_digits() -> None:
    """Two columns of one meaning with other digits round the same amount differently."""
    numbers = [c for c in columns() if isinstance(c.type, Numeric)]
    assert len(numbers) > 20
    wrong = [str(c) for c in numbers if (c.type.precision, c.type.scale) not in DIGITS]  # type: ignore[attr-defined]
    assert wrong == []


# base times rate before it is rounded: what a later reduction is computed from
EXACT = {"entry_liability.gross"}


def test_money_has_cents() -> None:
    """NUMERIC(14,2), never more and never a whole number."""
    money = [c for c in columns() if MONEY.search(c.name)]
    assert len(money) > 15
    wrong = [
        str(c)
        for c in money
        if str(c) not in EXACT
        and (not isinstance(c.type, Numeric) or (c.type.precision, c.type.scale) != (14, 2))
    ]
    assert wrong == []


def test_moments_know_their_time_zone() -> None:
    """A timestamp without one means another moment on another machine."""
    moments = [c for c in columns() if isinstance(c.type, DateTime)]
    assert len(moments) > 40
    assert [str(c) for c in moments if not c.type.timezone] == []  # type: ignore[attr-defined]
    assert [str(c) for c in columns() if c.name.endswith("_at") and c not in moments] == []


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_every_foreign_key_has_an_index(table: Table) -> None:
    """Without one, removing or changing the row it points to reads the whole table."""
    leading = [[c.name for c in index.columns] for index in table.indexes]
    keys = [k for k in table.constraints if isinstance(k, UniqueConstraint | PrimaryKeyConstraint)]
    leading += [[c.name for c in key.columns] for key in keys]
    for key in table.foreign_key_constraints:
        names = {c.name for c in key.columns}
        assert any(set(index[: len(names)]) == names for index in leading), key.name


@pytest.mark.parametrize("table", TENANTS, ids=str)
def test_the_pool_is_in_every_key(table: Table) -> None:
    """A key without it tells one pool what another has, or lets a row point across."""
    assert "pool_id" in table.primary_key.columns
    for key in table.constraints:
        if isinstance(key, ExcludeConstraint | UniqueConstraint):
            assert "pool_id" in key.columns, key.name
    for index in table.indexes:
        assert "pool_id" in index.columns or not index.unique, index.name
    for foreign in table.foreign_key_constraints:
        if foreign.referred_table.name not in GLOBAL:
            assert "pool_id" in foreign.columns, foreign.name


def test_only_the_listed_tables_are_shared_by_all_pools() -> None:
    """A new table belongs to a pool unless somebody decides otherwise here."""
    pooled = {t.name for t in TABLES if "pool_id" in t.columns} | {"pool"}
    assert {t.name for t in TABLES} - pooled == set(GLOBAL)


def test_relationships_raise_instead_of_loading_by_surprise() -> None:
    """A list that loads row by row is found in production; ``lazy="raise"`` finds it in a test."""
    wrong = [
        place(path, node)
        for path in modules("shared")
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith("relationship")
        and not any(k.arg == "lazy" and ast.unparse(k.value) == "'raise'" for k in node.keywords)
    ]
    assert wrong == []


def test_every_table_says_what_it_holds() -> None:
    """A docstring of its own, not an inherited one."""
    mappers = Base.registry.mappers
    assert [m.class_.__name__ for m in mappers if "__doc__" not in vars(m.class_)] == []
