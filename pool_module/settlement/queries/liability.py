"""What is open: the liability a payee stands in, and the reserve that covers it (G5, G6).

Everything is read from rows that carry the payee's firm, so it works behind every door. It is as of
the last settlement: what was recorded since is not in it.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import text

from shared.actor import Actor
from shared.db import Session
from shared.vocabulary import Door

MONTHS: Final = 60
MINE: Final = "AND (CAST(:firms AS int[]) IS NULL OR e.firm_id = ANY(:firms))"
# an entry's latest row holds
STANDING: Final = f"""
    e.pool_id = :pool AND e.company_id = :company {MINE}
        AND e.liability_end > :day AND e.in_force > 0
        AND NOT EXISTS (SELECT 1 FROM entry_liability n
            WHERE n.pool_id = :pool AND n.event_id = e.event_id
                AND n.producer_id = e.producer_id AND n.run_id > e.run_id)"""  # noqa: S608
HELD: Final = """
    (SELECT coalesce(sum(l.reserve), 0) FROM statement_line l
     WHERE l.pool_id = :pool AND l.event_id = e.event_id AND l.producer_id = e.producer_id)"""
OUTLOOK = text(f"""
    WITH standing AS MATERIALIZED (
        SELECT e, e.currency, e.liability_end, {HELD} AS held
        FROM entry_liability e WHERE {STANDING}
    )
    SELECT s.currency, m.number, m.day, sum(given_back(s.e, m.day)) AS open,
           sum(s.held) AS reserve, count(*) AS entries
    FROM (SELECT n AS number, (CAST(:day AS date) + make_interval(months => n))::date AS day
          FROM generate_series(0, :months - 1) n) m
    JOIN standing s ON s.liability_end > m.day
    GROUP BY s.currency, m.number, m.day ORDER BY s.currency, m.day""")  # noqa: S608
ENTRIES = text(f"""
    SELECT e.event_id, e.producer_id, e.currency, e.liability_end, given_back(e, :day) AS open,
           {HELD} AS reserve, o.id AS line_id, o.statement_id, o.contract_number, o.holder,
           o.product, o.insurer, o.producer
    FROM entry_liability e
    CROSS JOIN LATERAL (
        SELECT * FROM statement_line l
        WHERE l.pool_id = :pool AND l.event_id = e.event_id AND l.producer_id = e.producer_id
        ORDER BY l.id DESC LIMIT 1
    ) o
    WHERE {STANDING}
    ORDER BY open DESC, e.event_id LIMIT :most""")  # noqa: S608


@dataclass(frozen=True)
class Month:
    """What is open on a day: given back if everything were cancelled then.

    Attributes:
        reserve: held for the same entries, as long as their liability lasts.
    """

    day: date
    open: Decimal
    reserve: Decimal
    entries: int

    @property
    def owed(self) -> Decimal:
        """What the reserve would not cover."""
        return max(self.open - self.reserve, Decimal(0))

    @property
    def coverage(self) -> Decimal | None:
        """The part the reserve covers; None where nothing is open."""
        return min(self.reserve / self.open, Decimal(1)) if self.open > 0 else None


@dataclass(frozen=True)
class Outlook:
    """A payee's liability in a currency, month by month until it ends."""

    currency: str
    months: tuple[Month, ...]

    @property
    def today(self) -> Month:
        """The first month: now."""
        return self.months[0]


@dataclass(frozen=True)
class EntryAtRisk:
    """An entry under liability, with the line of the statement it stands on last."""

    event_id: int
    producer_id: int
    currency: str
    liability_end: date
    open: Decimal
    reserve: Decimal
    line_id: int
    statement_id: int
    contract_number: str
    holder: str
    product: str
    insurer: str
    producer: str


def outlook_of(
    session: Session, actor: Actor, company_id: int, day: date, *, months: int = MONTHS
) -> list[Outlook]:
    """What a payee would owe if everything were cancelled, on a day and month by month after it.

    Args:
        session: the transaction.
        actor: who asks; in the extranet only for his own firms.
        company_id: the payee.
        day: the first day looked at.
        months: how many months.
    """
    rows = session.execute(OUTLOOK, {**_here(actor, company_id, day), "months": months})
    found: dict[str, list[Month]] = {}
    for row in rows:
        month = Month(row.day, row.open, row.reserve, row.entries)
        found.setdefault(row.currency, []).append(month)
    return [Outlook(currency, tuple(months)) for currency, months in found.items()]


def entries_at_risk(
    session: Session, actor: Actor, company_id: int, day: date, *, most: int = 50
) -> list[EntryAtRisk]:
    """The entries a payee stands in liability with, what would cost most first."""
    rows = session.execute(ENTRIES, {**_here(actor, company_id, day), "most": most})
    return [EntryAtRisk(*row) for row in rows]


def _here(actor: Actor, company_id: int, day: date) -> dict[str, Any]:
    firms = sorted(actor.firm_ids) if actor.door is Door.EXTRANET else None
    return {"pool": actor.pool_id, "company": company_id, "day": day, "firms": firms}
