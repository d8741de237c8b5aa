"""Everything known at one moment: the facts of the steps so far (settlement rules, "Facts")."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from tests.oracle.timeline import Timeline

Shares = list[tuple[str, Fraction]]


@dataclass
class Producer:
    """A producer with his dated facts."""

    code: str
    payee: str
    house: bool
    parent: Timeline[str] = field(default_factory=Timeline)
    level: Timeline[str] = field(default_factory=Timeline)
    active: Timeline[bool] = field(default_factory=Timeline)
    group: Timeline[str] = field(default_factory=Timeline)
    reserve: Timeline[Fraction] = field(default_factory=Timeline)


@dataclass(frozen=True)
class Product:
    """A product of an insurer and line."""

    code: str
    insurer: str
    line: str


@dataclass(frozen=True)
class Rule:
    """A rate the pool pays. ``scope``, ``who`` and ``where`` are (field, value) or None."""

    code: str
    kind: str
    scope: tuple[str, str] | None
    who: tuple[str, str] | None
    where: tuple[str, str] | None
    of: str
    rate: Fraction
    stretch: tuple[date, date | None]

    @property
    def key(self) -> object:
        """What must not overlap in time; datedness belongs to it."""
        return self.kind, self.scope, self.who, self.where, self.stretch[1] is not None


@dataclass(frozen=True)
class Agreement:
    """What an insurer's terms say of liability and reserve for one kind."""

    kind: str
    scope: tuple[str, str]
    liability_months: int
    full_liability_months: int
    earning: str
    reserve_rate: Fraction
    reserve_release: str
    stretch: tuple[date, date | None]


@dataclass(frozen=True)
class Cut:
    """From a day on the contract's in-force factor."""

    on: date
    factor: Fraction
    void: bool = False


@dataclass
class Contract:
    """A contract with its dated shares and its cuts in date order."""

    number: str
    product: Product
    applied: date | None
    issued: date | None
    organisation: str | None
    division: str | None
    shares: Timeline[Shares]
    cuts: list[Cut] = field(default_factory=list)

    def factor_before(self, day: date) -> Fraction:
        """Return the factor in force just before a day: of the latest cut dated before it."""
        factor = Fraction(1)
        for cut in self.cuts:
            if cut.on < day:
                factor = cut.factor
        return factor


@dataclass(frozen=True)
class Event:
    """A commission event, its amounts signed as delivered."""

    ref: str
    contract: Contract
    kind: str
    effective: date
    due: date
    basis: Fraction
    received: Fraction
    units: Fraction


@dataclass(frozen=True)
class Adjustment:
    """A manual amount for a payee."""

    payee: str
    on: date
    amount: Fraction


@dataclass
class World:
    """All facts as known now; the clock is the order of the steps."""

    minimum_payout: Fraction = Fraction(0)
    reference: dict[str, dict[str, str]] = field(default_factory=dict)
    producers: dict[str, Producer] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)
    agreements: list[Agreement] = field(default_factory=list)
    contracts: dict[str, Contract] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    adjustments: list[Adjustment] = field(default_factory=list)
    withholdings: dict[str, dict[str, Fraction]] = field(default_factory=dict)
    holds: dict[str, list[tuple[date, date | None]]] = field(default_factory=dict)
    settled: date | None = None

    @classmethod
    def of_head(cls, head: dict[str, Any]) -> "World":
        """Make the empty world of a scenario whose head was read."""
        settings = head.get("settings", {})
        return cls(
            minimum_payout=settings.get("minimum_payout", Fraction(0)),
            reference=settings.get("reference", {}),
        )

    def standing_rules(self) -> list[Rule]:
        """Return the rules that were not withdrawn."""
        return [rule for code, rule in self.rules.items() if code not in self.withdrawn]

    def reference_day(self, event: Event, what: str) -> date:
        """Return the day at which rate, level or hierarchy are looked up for an event."""
        named = self.reference.get(event.kind, {}).get(what, "event")
        days = {"application": event.contract.applied, "issue": event.contract.issued}
        return days.get(named) or event.effective
