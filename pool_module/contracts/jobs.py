"""What RQ runs for contracts: safe to run twice."""

from pool_module.contracts.operations.premiums import roll_premiums as roll
from shared import clock
from shared.actor import Actor
from shared.db import Session
from shared.models.pools import Pool


def roll_premiums(session: Session, actor: Actor) -> None:
    """Roll the pool's premium calendars forward."""
    pool = session.get_one(Pool, actor.pool_id)
    roll(session, clock.today(pool.time_zone))
