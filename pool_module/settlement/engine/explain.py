"""Why an amount is what it is: the pipeline again, with the facts as known at the run."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from pool_module.settlement.engine.pipeline import (
    Frame,
    calculate,
    keep_deltas,
    lay_out,
    put_to_work,
    statements_of,
)
from pool_module.settlement.engine.runs import BEFORE_ALL_TIME

Row = Mapping[Any, Any]


@dataclass(frozen=True)
class Laid:
    """All that is known of an entry; rows have the columns of the ``explain_….sql`` files.

    Attributes:
        event: the event with reference dates, agreement, fractions.
        cuts: the contract's cuts, in date order.
        lines: every share with everybody above its seller.
        rules: the rules that met the producer's question, winner first; by (position, depth).
        delta: target less booked: payable, reserve, booked_payable, booked_reserve.
        booked: what each run booked for producer and event, this one last.
        facts: facts recorded since the run before that touch the event.
    """

    event: Row
    cuts: list[Row]
    lines: list[Row]
    rules: dict[tuple[int, int], list[Row]]
    delta: Row | None
    booked: list[Row]
    facts: list[Row]


def lay_open(
    session: Session,
    frame: Frame,
    *,
    run_id: int,
    event_id: int,
    producer_id: int,
    since: datetime | None,
) -> Laid:
    """Compute an event again as it was known at a run, and collect what led there.

    Args:
        session: a transaction; nothing is written.
        frame: the run's frame.
        run_id: the run.
        event_id: the event.
        producer_id: whose entry.
        since: when the run before looked at the facts.
    """
    lay_out(session, frame)
    put_to_work(session, [event_id])
    calculate(session, frame)
    keep_deltas(session, frame)
    here: dict[str, object] = {
        **frame.parameters(),
        "run": run_id,
        "event": event_id,
        "producer": producer_id,
        "since_known": since or BEFORE_ALL_TIME,
    }
    lines = _rows(session, "explain_lines", here)
    mine = [line for line in lines if line["producer_id"] == producer_id]
    rules = {
        (line["position"], line["depth"]): _rows(
            session,
            "explain_rules",
            here | {"position": line["position"], "depth": line["depth"]},
        )
        for line in mine
    }
    delta = session.execute(
        text("SELECT * FROM t_delta WHERE event_id = :event AND producer_id = :producer"),
        {"event": event_id, "producer": producer_id},
    )
    return Laid(
        event=_rows(session, "explain_event", here)[0],
        cuts=_rows(session, "explain_cuts", here),
        lines=lines,
        rules=rules,
        delta=delta.mappings().first(),
        booked=_rows(session, "explain_booked", here),
        facts=_rows(session, "explain_facts", here) if since else [],
    )


def _rows(session: Session, step: str, parameters: dict[str, object]) -> list[Row]:
    (statement,) = statements_of(step)
    names = statement._bindparams  # noqa: SLF001  -- the parsed names of a text clause
    found = session.execute(statement, {name: parameters[name] for name in names})
    return list(found.mappings().all())
