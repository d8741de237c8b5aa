"""A pool of a scenario's facts whose runs are issued, in a transaction that is thrown away."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from pool_module.settlement.formats.scenario import read_scenario
from pool_module.settlement.operations import issuing, papers
from pool_module.settlement.operations.scenario import ScenarioRun
from pool_module.settlement.queries import issuing as queries
from pool_module.settlement.queries.issuing import Books
from shared.actor import Actor
from shared.db import Session, open_session
from shared.models.ledger import SettlementRun
from shared.models.pools import Company
from shared.vocabulary import Door

Steps = list[dict[str, Any]]


class IssuedPool:
    """The pool, its closed runs with their lines written, and a folder for its papers."""

    def __init__(self, session: Session, actor: Actor, root: Path) -> None:
        self.session = session
        self.actor = actor
        self.root = root
        self.runs = session.query(SettlementRun).order_by(SettlementRun.through).all()

    def write_lines(self) -> None:
        for run in self.runs:
            issuing.write_lines(self.session, self.actor, run.id)

    def statement_of(self, payee: str, run: int = -1) -> int:
        ids = queries.statement_ids(self.session, self.actor, self.runs[run].id, payee=payee)
        return ids[0]

    def books(self, payee: str, run: int = -1) -> Books:
        return queries.get_books(self.session, self.actor, self.statement_of(payee, run))

    def company(self, code: str) -> Company:
        return self.session.query(Company).filter_by(code=code).one()

    def issue(self, payee: str, run: int = -1) -> None:
        statement = self.statement_of(payee, run)
        papers.issue_statement(self.session, self.actor, self.root, statement)
        papers.issue_act(self.session, self.actor, self.root, statement)


@contextmanager
def issued(engine: Engine, scenario: object, root: Path) -> Iterator[IssuedPool]:
    """Play a scenario and write the lines of all its runs."""
    plan = read_scenario(json.dumps(scenario, ensure_ascii=False))
    with engine.connect() as connection, connection.begin() as transaction:
        pool_id = connection.execute(text("SELECT nextval('pool_id_seq')")).scalar_one()
        actor = Actor(Door.WORKER, pool_id, None, "issuing")
        try:
            with open_session(connection, actor) as session:
                ScenarioRun(session, actor, plan).play()
                pool = IssuedPool(session, actor, root)
                pool.write_lines()
                yield pool
        finally:
            transaction.rollback()
