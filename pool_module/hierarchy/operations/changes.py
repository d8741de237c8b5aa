"""Placing, moving, promoting, suspending and closing, as facts from a day on."""

from datetime import datetime
from typing import Any

from pool_module.hierarchy import queries
from pool_module.hierarchy.errors import (
    CycleRefused,
    NothingChanges,
    NoWayBack,
    SecondParent,
    WrongLevel,
)
from pool_module.hierarchy.operations import PLACEMENT_LOCK
from pool_module.hierarchy.queries import records
from pool_module.hierarchy.rules import Change, may_stand_under
from shared import audit
from shared.actor import Actor
from shared.db import Session
from shared.db.facts import Days, fact_moment, lock, overwrite, stretch, take_back
from shared.models.hierarchy import Career, Placement, Producer, ProducerStatus
from shared.vocabulary import ActivityStatus, ChangeKind

MODELS: dict[ChangeKind, Any] = {
    ChangeKind.PLACEMENT: Placement,
    ChangeKind.CAREER: Career,
    ChangeKind.STATUS: ProducerStatus,
}


def check(session: Session, actor: Actor, change: Change, *, first_place: bool = False) -> None:
    """Refuse a change the house can't take, before anybody looks at what it would bring.

    Args:
        session: the transaction.
        actor: who asks.
        change: what is asked for.
        first_place: the producer is placed, not moved: he has no parent yet.

    Raises:
        ProducerUnknown: there is no such producer, or parent.
        LevelUnknown: there is no such level.
        SecondParent: he stands under somebody already.
        CycleRefused: he would stand above himself; names the way.
        WrongLevel: the five levels of companies don't stand that way.
        NothingChanges: it holds already.
    """
    producer = records.get_producer(session, actor, change.producer_id)
    now = records.get_standing(session, actor, change.producer_id, change.from_day)
    if change.kind is ChangeKind.PLACEMENT:
        _check_place(session, actor, producer, change, first_place=first_place)
        same = now.parent_id == change.parent_id
    elif change.kind is ChangeKind.CAREER:
        assert change.level_id is not None
        records.get_level(session, actor, change.level_id)
        same = now.level_id == change.level_id
    else:
        same = _status_of(now) == change.status
    if same:
        raise NothingChanges


def record(session: Session, actor: Actor, change: Change) -> datetime:
    """Write a change as a fact, from its day on without end.

    Returns:
        The moment it is known since.

    Raises:
        CycleRefused: he would stand above himself by now.
    """
    producer = records.get_producer(session, actor, change.producer_id)
    valid: Days = stretch(change.from_day, None)
    row: dict[str, object] = {"reason": change.reason}
    if change.kind is ChangeKind.PLACEMENT:
        lock(session, PLACEMENT_LOCK)
        if change.parent_id is not None:
            parent = records.get_producer(session, actor, change.parent_id)
            _refuse_cycle(session, actor, producer, parent, valid)
        row["parent_id"] = change.parent_id
    elif change.kind is ChangeKind.CAREER:
        row["level_id"] = change.level_id
    else:
        row |= {"active": change.status is ActivityStatus.ACTIVE, "state": change.status}
    # taken off the tree: what is overwritten by nothing
    rows = [] if change.kind is ChangeKind.PLACEMENT and change.parent_id is None else [row]
    overwrite(session, MODELS[change.kind], {"producer_id": producer.id}, valid, rows)
    audit.write(
        session,
        f"changed {change.kind.value}",
        "producer",
        producer.id,
        new={
            "from": change.from_day.isoformat(),
            "parent_id": change.parent_id,
            "level_id": change.level_id,
            "status": change.status,
            "reason": change.reason,
        },
    )
    return queries.moment_of(session, actor, MODELS[change.kind], producer.id)


def undo(
    session: Session, actor: Actor, kind: ChangeKind, producer_id: int, moment: datetime
) -> None:
    """Take a change back that was recorded at a moment; both stay in the history.

    Raises:
        NoWayBack: something was recorded since.
    """
    producer = records.get_producer(session, actor, producer_id)
    if kind is ChangeKind.PLACEMENT:
        lock(session, PLACEMENT_LOCK)
    fact_moment(session)
    if not take_back(session, MODELS[kind], {"producer_id": producer.id}, moment):
        raise NoWayBack
    if kind is ChangeKind.PLACEMENT:
        _refuse_standing_cycle(session, actor, producer)
    audit.write(session, f"undid {kind.value}", "producer", producer.id)


def _check_place(
    session: Session, actor: Actor, producer: Producer, change: Change, *, first_place: bool
) -> None:
    if change.parent_id is None:
        return
    parent = records.get_producer(session, actor, change.parent_id)
    if not may_stand_under(producer.kind, parent.kind):
        raise WrongLevel(producer.name, parent.name)
    if first_place:
        standing = records.find_standing_parent(session, actor, producer.id, change.from_day)
        if standing is not None:
            raise SecondParent(producer.name, standing.name, standing.since or "…")
    _refuse_cycle(session, actor, producer, parent, stretch(change.from_day, None))


def _refuse_cycle(
    session: Session, actor: Actor, producer: Producer, parent: Producer, valid: Days
) -> None:
    way = queries.find_cycle(session, actor, producer.id, parent.id, valid)
    if way:
        raise CycleRefused(producer.code, parent.code, [producer.code, *way])


def _refuse_standing_cycle(session: Session, actor: Actor, producer: Producer) -> None:
    """What stood before may close a cycle by now: others were moved meanwhile."""
    for parent_id, valid in queries.placements_of(session, actor, producer.id):
        parent = records.get_producer(session, actor, parent_id)
        _refuse_cycle(session, actor, producer, parent, valid)


def _status_of(now: Any) -> ActivityStatus:
    if now.state is not None:
        return ActivityStatus(now.state)
    return ActivityStatus.ACTIVE if now.active else ActivityStatus.PAUSED
