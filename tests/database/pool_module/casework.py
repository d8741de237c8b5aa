"""A pool with two broker firms, some products and people at both doors, whose work is committed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from pool_module.contracts.operations import ShareOf, add_contract
from pool_module.crm.operations.customers import Person, add_customer
from pool_module.hierarchy import operations as hierarchy
from pool_module.products import operations as products
from shared.actor import Actor
from shared.db import Engine, Session, make_engine, open_session
from shared.models.pools import Company, Pool
from shared.search_words import number_key
from shared.vocabulary import Door
from tests.servers import Database

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
POOL, OTHER_POOL = 930_001, 930_002


@dataclass
class Desk:
    """The pool at work; ``at`` opens a transaction of somebody, committed when it ends well."""

    engines: dict[Door, Engine]
    root: Path
    firm_id: int = 0
    neighbour_id: int = 0
    producer_id: int = 0
    second_id: int = 0
    product_id: int = 0
    restricted_id: int = 0
    customer_id: int = 0
    contract_id: int = 0

    @contextmanager
    def at(
        self, door: Door, name: str = "somebody", *, pool: int = POOL, firm: int | None = None
    ) -> Iterator[Session]:
        firms = frozenset({firm or self.firm_id}) if door is Door.EXTRANET else frozenset()
        actor = Actor(door, pool, None, name, firms)
        with open_session(self.engines[door], actor) as session, session.begin():
            yield session

    def close(self) -> None:
        for engine in self.engines.values():
            engine.dispose()


def open_desk(database: Database, root: Path) -> Desk:
    """Found the pool."""
    desk = Desk({door: make_engine(database.door_url(door), size=2) for door in Door}, root)
    with desk.at(Door.WORKER, pool=OTHER_POOL) as session:
        session.add(Pool(id=OTHER_POOL, code="other", name="Other"))
    with desk.at(Door.WORKER) as session:
        actor: Actor = session.info["actor"]
        session.add(Pool(id=POOL, code="nord", name="Nordlicht"))
        session.flush()
        first = hierarchy.add_producer(session, actor, code="A", payee="FIRM-A")
        second = hierarchy.add_producer(session, actor, code="B", payee="FIRM-B")
        first.sort_key, second.sort_key = "1c00", "1d00"
        product = products.add_product(
            session, actor, code="P", insurer="AL", line="life", name="Leben Klassik"
        )
        closed = products.add_product(
            session, actor, code="R", insurer="AL", line="life", name="Nur für wenige"
        )
        closed.restricted = True
        session.flush()
        desk.producer_id, desk.second_id = first.id, second.id
        assert first.firm_id
        assert second.firm_id
        desk.firm_id, desk.neighbour_id = first.firm_id, second.firm_id
        desk.product_id, desk.restricted_id = product.id, closed.id
    with desk.at(Door.INTRANET, "jana") as session:
        actor = session.info["actor"]
        person = Person("Großmann", "Jörg", birth_date=date(1980, 5, 1), postcode="20095")
        desk.customer_id = add_customer(session, person, firm_id=desk.firm_id).id
    with desk.at(Door.WORKER) as session:
        actor = session.info["actor"]
        producer = session.get_one(type(first), (POOL, desk.producer_id))
        contract = add_contract(
            session,
            actor,
            number="AL-7741-206",
            number_key=number_key("AL-7741-206").upper(),
            product=session.get_one(type(product), (POOL, desk.product_id)),
            currency="EUR",
            shares=[ShareOf(producer, Decimal(1))],
        )
        contract.holder_id, contract.begin_on = desk.customer_id, date(2026, 1, 15)
        contract.frequency, contract.net_premium = "quarterly", Decimal("1000.00")
        session.flush()
        desk.contract_id = contract.id
    return desk


__all__ = ["NOW", "OTHER_POOL", "POOL", "TODAY", "Company", "Desk", "open_desk"]
