"""Who may sell what, written: facts per firm and product, day by day."""

from collections.abc import Sequence
from datetime import date

from pool_module.products.errors import DaysReversed, NoFirms, NoSuchProduct
from pool_module.products.queries import range as range_queries
from pool_module.products.queries import selling as queries
from shared import audit
from shared.actor import Actor
from shared.db import Session
from shared.db.facts import overwrite, stretch
from shared.models.products import ProductAuthorisation


def authorise(
    session: Session,
    actor: Actor,
    product_id: int,
    firm_ids: Sequence[int],
    *,
    start: date | None,
    end: date | None = None,
    allowed: bool = True,
    reason: str | None = None,
) -> int:
    """Let firms sell a product over [start, end), or keep them out by name.

    What stood for a firm on these days is overwritten, as facts do.

    Returns:
        How many firms.

    Raises:
        NoFirms: none was named, or none of the pool.
        DaysReversed: it would end before it begins.
    """
    if start and end and end <= start:
        raise DaysReversed
    range_queries.get_product(session, actor, product_id)
    known = {row["id"] for row in queries.broker_firms(session, actor)}
    firms = [firm for firm in dict.fromkeys(firm_ids) if firm in known]
    if not firms:
        raise NoFirms
    for firm_id in firms:
        subject = {"product_id": product_id, "firm_id": firm_id}
        row = {"allowed": allowed, "reason": reason}
        overwrite(session, ProductAuthorisation, subject, stretch(start, end), [row])
    audit.write(
        session,
        "authorised" if allowed else "barred",
        "product",
        product_id,
        new={
            "firms": firms,
            "from": start.isoformat() if start else None,
            "to": end.isoformat() if end else None,
        },
    )
    return len(firms)


def end_authorisation(
    session: Session, actor: Actor, product_id: int, firm_id: int, *, day: date
) -> None:
    """Take back, from ``day`` on, whatever stands for a firm and a product.

    Raises:
        NoSuchProduct: of this number, or nothing was ever said of this firm.
    """
    range_queries.get_product(session, actor, product_id)
    if firm_id not in {said.firm_id for said in queries.authorisations(session, actor, product_id)}:
        raise NoSuchProduct
    subject = {"product_id": product_id, "firm_id": firm_id}
    overwrite(session, ProductAuthorisation, subject, stretch(day, None), [])
    audit.write(
        session,
        "authorisation ended",
        "product",
        product_id,
        new={"firm": firm_id, "from": day.isoformat()},
    )
