"""A pool with two broker firms, committed once: what each door finds of it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from shared.actor import Actor
from shared.db import make_engine, open_session
from shared.db.facts import stretch
from shared.models.contracts import Application, Contract, Customer
from shared.models.hierarchy import Producer
from shared.models.pools import Company, Pool
from shared.models.products import Insurer, LineOfBusiness, Product, ProductAuthorisation
from shared.vocabulary import Door
from tests.servers import Database, PostgresServer

POOL = 1


@dataclass(frozen=True)
class Overview:
    """The pool, and the people who look at it."""

    engines: dict[Door, Engine]
    firms: dict[str, int]
    ids: dict[str, int]

    def actor(self, door: Door, firm: str | None = None) -> Actor:
        firms = frozenset({self.firms[firm]}) if firm else frozenset[int]()
        return Actor(door, POOL, None, "tests", firms)


@pytest.fixture(scope="session")
def overview(postgres: PostgresServer, template: Database) -> Iterator[Overview]:
    database = postgres.cloned(template, "test_overview")
    with ExitStack() as stack:
        engines = {}
        for door in Door:
            engines[door] = make_engine(database.door_url(door))
            stack.callback(engines[door].dispose)
        firms, ids = _fill(engines)
        yield Overview(engines, firms, ids)


@pytest.fixture
def session_of(overview: Overview) -> Iterator[Callable[..., Any]]:
    """A session behind a door; what a test does in it is rolled back."""
    with ExitStack() as stack:

        def session(door: Door = Door.INTRANET, firm: str | None = None) -> Any:
            return stack.enter_context(
                open_session(overview.engines[door], overview.actor(door, firm))
            )

        yield session


def _fill(engines: dict[Door, Engine]) -> tuple[dict[str, int], dict[str, int]]:
    worker = Actor(Door.WORKER, POOL, None, "tests")
    ids: dict[str, int] = {}
    with open_session(engines[Door.WORKER], worker) as session:

        def add(name: str, row: Any) -> int:
            row.pool_id = POOL
            session.add(row)
            session.flush()
            ids[name] = row.id
            return int(row.id)

        session.add(Pool(id=POOL, code="nord", name="Nordlicht"))
        session.flush()
        south = add("south", Company(code="F1", name="Finanzkontor Süd"))
        east = add("east", Company(code="F2", name="Коваленко Консалт"))
        insurer = add("insurer", Insurer(code="AQL", name="Aquila Leben"))
        line = add("line", LineOfBusiness(code="life"))
        base: dict[str, Any] = {"insurer_id": insurer, "line_id": line}
        plain = add("plain", Product(code="RL", name="Risikoleben Klassik", **base))
        closed = add(
            "closed", Product(code="RX", name="Risikoleben Exklusiv", restricted=True, **base)
        )
        add(
            "authorised",
            ProductAuthorisation(product_id=closed, firm_id=south, valid=stretch(None, None)),
        )
        kessler = add("kessler", Producer(code="VM-1", name="Kessler, Miriam", firm_id=south))
        add("shevchenko", Producer(code="VM-2", name="Шевченко, Олена", firm_id=east))
        for firm, who in ((south, "Müller"), (east, "Дем’янюк")):
            customer = add(who, Customer(last_name=who, first_name="Anna", firm_id=firm))
            add(
                f"contract of {who}",
                Contract(
                    number=f"EK-7490-{firm}", number_key=f"EK7490{firm}", product_id=plain,
                    holder_id=customer, producer_id=kessler, firm_id=firm,
                    net_premium=Decimal("100.00"), begin_on=date(2026, 1, 1), **base,
                ),
            )  # fmt: skip
            add(
                f"application of {who}",
                Application(
                    case_number=f"AN-61877-{firm}", insurer_id=insurer, product_id=plain,
                    customer_id=customer, producer_id=kessler, firm_id=firm, state="submitted",
                ),
            )  # fmt: skip
        session.commit()
    ids |= _of_broker(engines[Door.EXTRANET], ids["south"])
    return {"south": ids["south"], "east": ids["east"]}, ids


def _of_broker(engine: Engine, firm: int) -> dict[str, int]:
    """What a broker keeps for himself."""
    extranet = Actor(Door.EXTRANET, POOL, None, "tests", frozenset({firm}))
    with open_session(engine, extranet) as session:
        own = Customer(
            pool_id=POOL, last_name="Geheimrat", first_name="Ida", firm_id=firm,
            private=True,
        )  # fmt: skip
        session.add(own)
        session.flush()
        kept = Contract(
            pool_id=POOL, number="P-1", number_key="P1", holder_id=own.id, firm_id=firm,
            private=True,
        )  # fmt: skip
        session.add(kept)
        session.flush()
        made = {"own": own.id, "kept": kept.id}
        session.commit()
        return made
