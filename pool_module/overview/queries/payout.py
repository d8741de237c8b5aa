"""A firm's money: what it gets next, what it got, and the statements it stands on."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, func, select, text

from pool_module.overview.rules.payout import (
    AVERAGED,
    Account,
    Movement,
    NextPayout,
    estimated,
    from_draft,
    last_day_of,
)
from shared.actor import Actor
from shared.db import Session
from shared.models.ledger import Statement, StatementLine
from shared.money import ZERO

DRAFT_MOVEMENTS = text("""
    SELECT x.currency, x.kind, x.own, sum(x.amount) AS amount,
           count(DISTINCT x.contract_id) AS contracts
    FROM (SELECT d.currency, d.kind, d.own, d.contract_id, d.payable + d.reserve AS amount
          FROM draft_lines() d) x
    WHERE x.amount <> 0
    GROUP BY x.currency, x.kind, x.own, x.amount > 0""")


@dataclass(frozen=True)
class Money:
    """What the start page says of money, in one currency.

    Attributes:
        coming: the next payout.
        history: (month's last day, payout) of the last twelve statements, the oldest first.
    """

    coming: NextPayout
    history: tuple[tuple[date, Decimal], ...]


def next_payouts(session: Session, actor: Actor) -> list[Money]:
    """What the actor's firms get next, per currency; the largest first.

    From the run in progress if it is calculated, else the average of the last statements: a
    forecast, and it says so.
    """
    past = _past(session, actor)
    opening = {currency: rows[0].closing for currency, rows in past.items()}
    coming = _drafted(session, opening) or _estimated(session, actor, past, opening)
    found = [Money(each, tuple(_history(past.get(each.currency, [])))) for each in coming]
    return sorted(found, key=lambda money: money.coming.amount, reverse=True)


def draft_lines(session: Session, actor: Actor) -> Sequence[Row[Any]]:
    """What the run in progress would book on the actor's contracts, the largest first."""
    assert actor.firm_ids
    return session.execute(
        text("""
            SELECT d.contract_id, d.kind, d.effective, d.currency, d.own,
                   d.payable + d.reserve AS amount, d.reserve, c.number,
                   concat_ws(', ', h.last_name, h.first_name) AS holder, p.name AS product
            FROM draft_lines() d
            JOIN contract c ON c.pool_id = :pool AND c.id = d.contract_id
                AND c.firm_id = ANY(:firms)
            LEFT JOIN product p ON p.pool_id = :pool AND p.id = c.product_id
            LEFT JOIN customer h ON h.pool_id = :pool AND h.id = c.holder_id
            ORDER BY abs(d.payable + d.reserve) DESC, d.event_id"""),
        {"pool": actor.pool_id, "firms": sorted(actor.firm_ids)},
    ).all()


def _past(session: Session, actor: Actor) -> dict[str, list[Row[Any]]]:
    """The last year's statements by currency, the latest first."""
    rows: Any = session.execute(
        select(
            Statement.id, Statement.currency, Statement.opening, Statement.entries,
            Statement.adjustments, Statement.withheld, Statement.payout, Statement.closing,
            Statement.reserve_opening, Statement.reserve_closing, Statement.on_hold,
            Statement.minimum_payout, Statement.number,
        )
        .where(Statement.pool_id == actor.pool_id, Statement.firm_id.in_(actor.firm_ids))
        .order_by(Statement.issue_date.desc(), Statement.id.desc())
        .limit(48)
    )  # fmt: skip
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.currency].append(row)
    return found


def _history(rows: Sequence[Row[Any]]) -> list[tuple[date, Decimal]]:
    return [(last_day_of(row.number), row.payout) for row in rows[:12]][::-1]


def _drafted(session: Session, opening: dict[str, Decimal]) -> list[NextPayout]:
    accounts = session.execute(text("SELECT * FROM draft_of_firms()")).all()
    calculated = [row for row in accounts if row.state != "calculating" and row.currency]
    if not calculated:
        return []
    movements: dict[str, list[Movement]] = defaultdict(list)
    for row in session.execute(DRAFT_MOVEMENTS):
        movements[row.currency].append(Movement(row.kind, row.own, row.amount, row.contracts))
    return [
        from_draft(
            Account(
                currency=row.currency,
                opening=opening.get(row.currency, ZERO),
                payable=row.payable,
                reserve=row.reserve,
                adjustments=row.adjustments,
                withheld=row.withheld,
                on_hold=row.on_hold,
                minimum=row.minimum,
            ),
            movements[row.currency],
            row.through,
            row.calculated_at,
        )
        for row in calculated
    ]


def _estimated(
    session: Session,
    actor: Actor,
    past: dict[str, list[Row[Any]]],
    opening: dict[str, Decimal],
) -> list[NextPayout]:
    recent = {currency: rows[:AVERAGED] for currency, rows in past.items()}
    ids = [row.id for rows in recent.values() for row in rows]
    movements = _movements(session, actor, ids)
    found = [
        estimated(
            opening[currency],
            [(_account(row), movements.get(row.id, [])) for row in rows],
        )
        for currency, rows in recent.items()
    ]
    return [each for each in found if each is not None]


def _movements(
    session: Session, actor: Actor, statement_ids: Sequence[int]
) -> dict[int, list[Movement]]:
    piece = StatementLine.payable + StatementLine.reserve
    rows = session.execute(
        select(
            StatementLine.statement_id, StatementLine.kind, StatementLine.own_sale,
            func.sum(piece), func.count(StatementLine.contract_number.distinct()),
        )
        .where(
            StatementLine.pool_id == actor.pool_id,
            StatementLine.firm_id.in_(actor.firm_ids),
            StatementLine.statement_id.in_(statement_ids),
            piece != 0,
        )
        .group_by(
            StatementLine.statement_id, StatementLine.kind, StatementLine.own_sale, piece > 0
        )
    )  # fmt: skip
    found: dict[int, list[Movement]] = defaultdict(list)
    for statement_id, kind, own, amount, contracts in rows:
        found[statement_id].append(Movement(kind, own, amount, contracts))
    return found


def _account(row: Row[Any]) -> Account:
    return Account(
        currency=row.currency,
        opening=row.opening,
        payable=row.entries,
        reserve=row.reserve_closing - row.reserve_opening,
        adjustments=row.adjustments,
        withheld=row.withheld,
        on_hold=row.on_hold,
        minimum=row.minimum_payout,
    )
