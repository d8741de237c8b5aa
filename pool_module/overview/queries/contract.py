"""A pool contract as its broker sees it: premium, dates, commission, papers, threads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, func, select

from pool_module.contracts.errors import NoSuchContract
from pool_module.contracts.queries import own
from pool_module.contracts.queries.conversions import find_conversion
from pool_module.crm.queries import documents, threads
from pool_module.overview.queries.consequences import commission_of
from pool_module.overview.queries.desk import stages_of
from pool_module.overview.rules.stages import Progress
from pool_module.settlement.queries.liability import EntryAtRisk, entries_at_risk
from shared.actor import Actor
from shared.db import Session
from shared.models.contracts import (
    Application,
    Contract,
    Conversion,
    Customer,
    Document,
    PremiumDue,
)
from shared.models.conversation import Thread
from shared.models.hierarchy import Producer
from shared.models.ledger import StatementLine
from shared.models.products import Insurer, LineOfBusiness, Product

TONES: Final = {"active": "ok", "pending": "run", "suspended": "warn", "paid_up": "warn"}


@dataclass(frozen=True)
class Held:
    """A contract with the names of what it points to, and what its tab shows.

    Attributes:
        adviser: who of the firm sold it.
        liability: what of its commission is under liability; empty where it is not shown.
        lines: what the firm was credited, the latest first.
    """

    contract: Contract
    holder: str | None
    customer: Customer | None
    product: str
    insurer: str
    line: Row[Any]
    adviser: str | None
    application: Application | None
    progress: Progress | None
    conversion: Conversion | None
    premiums: Sequence[PremiumDue]
    liability: Sequence[EntryAtRisk]
    lines: Sequence[StatementLine]
    documents: Sequence[Document]
    threads: Sequence[Thread]

    @property
    def liable_until(self) -> date | None:
        """The day the last liability ends."""
        return max((entry.liability_end for entry in self.liability), default=None)


def get_contract(
    session: Session, actor: Actor, contract_id: int, day: date, *, tab: str, with_money: bool
) -> Held:
    """A pool contract of the actor's firm, with what a tab shows.

    Args:
        session: the transaction.
        actor: the broker or his assistant.
        contract_id: the contract.
        day: today.
        tab: data, commission, documents or messages.
        with_money: whether he sees statements.

    Raises:
        NoSuchContract: not of the actor's firm.
    """
    row = _head(session, actor, contract_id)
    if row is None:
        raise NoSuchContract
    contract, customer = row[0], row[1]
    product, insurer, adviser = row[2], row[3], row[4]
    money = with_money and tab in {"data", "commission"}
    lines = commission_of(session, actor, contract_id) if money else ()
    of_contract = {line.id for line in lines}
    application = _application(session, actor, contract_id) if tab == "data" else None
    far = stages_of(session, actor, [application]) if application else {}
    return Held(
        contract=contract,
        holder=_name(customer),
        customer=customer,
        product=product,
        insurer=insurer,
        line=row,
        adviser=adviser,
        application=application,
        progress=far[application.id] if application else None,
        conversion=find_conversion(session, actor, contract_id),
        premiums=own.premiums_of(session, actor, contract_id) if tab == "data" else (),
        liability=[
            entry
            for firm_id in (sorted(actor.firm_ids) if of_contract else ())
            for entry in entries_at_risk(session, actor, firm_id, day, most=10_000)
            if entry.line_id in of_contract
        ],
        lines=lines if tab == "commission" else (),
        documents=documents.documents_of(session, actor, "contract", contract_id)
        if tab == "documents"
        else (),
        threads=threads.threads_of(session, actor, "contract", contract_id)
        if tab == "messages"
        else (),
    )


def find_taken(session: Session, actor: Actor, contract_id: int) -> int | None:
    """The firm's own copy of a contract it took over before."""
    done = find_conversion(session, actor, contract_id)
    return done.private_contract_id if done and done.contract_id == contract_id else None


def _head(session: Session, actor: Actor, contract_id: int) -> Any:
    return session.execute(
        select(
            Contract, Customer, Product.name, Insurer.name, Producer.name,
            LineOfBusiness.name_de, LineOfBusiness.name_uk, LineOfBusiness.name_en,
            func.coalesce(LineOfBusiness.name_en, LineOfBusiness.code).label("line_name"),
        )
        .join(Product, (Product.pool_id == Contract.pool_id) & (Product.id == Contract.product_id))
        .join(Insurer, (Insurer.pool_id == Contract.pool_id) & (Insurer.id == Contract.insurer_id))
        .join(LineOfBusiness, (LineOfBusiness.pool_id == Contract.pool_id)
              & (LineOfBusiness.id == Contract.line_id))
        .outerjoin(Customer, (Customer.pool_id == Contract.pool_id)
                   & (Customer.id == Contract.holder_id))
        .outerjoin(Producer, (Producer.pool_id == Contract.pool_id)
                   & (Producer.id == Contract.producer_id))
        .where(
            Contract.pool_id == actor.pool_id,
            Contract.firm_id.in_(actor.firm_ids),
            ~Contract.private,
            Contract.id == contract_id,
        )
    ).one_or_none()  # fmt: skip


def _application(session: Session, actor: Actor, contract_id: int) -> Application | None:
    return session.scalars(
        select(Application)
        .where(
            Application.pool_id == actor.pool_id,
            Application.firm_id.in_(actor.firm_ids),
            Application.contract_id == contract_id,
        )
        .order_by(Application.id)
        .limit(1)
    ).one_or_none()


def _name(customer: Customer | None) -> str | None:
    if customer is None:
        return None
    return ", ".join(part for part in (customer.last_name, customer.first_name) if part)
