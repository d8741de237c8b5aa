"""A broker keeps contracts of his own: private rows the pool never sees."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from pool_module.contracts.errors import NoSuchContract
from pool_module.contracts.queries import own as queries
from shared import audit
from shared.actor import Actor
from shared.db import Session
from shared.errors import Conflict
from shared.models.contracts import Contract


@dataclass(frozen=True, kw_only=True)
class OwnContract:
    """What a broker writes down of a contract he manages himself."""

    holder_id: int
    number: str
    own_insurer: str | None = None
    own_product: str | None = None
    state: str = "active"
    begin_on: date | None = None
    end_on: date | None = None
    next_due_on: date | None = None
    frequency: str | None = None
    net_premium: Decimal | None = None
    gross_premium: Decimal | None = None
    currency: str = "EUR"
    note: str | None = None


def add_own(session: Session, actor: Actor, firm_id: int, wanted: OwnContract) -> Contract:
    """Write down a contract of the firm's own.

    Raises:
        NoSuchContract: its holder is no customer of the firm's own.
    """
    _check_holder(session, actor, wanted.holder_id)
    contract = Contract(
        pool_id=actor.pool_id,
        firm_id=firm_id,
        private=True,
        number_key=queries.number_key(wanted.number),
        **{f.name: getattr(wanted, f.name) for f in fields(wanted)},
    )
    session.add(contract)
    session.flush()
    audit.write(session, "own_contract.added", "contract", contract.id)
    return contract


def change_own(
    session: Session, actor: Actor, contract_id: int, wanted: OwnContract, *, version: int
) -> Contract:
    """Change a contract of the firm's own.

    Raises:
        NoSuchContract: there is none, or its holder is no customer of the firm's own.
        Conflict: somebody of the firm saved it since.
    """
    contract = queries.find_own(session, actor, contract_id)
    if contract is None:
        raise NoSuchContract
    _check_holder(session, actor, wanted.holder_id)
    if contract.version != version:
        stored = {field.name: getattr(contract, field.name) for field in fields(wanted)}
        raise Conflict(
            stored, who=contract.recorded_by, when=contract.recorded_at, version=contract.version
        )
    for field in fields(wanted):
        setattr(contract, field.name, getattr(wanted, field.name))
    contract.number_key = queries.number_key(wanted.number)
    session.flush()
    session.refresh(contract)
    audit.write(session, "own_contract.changed", "contract", contract.id)
    return contract


def _check_holder(session: Session, actor: Actor, holder_id: int) -> None:
    holder = queries.find_customer(session, actor, holder_id)
    if holder is None or not holder.private:
        raise NoSuchContract
