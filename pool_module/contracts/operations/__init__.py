"""Contracts, shares, cuts and events, written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pool_module.contracts import queries
from pool_module.contracts.errors import FactorRefused
from shared.actor import Actor
from shared.db import Session
from shared.db.facts import Days, fact_moment, overwrite, stretch
from shared.models.contracts import Contract, ContractCut, ContractShare, ContractTerms, Event
from shared.models.hierarchy import Producer
from shared.models.products import Product


@dataclass(frozen=True)
class ShareOf:
    """A producer's part of a contract, up to six decimals."""

    producer: Producer
    share: Decimal


def add_contract(
    session: Session,
    actor: Actor,
    *,
    number: str,
    number_key: str,
    product: Product,
    currency: str,
    shares: Sequence[ShareOf],
    applied_on: date | None = None,
    issued_on: date | None = None,
    organisation_id: int | None = None,
    division_id: int | None = None,
) -> Contract:
    """Add a contract with its terms and shares.

    Args:
        session: the transaction.
        actor: who does it.
        number: the insurer's number as written; ``number_key`` is it normalised.
        number_key: upper case, only letters and digits.
        product: decides insurer and line.
        currency: of the contract and all its events.
        shares: in order, summing to exactly 1; the first producer's firm owns the contract.
        applied_on: day of the application.
        issued_on: day of the policy.
        organisation_id: the contract's organisation.
        division_id: the contract's division.
    """
    contract = Contract(
        pool_id=actor.pool_id,
        number=number,
        number_key=number_key,
        insurer_id=product.insurer_id,
        line_id=product.line_id,
        product_id=product.id,
        currency=currency,
        firm_id=shares[0].producer.firm_id if shares else None,
        producer_id=shares[0].producer.id if shares else None,
    )
    session.add(contract)
    session.flush()
    session.add(
        ContractTerms(
            pool_id=actor.pool_id,
            contract_id=contract.id,
            product_id=product.id,
            currency=currency,
            applied_on=applied_on,
            issued_on=issued_on,
            organisation_id=organisation_id,
            division_id=division_id,
        )
    )
    session.flush()
    if shares:
        set_shares(session, actor, contract, shares, stretch(None, None))
    return contract


def set_shares(
    session: Session,
    actor: Actor,
    contract: Contract,
    shares: Sequence[ShareOf],
    valid: Days,
) -> None:
    """Set who shares a contract over the days ``valid``. Shares sum to exactly 1."""
    assert actor.pool_id == contract.pool_id
    assert sum(s.share for s in shares) == 1
    rows: list[dict[str, object]] = []
    reached = Decimal(0)
    for position, part in enumerate(shares):
        rows.append(
            {
                "position": position,
                "producer_id": part.producer.id,
                "share": part.share,
                "share_from": reached,
                "share_to": reached + part.share,
            }
        )
        reached += part.share
    overwrite(session, ContractShare, {"contract_id": contract.id}, valid, rows)


def cut(
    session: Session,
    actor: Actor,
    contract: Contract,
    day: date,
    *,
    factor: Decimal = Decimal(0),
    void: bool = False,
    reason: str | None = None,
) -> None:
    """Cut a contract's in-force factor from a day on; later cuts fall.

    Raises:
        FactorRefused: the factor is below 0 or above the one in force just before.
    """
    before = queries.factor_before(session, actor, contract.id, day)
    if not 0 <= factor <= before:
        raise FactorRefused(factor, before.normalize())
    moment = fact_moment(session)
    queries.remove_cuts(session, actor, contract.id, moment, day)
    session.add(
        ContractCut(
            pool_id=actor.pool_id,
            contract_id=contract.id,
            on_day=day,
            factor=factor,
            void=void,
            reason=reason,
            recorded_at=moment,
        )
    )
    session.flush()


@dataclass(frozen=True)
class Cancellation:
    """The end of a contract: off from ``day`` on, or as if never concluded."""

    contract_id: int
    day: date
    void: bool = False
    reason: str | None = None


def cancel_all(session: Session, actor: Actor, cancellations: Sequence[Cancellation]) -> None:
    """Cancel any number of contracts; later cuts of each fall.

    Off is never more than what is in force, so none is refused (see ``cut``).
    """
    moment = fact_moment(session)
    queries.remove_cuts_of(session, actor, moment, {c.contract_id: c.day for c in cancellations})
    rows: list[dict[str, object]] = [
        {
            "contract_id": each.contract_id,
            "on_day": each.day,
            "factor": Decimal(0),
            "void": each.void,
            "reason": each.reason,
            "recorded_at": moment,
        }
        for each in cancellations
    ]
    queries.add_cuts(session, actor, rows)


def reinstate_all(session: Session, actor: Actor, contract_ids: Sequence[int]) -> None:
    """Clear all cuts of any number of contracts."""
    days = dict.fromkeys(contract_ids)
    queries.remove_cuts_of(session, actor, fact_moment(session), days)


def reinstate(session: Session, actor: Actor, contract: Contract) -> None:
    """Clear all cuts of a contract."""
    queries.remove_cuts(session, actor, contract.id, fact_moment(session), None)


def add_event(
    session: Session,
    actor: Actor,
    *,
    ref: str,
    contract: Contract,
    kind: str,
    effective: date,
    due: date,
    basis: Decimal | None = None,
    received: Decimal | None = None,
    units: Decimal | None = None,
) -> Event:
    """Record a commission event, in the contract's currency."""
    event = Event(
        pool_id=actor.pool_id,
        ref=ref,
        contract_id=contract.id,
        kind=kind,
        effective=effective,
        due=due,
        basis=basis,
        received=received,
        units=units,
    )
    session.add(event)
    session.flush()
    return event
