"""How discrepancies may be resolved, and what was done with several at once."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from pool_module.incoming.rules.line import UNIT_FACTORS
from shared.vocabulary import DiscrepancyCause

_RATE: Final = Decimal("0.000001")


class Fix(StrEnum):
    """What a person decides about a discrepancy."""

    ACCEPT = "accept"  # book as delivered
    LEAVE = "leave"  # keep as evidence, book nothing
    AGREE = "agree"  # the delivered rate holds from a day on
    CUT = "cut"  # record the cancellation it takes for granted
    ASSIGN = "assign"  # book to a contract
    SUGGESTED = "suggested"  # book to the contract each one's suggestion names
    MAP_AGENCY = "map_agency"  # say whom the agency number means
    MAP_PRODUCT = "map_product"  # say which product the name means


_EVERYWHERE: Final = (Fix.LEAVE,)
FIXES: Final = {
    DiscrepancyCause.RATE_DIFFERS: (Fix.AGREE, Fix.ACCEPT),
    DiscrepancyCause.AGREEMENT_MISSING: (Fix.AGREE, Fix.MAP_PRODUCT, Fix.ACCEPT),
    DiscrepancyCause.AMOUNT_NOT_BASE_TIMES_RATE: (Fix.ACCEPT,),
    DiscrepancyCause.BOOKED_TWICE: (Fix.ACCEPT,),
    DiscrepancyCause.CLAWBACK_DIFFERS: (Fix.ACCEPT,),
    DiscrepancyCause.CLAWBACK_WITHOUT_CANCELLATION: (Fix.CUT, Fix.ACCEPT),
    DiscrepancyCause.CONTRACT_NOT_FOUND: (Fix.SUGGESTED, Fix.ASSIGN),
    DiscrepancyCause.CONTRACT_AMBIGUOUS: (Fix.ASSIGN,),
    DiscrepancyCause.PRODUCER_UNKNOWN: (Fix.MAP_AGENCY,),
}
"""What can be done about a cause, the most likely first."""


def fixes_of(cause: str) -> tuple[Fix, ...]:
    """What may be done about a cause; to leave a line as evidence is always possible."""
    return (*FIXES[DiscrepancyCause(cause)], *_EVERYWHERE)


def delivered_rate(
    base: Decimal | None, rate: Decimal | None, unit: str | None, amount: Decimal | None
) -> Decimal | None:
    """The rate of a line as a part of its base; None where it has no base to be a part of.

    As delivered, where the line says it; else as its amount tells it.
    """
    factor = UNIT_FACTORS.get(unit or "")
    if rate and factor is not None:
        return (rate * factor).normalize()
    if not base or amount is None:
        return None
    part = Fraction(amount) / Fraction(base)
    return (Decimal(part.numerator) / Decimal(part.denominator)).quantize(_RATE).normalize()


@dataclass(frozen=True, slots=True)
class Moved:
    """A discrepancy that was resolved before: by whom and how."""

    id: int
    who: str
    how: str


@dataclass
class Done:
    """What became of several discrepancies resolved at once.

    Attributes:
        resolved: their ids.
        outcomes: how many of their lines, and of others the fix settled too, left how.
        moved: those somebody else had resolved in the meantime; they were left alone.
        day: the day a new agreement holds from, a cancellation takes effect.
    """

    resolved: list[int] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    moved: list[Moved] = field(default_factory=list)
    day: date | None = None

    @property
    def waiting(self) -> int:
        """How many wait still, for another cause than before."""
        return self.outcomes["discrepancy"]
