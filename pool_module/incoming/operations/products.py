"""Which product an insurer means by a name that is not its own."""

from collections.abc import Collection

from pool_module.incoming.operations import journal
from pool_module.incoming.operations.registers import PRODUCT_NAMES, name_key
from pool_module.incoming.queries import contracts, registers
from shared.actor import Actor
from shared.db import Session
from shared.models.incoming import ImportMapping
from shared.models.products import Product


def map_name(
    session: Session, actor: Actor, product: Product, name: str, case_ids: Collection[int]
) -> None:
    """Say which product a name means from now on; contracts of these cases become its.

    Only those that stand under a catch-all, waiting for somebody to say what they are.
    """
    key = name_key(name)
    found = registers.find_mapping(session, actor, product.insurer_id, PRODUCT_NAMES)
    if found is None:
        found = ImportMapping(
            pool_id=actor.pool_id, insurer_id=product.insurer_id, name=PRODUCT_NAMES, mapping={}
        )
        session.add(found)
    if key:
        found.mapping = {**found.mapping, key: product.id}
    session.flush()
    moved = contracts.give_product(session, actor, product.id, case_ids)
    subject = "product", product.id
    journal.note(session, actor, "product.named", subject, name=name, contracts=moved)
