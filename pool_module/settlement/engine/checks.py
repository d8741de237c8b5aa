"""The invariants of the settlement rules, looked for on the live database.

Each check is an .sql file that lists what is broken; ``explained`` computes every run again with
the facts as known then.
"""

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from pool_module.settlement.engine.pipeline import (
    Frame,
    calculate,
    keep_deltas,
    lay_out,
    statements_of,
    tune,
)

CHECKS = (
    "event_balance",
    "account_balance",
    "statement_sums",
    "statement_chain",
    "reserve",
    "shares",
    "references",
    "periods",
)
MOST = 20
EVENTS_AT_ONCE = 50_000


def broken(session: Session, pool_id: int, check: str) -> list[str]:
    """What a check of ``CHECKS`` finds broken, in words; at most ``MOST`` lines."""
    (statement,) = statements_of(f"check_{check}")
    return list(session.scalars(statement, {"pool": pool_id, "most": MOST}))


def unexplained(session: Session, frame: Frame, run_id: int) -> list[str]:
    """Entries of a run that its facts, as known then, do not give."""
    tune(session)
    lay_out(session, frame)
    found: list[str] = []
    for first, last in _stretches(session, frame.pool_id, run_id):
        session.execute(text("TRUNCATE t_work"))
        session.execute(
            text(
                "INSERT INTO t_work SELECT DISTINCT event_id, true FROM posting "
                "WHERE pool_id = :pool AND run_id = :run AND event_id BETWEEN :first AND :last"
            ),
            {"pool": frame.pool_id, "run": run_id, "first": first, "last": last},
        )
        calculate(session, frame)
        keep_deltas(session, frame)
        (statement,) = statements_of("check_explained")
        bounds = {"first": first, "last": last}
        found += session.scalars(
            statement, {"pool": frame.pool_id, "run": run_id, "most": MOST, **bounds}
        )
    return found[:MOST]


def _stretches(session: Session, pool_id: int, run_id: int) -> Iterator[tuple[int, int]]:
    rows = session.execute(
        text(
            "SELECT min(event_id), max(event_id) FROM (SELECT event_id, (row_number() OVER "
            "(ORDER BY event_id) - 1) / :size AS n FROM (SELECT DISTINCT event_id FROM posting "
            "WHERE pool_id = :pool AND run_id = :run) e) x GROUP BY n ORDER BY 1"
        ),
        {"pool": pool_id, "run": run_id, "size": EVENTS_AT_ONCE},
    ).all()
    yield from ((row[0], row[1]) for row in rows)
