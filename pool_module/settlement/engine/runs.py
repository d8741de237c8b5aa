"""The steps of a run in the database: what is due, packets, the draft, statements, the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from pool_module.settlement.engine.pipeline import (
    Frame,
    calculate,
    clear,
    lay_out,
    run_step,
    statements_of,
    tune,
)

SUMS = ("run_balance", "run_figure", "run_producer_figure")
BEFORE_ALL_DAYS = date(1, 1, 1)
BEFORE_ALL_TIME = datetime(1, 1, 1, tzinfo=UTC)


NEXT_PACKET = text(
    "SELECT coalesce(max(number), 0) + 1 FROM run_packet WHERE pool_id = :pool AND run_id = :run"
)
WAITING_PACKET = text(
    "SELECT number, first_event, last_event, since_through, since_known FROM run_packet "
    "WHERE pool_id = :pool AND run_id = :run AND done_at IS NULL "
    "ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED"
)


@dataclass(frozen=True)
class Since:
    """The last look: a closed run, or the draft's own former calculation."""

    through: date
    known_at: datetime


NEVER = Since(BEFORE_ALL_DAYS, BEFORE_ALL_TIME)


def find_due(session: Session, frame: Frame, since: Since, *, full: bool = False) -> None:
    """Collect in ``t_due`` the events settled before that a run has to look at again.

    Args:
        session: the transaction.
        frame: the run's frame.
        since: the last look; everything before it is settled as known then.
        full: look at everything due, new or not, changed or not.
    """
    clear(session)
    session.execute(text("SELECT fresh_statistics()"))
    parameters = _since(frame, since)
    session.execute(
        text("CREATE TEMP TABLE t_due (event_id bigint, cause text) ON COMMIT PRESERVE ROWS")
    )
    run_step(session, "reference", parameters)
    steps = []
    if full:
        steps.append("due_all")
    elif since is not NEVER:
        steps.append("due_changed")
        if since.through < frame.through:
            steps.append("due_released")
    for step in steps:
        run_step(session, step, parameters)


def forget_due(session: Session, frame: Frame, run_id: int) -> None:
    """Take the events in ``t_due`` out of a draft, to be calculated anew."""
    session.execute(
        text(
            "SELECT forget_postings(:run, (SELECT array_agg(d.event_id) FROM run_event d "
            "JOIN (SELECT DISTINCT event_id FROM t_due) x USING (event_id) "
            "WHERE d.pool_id = :pool AND d.run_id = :run), false)"
        ),
        {"pool": frame.pool_id, "run": run_id},
    )
    session.execute(
        text(
            "DELETE FROM run_event d USING (SELECT DISTINCT event_id FROM t_due) x "
            "WHERE d.pool_id = :pool AND d.run_id = :run AND d.event_id = x.event_id"
        ),
        {"pool": frame.pool_id, "run": run_id},
    )


def make_packets(
    session: Session, frame: Frame, run_id: int, size: int, *, since: Since, booked: Since
) -> None:
    """Make packets of ``size`` whole events: those in ``t_due``, and those that are new.

    Args:
        session: the transaction.
        frame: the run's frame.
        run_id: the run.
        size: events in a packet.
        since: the last look; later ones are new. None are looked for when ``t_due`` holds all.
        booked: the last closed run; an event it looked at may have postings.
    """
    parameters = _since(frame, since) | {
        "run": run_id,
        "size": size,
        "booked_through": booked.through,
        "booked_known": booked.known_at,
    }
    for step in ("packets", "packets_new"):
        first = session.execute(NEXT_PACKET, {"pool": frame.pool_id, "run": run_id}).scalar_one()
        run_step(session, step, parameters | {"first_packet": first})
    session.execute(text("DROP TABLE t_due"))


def calculate_packet(session: Session, frame: Frame, run_id: int) -> int | None:
    """Calculate one waiting packet into the draft and mark it, in the caller's transaction.

    Two workers take different packets; a packet without a mark is taken again.

    Returns:
        The packet's number, or None when no packet waits.
    """
    here = {"pool": frame.pool_id, "run": run_id}
    packet = session.execute(WAITING_PACKET, here).mappings().first()
    if packet is None:
        return None
    tune(session)
    lay_out(session, frame)
    session.execute(text("TRUNCATE t_work"))
    listed = packet["first_event"] is None
    run_step(
        session,
        "work_listed" if listed else "work_new",
        {**frame.parameters(), "run": run_id, **packet},
    )
    calculate(session, frame)
    written = 0
    for statement in statements_of("postings"):
        parameters = {"pool": frame.pool_id, "run": run_id, "earlier": list(frame.earlier)}
        written += session.execute(statement, parameters).rowcount  # type: ignore[attr-defined]
    session.execute(
        text(
            "UPDATE run_packet SET done_at = clock_timestamp(), postings = :written "
            "WHERE pool_id = :pool AND run_id = :run AND number = :number"
        ),
        {**here, "number": packet["number"], "written": written},
    )
    return int(packet["number"])


def sum_up(session: Session, frame: Frame, run_id: int, closed: Since) -> None:
    """Sum a run's postings up per account, and what they came for, replacing what stood there.

    Args:
        session: the transaction.
        frame: the run's frame.
        run_id: the run.
        closed: the last closed run; what came due or was recorded after it is this run's business.
    """
    _forget_rows(session, frame.pool_id, run_id, SUMS)
    # postings came by the million since the run began: the planner must know
    session.execute(text("SELECT fresh_statistics(), summarize_postings()"))
    session.execute(text("DROP TABLE IF EXISTS t_sum"))
    for step in ("balances", "figures"):
        run_step(session, step, {**_since(frame, closed), "run": run_id})


def make_statements(session: Session, frame: Frame, run_id: int) -> None:
    """Work out the statements of a run in ``t_statement``."""
    session.execute(text("DROP TABLE IF EXISTS t_statement"))
    run_step(session, "statements", {**frame.parameters(), "run": run_id})


def book(
    session: Session, frame: Frame, *, run_id: int, period_id: int, name: str, day: date
) -> None:
    """Write statements (see ``make_statements``) and payees' postings of a run being closed.

    Args:
        session: the transaction that closes the run; the database refuses any other.
        frame: the run's frame.
        run_id: the run.
        period_id: its period.
        name: the period's name, the head of statement numbers.
        day: the issue date.
    """
    parameters = {
        **frame.parameters(),
        "run": run_id,
        "period": period_id,
        "name": name,
        "day": day,
    }
    run_step(session, "book", parameters)


def forget_work(session: Session, pool_id: int, run_id: int) -> None:
    """Throw the work lists of a closed or dropped run away."""
    _forget_rows(session, pool_id, run_id, ("run_event", "run_packet", *SUMS))


def forget_draft(session: Session, run_id: int) -> None:
    """Throw the postings of a dropped run away."""
    session.execute(text("SELECT forget_postings(:run, NULL, true)"), {"run": run_id})


def _forget_rows(session: Session, pool_id: int, run_id: int, tables: Sequence[str]) -> None:
    for table in tables:
        session.execute(
            text(f"DELETE FROM {table} WHERE pool_id = :pool AND run_id = :run"),  # noqa: S608
            {"pool": pool_id, "run": run_id},
        )


def _since(frame: Frame, since: Since) -> dict[str, object]:
    return {
        **frame.parameters(),
        "since_through": since.through,
        "since_known": since.known_at,
    }
