"""Contracts and what becomes of them, drawn one by one."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from brokerpool.demo.customers import Customer
from brokerpool.demo.dice import Dice
from brokerpool.demo.firms import CURRENCIES
from brokerpool.demo.months import CLOSED, Months
from brokerpool.demo.offers import BUSINESS, LIFE_LINES, Product
from brokerpool.demo.sources import source
from shared.periods import add_months

OLDEST: Final = -22  # the month the first contracts begin in
PAYMENTS: Final = {"monthly": 12, "quarterly": 4, "half_yearly": 2, "yearly": 1, "single": 1}
INSURANCE_TAX: Final = Decimal("1.19")
UNTAXED: Final = ("life", "pension", "disability", "credit_life", "health")
SPLITS: Final = (
    ("0.6", "0.4"),
    ("0.5", "0.5"),
    ("0.7", "0.3"),
    ("0.333333", "0.333333", "0.333334"),
)
SPLIT_PER_MILLE: Final = 80
DYNAMIC_PER_MILLE: Final = 350


@dataclass(frozen=True, kw_only=True)
class CutOf:
    """A cancellation or reduction.

    Attributes:
        on: the day it takes effect.
        recorded: the month it becomes known in.
        factor: what of the premium stays in force.
        revoked: recorded in this month, it is taken back in that one; None = it stands.
    """

    on: date
    recorded: int
    reason: str
    factor: Decimal = Decimal(0)
    void: bool = False
    revoked: int | None = None


@dataclass(frozen=True, kw_only=True)
class ContractOf:
    """A contract.

    Attributes:
        case: the pool's number, ``number`` the insurer's.
        shares: producers and their parts, in order.
        premium: cents per year.
        basis: cents a sale's commission is computed from.
        born: the month it begins in.
    """

    case: str
    number: str
    product: Product
    shares: tuple[tuple[str, Decimal], ...]
    holder: Customer
    begin: date
    born: int
    applied_on: date
    issued_on: date
    premium: int
    basis: int
    term_years: int
    dynamic: bool = False
    cut: CutOf | None = None

    @property
    def currency(self) -> str:
        """The insurer's; nothing is converted."""
        return CURRENCIES[self.product.country]

    @property
    def net_premium(self) -> Decimal:
        """The premium of a year, without tax."""
        return Decimal(self.premium).scaleb(-2)

    @property
    def gross_premium(self) -> Decimal:
        """The premium of a year with German insurance tax, where there is one."""
        taxed = self.currency == "EUR" and self.product.line not in UNTAXED
        tax = INSURANCE_TAX if taxed else Decimal(1)
        return (self.net_premium * tax).quantize(Decimal("0.01"))

    @property
    def division(self) -> str | None:
        """The pool's division for business customers."""
        return BUSINESS if self.product.business else None

    def factor_at(self, day: date, month: int) -> Decimal:
        """What of the premium is paid on a day, as known in a month."""
        cut = self.cut
        if cut is None or day < cut.on or month < cut.recorded:
            return Decimal(1)
        return Decimal(1) if cut.revoked is not None and month >= cut.revoked else cut.factor


@dataclass(frozen=True, kw_only=True)
class Sale:
    """What is sold to whom.

    Attributes:
        number: counts the contracts.
        sellers: the first sold it, the others may share.
        born: the month the contract begins in.
    """

    number: int
    product: Product
    sellers: tuple[str, ...]
    holder: Customer
    born: int


def draw_contract(sale: Sale, months: Months) -> ContractOf:
    """Draw the contract of a sale."""
    number, product, born = sale.number, sale.product, sale.born
    dice = Dice("contract", number)
    begin = months.first(born)
    # premiums crowd at the lower end, as they do
    value = product.low + dice.below(dice.between(1, product.high - product.low))
    value -= value % (5 if value < 100_000 else 500)
    term = dice.between(15, 38)
    premium, basis = _money(product, value, term)
    contract = ContractOf(
        case=f"V-{number:06d}",
        number=insurers_number(product.insurer, number),
        product=product,
        shares=_shares(dice, sale.sellers),
        holder=sale.holder,
        begin=begin,
        born=born,
        applied_on=begin - timedelta(days=dice.between(18, 55)),
        issued_on=begin - timedelta(days=dice.between(2, 15)),
        premium=premium,
        basis=basis,
        term_years=term,
        dynamic=product.line in LIFE_LINES and dice.chance(DYNAMIC_PER_MILLE),
    )
    return replace(contract, cut=_fate(dice, contract, months))


def insurers_number(insurer: str, number: int) -> str:
    """The contract's number as its insurer writes it."""
    scrambled = (number * 7919 + 104729) % 1_000_003
    match insurer:
        case "AL":
            return f"AL-{scrambled // 100:05d}-{number % 1000:03d}"
        case "BS":
            return f"BS {scrambled:07d} {number % 10}"
        case "CK":
            return f"{scrambled:07d}.{number % 100:02d}/K"
        case "DR":
            return f"DR/{scrambled:07d}"
        case _:
            return f"{insurer}-{scrambled:07d}"


def _money(product: Product, value: int, term: int) -> tuple[int, int]:
    """Yearly premium and basis, in cents."""
    match product.basis:
        case "sum":
            return value * 12, value * 12 * term
        case "month":
            return value * 12, value
        case "loan":
            return value * 3 // 100, value
        case _:
            return value, value


def _shares(dice: Dice, sellers: tuple[str, ...]) -> tuple[tuple[str, Decimal], ...]:
    if not dice.chance(SPLIT_PER_MILLE):
        return ((sellers[0], Decimal(1)),)
    parts = dice.pick(SPLITS)[: len(sellers)]
    if sum(map(Decimal, parts)) != 1:
        parts = SPLITS[0]
    return tuple(zip(sellers, map(Decimal, parts), strict=False))


def _fate(dice: Dice, contract: ContractOf, months: Months) -> CutOf | None:
    """Most contracts live on; life is cancelled to any month, the others to an anniversary."""
    product = contract.product
    step = 1 if product.basis in {"sum", "month"} else 12
    per_mille = {1: 5, 12: 90}[step]
    reasons = source("reasons")[product.country]
    reason = dice.weighted(reasons["cancelled"], (70, 20, 10))
    month = contract.born
    while product.often != "single" and month + step <= CLOSED - 1:
        month += step
        if not dice.chance(per_mille) or month < 0:
            continue
        reduced = step == 1 and dice.chance(150)
        factor = Decimal(dice.pick(("0.5", "0.6", "0.75"))) if reduced else Decimal(0)
        text = reasons["reduced"] if reduced else reason
        return CutOf(on=months.first(month), recorded=month, reason=text, factor=factor)
    return None


def anniversary(contract: ContractOf, month: int, months: Months) -> int:
    """Complete years a contract has in a month that is its anniversary, else 0."""
    years, rest = divmod(months.month_of(months.first(month)) - contract.born, 12)
    assert add_months(contract.begin, 12 * years + rest) == months.first(month)
    return max(years, 0) if rest == 0 else 0
