"""Companies within the actor's reach, one by one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select
from sqlalchemy.orm import Session

from admin_module.companies.errors import Known, NoSuchCompany
from admin_module.companies.rules.doubles import SHARED, UNIQUE, name_key
from shared import scope as limits
from shared.actor import Actor
from shared.models.hierarchy import Placement, Producer, ProducerPayee
from shared.models.kit import AuditEntry
from shared.models.pools import Company, Person, Pool
from shared.vocabulary import CompanyKind, CompanyState, Door

MOST = 100
OWN_FORM = r"^F-([0-9]{1,8})$"


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


def find_code(session: Session, actor: Actor, code: str) -> Known | None:
    """The company of a number, within reach or not: no two of a pool have the same."""
    return next(iter(_known(session, actor, [Company.code == code])), None)


def sharing(session: Session, actor: Actor, numbers: Mapping[str, str]) -> list[Known]:
    """The pool's companies that have one of some numbers, within reach or not.

    Args:
        session: the transaction.
        actor: whose pool.
        numbers: fields of ``doubles`` with what is looked for; what is empty is not.
    """
    met = [getattr(Company, name) == value for name, value in numbers.items() if value]
    return _known(session, actor, [or_(*met)]) if met else []


def namesakes(session: Session, actor: Actor, name: str) -> list[Known]:
    """The companies within reach that are called so, as people compare names."""
    key = name_key(name)
    return [one for one in _known(session, actor, scope(actor)) if name_key(one.name) == key]


def every_known(session: Session, actor: Actor) -> list[Known]:
    """All companies of the pool by what tells them from each other, the latest first."""
    return _known(session, actor, [])


def _known(session: Session, actor: Actor, where: list[ColumnElement[bool]]) -> list[Known]:
    columns = [getattr(Company, name) for name in (*UNIQUE, *SHARED)]
    rows = session.execute(
        select(
            Company.id, Company.name, Company.code, Company.state, *columns,
            limits.open_company(Company.id).label("open"),
        )
        .where(Company.pool_id == actor.pool_id, *where)
        .order_by(Company.id.desc())
    )  # fmt: skip
    return [
        Known(
            row.id, row.name, row.code, live=row.state == CompanyState.ACTIVE, open=row.open,
            numbers={name: getattr(row, name) or "" for name in (*UNIQUE, *SHARED)},
        )
        for row in rows
    ]  # fmt: skip


def next_code(session: Session, actor: Actor) -> str:
    """A number no company has yet: one more than the highest of the pool's own form.

    A producer keeps the number his firm had when it came in, whatever it is called by now.
    """
    taken = [
        session.scalars(
            select(func.max(func.cast(func.substring(of.code, OWN_FORM), Company.id.type))).where(
                of.pool_id == actor.pool_id
            )
        ).one()
        for of in (Company, Producer)
    ]
    return f"F-{max(number or 0 for number in taken) + 1:04d}"


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
