"""What must happen in the demo, whatever the dice say: names, months and contracts of it."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from brokerpool.demo.contracts import ContractOf, CutOf, Sale, draw_contract
from brokerpool.demo.customers import draw_customer
from brokerpool.demo.firms import Seller
from brokerpool.demo.months import CLOSED, Months
from brokerpool.demo.offers import Product
from brokerpool.demo.sources import source

FIRST_NUMBER: Final = 900_001  # contracts of the story, apart from the drawn ones
LEAVER_FIRM: Final = "NL-206"
LEFT: Final = 8  # the month he is gone in
OLD_FIRM, NEW_FIRM = "NL-213", "NL-216"
CHANGED: Final = 6
RISING_FIRM: Final = "NL-207"
RISEN: Final = 9  # the backdated promotion holds from this month
RISE_RECORDED: Final = 12
HELD_FIRM, HELD = "NL-209", 9
LATE_DUE, LATE_RECORDED = 4, 6
REINSTATED: Final = 8


@dataclass(frozen=True, kw_only=True)
class Cast:
    """The producers the story needs, by code."""

    leaver: str
    changer: str
    new_leader: str
    rising: str
    careful: str
    held: str
    motor_expert: str
    specialists: tuple[str, ...]
    promoted: tuple[tuple[int, str], ...]
    ukrainian: str


def cast(sellers: list[Seller]) -> Cast:
    """Pick them."""
    of_firm: dict[str, list[Seller]] = {}
    for seller in sellers:
        of_firm.setdefault(seller.firm, []).append(seller)
    helpers = [s for s in sellers if s.above and s.level in {"L1", "L2"} and s.country == "DE"]
    rising = of_firm[RISING_FIRM][1]
    changer = of_firm[OLD_FIRM][1]
    promoted = [s.code for s in helpers if s not in {rising, changer}][::7]
    return Cast(
        leaver=of_firm[LEAVER_FIRM][0].code,
        changer=changer.code,
        new_leader=of_firm[NEW_FIRM][0].code,
        rising=rising.code,
        careful=of_firm["NL-210"][1].code,
        held=of_firm[HELD_FIRM][1].code,
        motor_expert=of_firm["NL-215"][0].code,
        specialists=tuple(of_firm[firm][0].code for firm in ("NL-202", "NL-208", "NL-217")),
        promoted=tuple(zip((2, 4, 5, 7, 8, 10, 11, 13), promoted, strict=False)),
        ukrainian=of_firm["NL-402"][0].code,
    )


def contracts(players: Cast, range_: dict[str, Product], months: Months) -> list[ContractOf]:
    """The contracts the story is told by."""
    plans = [
        *((players.leaver, "AL-RI", born, _gone(months, month)) for born, month in LEAVINGS),
        (players.leaver, "AL-BU", 5, None),
        (players.changer, "AL-LV", 3, _gone(months, 10)),
        *((players.rising, code, born, None) for code, born in RISING_SALES),
        (players.rising, "CK-K2", 10, _revoked(months, 11)),
        (players.careful, "AL-RI", 2, _reinstated(months, 6)),
        (players.careful, "AL-LV", 1, _reduced(months, 7)),
        (players.held, "AL-RI", HELD, None),
        (players.ukrainian, "DZ-NZ", 4, _gone(months, 9, source("reasons")["UA"]["cancelled"][0])),
        (players.ukrainian, "DZ-NZ", 7, None),
    ]
    drawn = []
    for number, (seller, code, born, cut) in enumerate(plans, FIRST_NUMBER):
        product = range_[code]
        holder = draw_customer(number, product.country, business=False)
        sale = Sale(number=number, product=product, sellers=(seller,), holder=holder, born=born)
        contract = draw_contract(sale, months)
        drawn.append(replace(contract, shares=((seller, Decimal(1)),), cut=cut))
    return drawn


LEAVINGS: Final = ((0, 9), (1, 9), (2, 11), (3, 13), (4, 13))
RISING_SALES: Final = (("AL-BU", 9), ("AL-LV", 9), ("AL-RI", 10), ("AL-BU", 11), ("AL-RI", 12))


def _gone(months: Months, month: int, reason: str = "Beitragsrückstand") -> CutOf:
    return CutOf(on=months.first(month), recorded=month, reason=reason)


def _revoked(months: Months, month: int) -> CutOf:
    return CutOf(on=months.day(month, 9), recorded=month, reason="Widerruf", void=True)


def _reinstated(months: Months, month: int) -> CutOf:
    return CutOf(
        on=months.first(month),
        recorded=month,
        reason="Nichtzahlung, danach nachgezahlt",
        revoked=REINSTATED,
    )


def _reduced(months: Months, month: int) -> CutOf:
    return CutOf(
        on=months.first(month), recorded=month, reason="Beitragsreduzierung", factor=Decimal("0.6")
    )


def open_month_cut(contracts: list[ContractOf], months: Months) -> ContractOf:
    """A life contract whose cancellation the pool recorded itself in the open month."""
    contract = next(
        c
        for c in contracts
        if c.product.code == "AL-RI" and 2 <= c.born < CLOSED - 2 and c.cut is None
    )
    return replace(contract, cut=_gone(months, CLOSED, "Kündigung durch Kunden"))
