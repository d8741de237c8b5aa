"""A delivered commission line, whatever file it came in, and what becomes of it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from shared.vocabulary import DiscrepancyCause

CENT: Final = Decimal("0.01")
UNIT_FACTORS: Final = {
    "percent": Decimal("0.01"),
    "per_mille": Decimal("0.001"),
    "factor": Decimal(1),
}


class Outcome(StrEnum):
    """What became of a line."""

    EVENT = "event"
    EVIDENCE = "evidence"
    NOTED = "noted"
    DISCREPANCY = "discrepancy"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A commission line as delivered.

    Attributes:
        source_key: recognises it in any later delivery.
        kind: of commission event; None for movements of the insurer's own reserve.
        amount: commission before retentions, negative where the pool gives back.
        correction: a manual correction (GDV 90, 91): always an event.
        storno: coded as taking back, whatever its sign.
        sequence: GDV Folgenummer, where delivered.
        raw: what is kept of it besides.
    """

    source_key: str
    row: int
    kind: str | None
    amount: Decimal
    contract_number: str = ""
    number_key: str = ""
    line_key: str | None = None
    sequence: int | None = None
    product_name: str = ""
    agency_number: str = ""
    agency_key: str = ""
    booked_on: date | None = None
    period_from: date | None = None
    period_to: date | None = None
    base: Decimal | None = None
    rate: Decimal | None = None
    rate_unit: str | None = None
    reserve: Decimal | None = None
    net: Decimal | None = None
    currency: str = ""
    correction: bool = False
    storno: bool = False
    raw: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Terms:
    """The agreement that holds for a line: liability, and what should come in."""

    liability_months: int
    incoming_of: str | None = None
    incoming_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contract a line may mean."""

    contract_id: int
    line_key: str | None
    sequence: int
    begin_on: date | None
    product_id: int
    currency: str
    state: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a line.

    Attributes:
        expected: the figure we hold right, beside the delivered one; for a person to compare.
    """

    outcome: Outcome
    contract_id: int | None = None
    effective: date | None = None
    due: date | None = None
    cause: DiscrepancyCause | None = None
    expected: Decimal | None = None
    details: dict[str, object] = field(default_factory=dict)


def discrepancy(
    cause: DiscrepancyCause,
    contract_id: int | None = None,
    *,
    expected: Decimal | None = None,
    **details: object,
) -> Verdict:
    """A line that books nothing until somebody resolves it."""
    return Verdict(
        Outcome.DISCREPANCY, contract_id, cause=cause, expected=expected, details=details
    )
