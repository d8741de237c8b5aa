"""What happened to a contract, from wherever it is known."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from pool_module.crm.queries import journal
from shared.actor import Actor
from shared.models.contracts import Contract, Document, Event
from shared.models.conversation import Message, Thread
from shared.models.incoming import Delivery, DeliveryLine, RawRecord

MOST = 100


@dataclass(frozen=True)
class Happened:
    """A moment of a record's life.

    Attributes:
        what: created, delivered, event, document, message or the journal's action.
        when: the moment.
        who: who did it.
        values: what the sentence about it names.
    """

    what: str
    when: datetime
    who: str
    values: dict[str, Any] = field(default_factory=dict)


def timeline_of(session: Session, actor: Actor, contract_id: int) -> list[Happened]:
    """What happened to a contract, the latest first; five statements however much it is."""
    found = [
        *_created(session, actor, contract_id),
        *_events(session, actor, contract_id),
        *_documents(session, actor, contract_id),
        *_messages(session, actor, contract_id),
    ]
    for entry in journal.entries_of(session, actor, "contract", contract_id):
        if entry.action not in {"document.added", "contract.added"}:
            values = {"old": entry.old or {}, "new": entry.new or {}}
            found.append(Happened(entry.action, entry.recorded_at, entry.recorded_by, values))
    return sorted(found, key=lambda each: each.when, reverse=True)


def _created(session: Session, actor: Actor, contract_id: int) -> list[Happened]:
    rows = session.execute(
        select(Contract.recorded_at, Contract.recorded_by, Contract.number).where(
            Contract.pool_id == actor.pool_id, Contract.id == contract_id
        )
    )
    found = [Happened("created", r.recorded_at, r.recorded_by, {"number": r.number}) for r in rows]
    delivered = session.execute(
        select(Delivery.id, Delivery.file_name, Delivery.recorded_at, Delivery.recorded_by)
        .join(
            RawRecord,
            and_(RawRecord.pool_id == Delivery.pool_id, RawRecord.delivery_id == Delivery.id),
        )
        .where(RawRecord.pool_id == actor.pool_id, RawRecord.contract_id == contract_id)
        .distinct()
        .limit(MOST)
    )
    found += [
        Happened("delivered", r.recorded_at, r.recorded_by, {"file": r.file_name, "id": r.id})
        for r in delivered
    ]
    return found


def _events(session: Session, actor: Actor, contract_id: int) -> list[Happened]:
    rows = session.execute(
        select(Event, Contract.currency, Delivery.file_name, DeliveryLine.row_number)
        .join(Contract, and_(Contract.pool_id == Event.pool_id, Contract.id == Event.contract_id))
        .outerjoin(
            DeliveryLine,
            and_(DeliveryLine.pool_id == Event.pool_id, DeliveryLine.event_id == Event.id),
        )
        .outerjoin(
            Delivery,
            and_(Delivery.pool_id == DeliveryLine.pool_id, Delivery.id == DeliveryLine.delivery_id),
        )
        .where(Event.pool_id == actor.pool_id, Event.contract_id == contract_id)
        .order_by(Event.id.desc())
        .limit(MOST)
    )
    return [
        Happened(
            "event",
            event.recorded_at,
            event.recorded_by,
            {
                "kind": event.kind,
                "received": event.received,
                "currency": currency,
                "file": name,
                "row": number,
            },
        )
        for event, currency, name, number in rows
    ]


def _documents(session: Session, actor: Actor, contract_id: int) -> list[Happened]:
    rows = session.scalars(
        select(Document)
        .where(
            Document.pool_id == actor.pool_id,
            ~Document.private,
            Document.subject == "contract",
            Document.subject_id == contract_id,
        )
        .order_by(Document.id.desc())
        .limit(MOST)
    )
    return [
        Happened(
            "document", d.recorded_at, d.recorded_by, {"name": d.title or d.file_name, "id": d.id}
        )
        for d in rows
    ]


def _messages(session: Session, actor: Actor, contract_id: int) -> list[Happened]:
    rows = session.execute(
        select(Message, Thread.title)
        .join(Thread, and_(Thread.pool_id == Message.pool_id, Thread.id == Message.thread_id))
        .where(
            Message.pool_id == actor.pool_id,
            Thread.subject == "contract",
            Thread.subject_id == contract_id,
        )
        .order_by(Message.id.desc())
        .limit(MOST)
    )
    return [
        Happened(
            "message",
            m.recorded_at,
            m.author,
            {"title": title, "body": m.body, "internal": m.internal, "thread": m.thread_id},
        )
        for m, title in rows
    ]
