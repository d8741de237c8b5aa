"""New business and what is lost again: counted by month."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import Date, cast, func, select
from sqlalchemy.orm import Session

from shared.db import actor_of
from shared.models.contracts import Application, Contract
from shared.models.products import LineOfBusiness
from shared.vocabulary import ApplicationState

# begins, is cancelled, ends
Life = tuple[date, date | None, date | None]
LIFE: Final = "010"  # GDV Anlage 1: life, with pension and disability


def applications_by_month(session: Session, first: date, last: date) -> dict[date, int]:
    """How many applications were made in each month; drafts are none yet."""
    month = cast(func.date_trunc("month", Application.applied_on), Date)
    rows = session.execute(
        select(month, func.count())
        .where(
            Application.pool_id == actor_of(session).pool_id,
            Application.applied_on.between(first, last),
            Application.state != ApplicationState.DRAFT,
        )
        .group_by(month)
    )
    return {row[0]: row[1] for row in rows}


def life_line_ids(session: Session) -> list[int]:
    """The pool's lines of life insurance."""
    return list(
        session.execute(
            select(LineOfBusiness.id).where(
                LineOfBusiness.pool_id == actor_of(session).pool_id, LineOfBusiness.gdv_key == LIFE
            )
        ).scalars()
    )


def life_cancellations(
    session: Session, windows: Sequence[tuple[date, date]]
) -> list[tuple[int, int]]:
    """For each stretch of days: contracts of life insurance cancelled in it, and those in force.

    In force is what had begun by the stretch's end and had not ended before its first day; so the
    cancelled ones are a part of it. One statement for all stretches.
    """
    rows = session.execute(
        select(Contract.begin_on, Contract.cancelled_on, Contract.end_on, func.count())
        .where(
            Contract.pool_id == actor_of(session).pool_id,
            ~Contract.private,
            Contract.line_id.in_(life_line_ids(session)),
            Contract.begin_on.is_not(None),
        )
        .group_by(Contract.begin_on, Contract.cancelled_on, Contract.end_on)
    ).all()
    lives = Counter[Life]()
    for begin, cancelled, end, number in rows:
        assert begin is not None
        lives[begin, cancelled, end] += number
    return [_rate(lives, first, last) for first, last in windows]


def _rate(lives: Counter[Life], first: date, last: date) -> tuple[int, int]:
    gone = held = 0
    for (begin, cancelled, end), number in lives.items():
        if cancelled and first <= cancelled <= last:
            gone += number
        over = min((day for day in (cancelled, end) if day), default=None)
        if (begin <= last and (over is None or over >= first)) or (
            cancelled and first <= cancelled <= last
        ):
            held += number
    return gone, held
