"""The people and firms the contracts are with."""

from dataclasses import dataclass
from datetime import date

from brokerpool.demo import identifiers
from brokerpool.demo.dice import Dice
from brokerpool.demo.firms import address, person_name
from brokerpool.demo.sources import source


@dataclass(frozen=True, kw_only=True)
class Customer:
    """A policyholder; a firm has no first name."""

    key: str
    last_name: str
    first_name: str | None
    title: str | None
    birth_date: date | None
    street: str
    postcode: str
    city: str
    country: str
    email: str
    phone: str

    @property
    def number(self) -> str:
        """What an insurer calls him."""
        return f"7{int(self.key[4:]):06d}"

    @property
    def legal_person(self) -> bool:
        """Whether it is a firm."""
        return self.first_name is None

    @property
    def name(self) -> str:
        """As papers show it."""
        return ", ".join(part for part in (self.last_name, self.first_name) if part)


def draw_customer(number: int, country: str, *, business: bool) -> Customer:
    """Draw the customer of a number."""
    dice = Dice("customer", number)
    first, last = person_name(dice, country)
    street, postcode, city = address(dice, country)
    trade = dice.pick(source("people")[country]["trades"]).format(last=last)
    doctor = not business and country == "DE" and dice.chance(30)
    return Customer(
        key=f"NL-K{number:05d}",
        last_name=trade if business else last,
        first_name=None if business else first,
        title="Dr." if doctor else None,
        birth_date=None if business else _birth_date(dice),
        street=street,
        postcode=postcode,
        city=city,
        country=country,
        email=identifiers.email(first, last, f"post{number}"),
        phone=identifiers.phone(country, 500 + number),
    )


def _birth_date(dice: Dice) -> date:
    return date(dice.between(1952, 2001), dice.between(1, 12), dice.between(1, 28))
