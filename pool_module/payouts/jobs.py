"""What RQ runs for the register of items: ids in, one call into operations, safe to run twice."""

from pool_module.payouts import operations
from shared.actor import Actor
from shared.db import Session


def write_statement_items(session: Session, actor: Actor, *, run_id: int) -> None:
    """Write the items of a closed run's statements."""
    operations.write_statement_items(session, actor, run_id)


def write_delivery_items(session: Session, actor: Actor, *, delivery_id: int) -> None:
    """Write the items of an imported delivery."""
    operations.write_delivery_items(session, actor, delivery_id)
