"""From the close of a run to the papers, through the outbox, and who may read them."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from brokerpool.tasks import TASKS
from pool_module.settlement.formats.scenario import read_scenario
from pool_module.settlement.operations import runs
from pool_module.settlement.operations.scenario import ScenarioRun
from pool_module.settlement.queries.issuing import issued_files
from shared import outbox, worker
from shared.actor import Actor
from shared.db import make_engine, open_session
from shared.models.contracts import Contract, Customer, Document
from shared.models.kit import AuditEntry, Outbox
from shared.models.ledger import Issue, Statement, StatementLine
from shared.models.pools import Company
from shared.storage import open_stored
from shared.vocabulary import Door
from tests.database.pool_module.settlement.small_pool import FACTS
from tests.servers import Database

POOL = 1
CLERK = Actor(Door.WORKER, POOL, None, "Jana Brandt")
CHIEF = Actor(Door.WORKER, POOL, None, "Olaf Petersen")
OURS: tuple[Any, ...] = (Statement, StatementLine, Issue, Document)


@pytest.fixture(scope="class")
def engine(own_database: Database) -> Iterator[Engine]:
    engine = make_engine(own_database.door_url(Door.WORKER))
    yield engine
    engine.dispose()


@pytest.fixture(scope="class")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="class")
def closed(engine: Engine) -> int:
    """Settle January as people do; gives the run's id."""
    plan = read_scenario(json.dumps({"name": "Nord", "currency": "EUR", "steps": FACTS}))
    with open_session(engine, CLERK) as session, session.begin():
        ScenarioRun(session, CLERK, plan).play()
        holder = Customer(pool_id=POOL, last_name="Öztürk", first_name="Selin")
        session.add(holder)
        session.flush()
        session.query(Contract).one().holder_id = holder.id
    with open_session(engine, CLERK) as session, session.begin():
        run_id = runs.begin(session, CLERK, date(2026, 1, 31)).id
    with open_session(engine, CLERK) as session, session.begin():
        assert runs.calculate_next(session, CLERK, run_id)
        assert runs.finish(session, CLERK, run_id)
    with open_session(engine, CHIEF) as session, session.begin():
        runs.approve(session, CHIEF, run_id)
    with open_session(engine, CLERK) as session, session.begin():
        runs.close(session, CLERK, run_id, date(2026, 2, 3))
    return run_id


@pytest.fixture(scope="class")
def papers(engine: Engine, closed: int, root: Path) -> int:
    """The run, with all its jobs done."""
    run_jobs(engine, root)
    return closed


class TestClose:
    def test_the_journal_tells_the_run(self, engine: Engine, closed: int) -> None:
        with open_session(engine, CLERK) as session:
            entries = session.query(AuditEntry).order_by(AuditEntry.id).all()
        told = [(e.action, e.recorded_by) for e in entries if e.subject_id == closed]
        assert told == [
            ("calculated", "Jana Brandt"),
            ("approved", "Olaf Petersen"),
            ("closed", "Jana Brandt"),
        ]

    def test_all_jobs_are_done(self, engine: Engine, papers: int) -> None:
        with open_session(engine, CLERK) as session:
            rows = session.query(Outbox).order_by(Outbox.id).all()
        assert [(r.task, r.error, r.done_at is not None) for r in rows] == [
            ("settlement.write_lines", None, True),
            ("payouts.write_statement_items", None, True),
            ("settlement.issue_statements", None, True),
        ]
        assert rows[0].arguments == {"run_id": papers}
        assert {r.priority for r in rows} == {date(2026, 1, 31).toordinal()}

    def test_each_statement_has_its_papers(self, engine: Engine, papers: int, root: Path) -> None:
        with open_session(engine, CLERK) as session:
            statements = session.query(Statement).filter_by(run_id=papers).all()
            assert len(statements) == 2
            for statement in statements:
                files = issued_files(session, CLERK, statement.id)
                assert [f.kind for f in files] == ["csv", "statement"]
                for file in files:
                    assert open_stored(root, POOL, file.firm_id, file.sha256)
            assert {line.holder for line in session.query(StatementLine)} == {"Öztürk, Selin"}

    def test_the_jobs_run_again_change_no_byte(
        self, engine: Engine, papers: int, root: Path
    ) -> None:
        before = content(root)
        assert papers
        with open_session(engine, CLERK) as session, session.begin():
            session.execute(text("UPDATE outbox SET done_at = NULL, leased_until = NULL"))
            session.query(Company).filter_by(code="Berg").one().name = "Berg & Partner"
        run_jobs(engine, root)
        assert content(root) == before
        with open_session(engine, CLERK) as session:
            assert session.query(Issue).count() == 4
            assert session.query(Outbox).filter(Outbox.error.is_not(None)).count() == 0

    def test_a_broker_sees_his_own_alone(
        self, engine: Engine, papers: int, own_database: Database
    ) -> None:
        assert papers
        with open_session(engine, CLERK) as session:
            berg = session.query(Company).filter_by(code="Berg").one().id
        actor = Actor(Door.EXTRANET, POOL, 1, "Berg", frozenset({berg}))
        extranet = make_engine(own_database.door_url(Door.EXTRANET))
        with open_session(extranet, actor) as session:
            for model in OURS:
                rows = session.query(model).all()
                assert rows, model
                assert {row.firm_id for row in rows} == {berg}, model
            (line,) = session.query(StatementLine)
            assert line.producer == "Berg"
        extranet.dispose()


def run_jobs(engine: Engine, root: Path) -> None:
    """Run the jobs there are, and those they put, until none is left."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STORAGE_DIR", str(root))
        while due := lease(engine):
            for row in due:
                worker.perform(engine, TASKS, row.pool_id, row.id)


def lease(engine: Engine) -> list[outbox.Leased]:
    with engine.begin() as connection:
        return outbox.lease(connection, most=5, seconds=60, waiting=())


def content(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): path.read_bytes() for path in files}
