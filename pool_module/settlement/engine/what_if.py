"""What a change of the facts would change in the books: the run's own pipeline, with and without.

The caller writes the change in a savepoint and throws it away afterwards; here the events it
touches are computed twice, once as known before and once as known with it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import text
from sqlalchemy.orm import Session

from pool_module.settlement.engine.pipeline import (
    Frame,
    calculate,
    clear,
    keep_deltas,
    lay_out,
    run_step,
    statements_of,
    tune,
)
from pool_module.settlement.engine.runs import Since, find_due
from pool_module.settlement.rules.what_if import Line

PACKET_EVENTS = 25_000
TABLES = ("t_touched", "t_side", "t_side_event")
BOUNDS = text(
    "SELECT max(event_id) FROM (SELECT event_id, (row_number() OVER (ORDER BY event_id) - 1) "
    "/ :size AS n FROM t_touched) x GROUP BY n ORDER BY 1"
)
NEXT_WORK = text(
    "INSERT INTO t_work SELECT event_id, booked FROM t_touched "
    "WHERE event_id > :above AND event_id <= :last"
)

# is told how many of how many packets are done; may raise to stop
Said = Callable[[int, int], None]


def compare(
    session: Session,
    before: Frame,
    after: Frame,
    booked: Since,
    *,
    watched: Sequence[int],
    upcoming: bool,
    said: Said,
) -> list[Line]:
    """Compute what facts recorded between two moments change, by event and producer.

    Args:
        session: a transaction of the worker in which those facts stand.
        before: without them.
        after: with them; of the same day and earlier runs.
        booked: the last closed run.
        watched: producers whose events not settled yet are looked at too, where ``upcoming``.
        upcoming: look at events the next settlement sees for the first time, too.
        said: is told the progress.
    """
    tune(session)
    session.execute(text(f"DROP TABLE IF EXISTS {', '.join(TABLES)}"))
    # only through the day already settled: days that pass are no consequence of the change
    find_due(
        session, replace(after, through=booked.through), Since(booked.through, before.known_at)
    )
    run_step(
        session,
        "what_if_touched",
        {
            "pool": after.pool_id,
            "through": after.through,
            "booked_through": booked.through,
            "booked_known": booked.known_at,
            "upcoming": upcoming,
            "watched": list(watched),
        },
    )
    bounds = list(session.execute(BOUNDS, {"size": PACKET_EVENTS}).scalars())
    for side, frame in enumerate((before, after)):
        _calculate(session, frame, side, bounds, said)
    (statement,) = statements_of("what_if_lines")
    found = [Line(**row) for row in session.execute(statement).mappings()]
    session.execute(text(f"DROP TABLE {', '.join(TABLES)}"))
    clear(session)
    return found


def _calculate(
    session: Session, frame: Frame, side: int, bounds: Sequence[int], said: Said
) -> None:
    lay_out(session, frame)
    above = 0
    for number, last in enumerate(bounds):
        said(side * len(bounds) + number, 2 * len(bounds))
        session.execute(text("TRUNCATE t_work"))
        session.execute(NEXT_WORK, {"above": above, "last": last})
        calculate(session, frame)
        keep_deltas(session, frame)
        run_step(session, "what_if_side", {"side": side})
        above = last
    said((side + 1) * len(bounds), 2 * len(bounds))
