"""A firm's liability beside what covers it: reserve and balance."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import text

from pool_module.settlement.queries.liability import (
    EntryAtRisk,
    Outlook,
    entries_at_risk,
    outlook_of,
)
from shared.actor import Actor
from shared.db import Session
from shared.money import ZERO

BALANCES = text("""
    SELECT DISTINCT ON (company_id, currency) company_id, currency, closing, reserve_closing, number
    FROM statement WHERE pool_id = :pool AND firm_id = ANY(:firms)
    ORDER BY company_id, currency, run_id DESC""")


@dataclass(frozen=True)
class Standing:
    """A firm's account in a currency, as of its last statement.

    Attributes:
        outlook: None where nothing is under liability.
        entries: what would cost most, the largest first.
    """

    currency: str
    reserve: Decimal
    balance: Decimal
    number: str
    outlook: Outlook | None
    entries: tuple[EntryAtRisk, ...]

    @property
    def owed(self) -> Decimal:
        """What would be given back if everything were cancelled today."""
        return self.outlook.today.open if self.outlook else ZERO

    @property
    def uncovered(self) -> Decimal:
        """What neither reserve nor a credit balance would pay."""
        return max(self.owed - self.reserve - max(self.balance, ZERO), ZERO)


def liability_of(session: Session, actor: Actor, day: date) -> list[Standing]:
    """The actor's firms' liability per account, the largest first."""
    here = {"pool": actor.pool_id, "firms": sorted(actor.firm_ids)}
    accounts = session.execute(BALANCES, here).all()
    found = []
    for firm_id in sorted({row.company_id for row in accounts}):
        outlooks = {o.currency: o for o in outlook_of(session, actor, firm_id, day)}
        entries = entries_at_risk(session, actor, firm_id, day)
        found += [
            Standing(
                row.currency,
                row.reserve_closing,
                row.closing,
                row.number,
                outlooks.get(row.currency),
                tuple(entry for entry in entries if entry.currency == row.currency),
            )
            for row in accounts
            if row.company_id == firm_id
        ]
    return sorted(found, key=lambda each: each.owed, reverse=True)
