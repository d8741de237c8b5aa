"""A broker takes a pool contract into his own keeping.

Two rows (architecture decision 13): the pool's contract stays, marked, with cuts, events and
liability; a private copy belongs to the firm and is never seen by the pool.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from pool_module.contracts.errors import NoSuchContract, NotConvertible, SeenChanged
from pool_module.contracts.queries import conversions as queries
from shared import audit
from shared.actor import Actor
from shared.db import Session
from shared.vocabulary import ContractState

CONVERTIBLE: Final = (ContractState.ACTIVE, ContractState.SUSPENDED, ContractState.PAID_UP)


@dataclass(frozen=True)
class Converted:
    """The firm's own contract; ``again`` when it had been taken over before (a double tap)."""

    private_contract_id: int
    again: bool


def convert(
    session: Session,
    actor: Actor,
    contract_id: int,
    *,
    version: int,
    day: date,
    told: Mapping[str, object],
) -> Converted:
    """Take a pool contract of the actor's firm into the firm's own keeping.

    Args:
        session: the transaction.
        actor: the broker.
        contract_id: the pool's contract.
        version: of the contract when its consequences were shown.
        day: the pool's.
        told: the consequences as shown, as JSON values; they are kept.

    Raises:
        NoSuchContract: not of the actor's firm.
        NotConvertible: it is not in force.
        SeenChanged: it is not what was shown any more.
    """
    contract = queries.find_pool_contract(session, actor, contract_id)
    if contract is None:
        raise NoSuchContract
    if contract.state == ContractState.CONVERTED:
        done = queries.find_conversion(session, actor, contract_id)
        if done is None:  # converted with the insurer, by nobody of this firm
            raise NotConvertible
        return Converted(done.private_contract_id, again=True)
    if contract.state not in CONVERTIBLE:
        raise NotConvertible
    if contract.version != version:
        raise SeenChanged
    copied = queries.copy_contract(session, actor, contract)
    marked = queries.mark_converted(
        session, actor, contract_id, copied.contract_id, version=version, day=day, told=told
    )
    if marked is None:
        raise SeenChanged
    audit.write(
        session,
        "contract.converted",
        "contract",
        contract_id,
        old={"state": contract.state},
        new={"state": ContractState.CONVERTED, "on": day.isoformat()},
    )
    session.refresh(contract)
    return Converted(copied.contract_id, again=False)
