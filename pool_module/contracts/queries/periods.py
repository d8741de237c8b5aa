"""The days whose commission lists show."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.actor import Actor
from shared.models.contracts import Event
from shared.periods import add_months


@dataclass(frozen=True)
class Days:
    """A stretch of days, both ends included."""

    first: date
    last: date


def current_period(session: Session, actor: Actor, today: date) -> Days:
    """The month of the last commission that fell due; without any the month of today."""
    last: date | None = session.execute(
        select(func.max(Event.due)).where(Event.pool_id == actor.pool_id, Event.due <= today)
    ).scalar_one()
    first = (last or today).replace(day=1)
    return Days(first, add_months(first, 1) - timedelta(days=1))
