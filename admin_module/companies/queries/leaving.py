"""What still runs for a firm that leaves."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.actor import Actor
from shared.models.figures import EntryLiability
from shared.models.ledger import SettlementRun, Statement
from shared.models.pools import Company
from shared.vocabulary import CompanyState, RunState


def last_liability(session: Session, actor: Actor, company_id: int) -> date | None:
    """When a payee's last liability ends."""
    return session.execute(
        select(func.max(EntryLiability.liability_end)).where(
            EntryLiability.pool_id == actor.pool_id,
            EntryLiability.company_id == company_id,
            EntryLiability.in_force > 0,
        )
    ).scalar_one_or_none()


def last_paper(session: Session, actor: Actor, company_id: int) -> date | None:
    """The day of a payee's last statement."""
    return session.execute(
        select(func.max(Statement.issue_date)).where(
            Statement.pool_id == actor.pool_id, Statement.company_id == company_id
        )
    ).scalar_one_or_none()


def find_settled_since(session: Session, actor: Actor, day: date) -> date | None:
    """The last period settled that reaches beyond a day."""
    return session.execute(
        select(func.max(SettlementRun.through)).where(
            SettlementRun.pool_id == actor.pool_id,
            SettlementRun.state == RunState.CLOSED,
            SettlementRun.through >= day,
        )
    ).scalar_one_or_none()


def find_kept_long_enough(session: Session, actor: Actor, today: date) -> list[int]:
    """Former partners whose time of reading has ended."""
    return list(
        session.scalars(
            select(Company.id).where(
                Company.pool_id == actor.pool_id,
                Company.state == CompanyState.EXIT,
                Company.reads_until < today,
            )
        )
    )
