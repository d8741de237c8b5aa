"""What a change makes of an amount."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Line:
    """What a change makes of an amount: of an event, for a producer; 0 is the pool.

    Attributes:
        event_id: the event.
        contract_id: its contract.
        currency: of the amounts.
        producer_id: whose; 0 on the pool's own accounts.
        payee_id: who is paid for him; None for the pool.
        account: 2 what a producer gets, reserve included; 4 the margin; 1 what the insurer owes
            (only when that changed, with the ledger's sign).
        amount_old: what would stand without the change.
        amount_new: what would stand with it.
        reserve_old: the part of it under reserve.
        reserve_new: the part of it under reserve.
    """

    event_id: int
    contract_id: int
    currency: str
    producer_id: int
    payee_id: int | None
    account: int
    amount_old: Decimal
    amount_new: Decimal
    reserve_old: Decimal
    reserve_new: Decimal

    @property
    def difference(self) -> Decimal:
        """What the next settlement books more because of the change."""
        return self.amount_new - self.amount_old
