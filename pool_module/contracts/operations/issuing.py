"""From an accepted application to its contract, without typing anything again (DLG-06)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pool_module.applications import operations as applications
from pool_module.applications import queries
from pool_module.applications.errors import ContractThere, NotAccepted
from pool_module.contracts.operations.keeping import Data, Part, Signed, add
from pool_module.contracts.queries import records
from pool_module.crm.queries import journal
from shared import audit, gates
from shared.db import Session, actor_of
from shared.models.contracts import Contract
from shared.vocabulary import ApplicationState, GatePoint


@dataclass(frozen=True)
class Policy:
    """What the policy says beyond the application; None: as applied for."""

    number: str
    issued_on: date | None = None
    begin_on: date | None = None
    end_on: date | None = None
    net_premium: Decimal | None = None
    gross_premium: Decimal | None = None
    producer_id: int | None = None


def issue(
    session: Session,
    application_id: int,
    policy: Policy,
    *,
    today: date,
    version: int | None = None,
) -> Contract:
    """Make the contract of an accepted application; both point to each other.

    The case number is the same at every stage (DLG-08).

    Raises:
        NoSuchApplication: it is not within reach.
        Conflict: somebody changed it since ``version`` was shown.
        NotAccepted: the insurer has not accepted it.
        ContractThere: it has become one already.
        GateClosed: the firm has no agreement, or may not sell the product (domain, gates).
        UnderReview: it is held quietly.
        ProducerUnknown, NumberTaken and others: see ``keeping.add``.
    """
    actor = actor_of(session)
    application = queries.get_application(session, actor, application_id, lock=True)
    journal.check_version(session, actor, application, version, {})
    if application.contract_id is not None:
        there = records.get_contract(session, actor, application.contract_id)
        raise ContractThere(there.number)
    if application.state != ApplicationState.ACCEPTED:
        raise NotAccepted
    sells = queries.may_sell(session, actor, application.firm_id, application.product_id, today)
    case = gates.Case(application.firm_id, sells)
    gates.pass_through(session, actor, case, GatePoint.CONTRACT, today)
    applications.check_review(session, application, GatePoint.CONTRACT)
    producer_id = policy.producer_id or application.producer_id
    data = Data(
        number=policy.number,
        holder_id=application.customer_id,
        begin_on=policy.begin_on or application.begin_on,
        end_on=policy.end_on,
        frequency=application.frequency,
        net_premium=policy.net_premium or application.net_premium,
        gross_premium=policy.gross_premium,
        note=application.note,
    )
    contract = add(
        session,
        data,
        product_id=application.product_id,
        parts=[Part(producer_id or 0, Decimal(1))],
        today=today,
        signed=Signed(application.applied_on, policy.issued_on or today),
        currency=application.currency,
        case_number=application.case_number,
    )
    contract.product_version_id = application.product_version_id
    application.contract_id = contract.id
    session.flush()
    applications.note(session, application, None)
    new = {"contract": contract.id, "number": contract.number}
    audit.write(session, "application.issued", "application", application.id, new=new)
    session.refresh(contract)
    session.refresh(application)
    return contract
