"""Explain an entry: found by period, event and producer; nothing is written."""

from dataclasses import dataclass

from pool_module.settlement import queries
from pool_module.settlement.engine.explain import Laid, lay_open
from pool_module.settlement.errors import EntryUnknown
from pool_module.settlement.operations.runs import frame_of
from shared.actor import Actor
from shared.db import Session


@dataclass(frozen=True)
class Explanation:
    """An entry and what led to it."""

    period: str
    event: str
    producer: str
    laid: Laid


def explain(session: Session, actor: Actor, entry: str) -> Explanation:
    """Explain an entry ``PERIOD/EVENT/PRODUCER``, e.g. ``2026-03/E1/A``.

    Args:
        session: the transaction.
        actor: in whose pool.
        entry: the name of the period, the event's ref, the producer's code.

    Raises:
        EntryUnknown: there is no such period, event or producer.
    """
    parts = entry.split("/")
    if len(parts) < 3:
        raise EntryUnknown(entry)
    period, ref, code = parts[0], "/".join(parts[1:-1]), parts[-1]
    run = queries.find_run_of(session, actor, period)
    event_id = queries.find_event(session, actor, ref)
    producer_id = queries.find_producer_id(session, actor, code)
    if run is None or event_id is None or producer_id is None:
        raise EntryUnknown(entry)
    laid = lay_open(
        session,
        frame_of(session, actor, run),
        run_id=run.id,
        event_id=event_id,
        producer_id=producer_id,
        since=run.previous_known_at,
    )
    return Explanation(period=period, event=ref, producer=code, laid=laid)
