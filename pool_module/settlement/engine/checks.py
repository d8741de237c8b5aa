"""The invariants of the settlement rules, looked for on the live database.

Each check is an .sql file that lists what is broken; ``explained`` computes every run again with
the facts as known then.
"""

from collections.abc import Iterator

from sqlalchemy import TextClause, text
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
BOOKED_EVENTS = "SELECT DISTINCT event_id FROM posting WHERE pool_id = :pool AND run_id = :run"
BOOKED_WORK = text(
    f"INSERT INTO t_work SELECT event_id, true FROM ({BOOKED_EVENTS} "  # noqa: S608
    "AND event_id BETWEEN :first AND :last) e"
)
DUE_EVENTS = (
    "SELECT id AS event_id FROM event "
    "WHERE pool_id = :pool AND due <= :through AND recorded_at <= :known"
)
DUE_WORK = text(
    f"INSERT INTO t_work SELECT event_id, true FROM ({DUE_EVENTS} "  # noqa: S608
    "AND id BETWEEN :first AND :last) e"
)


def broken(session: Session, pool_id: int, check: str) -> list[str]:
    """What a check of ``CHECKS`` finds broken, in words; at most ``MOST`` lines."""
    (statement,) = statements_of(f"check_{check}")
    return list(session.scalars(statement, {"pool": pool_id, "most": MOST}))


def unexplained(session: Session, frame: Frame, run_id: int) -> list[str]:
    """Entries of a run that its facts, as known then, do not give."""
    tune(session)
    lay_out(session, frame)
    found: list[str] = []
    here: dict[str, object] = {"pool": frame.pool_id, "run": run_id}
    for first, last in _stretches(session, BOOKED_EVENTS, here):
        bounds = here | {"first": first, "last": last}
        _recompute(session, frame, BOOKED_WORK, bounds)
        (statement,) = statements_of("check_explained")
        found += session.scalars(statement, bounds | {"most": MOST})
    return found[:MOST]


def unbooked(session: Session, frame: Frame) -> list[str]:
    """What a full recalculation of the last closed period would still book: nothing.

    Args:
        session: the transaction.
        frame: the last closed run's, with that run among the earlier ones.
    """
    tune(session)
    lay_out(session, frame)
    found: list[str] = []
    here: dict[str, object] = {
        "pool": frame.pool_id,
        "through": frame.through,
        "known": frame.known_at,
    }
    for first, last in _stretches(session, DUE_EVENTS, here):
        _recompute(session, frame, DUE_WORK, here | {"first": first, "last": last})
        (statement,) = statements_of("check_complete")
        parameters = {"pool": frame.pool_id, "earlier": list(frame.earlier), "most": MOST}
        found += session.scalars(statement, parameters)
    return found[:MOST]


def _recompute(
    session: Session, frame: Frame, work: TextClause, parameters: dict[str, object]
) -> None:
    session.execute(text("TRUNCATE t_work"))
    session.execute(work, parameters)
    calculate(session, frame)
    keep_deltas(session, frame)


def _stretches(
    session: Session, events: str, parameters: dict[str, object]
) -> Iterator[tuple[int, int]]:
    rows = session.execute(
        text(
            "SELECT min(event_id), max(event_id) FROM (SELECT event_id, "  # noqa: S608
            f"(row_number() OVER (ORDER BY event_id) - 1) / :size AS n FROM ({events}) e) x "
            "GROUP BY n ORDER BY 1"
        ),
        parameters | {"size": EVENTS_AT_ONCE},
    ).all()
    yield from ((row[0], row[1]) for row in rows)
