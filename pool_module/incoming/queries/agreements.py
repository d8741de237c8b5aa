"""What is agreed with insurers, as discrepancies ask for it."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from pool_module.incoming.queries.sets import run
from shared.actor import Actor
from shared.db import Session
from shared.models.products import Agreement


def rates_of_cases(
    session: Session, actor: Actor, case_ids: Collection[int]
) -> list[dict[str, Any]]:
    """Per discrepancy the delivered rate, the day it holds on, and the agreement it differs from.

    ``rate`` is a part of the base: as the line says it, else as its amount tells.
    """
    return run(
        session,
        actor,
        """
        SELECT d.id, l.kind, v.insurer_id, p.id AS product_id, w.effective, a.id AS agreement_id,
            CASE WHEN l.rate <> 0 AND l.rate_unit IN ('percent', 'per_mille', 'factor')
                 THEN trim_scale(l.rate * CASE l.rate_unit WHEN 'percent' THEN 0.01
                     WHEN 'per_mille' THEN 0.001 ELSE 1 END)
                 WHEN l.base <> 0 THEN trim_scale(round(l.gross / l.base, 6)) END AS rate
        FROM discrepancy d
        JOIN delivery_line l ON l.pool_id = :pool AND l.id = d.delivery_line_id
        JOIN delivery v ON v.pool_id = :pool AND v.id = l.delivery_id
        JOIN contract c ON c.pool_id = :pool AND c.id = d.contract_id
        JOIN contract_terms t ON t.pool_id = :pool AND t.contract_id = c.id
            AND t.superseded_at IS NULL
        JOIN product p ON p.pool_id = :pool AND p.id = t.product_id
        CROSS JOIN LATERAL (
            SELECT coalesce(CASE WHEN l.kind = 'acquisition' THEN c.begin_on END, l.period_from,
                l.booked_on, c.begin_on) AS effective
        ) w
        LEFT JOIN LATERAL (
            SELECT g.id FROM agreement g
            WHERE g.pool_id = :pool AND g.superseded_at IS NULL AND g.kind = l.kind
                AND g.valid @> w.effective
                AND (g.product_id = p.id OR g.line_id = p.line_id OR g.insurer_id = p.insurer_id)
            ORDER BY (g.product_id IS NULL)::int, (g.line_id IS NULL)::int LIMIT 1
        ) a ON true
        WHERE d.pool_id = :pool AND d.id = ANY(:ids)
        ORDER BY d.id
        """,
        ids=sorted(case_ids),
    )


def get_agreement(session: Session, actor: Actor, agreement_id: int) -> Agreement:
    """A standing agreement."""
    return session.scalars(
        select(Agreement).where(
            Agreement.pool_id == actor.pool_id,
            Agreement.id == agreement_id,
            Agreement.superseded_at.is_(None),
        )
    ).one()
