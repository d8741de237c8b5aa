"""The whole demo, drawn: what ``loading`` writes and ``deliveries`` report."""

from dataclasses import dataclass
from typing import Final

from brokerpool.demo import firms, offers, story
from brokerpool.demo.contracts import OLDEST, ContractOf, Sale, draw_contract
from brokerpool.demo.customers import Customer, draw_customer
from brokerpool.demo.dice import Dice
from brokerpool.demo.firms import Firm, Seller
from brokerpool.demo.months import CLOSED, Months
from brokerpool.demo.offers import GDV_INSURERS, Product
from brokerpool.demo.story import Cast

CONTRACTS: Final = 3000
KNOWN_CUSTOMER_PER_MILLE: Final = 300
HOUSE_PER_MILLE: Final = 8


@dataclass(frozen=True, kw_only=True)
class World:
    """Everything there is, apart from what happens month by month."""

    months: Months
    operator: Firm
    firms: list[Firm]
    sellers: list[Seller]
    products: list[Product]
    cast: Cast
    contracts: list[ContractOf]


def draw_world(months: Months, contracts: int = CONTRACTS) -> World:
    """Draw the demo.

    Args:
        months: the calendar.
        contracts: how many; those of the story are always among them.
    """
    sellers = firms.sellers()
    products = offers.products()
    players = story.cast(sellers)
    told = story.contracts(players, {p.code: p for p in products}, months)
    return World(
        months=months,
        operator=firms.operator(),
        firms=firms.firms(),
        sellers=sellers,
        products=products,
        cast=players,
        contracts=_Sales(months, sellers, products, players).draw(max(contracts - len(told), 0))
        + told,
    )


class _Sales:
    """Draws who sells what to whom.

    Args:
        months: the calendar.
        sellers: everybody.
        products: the range.
        players: the leaver sells nothing once he is gone.
    """

    def __init__(
        self, months: Months, sellers: list[Seller], products: list[Product], players: Cast
    ) -> None:
        self._months = months
        self._products = products
        self._leaver = players.leaver
        self._house = sellers[0].code
        self._of_country = {
            country: [s for s in sellers if s.country == country and not s.house]
            for country in ("DE", "UA")
        }
        self._customers: dict[tuple[str, bool, str], list[Customer]] = {}

    def draw(self, count: int) -> list[ContractOf]:
        """Draw so many contracts, the oldest first."""
        span = CLOSED + 1 - OLDEST
        return [self._contract(n + 1, OLDEST + n * span // count) for n in range(count)]

    def _contract(self, number: int, born: int) -> ContractOf:
        dice = Dice("sale", number)
        product = dice.weighted(self._products, [p.weight for p in self._products])
        sellers = self._sellers(dice, product.country, born)
        holder = self._holder(dice, sellers[0], product)
        sale = Sale(number=number, product=product, sellers=sellers, holder=holder, born=born)
        return draw_contract(sale, self._months)

    def _sellers(self, dice: Dice, country: str, born: int) -> tuple[str, ...]:
        """Three different ones; the first sold it."""
        there = [
            s for s in self._of_country[country] if s.code != self._leaver or born < story.LEFT - 1
        ]
        chosen: list[str] = []
        while len(chosen) < 3:
            code = dice.weighted(there, [s.weight for s in there]).code
            if code not in chosen:
                chosen.append(code)
        if country == "DE" and dice.chance(HOUSE_PER_MILLE):
            chosen[0] = self._house
        return tuple(chosen)

    def _holder(self, dice: Dice, seller: str, product: Product) -> Customer:
        """A customer the seller has already, or a new one.

        Who is insured with one that delivers by GDV is that insurer's alone: its file brings the
        customer along, and by its number for him.
        """
        insurer = product.insurer if product.insurer in GDV_INSURERS else ""
        known = self._customers.setdefault((seller, product.business, insurer), [])
        if known and dice.chance(KNOWN_CUSTOMER_PER_MILLE):
            return dice.pick(known)
        number = sum(map(len, self._customers.values())) + 1
        known.append(draw_customer(number, product.country, business=product.business))
        return known[-1]
