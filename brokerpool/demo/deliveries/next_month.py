"""The delivery that waits to be brought by hand: the month after the one that was settled last.

Concordis delivers its portfolio with the month's bookings, and with it what people clear up: a
rate that is another than agreed in two dozen equal cases, a contract nobody knows, an agency number
nobody knows, commission taken back of a contract that is in force here, and changed contracts.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Final

from brokerpool.demo.business import events_of
from brokerpool.demo.contracts import ContractOf, Sale, draw_contract
from brokerpool.demo.customers import draw_customer
from brokerpool.demo.deliveries.files import Waiting
from brokerpool.demo.deliveries.gdv_file import Holding, Sender, gdv_file
from brokerpool.demo.deliveries.reports import OPEN, SURPRISES, Report, report_of, surprises
from brokerpool.demo.recording import agency_number
from brokerpool.demo.sources import source
from brokerpool.demo.world import World
from shared.money import round_cents
from shared.vocabulary import Kind

NEXT: Final = OPEN + 1
INSURER: Final = "CK"
EQUAL: Final = 24
"""Lines delivered with the new rate, as far as there are so many contracts."""
PRODUCT: Final = "CK-VK"
NEW_RATE: Final = Decimal("0.0160")  # agreed are 1.5 per cent of each premium
STRANGER: Final = "CK788888"
SOLD: Final = 6
CHANGED: Final = 4
RISE: Final = Fraction(104, 100)


def write_next(world: World, folder: Path) -> Waiting:
    """Write the file; the same world gives the same bytes."""
    holdings = list(_holdings(world))
    months = world.months
    name, _, number = next(row[1:] for row in source("range")["insurers"] if row[0] == INSURER)
    keys = {row[0]: row[1] for row in source("range")["lines"]}
    sender = Sender(name=name, number=number, start=months.first(NEXT), end=months.last(NEXT))
    path = folder / INSURER / f"{INSURER}_Bestand_Provision_{months.name(NEXT)}.gdv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gdv_file(sender, holdings, keys))
    lines = sum(len(holding.reports) for holding in holdings)
    return Waiting(insurer=INSURER, format="gdv", path=path, lines=lines)


def _holdings(world: World) -> Iterator[Holding]:
    """The portfolio, what was sold in the month, and what names a contract nobody knows."""
    portfolio = [c for c in world.contracts if c.product.insurer == INSURER]
    ended = _in_force(portfolio)
    changed = {c.case for c in portfolio[:: max(len(portfolio) // CHANGED, 1)]}
    wrong = EQUAL
    for contract in (*portfolio, *surprises(world, INSURER)):
        reports = [report_of(event) for event in events_of(contract, NEXT, world.months)]
        rated = []
        for report in reports:
            if wrong and contract.product.code == PRODUCT and report.kind == Kind.RECURRING:
                wrong -= 1
                rated.append(_with_rate(report, NEW_RATE))
            else:
                rated.append(report)
        if ended and contract.case == ended.case:
            rated.append(_taken_back(contract, world))
        told = _raised(contract) if contract.case in changed else contract
        yield Holding(contract=told, agency=_agency(contract), reports=rated)
    yield from _sold(world)
    if ended:
        yield _nobodys(ended, world)


def _sold(world: World) -> Iterator[Holding]:
    """Contracts sold in the month; the first by a number nobody knows."""
    products = [p for p in world.products if p.insurer == INSURER]
    sellers = [s.code for s in world.sellers if s.country == "DE" and s.level in {"L1", "L2"}]
    for number in range(SOLD):
        product = products[number % len(products)]
        holder = draw_customer(SURPRISES + 100 + number, "DE", business=product.business)
        seller = sellers[number * 7 % len(sellers)]
        sale = Sale(
            number=SURPRISES + 100 + number,
            product=product,
            sellers=(seller,),
            holder=holder,
            born=NEXT,
        )
        drawn = draw_contract(sale, world.months)
        contract = replace(drawn, shares=((seller, Decimal(1)),))
        report = report_of(next(events_of(contract, NEXT, world.months)))
        agency = _agency(contract) if number else STRANGER
        yield Holding(contract=contract, agency=agency, reports=[replace(report, agency=agency)])


def _agency(contract: ContractOf) -> str:
    return agency_number(INSURER, contract.shares[0][0])


def _in_force(portfolio: list[ContractOf]) -> ContractOf | None:
    """A contract under liability, in force, and paid for in the months that were settled."""
    return next(
        (
            c
            for c in portfolio
            if c.product.liability >= 60 and 0 <= c.born < OPEN - 1 and c.cut is None
        ),
        None,
    )


def _with_rate(report: Report, rate: Decimal) -> Report:
    amount = round_cents(Fraction(report.base) * Fraction(rate))
    return replace(report, rate=rate, amount=amount)


def _taken_back(contract: ContractOf, world: World) -> Report:
    """The unearned part of a sale, as if the contract had ended with the month's first day."""
    sale = report_of(next(events_of(contract, contract.born, world.months)))
    part = Fraction(contract.product.liability - (NEXT - contract.born), contract.product.liability)
    kept = round_cents(Fraction(sale.amount) * (1 - part))
    return replace(
        sale,
        booked=_day(world, 19),
        start=world.months.first(NEXT),
        base=Decimal("0.00"),  # insurers take back amounts, not parts of a base
        rate=Decimal(0),
        amount=kept - sale.amount,
    )


def _nobodys(like: ContractOf, world: World) -> Holding:
    """A premium of a contract whose number has a typing error in its end."""
    head, _, end = like.number.partition(".")
    number = f"{head}.{(int(end[:2]) + 5) % 100:02d}/K"
    contract = replace(like, number=number, case="")
    premium = Fraction(like.premium, 1200)
    base = round_cents(premium)
    rate = like.product.recurring or Decimal("0.015")
    report = Report(
        contract=contract,
        kind=Kind.RECURRING,
        booked=_day(world, 17),
        start=world.months.first(NEXT),
        base=base,
        rate=rate,
        amount=round_cents(Fraction(base) * Fraction(rate)),
        agency=_agency(like),
    )
    return Holding(contract=contract, agency=_agency(like), reports=[report], told=False)


def _raised(contract: ContractOf) -> ContractOf:
    """The contract after its insurer raised the premium."""
    return replace(contract, premium=int(contract.premium * RISE))


def _day(world: World, day: int) -> date:
    return world.months.day(NEXT, day)
