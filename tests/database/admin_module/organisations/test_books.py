"""Enabling changes no statement by a cent; the default organisation's rates are found by its name.

One pool settles January, enables the layer, settles February: nothing is corrected. Only then a
rate for the default organisation is recorded, and reaches the contracts that name none.
"""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from admin_module.organisations.errors import LayerOn, NotTyped
from admin_module.organisations.operations import access, enabling, keeping
from admin_module.organisations.operations.keeping import UnitValues
from pool_module.agreements import operations as agreements
from pool_module.settlement.formats.scenario import read_scenario
from pool_module.settlement.operations import runs
from pool_module.settlement.operations.scenario import ScenarioRun
from pool_module.settlement.queries import issuing
from pool_module.settlement.queries.issuing import PaperUnit
from shared.actor import Actor
from shared.db import make_engine, open_session
from shared.db.facts import stretch
from shared.models.hierarchy import CareerLevel
from shared.models.ledger import Statement
from shared.models.pools import Company
from shared.models.products import Rule
from shared.vocabulary import Door, Unit
from tests.database.pool_module.settlement.small_pool import FACTS
from tests.servers import Database

POOL = 1
LOGO = b"\x89PNG\r\n\x1a\n" + b"0" * 40
CLERK = Actor(Door.WORKER, POOL, None, "Jana Brandt")
CHIEF = Actor(Door.WORKER, POOL, None, "Olaf Petersen")
ADMIN = Actor(Door.INTRANET, POOL, None, "Frauke Petersen", organisation_ids=frozenset())
BOOKS = (
    "SELECT account, producer_id, sum(amount) FROM posting GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT * FROM statement ORDER BY id",
    "SELECT * FROM account_posting ORDER BY id",
    "SELECT * FROM rule ORDER BY id",
    "SELECT * FROM contract_terms ORDER BY id",
    "SELECT * FROM run_figure ORDER BY run_id",
)


@pytest.fixture(scope="module")
def engines(database: Database) -> Iterator[dict[Door, Engine]]:
    made = {door: make_engine(database.door_url(door)) for door in (Door.WORKER, Door.INTRANET)}
    yield made
    for engine in made.values():
        engine.dispose()


@pytest.fixture(scope="module")
def database(postgres: Any, template: Database) -> Iterator[Database]:
    yield postgres.cloned(template, "test_layer_books")
    postgres.drop("test_layer_books")


def settle(engine: Engine, through: date) -> int:
    with open_session(engine, CLERK) as session, session.begin():
        run_id = runs.begin(session, CLERK, through).id
    with open_session(engine, CLERK) as session, session.begin():
        while runs.calculate_next(session, CLERK, run_id):
            pass
        assert runs.finish(session, CLERK, run_id)
    with open_session(engine, CHIEF) as session, session.begin():
        runs.approve(session, CHIEF, run_id)
    with open_session(engine, CLERK) as session, session.begin():
        runs.close(session, CLERK, run_id, through)
    return run_id


def books(engine: Engine) -> list[Any]:
    with open_session(engine, CLERK) as session:
        return [session.execute(text(query)).all() for query in BOOKS]


def test_not_a_cent(engines: dict[Door, Engine]) -> None:
    worker = engines[Door.WORKER]
    plan = read_scenario(json.dumps({"name": "Nord", "currency": "EUR", "steps": FACTS}))
    with open_session(worker, CLERK) as session, session.begin():
        ScenarioRun(session, CLERK, plan).play()
    settle(worker, date(2026, 1, 31))
    before = books(worker)

    with open_session(engines[Door.INTRANET], ADMIN) as session, session.begin():
        tried = enabling.try_out(session)
        assert all(row.same for rows in tried.books.values() for row in rows)
        assert tried.books["closing"]
        assert tried.counts["rules"] == tried.counts["global_rules"] == 2
        with pytest.raises(NotTyped):
            enabling.enable(session, f"{tried.company}!")
    assert books(worker) == before
    with open_session(engines[Door.INTRANET], ADMIN) as session, session.begin():
        assert enabling.enable(session, tried.company).books == tried.books
    with open_session(engines[Door.INTRANET], ADMIN) as session, pytest.raises(LayerOn):
        enabling.try_out(session)
    assert books(worker) == before

    run = settle(worker, date(2026, 2, 28))
    with open_session(worker, CLERK) as session:
        booked = session.execute(text("SELECT count(*) FROM posting WHERE run_id = :r"), {"r": run})
        assert booked.scalar_one() == 0

    # a rate of the default organisation is for what names none
    with open_session(worker, CLERK) as session, session.begin():
        whole = session.execute(text("SELECT id FROM organisation WHERE is_default")).scalar_one()
        level = session.query(CareerLevel).filter_by(code="L1").one().id
        rule = Rule(
            code="L1-whole", kind="acquisition", level_id=level, organisation_id=whole,
            rate_of="basis", rate=Decimal("0.025"), valid=stretch(date(2020, 1, 1), None),
        )  # fmt: skip
        agreements.add_rule(session, CLERK, rule)
    run = settle(worker, date(2026, 3, 31))
    with open_session(worker, CLERK) as session:
        booked = session.execute(
            text("SELECT sum(p.amount) FROM posting p JOIN producer d ON d.id = p.producer_id "
                 "WHERE p.run_id = :r AND d.code = 'Berg'"), {"r": run},
        )  # fmt: skip
        assert abs(booked.scalar_one()) == Decimal("50.00")  # half a per cent of 10,000


def test_papers_carry_the_units_name_and_logo(engines: dict[Door, Engine], tmp_path: Path) -> None:
    """The payee's own unit decides; without one the unit all contracts of the statement share."""
    with open_session(engines[Door.INTRANET], ADMIN) as session, session.begin():
        whole = session.execute(text("SELECT id FROM organisation WHERE is_default")).scalar_one()
        keeping.set_logo(session, tmp_path, Unit.ORGANISATION, whole, LOGO)
        values = UnitValues(name="Fleet", remit_to="Fleet Services")
        division = keeping.add(session, Unit.DIVISION, values, parent_id=whole).id
        keeping.set_logo(session, tmp_path, Unit.DIVISION, division, LOGO + b"2")
        access.limit(session, "Berg", Unit.DIVISION, division)
    with open_session(engines[Door.WORKER], CLERK) as session:
        told = {}
        for statement in session.query(Statement).order_by(Statement.id):
            payee = session.get_one(Company, (POOL, statement.company_id)).code
            told[payee] = issuing.find_unit(session, CLERK, statement)
    assert told["Berg"] == PaperUnit(sha256(LOGO + b"2").hexdigest(), "Fleet Services")
    assert told["Adler"].remit_to is None
