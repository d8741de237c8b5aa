"""The lines of a closed run's statements: what the ledger booked, said in full.

The same pipeline as the run's, with the facts as known at that run, tells what an amount was
reckoned from; the amounts themselves are the ledger's.
"""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from sqlalchemy import text
from sqlalchemy.orm import Session

from pool_module.settlement.engine.pipeline import (
    Frame,
    calculate,
    clear,
    lay_out,
    run_step,
    tune,
)

PACKET_EVENTS = 25_000
TABLES = ("t_entry", "t_event_before", "t_entry_before", "t_part", "t_bound", "t_stated")


@dataclass(frozen=True)
class Before:
    """The closed run before: what came later is what a correction is for."""

    through: date
    known_at: datetime


def write_lines(session: Session, frame: Frame, run_id: int, before: Before | None) -> None:
    """Write the lines of all statements of a run by one statement.

    Args:
        session: the transaction.
        frame: the run's frame.
        run_id: the closed run; its statements have no lines yet.
        before: the closed run before it.
    """
    tune(session)
    _forget(session)
    lay_out(session, frame)
    since = before or Before(frame.through, frame.known_at)
    parameters = {
        **frame.parameters(),
        "run": run_id,
        "size": PACKET_EVENTS,
        "before_through": since.through,
        "before_known": since.known_at,
    }
    run_step(session, "line_entries", parameters)
    bounds = session.execute(text("SELECT event_id FROM t_bound ORDER BY event_id")).scalars()
    for above, last in pairwise([0, *bounds]):
        session.execute(text("TRUNCATE t_work"))
        session.execute(
            text(
                "INSERT INTO t_work SELECT DISTINCT event_id, true FROM t_entry "
                "WHERE event_id > :above AND event_id <= :last"
            ),
            {"above": above, "last": last},
        )
        calculate(session, frame)
        run_step(session, "line_parts", parameters)
    session.execute(text("ANALYZE t_part"))
    run_step(session, "lines", parameters)
    _forget(session)
    clear(session)


def _forget(session: Session) -> None:
    session.execute(text(f"DROP TABLE IF EXISTS {', '.join(TABLES)}"))
