"""A worker that is killed in the middle of an import: the job is leased again and goes on."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from brokerpool import importing
from brokerpool.tasks import TASKS
from pool_module.incoming.operations import uploads
from pool_module.incoming.queries import uploads as queries
from shared import worker
from shared.actor import Actor
from shared.db import make_engine, open_session
from shared.vocabulary import Door
from tests.database.pool_module.incoming.office import Office, commission, contract
from tests.database.pool_module.settlement.test_closing import lease
from tests.servers import Database

POOL, CONTRACTS, STEPS = 1, 8, 3
RELEASE = text("UPDATE outbox SET leased_until = NULL WHERE pool_id = :pool AND done_at IS NULL")


def small_portions(monkeypatch: pytest.MonkeyPatch, die_after: int | None) -> None:
    """Commit every other row; the process kills itself after so many portions."""
    where, told = importing._where, importing._Desk.tell
    calls = iter(range(1_000))

    def small(*arguments: Any) -> dict[str, Any]:
        return where(*arguments) | {"chunk": 2}

    def tell(desk: Any, **how_far: Any) -> bool:
        if die_after is not None and next(calls) == die_after:
            os.kill(os.getpid(), signal.SIGKILL)
        return told(desk, **how_far)

    monkeypatch.setattr(importing, "_where", small)
    monkeypatch.setattr(importing._Desk, "tell", tell)


def run_one(database: Database) -> None:
    engine = make_engine(database.door_url(Door.WORKER))
    for row in lease(engine):
        worker.perform(engine, TASKS, row.pool_id, row.id)
    engine.dispose()


def test_what_was_taken_stays_and_the_rest_follows(
    own_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE_DIR", str(tmp_path / "files"))
    engine = make_engine(own_database.door_url(Door.WORKER))
    session = open_session(engine, Actor(Door.WORKER, POOL, None, "Olena"))
    office = Office(session, session.info["actor"], tmp_path).open().ready()
    records: list[str] = []
    for number in range(700_000, 700_000 + CONTRACTS):
        records.append(contract(contract_number=str(number)))
        records += commission("20.00", contract_number=str(number))
    path = office.write(*records)
    office.take(office.write(contract(contract_number="700000")))  # so that the insurer is found
    [brought] = uploads.receive(
        session, office.actor, [("a.gdv", path)], storage=tmp_path / "files"
    )
    session.commit()
    assert brought.upload_id is not None
    run_one(own_database)
    session.expire_all()
    assert queries.get_upload(session, office.actor, brought.upload_id).state == "checked"
    uploads.take(session, office.actor, brought.upload_id)
    session.commit()
    child = os.fork()
    if child == 0:
        small_portions(monkeypatch, die_after=STEPS)
        run_one(own_database)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    session.expire_all()
    assert 0 < len(office.events()) < CONTRACTS
    assert office.select("SELECT state FROM long_job WHERE pool_id = :pool ORDER BY id DESC")[
        0
    ] == ("running",)
    session.rollback()
    office.session.execute(RELEASE, {"pool": POOL})  # its lease runs out
    session.commit()
    run_one(own_database)
    session.expire_all()
    assert len(office.events()) == CONTRACTS
    assert queries.get_upload(session, office.actor, brought.upload_id).state == "taken"
    told = office.select("SELECT text FROM notification WHERE pool_id = :pool ORDER BY id")
    assert told[-1] == ("%(file)s is imported.",)
    session.close()
    engine.dispose()
