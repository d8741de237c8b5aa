"""What stands in the demo pool: counts, the totals of a month, and a digest of all figures."""

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from brokerpool.demo.months import CLOSED
from pool_module.settlement import queries
from shared.actor import Actor
from shared.db import actor_of
from shared.models.ledger import Period
from shared.money import plain
from shared.vocabulary import PeriodState

COUNTED: Final = ("company", "producer", "insurer", "product", "customer", "contract", "event",
                  "statement", "delivery")  # fmt: skip
STATEMENTS: Final = text("""
    SELECT s.currency, count(*) AS statements, count(*) FILTER (WHERE s.payout > 0) AS payments,
           sum(s.payout) AS payout, count(*) FILTER (WHERE s.closing < 0) AS negative,
           count(*) FILTER (WHERE s.on_hold) AS on_hold
    FROM statement s WHERE s.pool_id = :pool AND s.run_id = :run
    GROUP BY s.currency ORDER BY s.currency""")
FIGURES: Final = text("""
    SELECT p.name, c.code, s.currency, s.opening, s.entries, s.adjustments, s.withheld, s.payout,
           s.closing, s.reserve_closing
    FROM statement s
    JOIN period p ON p.pool_id = :pool AND p.id = s.period_id
    JOIN company c ON c.pool_id = :pool AND c.id = s.company_id
    WHERE s.pool_id = :pool ORDER BY p.last_day, c.code, s.currency""")
POSTED: Final = text("""
    SELECT r.through, c.number_key, e.kind, e.due, coalesce(d.code, ''), p.account, p.amount
    FROM posting p
    JOIN settlement_run r ON r.pool_id = :pool AND r.id = p.run_id AND r.state = 'closed'
    JOIN event e ON e.pool_id = :pool AND e.id = p.event_id
    JOIN contract c ON c.pool_id = :pool AND c.id = e.contract_id
    LEFT JOIN producer d ON d.pool_id = :pool AND d.id = p.producer_id
    WHERE p.pool_id = :pool ORDER BY 1, 2, 3, 4, 5, 6, 7""")


@dataclass(frozen=True, kw_only=True)
class MonthTotals:
    """What a closed month moved in a currency."""

    currency: str
    receivable: str
    payable: str
    reserve: str
    margin: str
    payout: str
    payments: int
    statements: int
    negative: int
    on_hold: int


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The demo pool at a glance.

    Attributes:
        counts: rows by table.
        closed: names of the closed months, the oldest first.
        totals: of the month closed last.
        open_discrepancies: cause → how many.
    """

    counts: dict[str, int]
    closed: list[str]
    totals: list[MonthTotals]
    open_discrepancies: dict[str, int]

    @property
    def open_month_is_settled(self) -> bool:
        """Whether the month the deliveries are about is closed too."""
        return len(self.closed) > CLOSED


def summarise(session: Session) -> Summary:
    """Read the summary."""
    actor = actor_of(session)
    here = {"pool": actor.pool_id}
    counts = {
        table: session.execute(
            text(f"SELECT count(*) FROM {table} WHERE pool_id = :pool"),  # noqa: S608  -- our own names
            here,
        ).scalar_one()
        for table in COUNTED
    }
    discrepancies = session.execute(
        text(
            "SELECT cause, count(*) FROM discrepancy WHERE pool_id = :pool AND state = 'open' "
            "GROUP BY cause ORDER BY cause"
        ),
        here,
    )
    periods = session.query(Period).filter_by(pool_id=actor.pool_id, state=PeriodState.CLOSED)
    return Summary(
        counts=counts,
        closed=[period.name for period in periods.order_by(Period.last_day)],
        totals=_totals(session, actor),
        open_discrepancies={row[0]: row[1] for row in discrepancies},
    )


def digest(session: Session) -> str:
    """A SHA-256 of every posting and statement: the same facts give the same on any machine."""
    here = {"pool": actor_of(session).pool_id}
    found = hashlib.sha256()
    for query in (POSTED, FIGURES):
        for row in session.execute(query, here):
            found.update("|".join(map(str, row)).encode() + b"\n")
    return found.hexdigest()


def _totals(session: Session, actor: Actor) -> list[MonthTotals]:
    run = queries.find_last_closed(session, actor)
    if run is None:
        return []
    here = {"pool": actor.pool_id, "run": run.id}
    booked = {t.currency: t for t in queries.totals_of(session, actor, run.id)}
    drawn = []
    for row in session.execute(STATEMENTS, here):
        totals = booked.get(row.currency)
        moved = (
            (totals.receivable, totals.payable, totals.reserve, totals.margin)
            if totals
            else (Decimal(0),) * 4
        )
        receivable, payable, reserve, margin = map(plain, moved)
        drawn.append(
            MonthTotals(
                currency=row.currency,
                receivable=receivable,
                payable=payable,
                reserve=reserve,
                margin=margin,
                payout=plain(row.payout),
                payments=row.payments,
                statements=row.statements,
                negative=row.negative,
                on_hold=row.on_hold,
            )
        )
    return drawn
