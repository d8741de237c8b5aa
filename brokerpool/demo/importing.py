"""The open month: its deliveries imported as ``brokerpool import`` does, then settled."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from brokerpool.demo.deliveries.files import Waiting
from brokerpool.demo.deliveries.reports import OPEN
from brokerpool.demo.loading import Loaded, accountant, director
from brokerpool.settling import calculate_and_wait
from pool_module.incoming.operations.gdv import GdvImport
from pool_module.incoming.operations.statement import StatementImport
from pool_module.settlement.operations import runs
from shared.actor import Actor
from shared.db import open_session

IMPORTS = {"gdv": GdvImport, "statement": StatementImport}


def import_deliveries(
    engine: Engine,
    actor: Actor,
    files: Sequence[Waiting],
    *,
    storage: Path,
    today: date,
    say: Callable[[str], None],
) -> None:
    """Import files; what was imported before changes nothing.

    Args:
        engine: connects as the worker.
        actor: who imports.
        files: the deliveries.
        storage: where originals are kept.
        today: the day of the import.
        say: is told how far it is.
    """
    for file in files:
        with open_session(engine, actor) as session:
            work = IMPORTS[file.format](
                session, actor, file.insurer, file.path, storage=storage, today=today
            )
            for _ in work.steps():
                session.commit()
        say(f"{file.path.name} is imported.")


def settle_open_month(engine: Engine, loaded: Loaded, day: date) -> None:
    """Settle the open month as people do, each step a transaction; goes on where it stopped.

    Args:
        engine: connects as the worker.
        loaded: the pool.
        day: when its statements are issued.
    """
    actor, second = accountant(loaded.pool_id), director(loaded.pool_id)
    with open_session(engine, actor) as session:
        run_id = runs.begin(session, actor, loaded.world.months.last(OPEN)).id
        session.commit()
    calculate_and_wait(engine, actor, run_id)
    with open_session(engine, actor) as session:
        runs.finish(session, actor, run_id)
        session.commit()
    with open_session(engine, second) as session:
        runs.approve(session, second, run_id)
        runs.close(session, second, run_id, day)
        session.commit()
