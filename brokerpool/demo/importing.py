"""The open month: its deliveries imported as ``brokerpool import`` does, all but one."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, text

from brokerpool.demo.deliveries.files import Waiting
from pool_module.incoming.operations.gdv import GdvImport
from pool_module.incoming.operations.statement import StatementImport
from shared.actor import Actor
from shared.db import open_session

LEFT = "DR"  # a spreadsheet: the way of most insurers
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
    """Import the files that have not been, but for the one left to whoever tries the import.

    Args:
        engine: connects as the worker.
        actor: who imports.
        files: the deliveries.
        storage: where originals are kept.
        today: the day of the import.
        say: is told how far it is.
    """
    left, done = left_for_people(files), _imported(engine, actor)
    for file in files:
        if file in left or file.path.name in done:
            continue
        with open_session(engine, actor) as session:
            work = IMPORTS[file.format](
                session, actor, file.insurer, file.path, storage=storage, today=today
            )
            for _ in work.steps():
                session.commit()
        say(f"{file.path.name} is imported.")


def left_for_people(files: Sequence[Waiting]) -> list[Waiting]:
    """The files the load leaves to whoever tries the import."""
    return [file for file in files if file.insurer == LEFT]


def _imported(engine: Engine, actor: Actor) -> set[str]:
    """Names of the files that have been imported."""
    with open_session(engine, actor) as session:
        found = session.execute(
            text("SELECT file_name FROM delivery WHERE pool_id = :pool"), {"pool": actor.pool_id}
        )
        return {row.file_name for row in found}
