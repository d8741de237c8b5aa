"""Lists of changes into closed periods, and of every amount one changes."""

from typing import Any

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import aliased

from pool_module.hierarchy.queries.lists import level_name
from shared.db import Session, actor_of
from shared.db.listing import Column, Filter, Listing, Shape
from shared.models.contracts import Contract, Event
from shared.models.hierarchy import CareerLevel, Producer
from shared.models.pools import Company
from shared.models.proposals import Proposal, ProposalLine
from shared.scope import open_company
from shared.vocabulary import Language


def proposal_list(session: Session, language: Language) -> Listing:
    """All proposals of the pool; the level somebody is to have is named in a language."""
    actor = actor_of(session)
    parent = aliased(Producer)
    source = (
        select()
        .select_from(Proposal)
        .join(
            Producer,
            (Producer.pool_id == Proposal.pool_id) & (Producer.id == Proposal.producer_id),
        )
        .outerjoin(parent, (parent.pool_id == Proposal.pool_id) & (parent.id == Proposal.parent_id))
        .outerjoin(
            CareerLevel,
            (CareerLevel.pool_id == Proposal.pool_id) & (CareerLevel.id == Proposal.level_id),
        )
        .where(Proposal.pool_id == actor.pool_id, open_company(Producer.firm_id))
    )
    return Listing(
        name="proposals",
        source=source,
        id=Proposal.id,
        columns=(
            Column("number", Proposal.id, Shape.COUNT, sort=Proposal.id),
            Column("producer", Producer.name, Shape.TEXT, sort=Producer.sort_key),
            Column("kind", Proposal.kind, Shape.CODE),
            Column(
                "wanted",
                func.coalesce(parent.name, level_name(language), Proposal.status),
            ),
            Column("from_day", Proposal.from_day, Shape.DAY, sort=Proposal.from_day),
            Column("reason", Proposal.reason),
            Column("state", Proposal.state, Shape.CODE),
            Column("proposed_by", Proposal.proposed_by),
            Column("recorded_at", Proposal.recorded_at, Shape.MOMENT, sort=Proposal.recorded_at),
            Column("decided_by", Proposal.decided_by),
            Column("decided_at", Proposal.decided_at, Shape.MOMENT, sort=Proposal.decided_at),
        ),
        filters=(
            Filter("state", Proposal.state, Shape.CODE),
            Filter("kind", Proposal.kind, Shape.CODE),
            Filter("producer", Proposal.producer_id, Shape.COUNT),
            Filter("from_day", Proposal.from_day, Shape.DAY),
        ),
    )


def line_list(session: Session, proposal: Proposal) -> Listing:
    """Every amount a proposal changes, of its last calculation."""
    actor = actor_of(session)
    source = (
        select()
        .select_from(ProposalLine)
        .join(Event, (Event.pool_id == actor.pool_id) & (Event.id == ProposalLine.event_id))
        .join(
            Contract,
            (Contract.pool_id == actor.pool_id) & (Contract.id == ProposalLine.contract_id),
        )
        .outerjoin(
            Producer,
            (Producer.pool_id == actor.pool_id) & (Producer.id == ProposalLine.producer_id),
        )
        .outerjoin(
            Company, (Company.pool_id == actor.pool_id) & (Company.id == ProposalLine.payee_id)
        )
        .where(
            ProposalLine.pool_id == actor.pool_id,
            ProposalLine.proposal_id == proposal.id,
            ProposalLine.calculation == proposal.calculation,
        )
    )
    money: dict[str, Any] = {"currency": ProposalLine.currency, "total": True}
    return Listing(
        name="proposal-lines",
        source=source,
        id=ProposalLine.id,
        columns=(
            Column("contract", Contract.number, Shape.ID, sort=Contract.number_key),
            Column("event", Event.ref, Shape.ID, sort=Event.ref),
            Column("kind", Event.kind, Shape.CODE),
            Column("effective", Event.effective, Shape.DAY, sort=Event.effective),
            Column("producer", Producer.name, Shape.TEXT, sort=Producer.sort_key),
            Column("payee", Company.name, Shape.TEXT, sort=Company.sort_key),
            Column("account", cast(ProposalLine.account, Integer), Shape.COUNT),
            Column("amount_old", ProposalLine.amount_old, Shape.MONEY, **money),
            Column("amount_new", ProposalLine.amount_new, Shape.MONEY, **money),
            Column(
                "difference",
                ProposalLine.difference,
                Shape.MONEY,
                sort=ProposalLine.difference_cents,
                **money,
            ),
        ),
        extra={
            "contract_id": ProposalLine.contract_id,
            "event_id": ProposalLine.event_id,
            "producer_id": ProposalLine.producer_id,
        },
        filters=(
            Filter("payee", ProposalLine.payee_id, Shape.COUNT),
            Filter("producer", ProposalLine.producer_id, Shape.COUNT),
            Filter("contract", ProposalLine.contract_id, Shape.COUNT),
            Filter("event", ProposalLine.event_id, Shape.COUNT),
        ),
    )
