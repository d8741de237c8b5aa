"""Contracts kept by people: added, changed, shared, cut."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pool_module.applications.errors import Limited
from pool_module.applications.queries import get_product, is_open, may_sell, next_case_number
from pool_module.contracts.errors import (
    BeforeBegin,
    Converted,
    FactorNeeded,
    NothingCut,
    NumberMissing,
    NumberTaken,
    ProducerTwice,
    ProducerUnknown,
    ShareRefused,
    SharesNotWhole,
    SharesTooMuch,
)
from pool_module.contracts.operations import ShareOf, add_contract, cut, reinstate, set_shares
from pool_module.contracts.operations.premiums import roll_premiums
from pool_module.contracts.queries import premiums, records
from pool_module.contracts.rules import shares as rules
from pool_module.contracts.rules.endings import EFFECTS, Ending
from pool_module.crm.queries import customers, journal
from shared import audit, gates
from shared.db import Session, actor_of
from shared.db.facts import stretch
from shared.models.contracts import Contract
from shared.models.hierarchy import Producer
from shared.search_words import number_key
from shared.vocabulary import ContractState, GatePoint


@dataclass(frozen=True)
class Data:
    """What people keep of a contract; whose it is and what it brought are facts of their own."""

    number: str
    holder_id: int | None = None
    begin_on: date | None = None
    end_on: date | None = None
    next_due_on: date | None = None
    frequency: str | None = None
    net_premium: Decimal | None = None
    gross_premium: Decimal | None = None
    agency_number: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Part:
    """A producer's share, as a fraction."""

    producer_id: int
    share: Decimal


@dataclass(frozen=True)
class Signed:
    """When it was applied for and issued: the engine looks rates up by these days."""

    applied_on: date | None = None
    issued_on: date | None = None


def add(
    session: Session,
    data: Data,
    *,
    product_id: int,
    parts: Sequence[Part],
    today: date,
    signed: Signed | None = None,
    currency: str = "EUR",
    case_number: str | None = None,
) -> Contract:
    """Add a contract that no delivery brought.

    Args:
        session: the transaction.
        data: what is kept of it.
        product_id: decides insurer and line.
        parts: who shares it, summing to the whole.
        today: the pool's day.
        signed: the days of application and issue.
        currency: of the contract.
        case_number: of the application it comes from; None: it is a case of its own.

    Raises:
        NumberMissing, NumberTaken: of the number.
        SharesNotWhole and others of the shares: see ``share``.
        NoCommission: somebody who would share it is an insurance adviser.
        GateClosed: a firm that shares it has no agreement (a case of its own alone; one that comes
            from an application was asked already).
        NoSuchRecord: holder or product is not within reach.
        Limited: the insurer is for other divisions or organisations alone.
    """
    actor = actor_of(session)
    product = get_product(session, actor, product_id)
    if not is_open(session, actor, insurer_id=product.insurer_id, firm_id=None, producer_id=None):
        raise Limited
    key = _number(data)
    if records.find_number(session, actor, product.insurer_id, product.line_id, key) is not None:
        raise NumberTaken(data.number)
    if data.holder_id is not None:
        customers.get_customer(session, actor, data.holder_id)
    signed = signed or Signed()
    if case_number is None:
        for firm_id in records.firms_of(session, actor, [part.producer_id for part in parts]):
            sells = may_sell(session, actor, firm_id, product_id, today)
            case = gates.Case(firm_id, sells)
            gates.pass_through(session, actor, case, GatePoint.CONTRACT, today)
    contract = add_contract(
        session,
        actor,
        number=data.number.strip(),
        number_key=key,
        product=product,
        currency=currency,
        shares=_checked(session, parts),
        applied_on=signed.applied_on,
        issued_on=signed.issued_on,
    )
    for name, value in asdict(data).items():
        if name != "number":
            setattr(contract, name, value)
    contract.case_number = case_number or next_case_number(session, actor, today.year)
    session.flush()
    audit.write(session, "contract.added", "contract", contract.id, new={"number": data.number})
    roll_premiums(session, today, [contract.id])
    session.refresh(contract)
    return contract


def change(
    session: Session, contract_id: int, data: Data, *, version: int | None, today: date
) -> Contract:
    """Change what is kept of a contract; its premium calendar follows.

    Raises:
        NoSuchContract: there is none within reach.
        Conflict: somebody saved since ``version`` was shown.
        Converted: it is in the broker's own keeping.
        NumberMissing, NumberTaken: of the number.
    """
    actor = actor_of(session)
    contract = records.get_contract(session, actor, contract_id, lock=True)
    values: dict[str, Any] = asdict(data)
    before = {name: getattr(contract, name) for name in values}
    journal.check_version(session, actor, contract, version, before)
    _changeable(contract)
    values["number"] = data.number.strip()
    key = _number(data)
    if key != contract.number_key:
        assert contract.insurer_id is not None
        assert contract.line_id is not None
        taken = records.find_number(session, actor, contract.insurer_id, contract.line_id, key)
        if taken not in {None, contract.id}:
            raise NumberTaken(data.number)
        contract.number_key = key
    if data.holder_id is not None and data.holder_id != contract.holder_id:
        customers.get_customer(session, actor, data.holder_id)
    changed = audit.write_change(
        session, "contract.changed", "contract", contract.id, before=before, after=values
    )
    for name in changed:
        setattr(contract, name, values[name])
    session.flush()
    if set(changed) & {"begin_on", "end_on", "next_due_on", "frequency", "net_premium",
                       "gross_premium"}:  # fmt: skip
        premiums.drop(session, actor, contract.id, today)
        roll_premiums(session, today, [contract.id])
    session.refresh(contract)
    return contract


def share(
    session: Session,
    contract_id: int,
    parts: Sequence[Part],
    *,
    from_day: date | None,
    version: int | None = None,
    reason: str | None = None,
) -> Contract:
    """Change who shares a contract from a day on (EPC-09, IMS-20).

    Args:
        session: the transaction.
        contract_id: which one.
        parts: who, summing to exactly the whole.
        from_day: from this day on; None: from the beginning.
        version: as it was shown.
        reason: why.

    Raises:
        NoSuchContract, Conflict, Converted: see ``change``.
        SharesNotWhole, SharesTooMuch: the sum; what is missing is named.
        ShareRefused: one is nothing, or finer than four decimals of per cent.
        ProducerTwice, ProducerUnknown: of the producers.
    """
    actor = actor_of(session)
    contract = records.get_contract(session, actor, contract_id, lock=True)
    journal.check_version(session, actor, contract, version, {})
    _changeable(contract)
    checked = _checked(session, parts)
    set_shares(session, actor, contract, checked, stretch(from_day, None))
    # the first producer of the standing shares is whose contract it is
    contract.producer_id = checked[0].producer.id
    contract.firm_id = checked[0].producer.firm_id or contract.firm_id
    session.flush()
    told = {part.producer.code: f"{part.share:f}" for part in checked}
    new = {"shares": told, "from": from_day.isoformat() if from_day else None, "reason": reason}
    audit.write(session, "contract.shared", "contract", contract.id, new=new)
    session.refresh(contract)
    return contract


def end(
    session: Session,
    contract_id: int,
    ending: Ending,
    *,
    on_day: date,
    factor: Decimal | None = None,
    note: str | None = None,
    version: int | None = None,
) -> Contract:
    """Record that a contract ended or shrank; the next settlement gives back what is not earned.

    Args:
        session: the transaction.
        contract_id: which one.
        ending: why.
        on_day: from this day on.
        factor: the part that stays in force, of a reduction.
        note: more about it.
        version: as it was shown.

    Raises:
        NoSuchContract, Conflict, Converted: see ``change``.
        BeforeBegin: the day lies before the contract.
        FactorNeeded: a reduction without the part that stays.
        FactorRefused: a part larger than the one in force before.
    """
    actor = actor_of(session)
    contract = records.get_contract(session, actor, contract_id, lock=True)
    journal.check_version(session, actor, contract, version, {})
    _changeable(contract)
    effect = EFFECTS[ending]
    if contract.begin_on is not None and on_day < contract.begin_on:
        raise BeforeBegin("on_day")
    if not effect.whole and (factor is None or not 0 < factor < 1):
        raise FactorNeeded
    stays = Decimal(0) if effect.whole or factor is None else factor
    said = f"{ending.value}: {note.strip()}" if note and note.strip() else ending.value
    cut(session, actor, contract, on_day, factor=stays, void=effect.void, reason=said)
    before = contract.state
    contract.state = effect.state
    if effect.whole:
        contract.cancelled_on, contract.cancellation_reason = on_day, said
    session.flush()
    if effect.whole:
        premiums.drop(session, actor, contract.id, on_day)
    new = {"state": effect.state.value, "on": on_day.isoformat(), "reason": said,
           "factor": f"{stays:f}"}  # fmt: skip
    audit.write(session, "contract.cut", "contract", contract.id, old={"state": before}, new=new)
    session.refresh(contract)
    return contract


def take_back(
    session: Session, contract_id: int, *, today: date, version: int | None = None
) -> Contract:
    """Reinstate a contract: all cancellations and reductions fall.

    Raises:
        NoSuchContract, Conflict, Converted: see ``change``.
        NothingCut: there is nothing to take back.
    """
    actor = actor_of(session)
    contract = records.get_contract(session, actor, contract_id, lock=True)
    journal.check_version(session, actor, contract, version, {})
    _changeable(contract)
    if not records.cuts_of(session, actor, contract.id):
        raise NothingCut
    reinstate(session, actor, contract)
    before = contract.state
    contract.state = ContractState.ACTIVE
    contract.cancelled_on, contract.cancellation_reason = None, None
    session.flush()
    roll_premiums(session, today, [contract.id])
    new = {"state": contract.state}
    audit.write(
        session, "contract.reinstated", "contract", contract.id, old={"state": before}, new=new
    )
    session.refresh(contract)
    return contract


def _changeable(contract: Contract) -> None:
    if contract.state == ContractState.CONVERTED:
        raise Converted


def _number(data: Data) -> str:
    key = number_key(data.number).upper()
    if not key:
        raise NumberMissing
    return key


def _checked(session: Session, parts: Sequence[Part]) -> list[ShareOf]:
    shares = [part.share for part in parts]
    if any(not rules.is_fine(each) for each in shares):
        raise ShareRefused
    missing = rules.missing(shares)
    if missing:
        total, rest = _percent(rules.WHOLE - missing), _percent(abs(missing))
        raise (SharesNotWhole if missing > 0 else SharesTooMuch)(total, rest)
    known: Mapping[int, Producer] = records.get_producers(
        session, actor_of(session), [part.producer_id for part in parts]
    )
    if len({part.producer_id for part in parts}) < len(parts):
        raise ProducerTwice
    if len(known) < len(parts):
        raise ProducerUnknown
    gates.no_adviser(session, actor_of(session), producer_ids=list(known))
    return [ShareOf(known[part.producer_id], part.share) for part in parts]


def _percent(fraction: Decimal) -> str:
    return f"{fraction * 100:.4f} %"
