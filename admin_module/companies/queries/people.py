"""Who may come in, one by one; accounts and memberships are read through functions alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from admin_module.companies.errors import NoSuchMember
from admin_module.companies.queries import scope
from admin_module.companies.queries.lists import SHUT, known_people, person_state
from shared.actor import Actor
from shared.models.hierarchy import Producer
from shared.models.kit import AuditEntry
from shared.models.pools import Company, Person
from shared.vocabulary import PersonState


@dataclass(frozen=True)
class Member:
    """Somebody with a login, at a company; ``shut``: the pool switched him off, not his firm."""

    id: int
    account_id: int
    email: str
    name: str
    language: str
    company_id: int
    company: str
    door: str
    role: str
    active: bool
    state: str
    shut: bool
    last_seen_at: datetime | None
    sessions: int


def get_member(session: Session, actor: Actor, membership_id: int) -> Member:
    """Somebody by his membership.

    Raises:
        NoSuchMember: there is nobody within reach.
    """
    found = _members(session, actor, membership_id=membership_id)
    if not found:
        raise NoSuchMember
    return found[0]


def members_of(session: Session, actor: Actor, company_id: int) -> list[Member]:
    """Who of a company may come in."""
    return _members(session, actor, company_id=company_id)


def invitations(session: Session, actor: Actor, members: Iterable[Member]) -> dict[int, datetime]:
    """When those who have not come in yet were invited last, by membership."""
    waiting = [one.id for one in members if one.state == PersonState.INVITED]
    rows = session.execute(
        select(AuditEntry.subject_id, func.max(AuditEntry.recorded_at).label("at"))
        .where(
            AuditEntry.pool_id == actor.pool_id,
            AuditEntry.subject == "membership",
            AuditEntry.subject_id.in_(waiting),
            AuditEntry.action == "membership.invited",
        )
        .group_by(AuditEntry.subject_id)
    )
    return {row.subject_id: row.at for row in rows}


def colleagues_of(session: Session, actor: Actor, member: Member) -> list[Member]:
    """Who could take over from somebody: active people of his company behind the same door."""
    return [
        one
        for one in members_of(session, actor, member.company_id)
        if one.id != member.id and one.active and one.door == member.door
    ]


def change_role(session: Session, actor: Actor, membership_id: int, role: str) -> bool:
    """Give somebody another role of his door; False where that can't be."""
    assert actor.pool_id
    changed: bool = session.execute(select(func.change_role(membership_id, role))).scalar_one()
    return changed


def find_person(session: Session, actor: Actor, company_id: int, email: str) -> Person | None:
    """The person of a company with an e-mail address."""
    return session.scalars(
        select(Person)
        .where(
            Person.pool_id == actor.pool_id,
            Person.company_id == company_id,
            func.lower(Person.email) == email.strip().lower(),
        )
        .limit(1)
    ).first()


def find_producer(session: Session, actor: Actor, member: Member) -> int | None:
    """The producer somebody is in the hierarchy: told by his firm and his address."""
    return session.execute(
        select(func.min(Producer.id))
        .join(Person, and_(Person.pool_id == Producer.pool_id, Person.id == Producer.person_id))
        .where(
            Person.pool_id == actor.pool_id,
            Person.company_id == member.company_id,
            func.lower(Person.email) == member.email.lower(),
        )
    ).scalar_one_or_none()


def _members(
    session: Session,
    actor: Actor,
    *,
    membership_id: int | None = None,
    company_id: int | None = None,
) -> list[Member]:
    known = known_people()
    query = (
        select(
            known.c.id, known.c.account_id, known.c.email, known.c.name, known.c.language,
            known.c.company_id, Company.name.label("company"), known.c.door, known.c.role,
            known.c.active, person_state(known).label("state"),
            func.coalesce(known.c.answer == SHUT, False).label("shut"), known.c.last_seen_at,
            known.c.sessions,
        )
        .select_from(known)
        .join(Company, and_(Company.pool_id == actor.pool_id, Company.id == known.c.company_id))
        .where(*scope(actor))
        .order_by(known.c.name, known.c.id)
    )  # fmt: skip
    if membership_id is not None:
        query = query.where(known.c.id == membership_id)
    if company_id is not None:
        query = query.where(known.c.company_id == company_id)
    return [Member(**row._asdict()) for row in session.execute(query)]
