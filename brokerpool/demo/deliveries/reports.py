"""The lines of the open month, and a few that are deliberately wrong."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from brokerpool.demo.business import EventOf, events_of
from brokerpool.demo.contracts import ContractOf, Sale, draw_contract
from brokerpool.demo.customers import draw_customer
from brokerpool.demo.months import CLOSED, Months
from brokerpool.demo.offers import GDV_INSURERS
from brokerpool.demo.recording import agency_number
from brokerpool.demo.story import open_month_cut
from brokerpool.demo.world import World
from shared.money import round_cents
from shared.vocabulary import Kind

OPEN: Final = CLOSED
SURPRISES: Final = 990_001  # numbers of contracts the pool hears of by the delivery
UNKNOWN_AGENCY: Final = "799999"
WRONG_RATE: Final = Decimal("1.02")  # two per cent more than agreed


@dataclass(frozen=True, kw_only=True)
class Report:
    """A commission line an insurer delivers.

    Attributes:
        contract: what it says of the contract it names.
        rate: of the base, e.g. 0.2 for 20 %, 8 for eight monthly premiums.
        amount: negative where the insurer takes back.
        agency: what it calls the producer.
    """

    contract: ContractOf
    kind: Kind
    booked: date
    start: date
    base: Decimal
    rate: Decimal
    amount: Decimal
    agency: str


def reports_of(world: World, insurer: str) -> list[Report]:
    """What an insurer reports of the open month."""
    ordinary = [
        report_of(event)
        for contract in world.contracts
        if contract.product.insurer == insurer
        for event in events_of(contract, OPEN, world.months)
    ]
    return [*_with_wrong_rates(insurer, ordinary), *_extra(world, insurer)]


def surprises(world: World, insurer: str) -> list[ContractOf]:
    """New contracts the pool hears of by the delivery itself, where the form brings them."""
    if insurer not in GDV_INSURERS:
        return []
    products = [p for p in world.products if p.insurer == insurer and p.basis != "loan"]
    sellers = [s.code for s in world.sellers if s.country == "DE" and s.level in {"L1", "L2"}]
    drawn = []
    for number in range(5):
        product = products[number % len(products)]
        holder = draw_customer(SURPRISES + number, "DE", business=product.business)
        seller = (sellers[number * 9],)
        first = SURPRISES + 10 * (insurer == "BS") + number
        sale = Sale(number=first, product=product, sellers=seller, holder=holder, born=OPEN)
        contract = draw_contract(sale, world.months)
        drawn.append(replace(contract, shares=((seller[0], Decimal(1)),)))
    return drawn


def _extra(world: World, insurer: str) -> Iterator[Report]:
    """New contracts, and the problems people find in the list of discrepancies."""
    months = world.months
    for number, contract in enumerate(surprises(world, insurer)):
        line = report_of(next(events_of(contract, OPEN, months)))
        stranger = insurer == "BS" and number == 0
        yield replace(line, agency=f"{insurer}{UNKNOWN_AGENCY}") if stranger else line
    match insurer:
        case "AL":
            cut = open_month_cut(world.contracts, months)
            yield _taken_back(cut, months)  # the pool knows of the cancellation: it agrees
            other = next(c for c in world.contracts if _in_force(c, insurer) and c.case != cut.case)
            yield _taken_back(other, months)  # nobody told the pool that it was cancelled
            yield _nobodys(other, months)
        case "UG":
            other = next(c for c in world.contracts if _in_force(c, insurer))
            yield _nobodys(other, months)
        case _:
            return


def _in_force(contract: ContractOf, insurer: str) -> bool:
    """Sold in the months that were settled, and in force since."""
    product = contract.product
    sold = product.insurer == insurer and 0 <= contract.born < OPEN - 1
    return sold and contract.cut is None and product.often != "single"


def report_of(event: EventOf) -> Report:
    """What an insurer reports of an event, as it should be."""
    contract = event.contract
    return Report(
        contract=contract,
        kind=event.kind,
        booked=event.due,
        start=event.effective,
        base=event.basis,
        rate=event.rate,
        amount=event.received,
        agency=agency_number(contract.product.insurer, contract.shares[0][0]),
    )


def _with_wrong_rates(insurer: str, reports: list[Report]) -> Iterator[Report]:
    """Delta and Concordis pay some lines by a rate nobody agreed on."""
    wrong = {"DR": 5, "CK": 2}.get(insurer, 0)
    for report in reports:
        if wrong and report.amount > 20:
            wrong -= 1
            rate = (report.rate * WRONG_RATE).quantize(Decimal("0.0001"))
            amount = round_cents(Fraction(report.base) * Fraction(rate))
            yield replace(report, rate=rate, amount=amount)
        else:
            yield report


def _taken_back(contract: ContractOf, months: Months) -> Report:
    """The unearned part of a sale, when the contract ends with the open month's first day."""
    sale = report_of(next(events_of(contract, contract.born, months)))
    left = contract.product.liability - (OPEN - contract.born)
    part = Fraction(left, contract.product.liability)
    # what stays is rounded; what is taken back is the rest, so that both agree to the cent
    kept = round_cents(Fraction(sale.amount) * (1 - part))
    base = round_cents(Fraction(sale.base) * part)
    return replace(
        sale,
        booked=months.day(OPEN, 20),
        start=months.first(OPEN),
        base=-base,
        amount=kept - sale.amount,
    )


def _nobodys(contract: ContractOf, months: Months) -> Report:
    """A premium of a contract the pool has never heard of."""
    line = report_of(next(events_of(contract, contract.born, months)))
    rate = contract.product.recurring or line.rate
    base = round_cents(Fraction(contract.premium, 100))
    return replace(
        line,
        contract=replace(contract, number=contract.number[:-3] + "000", case="", born=OLD),
        kind=Kind.RECURRING,
        booked=months.day(OPEN, 17),
        start=months.first(OPEN),
        base=base,
        rate=rate,
        amount=round_cents(Fraction(base) * Fraction(rate)),
    )


OLD: Final = -30
