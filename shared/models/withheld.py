"""What brokers never read of rows they see: columns the extranet's role has no grant on.

The ORM asks for whole rows; for a broker it leaves these columns out, and touching one raises. The
database refuses them to whatever else is sent (migration ``signed``; tests/database/catalogue.py).
"""

from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.orm import InstrumentedAttribute, ORMExecuteState, Session, defer

from shared.db import actor_of
from shared.models.contracts import Contract
from shared.models.hierarchy import Producer
from shared.models.ledger import Issue, Statement
from shared.models.pools import Company, Pool
from shared.models.products import (
    Insurer,
    LineOfBusiness,
    Product,
    ProductAuthorisation,
    ProductVersion,
)
from shared.vocabulary import Door

WITHHELD: Final[dict[type, tuple[InstrumentedAttribute[Any], ...]]] = {
    Company: (Company.tax_note, Company.recorded_by),
    Contract: (Contract.source_digest,),
    Insurer: (Insurer.note, Insurer.identity_id, Insurer.recorded_by),
    Issue: (Issue.recorded_by,),
    LineOfBusiness: (LineOfBusiness.recorded_by,),
    Pool: (Pool.operator_id, Pool.recorded_by),
    Producer: (Producer.person_id, Producer.house, Producer.recorded_by),
    Product: (Product.recorded_by,),
    ProductAuthorisation: (
        ProductAuthorisation.reason,
        ProductAuthorisation.recorded_by,
        ProductAuthorisation.superseded_by,
    ),
    # what a premium is turned into, and who wrote it, is the pool's own business
    ProductVersion: (
        ProductVersion.unit_value,
        ProductVersion.cap_years,
        ProductVersion.product_factor,
        ProductVersion.recorded_by,
    ),
    Statement: (Statement.recorded_by,),
}


@event.listens_for(Session, "do_orm_execute")
def _leave_out(state: ORMExecuteState) -> None:
    """Ask for a broker's rows without what he has no grant on."""
    if not state.is_select or actor_of(state.session).door is not Door.EXTRANET:
        return
    for asked in getattr(state.statement, "column_descriptions", ()):
        whole, of = asked["expr"], asked.get("entity")
        for attribute in WITHHELD.get(asked["type"], ()) if whole is of else ():
            left = getattr(whole, attribute.key)
            state.statement = state.statement.options(defer(left, raiseload=True))
