"""Which modules companies have."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_module.modules.errors import ModuleOfNobody
from shared.actor import Actor
from shared.models.access import CompanyModule
from shared.models.pools import Company
from shared.permissions import Module
from shared.scope import open_company


def modules_of(session: Session, actor: Actor, company_id: int) -> dict[Module, bool]:
    """Every module, and whether a company has it; without a word it has."""
    rows = session.execute(
        select(CompanyModule.module, CompanyModule.enabled).where(
            CompanyModule.pool_id == actor.pool_id,
            CompanyModule.company_id == company_id,
            CompanyModule.superseded_at.is_(None),
        )
    )
    said = {row.module: row.enabled for row in rows}
    return {module: said.get(module.value, True) for module in Module}


def get_kind(session: Session, actor: Actor, company_id: int) -> str:
    """What kind of company it is.

    Raises:
        ModuleOfNobody: there is none within reach.
    """
    kind = session.execute(
        select(Company.kind).where(
            Company.pool_id == actor.pool_id, Company.id == company_id, open_company(Company.id)
        )
    ).scalar_one_or_none()
    if kind is None:
        raise ModuleOfNobody
    return kind
