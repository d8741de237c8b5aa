"""Reading contracts, their cuts and events."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import insert, select, text, update

from shared.actor import Actor
from shared.db import Session
from shared.models.contracts import Contract, ContractCut


def find_contract(session: Session, actor: Actor, number_key: str) -> Sequence[Contract]:
    """The contracts of a normalised number, of whatever insurer and line."""
    return session.scalars(
        select(Contract).where(Contract.pool_id == actor.pool_id, Contract.number_key == number_key)
    ).all()


def factor_before(session: Session, actor: Actor, contract_id: int, day: date) -> Decimal:
    """The in-force factor of a contract just before a day (1 without a cut)."""
    factor = session.scalars(
        select(ContractCut.factor)
        .where(
            ContractCut.pool_id == actor.pool_id,
            ContractCut.contract_id == contract_id,
            ContractCut.superseded_at.is_(None),
            ContractCut.on_day < day,
        )
        .order_by(ContractCut.on_day.desc())
        .limit(1)
    ).first()
    return Decimal(1) if factor is None else factor


def remove_cuts(
    session: Session, actor: Actor, contract_id: int, moment: datetime, start: date | None
) -> None:
    """Supersede the standing cuts of a contract from a day on (None = all)."""
    statement = update(ContractCut).where(
        ContractCut.pool_id == actor.pool_id,
        ContractCut.contract_id == contract_id,
        ContractCut.superseded_at.is_(None),
    )
    if start is not None:
        statement = statement.where(ContractCut.on_day >= start)
    session.execute(statement.values(superseded_at=moment, superseded_by=actor.name))


def remove_cuts_of(
    session: Session, actor: Actor, moment: datetime, starts: Mapping[int, date | None]
) -> None:
    """Supersede the standing cuts of contracts, each from its day on (None = all)."""
    session.execute(
        text("""
            UPDATE contract_cut c SET superseded_at = :moment, superseded_by = :author
            FROM unnest(CAST(:ids AS bigint[]), CAST(:days AS date[])) AS r (contract_id, day)
            WHERE c.pool_id = :pool AND c.contract_id = r.contract_id
                AND c.superseded_at IS NULL AND (r.day IS NULL OR c.on_day >= r.day)
        """),
        {
            "pool": actor.pool_id,
            "moment": moment,
            "author": actor.name,
            "ids": list(starts.keys()),
            "days": list(starts.values()),
        },
    )


def add_cuts(session: Session, actor: Actor, rows: Sequence[Mapping[str, object]]) -> None:
    """Record cuts, however many, in one go."""
    if rows:
        session.execute(insert(ContractCut), [{**row, "pool_id": actor.pool_id} for row in rows])


def find_pool_contract(session: Session, actor: Actor, contract_id: int) -> Contract | None:
    """A contract of the pool's own; a broker's own one is not."""
    return session.scalars(
        select(Contract).where(
            Contract.pool_id == actor.pool_id, Contract.id == contract_id, ~Contract.private
        )
    ).one_or_none()


def get_contract(session: Session, actor: Actor, contract_id: int) -> Contract:
    """A contract by its id."""
    return session.scalars(
        select(Contract).where(Contract.pool_id == actor.pool_id, Contract.id == contract_id)
    ).one()
