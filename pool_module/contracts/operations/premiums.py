"""Premium calendars, rolled forward with time (ECS-14)."""

from collections.abc import Collection
from datetime import date

from pool_module.contracts.queries import premiums as queries
from shared.db import Session, actor_of
from shared.periods import add_months

# months that calendars reach ahead
AHEAD = 12


def roll_premiums(
    session: Session, today: date, contract_ids: Collection[int] | None = None
) -> int:
    """Write what falls due until a year from today; safe to run at any time, any number of times.

    Args:
        session: the transaction.
        today: the pool's day.
        contract_ids: these alone, whose open premiums are written anew; None: all of the pool.

    Returns:
        How many due dates were written.
    """
    last = add_months(today, AHEAD)
    return queries.roll(session, actor_of(session), today, last, contract_ids)
