"""Pages of a list follow one another without a gap, whichever way and whatever is missing."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pool_module.products import operations as products
from shared.actor import Actor
from shared.db.listing import Asked, Column, Listing, Shape, page
from shared.models.contracts import Contract
from shared.models.pools import Pool
from shared.vocabulary import Door

POOL = 920_001
DAYS = [date(2026, 3, 1), None, date(2026, 1, 1), date(2026, 3, 1), None, date(2025, 5, 5), None]


def listing() -> Listing:
    return Listing(
        name="contracts",
        source=select().select_from(Contract).where(Contract.pool_id == POOL),
        id=Contract.id,
        columns=(
            Column("begin_on", Contract.begin_on, Shape.DAY, sort=Contract.begin_on),
            Column("number", Contract.number, Shape.ID, sort=Contract.number_key),
        ),
    )


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 20])
def test_every_row_once_in_order_the_missing_last(
    session_for: Callable[[Actor], Session], size: int, *, descending: bool
) -> None:
    actor = Actor(Door.WORKER, POOL, None, "tests")
    session = session_for(actor)
    session.add(Pool(id=POOL, code=f"P{POOL}", name="Pool"))
    session.flush()
    product = products.add_product(session, actor, code="P", insurer="I", line="L")
    for number, day in enumerate(DAYS):
        session.add(
            Contract(
                pool_id=POOL, number=str(number), number_key=str(number), begin_on=day,
                insurer_id=product.insurer_id, line_id=product.line_id, product_id=product.id,
            )
        )  # fmt: skip
    session.flush()
    seen: list[tuple[date | None, int]] = []
    after = None
    for _ in range(len(DAYS) + 1):
        found = page(session, listing(), Asked("begin_on", descending, after=after, size=size))
        seen += [(row.begin_on, row.id) for row in found.rows]
        after = found.after
        if after is None:
            break
    some = [row for row in seen if row[0] is not None]
    none = [row for row in seen if row[0] is None]
    assert len(seen) == len(set(seen)) == len(DAYS)
    assert seen == [*some, *none]
    assert some == sorted(some, reverse=descending)
    assert none == sorted(none, reverse=descending)


@pytest.mark.parametrize(
    ("shape", "kind"), [(Shape.TEXT, str), (Shape.DAY, date), (Shape.COUNT, int)]
)
def test_what_a_function_orders_by_can_be_read_back(shape: Shape, kind: type) -> None:
    """SQLAlchemy does not know what lower() gives: the next page was refused."""
    assert (
        Column("name", Contract.number, shape, sort=func.lower(Contract.number)).sort_type is kind
    )
