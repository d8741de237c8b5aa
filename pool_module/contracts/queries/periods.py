"""The days whose commission lists show."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.actor import Actor
from shared.models.ledger import Period
from shared.periods import add_months


@dataclass(frozen=True)
class Days:
    """A stretch of days, both ends included."""

    first: date
    last: date


def current_period(session: Session, actor: Actor, today: date) -> Days:
    """The open production period; without one the month of today."""
    found = session.execute(
        select(Period.after, Period.last_day)
        .where(Period.pool_id == actor.pool_id, Period.state == "open")
        .limit(1)
    ).one_or_none()
    if found is None:
        first = today.replace(day=1)
        return Days(first, add_months(first, 1) - timedelta(days=1))
    after, last = found
    return Days(after + timedelta(days=1) if after else last.replace(day=1), last)
