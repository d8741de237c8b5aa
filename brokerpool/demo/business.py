"""What the insurers report of a month: sales, premiums, increases."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from brokerpool.demo.contracts import PAYMENTS, ContractOf, anniversary
from brokerpool.demo.dice import Dice
from brokerpool.demo.months import Months
from shared.money import round_cents
from shared.vocabulary import Kind

INCREASE: Final = Fraction(5, 100)  # a dynamic increase of the premium


@dataclass(frozen=True, kw_only=True)
class EventOf:
    """A commission event; ``rate`` is the part of the basis the insurer pays."""

    contract: ContractOf
    kind: Kind
    effective: date
    due: date
    basis: Decimal
    rate: Decimal
    received: Decimal
    units: Decimal | None = None


def events_of(contract: ContractOf, month: int, months: Months) -> Iterator[EventOf]:
    """What a contract brings in a month, as known then."""
    day = months.first(month)
    if month == contract.born:
        yield _sale(contract, day)
        return
    factor = contract.factor_at(day, month)
    if month < contract.born + 12 or not factor:
        return
    share = _premium_due(contract, month)
    if share and contract.product.recurring:
        yield _event(
            contract, Kind.RECURRING, day, share * Fraction(factor), contract.product.recurring
        )
    years = anniversary(contract, month, months)
    left = contract.term_years - years
    if contract.dynamic and years and left > 0 and factor == 1:
        basis = Fraction(contract.premium, 100) * INCREASE * left
        yield _event(contract, Kind.DYNAMIC, day, basis, contract.product.incoming)


def _sale(contract: ContractOf, day: date) -> EventOf:
    product = contract.product
    basis = Fraction(contract.basis, 100)
    return _event(contract, Kind.ACQUISITION, day, basis, product.incoming)


def _premium_due(contract: ContractOf, month: int) -> Fraction:
    """The premium that falls due in a month; none in most months of a yearly payer."""
    often = contract.product.often
    every = 12 // PAYMENTS[often]
    if often == "single" or (month - contract.born) % every:
        return Fraction(0)
    return Fraction(contract.premium, 100 * PAYMENTS[often])


def _event(contract: ContractOf, kind: Kind, day: date, basis: Fraction, rate: Decimal) -> EventOf:
    money = round_cents(basis)
    unit = contract.product.unit_value if kind == Kind.ACQUISITION else None
    dice = Dice("due", contract.case, day)
    return EventOf(
        contract=contract,
        kind=kind,
        effective=day,
        due=day.replace(day=dice.between(3, 27)),
        basis=money,
        rate=rate,
        received=round_cents(Fraction(money) * Fraction(rate)),
        units=(money / unit).quantize(Decimal("0.0001")) if unit else None,
    )
