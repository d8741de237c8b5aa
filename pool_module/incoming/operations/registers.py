"""What an import looks up again and again: agency numbers, products, lines, agreements."""

from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from pool_module.incoming.errors import InsurerUnknown
from pool_module.incoming.queries import registers
from pool_module.incoming.rules.agreements import AgreementRow, Scope, agreement_of, holds
from pool_module.incoming.rules.line import Terms
from pool_module.incoming.rules.lines_of_business import names_of
from pool_module.products import operations as range_
from pool_module.products import queries as products
from shared.actor import Actor
from shared.db import Session
from shared.models.products import Agreement, Insurer, LineOfBusiness, Product

PRODUCT_NAMES: Final = "products"
"""The insurer's mapping of names that are not a product's own: name → id of what it means."""


class Owner(NamedTuple):
    """Whose a contract is."""

    producer_id: int
    firm_id: int | None


class _Holding(NamedTuple):
    from_day: date | None
    to_day: date | None
    owner: Owner


class _Known(NamedTuple):
    product_id: int
    line_id: int


@dataclass
class Registers:
    """The insurer's registers as plain values, so that they outlive a transaction."""

    insurer_id: int
    insurer_code: str
    currency: str
    agencies: dict[str, list[_Holding]]
    lines: dict[str, int]
    products: dict[str, list[_Known]]
    catch_alls: dict[int, int]
    agreements: list[AgreementRow]

    def owner_of(self, agency_key: str, *days: date | None) -> Owner | None:
        """Who an agency number means on the first of these days it means somebody."""
        for day in days:
            for holding in self.agencies.get(agency_key, ()):
                if day is not None and holds(holding.from_day, holding.to_day, day):
                    return holding.owner
        return None

    def terms_of(self, kind: str, scope: Scope, day: date) -> Terms | None:
        """The agreement of a kind on a day."""
        return agreement_of(self.agreements, kind, scope, day)


def load(session: Session, actor: Actor, insurer_code: str) -> Registers:
    """Read the registers of an insurer.

    Raises:
        InsurerUnknown: the pool has no such insurer.
    """
    insurer = products.find_insurer(session, actor, insurer_code)
    if insurer is None:
        raise InsurerUnknown(insurer_code)
    return _load(session, actor, insurer)


def load_by_id(session: Session, actor: Actor, insurer_id: int) -> Registers:
    """Read the registers of an insurer by its id."""
    return _load(session, actor, session.get_one(Insurer, (actor.pool_id, insurer_id)))


def _load(session: Session, actor: Actor, insurer: Insurer) -> Registers:
    made = Registers(
        insurer_id=insurer.id,
        insurer_code=insurer.code,
        currency=registers.get_pool(session, actor).currency,
        agencies=_agencies(session, actor, insurer.id),
        lines={},
        products={},
        catch_alls={},
        agreements=[_agreement(row) for row in registers.agreements(session, actor)],
    )
    for line in registers.lines_of_business(session, actor):
        made.lines.setdefault(line.gdv_key or line.code, line.id)
    own = registers.products(session, actor, insurer.id)
    for product in own:
        _remember(made, product)
    named = registers.find_mapping(session, actor, insurer.id, PRODUCT_NAMES)
    for key, product_id in (named.mapping if named else {}).items():
        meant = next((p for p in own if p.id == product_id), None)
        if meant:
            made.products[key] = [_Known(meant.id, meant.line_id)]
    return made


def line_id_of(session: Session, actor: Actor, known: Registers, key: str) -> int:
    """The line of business of a GDV key; it comes into being by being delivered."""
    if key not in known.lines:
        names = names_of(key)
        line = range_.add_gdv_line(session, actor, key, de=names.de, uk=names.uk, en=names.en)
        known.lines[key] = line.id
    return known.lines[key]


def product_id_of(session: Session, actor: Actor, known: Registers, name: str, line_id: int) -> int:
    """The product of a name within the insurer, else the one catch-all of insurer and line."""
    named = known.products.get(name_key(name), [])
    same_line = [each for each in named if each.line_id == line_id]
    for found in (same_line, named):
        if len(found) == 1:
            return found[0].product_id
    if line_id not in known.catch_alls:
        insurer = session.get_one(Insurer, (actor.pool_id, known.insurer_id))
        line = session.get_one(LineOfBusiness, (actor.pool_id, line_id))
        known.catch_alls[line_id] = range_.add_catch_all(session, actor, insurer, line).id
    return known.catch_alls[line_id]


def name_key(name: str) -> str:
    """A product's name in the form it is compared in."""
    return " ".join(name.casefold().split())


def _agencies(session: Session, actor: Actor, insurer_id: int) -> dict[str, list[_Holding]]:
    found: dict[str, list[_Holding]] = {}
    for row in registers.agency_numbers(session, actor, insurer_id):
        owner = Owner(row["producer_id"], row["firm_id"])
        holding = _Holding(row["from_day"], row["to_day"], owner)
        found.setdefault(row["number_key"], []).append(holding)
    return found


def _remember(known: Registers, product: Product) -> None:
    if product.catch_all:
        known.catch_alls.setdefault(product.line_id, product.id)
        return
    key = name_key(product.name)
    known.products.setdefault(key, []).append(_Known(product.id, product.line_id))


def _agreement(row: Agreement) -> AgreementRow:
    return AgreementRow(
        kind=row.kind,
        product_id=row.product_id,
        line_id=row.line_id,
        insurer_id=row.insurer_id,
        from_day=row.valid.lower,
        to_day=row.valid.upper,
        terms=Terms(row.liability_months, row.incoming_of, row.incoming_rate),
    )
