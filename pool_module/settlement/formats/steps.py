"""The steps of a scenario file, one class each (settlement rules, "Scenario files").

``valid_from`` is inclusive, ``valid_to`` exclusive and None where open.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.vocabulary import Earning, Kind, RateOf, ReserveRelease


@dataclass(frozen=True, slots=True)
class Producer:
    """State a producer, or his new payee."""

    code: str
    payee: str
    house: bool


@dataclass(frozen=True, slots=True)
class Product:
    """State a product."""

    code: str
    insurer: str
    line: str


@dataclass(frozen=True, slots=True)
class Placement:
    """Set who stands above a producer."""

    producer: str
    parent: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Career:
    """Set a producer's level."""

    producer: str
    level: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Status:
    """Set whether a producer is active."""

    producer: str
    active: bool
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Group:
    """Set a producer's commission group."""

    producer: str
    group: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Reserve:
    """Set a producer's own reserve rate."""

    producer: str
    rate: Decimal
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Rule:
    """Set a rate the pool pays; at most one field of each of the three groups is not None."""

    code: str
    kind: Kind
    product: str | None
    line: str | None
    insurer: str | None
    producer: str | None
    group: str | None
    level: str | None
    division: str | None
    organisation: str | None
    of: RateOf
    rate: Decimal
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class WithdrawRule:
    """Take a rule from every date."""

    code: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """Set an insurer's terms of a kind; exactly one of product, line, insurer is not None."""

    kind: Kind
    product: str | None
    line: str | None
    insurer: str | None
    liability_months: int
    full_liability_months: int
    earning: Earning
    reserve_rate: Decimal
    reserve_release: ReserveRelease
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Share:
    """One seller's part of a contract."""

    producer: str
    share: Decimal


@dataclass(frozen=True, slots=True)
class Contract:
    """State a contract with its first shares."""

    number: str
    product: str
    applied: date | None
    issued: date | None
    organisation: str | None
    division: str | None
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Shares:
    """Set a contract's shares from a day."""

    contract: str
    shares: tuple[Share, ...]
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cut a contract to nothing, or void it."""

    contract: str
    on: date
    void: bool


@dataclass(frozen=True, slots=True)
class Reduce:
    """Cut a contract to a factor of its original premium."""

    contract: str
    on: date
    factor: Decimal


@dataclass(frozen=True, slots=True)
class Reinstate:
    """Clear all cuts of a contract."""

    contract: str


@dataclass(frozen=True, slots=True)
class Event:
    """State a commission event; what is not given is 0."""

    ref: str
    contract: str
    kind: Kind
    effective: date
    due: date
    basis: Decimal
    received: Decimal
    units: Decimal


@dataclass(frozen=True, slots=True)
class Adjust:
    """Give or take an amount by hand."""

    payee: str
    on: date
    amount: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class Tax:
    """Set a payee's withholdings: code to rate, in the order of the file."""

    payee: str
    withholdings: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Hold:
    """Hold a payee's payouts."""

    payee: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Settle:
    """Settle through a day."""

    through: date


Step = (
    Producer
    | Product
    | Placement
    | Career
    | Status
    | Group
    | Reserve
    | Rule
    | WithdrawRule
    | Agreement
    | Contract
    | Shares
    | Cancel
    | Reduce
    | Reinstate
    | Event
    | Adjust
    | Tax
    | Hold
    | Settle
)
