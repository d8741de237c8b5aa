"""The pool's operator, forty firms in four levels, and the people who sell."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final, NamedTuple

from brokerpool.demo import identifiers
from brokerpool.demo.dice import Dice
from brokerpool.demo.sources import source

LEVEL_OF_LEADER: Final = {"supergroup": "L6", "group": "L5", "subgroup": "L4", "firm": "L3"}
LANGUAGES: Final = {"DE": "de", "UA": "uk"}
CURRENCIES: Final = {"DE": "EUR", "UA": "UAH"}
GERMAN_TAX: Final = "Umsatzsteuerfrei nach § 4 Nr. 11 UStG"
SOLE_TRADER: Final = "ФОП "
HOUSE: Final = "VM-00001"


@dataclass(frozen=True, kw_only=True)
class Firm:
    """A company of the pool; ``above`` is the company its leader reports to."""

    code: str
    kind: str
    above: str | None
    country: str
    name: str
    slug: str
    street: str
    postcode: str
    city: str
    email: str
    phone: str
    iban: str
    register_number: str | None
    national_id: str | None
    signatory: str
    signatory_position: str
    agreement_date: date

    @property
    def sole_trader(self) -> bool:
        """Whether it is one person; from these the pool withholds taxes."""
        return self.name.startswith(SOLE_TRADER)


@dataclass(frozen=True, kw_only=True)
class Seller:
    """A producer: a person of a firm.

    Attributes:
        above: the producer he reports to.
        level: where he begins.
        weight: how much he sells beside the others of his country.
    """

    code: str
    first_name: str
    last_name: str
    firm: str
    country: str
    above: str | None
    level: str
    weight: int
    email: str
    phone: str
    house: bool = False

    @property
    def name(self) -> str:
        """As lists show it."""
        return f"{self.last_name}, {self.first_name}"


class _Told(NamedTuple):
    """A row of ``data/firms.json``; first and last name are the leader's."""

    code: str
    kind: str
    above: str | None
    country: str
    name: str
    city: str
    slug: str
    first: str
    last: str
    sellers: int

    @property
    def signatory(self) -> str:
        """Who signs for the firm."""
        return f"{self.first} {self.last}"


def operator() -> Firm:
    """The company that runs the pool."""
    told = source("firms")["operator"]
    drawn = _firm(0, _Told(*told["row"]))
    address = f"abrechnung@{drawn.slug}.example"
    return replace(drawn, email=address, signatory_position=told["position"], register_number=None)


def firms() -> list[Firm]:
    """The forty firms, those above first."""
    return [_firm(number, told) for number, told in enumerate(_told(), 1)]


def sellers() -> list[Seller]:
    """The producers, those above first; the first is the pool's own."""
    house = _Told(*source("firms")["operator"]["row"])
    own = _seller(0, house, (house.first, house.last), None)
    drawn = [
        replace(
            own,
            first_name="Direktgeschäft",
            last_name=house.name,
            level="L1",
            house=True,
            email=f"direkt@{house.slug}.example",
        )
    ]
    taken: set[str] = set()
    leaders: dict[str, str] = {}
    for told in _told():
        taken.add(told.signatory)
        above = leaders.get(told.above) if told.above else None
        leader = _seller(len(drawn), told, (told.first, told.last), above)
        leaders[told.code] = leader.code
        drawn.append(leader)
        for _ in range(told.sellers):
            name = _new_name(Dice("seller", len(drawn)), told.country, taken)
            dice = Dice("career", len(drawn))
            helper = _seller(len(drawn), told, name, leader.code)
            level = dice.weighted(("L1", "L2", "L3"), (55, 40, 5))
            drawn.append(replace(helper, level=level, weight=dice.between(4, 14)))
    return drawn


def person_name(dice: Dice, country: str) -> tuple[str, str]:
    """First and last name of somebody who does not exist."""
    names = source("people")[country]
    return dice.pick(names["first"]), dice.pick(names["last"])


def address(dice: Dice, country: str, city: str | None = None) -> tuple[str, str, str]:
    """Street, postcode and city."""
    places = source("places")[country]
    found = next((p for p in places["cities"] if p[0] == city), None)
    town, postcode = found or dice.pick(places["cities"])
    separator = ", " if country == "UA" else " "
    return f"{dice.pick(places['streets'])}{separator}{dice.between(1, 120)}", postcode, town


def _told() -> list[_Told]:
    return [_Told(*row) for row in source("firms")["firms"]]


def _firm(number: int, told: _Told) -> Firm:
    street, postcode, city = address(Dice("firm", told.code), told.country, told.city)
    trader = told.name.startswith(SOLE_TRADER)
    codes = identifiers.personal_code if trader else identifiers.company_code
    german = told.country == "DE"
    return Firm(
        code=told.code,
        kind=told.kind,
        above=told.above,
        country=told.country,
        name=told.name,
        slug=told.slug,
        street=street,
        postcode=postcode,
        city=city,
        email=f"post@{told.slug}.example",
        phone=identifiers.phone(told.country, 100 + number),
        iban=identifiers.iban(told.country, 4_711_000 + number * 13),
        register_number=identifiers.register_number(number) if german else None,
        national_id=None if german else codes(number),
        signatory=told.signatory,
        signatory_position=_position(told),
        agreement_date=date(2018 + number % 5, 1 + number % 12, 1),
    )


def _position(told: _Told) -> str:
    positions = source("firms")["positions"][told.country]
    company = set(source("firms")["capital companies"]) & set(told.name.split())
    return str(positions["many" if company else "one"])


def _seller(number: int, told: _Told, name: tuple[str, str], above: str | None) -> Seller:
    """A seller of a firm, as its leader would be."""
    first, last = name
    return Seller(
        code=HOUSE if number == 0 else f"VM-{100 + number * 7:05d}",
        first_name=first,
        last_name=last,
        firm=told.code,
        country=told.country,
        above=above,
        level=LEVEL_OF_LEADER.get(told.kind, "L1"),
        weight={"firm": 10, "subgroup": 5}.get(told.kind, 1),
        email=identifiers.email(first, last, told.slug),
        phone=identifiers.phone(told.country, 300 + number),
    )


def _new_name(dice: Dice, country: str, taken: set[str]) -> tuple[str, str]:
    while True:
        first, last = person_name(dice, country)
        if f"{first} {last}" not in taken:
            taken.add(f"{first} {last}")
            return first, last
