"""Companies within the actor's reach, one by one."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from admin_module.companies.errors import NoSuchCompany
from shared import scope as limits
from shared.actor import Actor
from shared.models.hierarchy import Placement, Producer, ProducerPayee
from shared.models.kit import AuditEntry
from shared.models.pools import Company, Person, Pool
from shared.vocabulary import CompanyKind, Door

MOST = 100


def scope(actor: Actor) -> list[ColumnElement[bool]]:
    """The companies an actor reaches: a broker's own, staff all that are not limited to others."""
    here = [Company.pool_id == actor.pool_id]
    own = Company.id.in_(actor.firm_ids)
    return [*here, own if actor.door is Door.EXTRANET else limits.open_company(Company.id)]


def get_company(session: Session, actor: Actor, company_id: int, *, lock: bool = False) -> Company:
    """A company; ``lock`` has others wait who want to change it too.

    Raises:
        NoSuchCompany: there is none within reach.
    """
    query = select(Company).where(*scope(actor), Company.id == company_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NoSuchCompany
    return found


def within_reach(session: Session, actor: Actor, ids: Collection[int]) -> frozenset[int]:
    """Those of some companies that are within the actor's reach."""
    return frozenset(session.scalars(select(Company.id).where(*scope(actor), Company.id.in_(ids))))


def get_pool(session: Session, actor: Actor) -> Pool:
    """The actor's pool, as it stands."""
    query = select(Pool).where(Pool.id == actor.pool_id)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def find_code(session: Session, actor: Actor, code: str) -> Company | None:
    """The company of a number."""
    return session.scalars(select(Company).where(*scope(actor), Company.code == code)).one_or_none()


def find_known(
    session: Session, actor: Actor, *, register_number: str = "", national_id: str = ""
) -> tuple[Company, str] | None:
    """The company that has one of these numbers, and which; no two companies have the same."""
    for field, value in (("register_number", register_number), ("national_id", national_id)):
        if not value:
            continue
        found = session.scalars(
            select(Company)
            .where(*scope(actor), getattr(Company, field) == value)
            .order_by(Company.id)
            .limit(1)
        ).first()
        if found is not None:
            return found, field
    return None


def next_code(session: Session, actor: Actor) -> str:
    """A number no company has yet: one more than the highest of the pool's own form."""
    number = func.substring(Company.code, r"^F-([0-9]{1,8})$")
    taken = session.scalars(
        select(func.coalesce(func.max(func.cast(number, Company.id.type)), 0)).where(
            Company.pool_id == actor.pool_id
        )
    ).one()
    return f"F-{taken + 1:04d}"


def choices(session: Session, actor: Actor, kinds: Sequence[CompanyKind] = ()) -> list[Row[Any]]:
    """Companies to choose from: id, name, code; the pool's operator is none of them."""
    query = select(Company.id, Company.name, Company.code).where(
        *scope(actor), Company.kind != CompanyKind.POOL, Company.state == "active"
    )
    if kinds:
        query = query.where(Company.kind.in_([kind.value for kind in kinds]))
    return list(session.execute(query.order_by(Company.sort_key, Company.name, Company.id)))


def people_of(session: Session, actor: Actor, company_id: int) -> Sequence[Person]:
    """The people a company has, who sell or advise."""
    return session.scalars(
        select(Person)
        .where(Person.pool_id == actor.pool_id, Person.company_id == company_id)
        .order_by(Person.sort_key, Person.id)
    ).all()


def producers_of(session: Session, actor: Actor, company_id: int, day: date) -> list[Row[Any]]:
    """A company's producers: id, name, code, kind, and who stands above each on a day."""
    above = Producer.__table__.alias("above")
    return list(
        session.execute(
            select(
                Producer.id, Producer.name, Producer.code, Producer.kind,
                above.c.name.label("parent"), above.c.id.label("parent_id"),
            )
            .outerjoin(
                Placement,
                (Placement.pool_id == Producer.pool_id)
                & (Placement.producer_id == Producer.id)
                & Placement.superseded_at.is_(None)
                & Placement.valid.op("@>")(day),
            )
            .outerjoin(
                above,
                (above.c.pool_id == Placement.pool_id) & (above.c.id == Placement.parent_id),
            )
            .where(Producer.pool_id == actor.pool_id, Producer.firm_id == company_id)
            .order_by(Producer.kind == "person", Producer.id)
            .limit(MOST)
        )
    )  # fmt: skip


def is_placed(session: Session, actor: Actor, company_id: int) -> bool:
    """Whether a company stands in the hierarchy: under somebody, or at the top.

    Who has nobody above him stands at the top: that is what was chosen when he came in, and there
    is nothing more to say about his place.
    """
    found = session.scalars(
        select(Producer.id)
        .where(Producer.pool_id == actor.pool_id, Producer.firm_id == company_id)
        .limit(1)
    ).first()
    return found is not None


def is_paid(session: Session, actor: Actor, company_id: int) -> bool:
    """Whether anybody's commission goes to a company."""
    found = session.scalars(
        select(ProducerPayee.id)
        .where(
            ProducerPayee.pool_id == actor.pool_id,
            ProducerPayee.company_id == company_id,
            ProducerPayee.superseded_at.is_(None),
        )
        .limit(1)
    ).first()
    return found is not None


def history(session: Session, actor: Actor, company_id: int) -> Sequence[AuditEntry]:
    """What was done to a company, the latest first."""
    return session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.pool_id == actor.pool_id,
            AuditEntry.subject == "company",
            AuditEntry.subject_id == company_id,
        )
        .order_by(AuditEntry.id.desc())
        .limit(MOST)
    ).all()
