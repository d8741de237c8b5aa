"""Reading what roles were given and what was taken from them, where, by whom and why."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import RowMapping, and_, func, select, text

from admin_module.permissions.errors import NoSuchRight
from admin_module.permissions.rules import KINDS, Holders, Place
from shared import scope
from shared.db import Session, actor_of, facts
from shared.db.facts import Stand
from shared.models.access import CompanyModule, RolePermission
from shared.models.pools import Company


class Choice(NamedTuple):
    """A company rights can be chosen for."""

    id: int
    name: str
    kind: str


def words_of(session: Session) -> dict[tuple[str, str, str], bool]:
    """Everything that stands: role, permission, key of the place → given or taken."""
    of = RolePermission
    rows = session.execute(
        select(of.role, of.permission, of.scope, of.allowed).where(
            of.pool_id == actor_of(session).pool_id, of.superseded_at.is_(None)
        )
    )
    return {(row.role, row.permission, row.scope): row.allowed for row in rows}


def stand_of(session: Session, role: str, permission: str, place: Place) -> Stand:
    """The version of what is said of a role and a right at a place."""
    named = {"role": role, "permission": permission, "scope": place.key}
    return facts.stand_of(session, RolePermission, named)


def history_of(session: Session, role: str, permission: str) -> Sequence[RowMapping]:
    """What was said of a role and a permission anywhere, the latest first.

    Rows: allowed, reason, company, company_kind, recorded_at, recorded_by, superseded_at,
    superseded_by.
    """
    of = RolePermission
    return (
        session.execute(
            select(
                of.id, of.allowed, of.reason, of.company_id, of.company_kind, of.recorded_at,
                of.recorded_by, of.superseded_at, of.superseded_by, Company.name.label("company"),
            )
            .outerjoin(Company, and_(Company.pool_id == of.pool_id, Company.id == of.company_id))
            .where(
                of.pool_id == actor_of(session).pool_id,
                of.role == role,
                of.permission == permission,
                scope.open_company(of.company_id),
            )
            .order_by(of.id.desc())
            .limit(200)
        )
        .mappings()
        .all()
    )  # fmt: skip


def latest_changes(session: Session, most: int = 12) -> Sequence[RowMapping]:
    """The latest changes of any right, as ``history_of`` gives them with role and permission."""
    of = RolePermission
    return (
        session.execute(
            select(
                of.id, of.role, of.permission, of.allowed, of.reason, of.company_kind,
                of.recorded_at, of.recorded_by, of.superseded_at, of.superseded_by, of.scope,
                Company.name.label("company"),
            )
            .outerjoin(Company, and_(Company.pool_id == of.pool_id, Company.id == of.company_id))
            .where(of.pool_id == actor_of(session).pool_id, scope.open_company(of.company_id))
            .order_by(of.id.desc())
            .limit(most)
        )
        .mappings()
        .all()
    )  # fmt: skip


def holders_of(session: Session) -> list[Holders]:
    """How many people hold which role in which company; who they are is nobody's business here."""
    assert actor_of(session).pool_id
    rows = session.execute(text("SELECT * FROM role_holders()"))
    return [Holders(*row) for row in rows]


def modules_off(session: Session) -> dict[int, set[str]]:
    """The modules companies do not have."""
    of = CompanyModule
    found: dict[int, set[str]] = {}
    for company_id, module in session.execute(
        select(of.company_id, of.module).where(
            of.pool_id == actor_of(session).pool_id,
            ~of.enabled,
            of.superseded_at.is_(None),
        )
    ):
        found.setdefault(company_id, set()).add(module)
    return found


def companies(session: Session) -> Sequence[Choice]:
    """The companies of the pool by name; none that is limited to others."""
    rows = session.execute(
        select(Company.id, Company.name, Company.kind)
        .where(Company.pool_id == actor_of(session).pool_id, scope.open_company(Company.id))
        .order_by(func.lower(Company.name))
    )
    return [Choice(*row) for row in rows]


def get_place(session: Session, key: str) -> Place:
    """The place a key names: ``*``, a level (``kfirm``), a company (``c7``).

    Raises:
        NoSuchRight: it names none of the pool, or one that is limited to others.
    """
    if key == Place().key:
        return Place()
    if key[:1] == "k" and key[1:] in KINDS:
        return Place(kind=key[1:])
    if key[:1] == "c" and key[1:].isdecimal() and len(key) < 11:
        row = session.execute(
            select(Company.id, Company.kind, Company.name).where(
                Company.pool_id == actor_of(session).pool_id,
                Company.id == int(key[1:]),
                scope.open_company(Company.id),
            )
        ).one_or_none()
        if row is not None:
            return Place(*row)
    raise NoSuchRight
