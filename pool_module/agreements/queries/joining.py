"""What holds for a firm's leading producer and payee: copied when another firm comes in like it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shared.actor import Actor
from shared.models.hierarchy import Producer
from shared.models.products import Rule

LEADER = text("""
    SELECT p.id, p.code, p.name, g.code AS group_code, g.name AS group_name, l.code AS level_code,
           r.rate AS reserve,
           (SELECT a.parent_id FROM placement a WHERE a.pool_id = :pool AND a.producer_id = p.id
               AND a.superseded_at IS NULL AND a.valid @> CAST(:day AS date)) AS parent_id
    FROM producer p
    LEFT JOIN producer_group pg ON pg.pool_id = :pool AND pg.producer_id = p.id
        AND pg.superseded_at IS NULL AND pg.valid @> CAST(:day AS date)
    LEFT JOIN commission_group g ON g.pool_id = :pool AND g.id = pg.group_id
    LEFT JOIN career c ON c.pool_id = :pool AND c.producer_id = p.id
        AND c.superseded_at IS NULL AND c.valid @> CAST(:day AS date)
    LEFT JOIN career_level l ON l.pool_id = :pool AND l.id = c.level_id
    LEFT JOIN producer_reserve r ON r.pool_id = :pool AND r.producer_id = p.id
        AND r.superseded_at IS NULL AND r.valid @> CAST(:day AS date)
    WHERE p.pool_id = :pool AND p.firm_id = :firm
    ORDER BY p.kind = 'person', p.id LIMIT 1""")
MINIMUMS = text("""
    SELECT currency, minimum_payout FROM payment_terms
    WHERE pool_id = :pool AND company_id = :firm AND superseded_at IS NULL
        AND valid @> CAST(:day AS date) ORDER BY currency""")
WITHHELD = text("""
    SELECT code, rate FROM withholding
    WHERE pool_id = :pool AND company_id = :firm AND superseded_at IS NULL ORDER BY code""")


@dataclass(frozen=True)
class Terms:
    """What a firm has agreed on with the pool.

    Attributes:
        producer_id: of its leading producer.
        group: the rate group he is in.
        level: his career level.
        reserve: a reserve rate of his own.
        parent_id: who stands above him.
        minimums: the least paid out, by currency.
        withholdings: taxes withheld, by code.
        rules: how many rates are agreed with him alone.
    """

    producer_id: int
    producer: str
    group: str | None
    level: str | None
    reserve: Decimal | None
    parent_id: int | None
    minimums: dict[str, Decimal]
    withholdings: dict[str, Decimal]
    rules: int


def find_terms(session: Session, actor: Actor, company_id: int, day: date) -> Terms | None:
    """What holds for a firm on a day; None: nobody of it sells."""
    here = {"pool": actor.pool_id, "firm": company_id, "day": day}
    row = session.execute(LEADER, here).one_or_none()
    if row is None:
        return None
    return Terms(
        producer_id=row.id,
        producer=row.name,
        group=row.group_code,
        level=row.level_code,
        reserve=row.reserve,
        parent_id=row.parent_id,
        minimums={r.currency: r.minimum_payout for r in session.execute(MINIMUMS, here)},
        withholdings={r.code: r.rate for r in session.execute(WITHHELD, here)},
        rules=len(rules_of(session, actor, row.id, day)),
    )


def rules_of(session: Session, actor: Actor, producer_id: int, day: date) -> list[Rule]:
    """The rates agreed with a producer alone that hold on a day."""
    return list(
        session.scalars(
            select(Rule)
            .where(
                Rule.pool_id == actor.pool_id,
                Rule.producer_id == producer_id,
                Rule.superseded_at.is_(None),
                Rule.valid.op("@>")(day),
            )
            .order_by(Rule.code, Rule.id)
        )
    )


def possible_parents(session: Session, actor: Actor) -> list[Any]:
    """Whom a firm can be placed under: id, name, code, kind."""
    return list(
        session.execute(
            select(Producer.id, Producer.name, Producer.code, Producer.kind)
            .where(Producer.pool_id == actor.pool_id, ~Producer.house)
            .order_by(Producer.kind == "person", Producer.sort_key, Producer.id)
        )
    )


def producers_of(session: Session, actor: Actor, company_id: int) -> list[int]:
    """Everybody who sells for a firm."""
    return list(
        session.scalars(
            select(Producer.id)
            .where(Producer.pool_id == actor.pool_id, Producer.firm_id == company_id)
            .order_by(Producer.id)
        )
    )
