"""An application as its broker sees it: names, stages, history, papers, threads."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from pool_module.applications import queries as cases
from pool_module.crm.queries import documents, threads
from pool_module.overview.queries.desk import stages_of
from pool_module.overview.rules.stages import Progress
from shared.actor import Actor
from shared.db import Session
from shared.models.contracts import ApplicationChange, Document
from shared.models.conversation import Thread
from shared.models.pools import Company


@dataclass(frozen=True)
class Shown:
    """A case with all its page shows."""

    case: cases.Case
    progress: Progress
    changes: Sequence[ApplicationChange]
    documents: Sequence[Document]
    threads: Sequence[Thread]


def get_case(session: Session, actor: Actor, application_id: int) -> Shown:
    """An application of the actor's firm.

    Raises:
        NoSuchApplication: there is none in his reach.
    """
    case = cases.get_case(session, actor, application_id)
    return Shown(
        case=case,
        progress=stages_of(session, actor, [case.application])[application_id],
        changes=cases.changes(session, actor, application_id),
        documents=documents.documents_of(session, actor, "application", application_id),
        threads=threads.threads_of(session, actor, "application", application_id),
    )


def currency_of(session: Session, actor: Actor) -> str:
    """The currency a firm is paid in: what its applications begin with."""
    return session.scalars(
        select(Company.currency)
        .where(Company.pool_id == actor.pool_id, Company.id.in_(actor.firm_ids))
        .order_by(Company.id)
        .limit(1)
    ).one()
