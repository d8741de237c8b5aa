"""What a rule can be for: levels, groups, producers, organisations and divisions, for choices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping, and_, func, or_, select

from pool_module.agreements.errors import ProducerNotFound, ProducerUnclear
from pool_module.agreements.queries.rates import level_name
from shared import scope
from shared.actor import Actor
from shared.db import Session
from shared.models.hierarchy import CareerLevel, CommissionGroup, Producer
from shared.models.pools import Division, Organisation, Pool


@dataclass(frozen=True)
class Choices:
    """Each a list of rows with id, code and name.

    ``owners``: the organisation of every division, inactive ones too, as id and name; none is told
    without the layer.
    """

    groups: Sequence[RowMapping]
    levels: Sequence[RowMapping]
    organisations: Sequence[RowMapping]
    divisions: Sequence[RowMapping]
    owners: Mapping[int, tuple[int, str]]


def choices(session: Session, actor: Actor, language: str) -> Choices:
    """All a rule can name beside what it is about."""
    pool = actor.pool_id
    return Choices(
        groups=_rows(
            session,
            select(
                CommissionGroup.id,
                CommissionGroup.code,
                func.coalesce(CommissionGroup.name, CommissionGroup.code).label("name"),
            )
            .where(CommissionGroup.pool_id == pool)
            .order_by(CommissionGroup.code),
        ),
        levels=_rows(
            session,
            select(CareerLevel.id, CareerLevel.code, level_name(language).label("name"))
            .where(CareerLevel.pool_id == pool)
            .order_by(CareerLevel.rank, CareerLevel.code),
        ),
        organisations=_rows(
            session,
            # without the layer no field of it appears
            select(Organisation.id, Organisation.name)
            .join(Pool, (Pool.id == Organisation.pool_id) & Pool.organisations_on)
            .where(Organisation.pool_id == pool, Organisation.active)
            .order_by(Organisation.name),
        ),
        divisions=_rows(
            session,
            select(Division.id, Division.name)
            .where(Division.pool_id == pool, Division.active)
            .order_by(Division.name),
        ),
        owners=_owners(session, actor),
    )


def _owners(session: Session, actor: Actor) -> dict[int, tuple[int, str]]:
    """Whose each division is; one that names no organisation is the default one's."""
    belongs = or_(
        Organisation.id == Division.organisation_id,
        and_(Division.organisation_id.is_(None), Organisation.is_default),
    )
    rows = session.execute(
        select(Division.id, Organisation.id, Organisation.name)
        .join(Organisation, (Organisation.pool_id == Division.pool_id) & belongs)
        .join(Pool, (Pool.id == Division.pool_id) & Pool.organisations_on)
        .where(Division.pool_id == actor.pool_id)
    )
    return {division: (number, name) for division, number, name in rows}


def producers_called(session: Session, actor: Actor, typed: str) -> Sequence[RowMapping]:
    """Producers of a code or name as typed: the one of that code, else up to ten it is part of."""
    asked = select(Producer.id, Producer.code, Producer.name).where(
        Producer.pool_id == actor.pool_id, scope.open_company(Producer.firm_id)
    )
    exact = _rows(session, asked.where(func.lower(Producer.code) == typed.strip().lower()))
    if exact:
        return exact
    part = typed.strip()
    return _rows(
        session,
        asked.where(
            or_(
                Producer.name.icontains(part, autoescape=True),
                (Producer.code + " " + Producer.name).icontains(part, autoescape=True),
            )
        )
        .order_by(Producer.sort_key, Producer.id)
        .limit(10),
    )


def get_producer_called(session: Session, actor: Actor, typed: str) -> RowMapping:
    """The one producer of a code or name as typed: id, code, name.

    Raises:
        ProducerNotFound: nobody is called so.
        ProducerUnclear: several are.
    """
    code = typed.partition(" · ")[0]
    found = producers_called(session, actor, code if " · " in typed else typed)
    if not found:
        raise ProducerNotFound(typed)
    if len(found) > 1:
        names = ", ".join(f"{row['code']} {row['name']}" for row in found[:4])
        raise ProducerUnclear(typed, names)
    return found[0]


def some_producers(session: Session, actor: Actor) -> Sequence[RowMapping]:
    """The first two hundred producers by name, to suggest."""
    return _rows(
        session,
        select(Producer.id, Producer.code, Producer.name)
        .where(Producer.pool_id == actor.pool_id, scope.open_company(Producer.firm_id))
        .order_by(Producer.sort_key, Producer.id)
        .limit(200),
    )


def get_currency(session: Session, actor: Actor) -> str:
    """The pool's own currency."""
    return session.execute(select(Pool.currency).where(Pool.id == actor.pool_id)).scalar_one()


def _rows(session: Session, asked: object) -> Sequence[RowMapping]:
    return session.execute(asked).mappings().all()  # type: ignore[call-overload,no-any-return]
