"""Producers and their dated facts, written."""

from decimal import Decimal

from pool_module.hierarchy import queries
from pool_module.hierarchy.errors import CycleRefused
from shared import gates
from shared.actor import Actor
from shared.db import Session
from shared.db.facts import Days, fact_moment, lock, overwrite, supersede
from shared.models.hierarchy import (
    Career,
    CareerLevel,
    CommissionGroup,
    Placement,
    Producer,
    ProducerGroup,
    ProducerPayee,
    ProducerReserve,
    ProducerStatus,
)
from shared.models.pools import Company

PLACEMENT_LOCK = 7002


def company_of(session: Session, actor: Actor, code: str) -> Company:
    """The company of a code; it comes into being by being named."""
    company = queries.find_company(session, actor, code)
    if company is None:
        company = Company(pool_id=actor.pool_id, code=code, name=code)
        session.add(company)
        session.flush()
    return company


def add_producer(
    session: Session, actor: Actor, *, code: str, payee: str | None = None, house: bool = False
) -> Producer:
    """Add a producer, paid through the company ``payee`` (default: a company of his code)."""
    company = company_of(session, actor, payee or code)
    producer = Producer(
        pool_id=actor.pool_id, code=code, name=code, house=house, firm_id=company.id
    )
    session.add(producer)
    session.flush()
    session.add(
        ProducerPayee(pool_id=actor.pool_id, producer_id=producer.id, company_id=company.id)
    )
    session.flush()
    return producer


def change_payee(session: Session, actor: Actor, producer: Producer, payee: str) -> None:
    """Have another company paid for a producer, for events not yet booked for him."""
    company = company_of(session, actor, payee)
    if queries.find_payee(session, actor, producer.id) == company.id:
        return
    gates.no_adviser(session, actor, company_ids=[company.id])
    moment = fact_moment(session)
    supersede(session, ProducerPayee, moment, {"producer_id": producer.id})
    session.add(
        ProducerPayee(
            pool_id=actor.pool_id,
            producer_id=producer.id,
            company_id=company.id,
            recorded_at=moment,
        )
    )
    producer.firm_id = company.id
    session.flush()


def place(
    session: Session,
    actor: Actor,
    producer: Producer,
    parent: Producer,
    valid: Days,
    *,
    reason: str | None = None,
) -> None:
    """Place a producer under another over the days ``valid``.

    Raises:
        CycleRefused: the parent stands at or below the producer on one of these days.
    """
    lock(session, PLACEMENT_LOCK)
    way = queries.find_cycle(session, actor, producer.id, parent.id, valid)
    if way:
        raise CycleRefused(producer.code, parent.code, [producer.code, *way])
    overwrite(
        session,
        Placement,
        {"producer_id": producer.id},
        valid,
        [{"parent_id": parent.id, "reason": reason}],
    )


def level_of(session: Session, actor: Actor, code: str) -> CareerLevel:
    """The career level of a code; it comes into being by being named."""
    level = queries.find_level(session, actor, code)
    if level is None:
        level = CareerLevel(pool_id=actor.pool_id, code=code)
        session.add(level)
        session.flush()
    return level


def group_of(session: Session, actor: Actor, code: str) -> CommissionGroup:
    """The commission group of a code; it comes into being by being named."""
    group = queries.find_group(session, actor, code)
    if group is None:
        group = CommissionGroup(pool_id=actor.pool_id, code=code)
        session.add(group)
        session.flush()
    return group


def promote(
    session: Session,
    actor: Actor,
    producer: Producer,
    level: str,
    valid: Days,
    *,
    reason: str | None = None,
) -> None:
    """Give a producer a career level over the days ``valid``."""
    row = {"level_id": level_of(session, actor, level).id, "reason": reason}
    overwrite(session, Career, {"producer_id": producer.id}, valid, [row])


def set_active(
    session: Session,
    actor: Actor,
    producer: Producer,
    valid: Days,
    *,
    active: bool,
) -> None:
    """Set a producer active or not over the days ``valid``."""
    assert actor.pool_id == producer.pool_id
    overwrite(
        session,
        ProducerStatus,
        {"producer_id": producer.id},
        valid,
        [{"active": active}],
    )


def set_group(
    session: Session,
    actor: Actor,
    producer: Producer,
    group: str,
    valid: Days,
) -> None:
    """Put a producer into a commission group over the days ``valid``.

    Raises:
        NoCommission: he is an insurance adviser, or works for one.
    """
    gates.no_adviser(session, actor, producer_ids=[producer.id])
    row = {"group_id": group_of(session, actor, group).id}
    overwrite(session, ProducerGroup, {"producer_id": producer.id}, valid, [row])


def set_reserve(
    session: Session,
    actor: Actor,
    producer: Producer,
    rate: Decimal,
    valid: Days,
) -> None:
    """Give a producer a reserve rate of his own over the days ``valid``."""
    assert actor.pool_id == producer.pool_id
    overwrite(
        session,
        ProducerReserve,
        {"producer_id": producer.id},
        valid,
        [{"rate": rate}],
    )
