"""Who is limited to organisations or divisions, and under which code insurers know a unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select, text, update
from sqlalchemy.orm import Session

from shared.actor import Actor
from shared.models.pools import Company
from shared.models.products import Insurer
from shared.models.units import CarrierCode, MasterAccess
from shared.scope import open_insurer
from shared.vocabulary import Unit


@dataclass(frozen=True)
class Named:
    """An insurer or a broker firm."""

    id: int
    code: str
    name: str
    insurer: bool


def limits(session: Session, actor: Actor) -> Sequence[Row[Any]]:
    """All that stands, whoever the reader is: who keeps limits sees past them.

    Rows: id, company_id, insurer_id, code, name, organisation_id, division_id, organisation,
    division.
    """
    return session.execute(
        text("""
            SELECT m.*, o.name AS organisation, d.name AS division
            FROM limited_masters() m
            LEFT JOIN organisation o ON o.pool_id = :pool AND o.id = m.organisation_id
            LEFT JOIN division d ON d.pool_id = :pool AND d.id = m.division_id
            ORDER BY m.insurer_id IS NULL, lower(m.name), m.id"""),
        {"pool": actor.pool_id},
    ).all()


def find_limit(session: Session, actor: Actor, limit_id: int) -> MasterAccess | None:
    """A limit that stands."""
    return session.scalars(
        select(MasterAccess).where(
            MasterAccess.pool_id == actor.pool_id,
            MasterAccess.id == limit_id,
            MasterAccess.superseded_at.is_(None),
        )
    ).one_or_none()


def find_same(
    session: Session, actor: Actor, *, company_id: int | None, insurer_id: int | None,
    organisation_id: int | None, division_id: int | None,
) -> MasterAccess | None:  # fmt: skip
    """The same limit, where it stands."""
    return session.scalars(
        select(MasterAccess).where(
            MasterAccess.pool_id == actor.pool_id,
            MasterAccess.superseded_at.is_(None),
            MasterAccess.company_id.is_not_distinct_from(company_id),
            MasterAccess.insurer_id.is_not_distinct_from(insurer_id),
            MasterAccess.organisation_id.is_not_distinct_from(organisation_id),
            MasterAccess.division_id.is_not_distinct_from(division_id),
        )
    ).one_or_none()


def masters(session: Session, actor: Actor) -> list[Named]:
    """All insurers and broker firms that can be limited, insurers first."""
    insurers = session.execute(
        select(Insurer.id, Insurer.code, Insurer.name)
        .where(Insurer.pool_id == actor.pool_id)
        .order_by(func.lower(Insurer.name), Insurer.id)
    ).all()
    firms = session.execute(
        select(Company.id, Company.code, Company.name)
        .where(Company.pool_id == actor.pool_id, Company.kind.not_in(("pool", "insurer")))
        .order_by(Company.sort_key, Company.name, Company.id)
    ).all()
    return [
        *(Named(row.id, row.code, row.name, insurer=True) for row in insurers),
        *(Named(row.id, row.code, row.name, insurer=False) for row in firms),
    ]


def codes_of(session: Session, actor: Actor, kind: Unit, number: int) -> list[Row[Any]]:
    """The codes of a division or a team: id, insurer_id, insurer, code."""
    column = CarrierCode.team_id if kind is Unit.TEAM else CarrierCode.division_id
    rows: Any = session.execute(
        select(
            CarrierCode.id, CarrierCode.insurer_id, CarrierCode.code, Insurer.name.label("insurer")
        )
        .join(
            Insurer,
            (Insurer.pool_id == CarrierCode.pool_id) & (Insurer.id == CarrierCode.insurer_id),
        )
        .where(
            CarrierCode.pool_id == actor.pool_id,
            CarrierCode.superseded_at.is_(None),
            column == number,
            open_insurer(CarrierCode.insurer_id),
        )
        .order_by(func.lower(Insurer.name), CarrierCode.id)
    )
    return list(rows)


def end_row(session: Session, actor: Actor, model: Any, row_id: int) -> None:
    """Mark a limit or a code as superseded."""
    session.execute(
        update(model)
        .where(model.pool_id == actor.pool_id, model.id == row_id, model.superseded_at.is_(None))
        .values(superseded_at=func.clock_timestamp(), superseded_by=actor.name)
    )


def find_insurer_id(session: Session, actor: Actor, insurer_id: int) -> int | None:
    """An insurer of the pool by its number; none that is limited to others."""
    found: int | None = session.execute(
        select(Insurer.id).where(
            Insurer.pool_id == actor.pool_id,
            Insurer.id == insurer_id,
            open_insurer(Insurer.id),
        )
    ).scalar_one_or_none()
    return found


def insurers(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """Insurers by id and name, for choosing one."""
    rows = session.execute(
        select(Insurer.id, Insurer.name)
        .where(Insurer.pool_id == actor.pool_id, open_insurer(Insurer.id))
        .order_by(func.lower(Insurer.name), Insurer.id)
    )
    return [(row.id, row.name) for row in rows]
