"""A minimal row of every table, made from the models: for tests that ask each table the same.

Written through the owner with the guards of books switched off, so that a statement can stand
without a whole settlement. Whoever comes through a door meets grants and policies all the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Connection, Table, text
from sqlalchemy.dialects.postgresql import JSONB, Range

from shared.models import Base
from shared.vocabulary import Kind

Row = dict[str, Any]
# words name a firm and have no foreign key to tell so: they come last
TABLES = sorted(Base.metadata.sorted_tables, key=lambda table: table.name == "search_word")
# what a CHECK asks for; everything else follows from the column's type
WANTED: dict[str, Row] = {
    "bank_change": {"state": "proposed"},
    "company": {"kind": "firm", "intermediary_type": "broker"},
    "due_terms": {"party": "company", "payable_days": 30},
    "invoice": {"side": "payable"},
    "contract_share": {"position": 0, "share": 1, "share_from": 0, "share_to": 1},
    "membership": {"door": "extranet"},
    "clearance_request": {"state": "open"},
    "long_job": {"state": "waiting"},
    "message": {"side": "firm"},
    "period": {"state": "closed"},
    "product": {"state": "active"},
    "proof": {"kind": "register"},
    "proposal": {"kind": "career", "state": "ready"},
    "one_time_link": {"purpose": "reset"},
    "rule": {"rate_of": "basis"},
    "second_factor": {"kind": "totp", "secret": b"sealed"},
    "settlement_run": {"state": "closed"},
    "thread": {"last_side": "firm"},
    "upload": {"state": "read"},
    "upload_row": {"subject": "line", "outcome": "new"},
    "web_session": {"door": "extranet"},
}
KINDS = (None, *Kind)  # of rules, agreements, reference dates and events, by estate
OF_DIVISION = ("carrier_code", "master_access")  # one of their units
SCOPED = ("rule", "agreement")  # one of their scopes: the product
OF_COMPANIES = ("due_terms", "invoice")  # one of whom they can be: the firm


@dataclass
class Estate:
    """A firm's rows, one of every table, within a pool.

    Attributes:
        number: makes texts and days differ from those of other estates.
        private: whether what can be private is.
        rows: by table name.
    """

    number: int
    private: bool = False
    rows: dict[str, Row] = field(default_factory=dict)

    @property
    def pool_id(self) -> int:
        return int(self.rows["pool"]["id"])

    @property
    def firm_id(self) -> int:
        return int(self.rows["company"]["id"])


def build(connection: Connection, number: int, *, pool: Row | None = None) -> Estate:
    """Write one row of every table.

    Args:
        connection: the owner's.
        number: of the estate.
        pool: of another estate, when this one belongs to it: its rows that can be private are.
    """
    estate = Estate(number, private=pool is not None)
    with guards_off(connection):
        for table in TABLES:
            if table.name == "pool" and pool is not None:
                estate.rows["pool"] = pool
                continue
            values = values_of(table, estate)
            made = connection.execute(table.insert().values(values).returning(table))
            estate.rows[table.name] = dict(made.mappings().one())
    return estate


def values_of(table: Table, estate: Estate) -> Row:
    """What has to be given to insert a row."""
    values = {c.name: value_of(c, estate) for c in table.columns if _is_needed(c)}
    if table.name in SCOPED:
        values["product_id"] = estate.rows["product"]["id"]
    if table.name in OF_DIVISION:
        values["division_id"] = estate.rows["division"]["id"]
    if table.name == "master_access":
        values["company_id"] = estate.firm_id
    if table.name == "contract":
        named = {"insurer_id": "insurer", "line_id": "line_of_business", "product_id": "product"}
        values |= {column: estate.rows[of]["id"] for column, of in named.items()}
    if table.name in OF_COMPANIES:
        values["company_id"] = estate.firm_id
    if "firm_id" in table.columns:
        values["firm_id"] = estate.firm_id
    if "private" in table.columns:
        values["private"] = estate.private
    return values | WANTED.get(table.name, {})


def value_of(column: Column[Any], estate: Estate) -> object:
    """A value for a column: the row it points to, or one of its type."""
    if column.name == "pool_id":
        return estate.pool_id
    for key in column.foreign_keys:
        return estate.rows[key.column.table.name][key.column.name]
    if column.name == "kind":
        return KINDS[estate.number]
    if isinstance(column.type, JSONB):
        return []
    kinds: dict[type, object] = {
        str: f"{column.name} {estate.number}",
        int: estate.number,
        bool: False,
        bytes: bytes([estate.number]),
        Decimal: Decimal(0),
        date: date(2026, 1, estate.number),
        datetime: datetime(2026, 1, estate.number, tzinfo=UTC),
        object: Range(date(2026, 1, 1), None),  # what a range's type says of itself
    }
    return kinds[column.type.python_type]


@contextmanager
def guards_off(connection: Connection) -> Iterator[None]:
    """Switch off the triggers of our own making; keys and checks stay."""
    for state in ("DISABLE", "ENABLE"):
        for table in TABLES:
            connection.execute(text(f"ALTER TABLE {table.name} {state} TRIGGER USER"))
        if state == "DISABLE":
            yield


def _is_needed(column: Column[Any]) -> bool:
    given = column.server_default is not None or column.identity is not None
    return not (column.nullable or given or column.computed is not None)
