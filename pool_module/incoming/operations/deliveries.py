"""Delivered files: kept as they came, known by their content."""

from datetime import date
from pathlib import Path

from pool_module.incoming.operations import journal
from pool_module.incoming.operations.registers import Registers
from pool_module.incoming.queries import registers as queries
from pool_module.incoming.queries.sets import plan_afresh
from shared import outbox
from shared.actor import Actor
from shared.db import Session
from shared.db.facts import lock
from shared.models.incoming import Delivery
from shared.storage import StoredFile, store_file

IMPORT_LOCK = 7003
WRITE_ITEMS = "payouts.write_delivery_items"  # what the insurer owes by it, and when it is due
IMPORTING, IMPORTED = "importing", "imported"


def keep(actor: Actor, storage: Path, source: Path) -> StoredFile:
    """Keep the original; what is imported is read from the copy, which can't change any more."""
    return store_file(storage, actor.pool_id, None, source)


def open_delivery(
    session: Session,
    actor: Actor,
    known: Registers,
    stored: StoredFile,
    *,
    fmt: str,
    file_name: str,
    encoding: str | None,
) -> Delivery:
    """The delivery of a file; the same bytes again are the same delivery."""
    begin(session, actor)
    found = queries.find_delivery(session, actor, known.insurer_id, fmt, stored.sha256)
    if found:
        return found
    delivery = Delivery(
        pool_id=actor.pool_id,
        insurer_id=known.insurer_id,
        format=fmt,
        file_name=file_name,
        sha256=stored.sha256,
        encoding=encoding,
        state=IMPORTING,
    )
    session.add(delivery)
    session.flush()
    return delivery


def scratch(session: Session, actor: Actor, known: Registers, sha256: str) -> int:
    """A delivery to try a portion with; it is taken back together with it."""
    delivery = Delivery(
        pool_id=actor.pool_id,
        insurer_id=known.insurer_id,
        format="gdv",
        file_name="",
        sha256=sha256,
        encoding=None,
        state=IMPORTING,
    )
    session.add(delivery)
    session.flush()
    return delivery.id


def begin(session: Session, actor: Actor) -> None:
    """Begin a step, alone: two imports of one file would find nothing of each other."""
    lock(session, IMPORT_LOCK)
    plan_afresh(session, actor)


def close_delivery(
    session: Session,
    actor: Actor,
    delivery_id: int,
    counts: dict[str, object],
    today: date,
    *,
    changed: bool,
) -> None:
    """End an import with its counts; one that changed nothing leaves no trace."""
    delivery = queries.get_delivery(session, actor, delivery_id)
    if changed:
        queries.sum_up(session, actor, delivery_id)
        outbox.put(session, WRITE_ITEMS, {"delivery_id": delivery_id})
    if delivery.state == IMPORTED and not changed:
        return
    again = delivery.state == IMPORTED
    if not again:
        delivery.state, delivery.counts = IMPORTED, counts
    action = "delivery.imported_again" if again else "delivery.imported"
    subject = "delivery", delivery.id
    day = today.isoformat()
    journal.note(session, actor, action, subject, file=delivery.file_name, day=day, **counts)
