"""Over all hits of a list: how many, and the sums of its money by currency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from shared.db.listing import Asked, Column, Listing, Value, narrowed


@dataclass(frozen=True)
class Totals:
    """Over all hits: how many, and the sums of each summed column by currency."""

    count: int
    sums: Mapping[str, Mapping[str, Decimal]]


def totals(session: Session, listing: Listing, asked: Asked) -> Totals:
    """Count and sum all hits: one statement."""
    summed = [c for c in listing.columns if c.total and c.currency is not None]
    hits = narrowed(listing, asked)
    if not summed:
        counted = hits.with_only_columns(func.count())
        return Totals(session.execute(counted).scalar_one(), {})
    currency = summed[0].currency
    assert currency is not None
    rows = session.execute(_by_currency(hits, currency, summed)).all()
    sums = {
        column.name: {row.currency: Decimal(getattr(row, _label(column)) or 0) for row in rows}
        for column in summed
    }
    return Totals(sum(row.hits for row in rows), sums)


def _by_currency(hits: Select[Any], currency: Value, summed: Sequence[Column]) -> Select[Any]:
    """A row per currency; what is gathered from other tables is joined and added apart.

    So the database chooses how: a month of few payments is not looked up for each of many rows.
    """
    money: Any = currency.label("currency")
    own = [func.sum(c.value).label(_label(c)) for c in summed if c.gathered is None]
    query = hits.with_only_columns(money, func.count().label("hits"), *own).group_by(money)
    gathered = [(_label(c), c.gathered) for c in summed if c.gathered is not None]
    if not gathered:
        return query
    base = query.subquery()
    query = select(*base.c)
    for label, rows in gathered:
        part = (
            hits.join(rows.table, rows.on)
            .with_only_columns(money, func.sum(rows.value).label(label))
            .group_by(money)
            .subquery()
        )
        query = query.add_columns(part.c[label])
        query = query.outerjoin(part, part.c.currency == base.c.currency)
    return query


def _label(column: Column) -> str:
    return f"sum_of_{column.name}"
