"""A firm leaves: from then on it reads, until its last liability and the retention end (G8)."""

from datetime import date

from admin_module.companies import queries
from admin_module.companies.errors import NotLeaving, NoWayBackIn, OperatorStays
from admin_module.companies.operations import today
from admin_module.companies.operations.doubles import refuse_doubles
from admin_module.companies.queries import leaving
from admin_module.companies.rules import keeping
from admin_module.companies.rules.doubles import UNIQUE
from shared import audit
from shared.actor import Actor
from shared.db import Session, actor_of
from shared.gates import holds
from shared.models.pools import Company
from shared.vocabulary import CompanyKind, CompanyState


def reading_end(session: Session, actor: Actor, company: Company, left_on: date) -> date:
    """The last day a firm would read if it left on a day."""
    return keeping.reads_until(
        company.country,
        left_on=left_on,
        last_paper=leaving.last_paper(session, actor, company.id),
        last_liability=leaving.last_liability(session, actor, company.id),
    )


def leave(session: Session, company_id: int, left_on: date, *, reason: str = "") -> Company:
    """Let a firm leave: its people read what was theirs and change nothing any more.

    Args:
        session: the transaction.
        company_id: which firm.
        left_on: the first day it no longer sells.
        reason: for the journal.

    Raises:
        NoSuchCompany: there is none within reach.
        OperatorStays: it runs the pool.
        NotLeaving: it has left already.
    """
    actor = actor_of(session)
    company = queries.get_company(session, actor, company_id, lock=True)
    operator_id = queries.get_pool(session, actor).operator_id
    if company.kind == CompanyKind.POOL or company_id == operator_id:
        raise OperatorStays
    if company.state != CompanyState.ACTIVE:
        raise NotLeaving
    company.state = CompanyState.EXIT
    company.exit_on = left_on
    company.reads_until = reading_end(session, actor, company, left_on)
    company.version += 1
    session.flush()
    audit.write(
        session, "left", "company", company_id, old={"state": CompanyState.ACTIVE.value},
        new={
            "state": CompanyState.EXIT.value,
            "exit_on": left_on.isoformat(),
            "reads_until": company.reads_until.isoformat(),
            "reason": reason.strip() or None,
        },
    )  # fmt: skip
    holds.renew(session, actor, today(session, actor), [company_id])
    return company


def come_back(session: Session, company_id: int) -> Company:
    """Take a firm's leaving back, as long as nothing rests on it.

    Raises:
        NoSuchCompany: there is none within reach.
        NotLeaving: it has not left, or is gone for good.
        NoWayBackIn: a period was settled since.
        CompanyKnown, CompanyOutOfReach: it has come in anew since, by a number that is its alone.
    """
    actor = actor_of(session)
    company = queries.get_company(session, actor, company_id, lock=True)
    if company.state != CompanyState.EXIT or company.exit_on is None:
        raise NotLeaving
    settled = leaving.find_settled_since(session, actor, company.exit_on)
    if settled is not None:
        raise NoWayBackIn(settled)
    numbers = {name: getattr(company, name) or "" for name in UNIQUE}
    refuse_doubles(session, actor, numbers, own=company_id, another=None)
    old = {"state": company.state, "exit_on": company.exit_on.isoformat()}
    company.state = CompanyState.ACTIVE
    company.exit_on = company.reads_until = None
    company.version += 1
    session.flush()
    audit.write(session, "came back", "company", company_id, old=old, new={"state": "active"})
    holds.renew(session, actor, today(session, actor), [company_id])
    return company


def close(session: Session, company_id: int) -> None:
    """End a former partner's reading: liability and retention are over."""
    actor = actor_of(session)
    company = queries.get_company(session, actor, company_id, lock=True)
    if company.state == CompanyState.EXIT:
        company.state = CompanyState.CLOSED
        company.version += 1
        session.flush()
        audit.write(session, "closed", "company", company_id, new={"state": "closed"})
