"""Facts of a month: contracts that begin, cancellations that become known, events."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from brokerpool.demo.business import EventOf
from brokerpool.demo.codes import Codes
from brokerpool.demo.contracts import ContractOf, CutOf
from brokerpool.demo.customers import Customer
from brokerpool.demo.offers import COOPERATION, GDV_INSURERS
from brokerpool.demo.world import World
from brokerpool.demo.writing import Row, change, days, write, write_known
from pool_module.incoming.formats.numbers import normalise_number
from shared.db import actor_of
from shared.periods import add_months
from shared.sorting import sort_key
from shared.vocabulary import ContractState

COOPERATING: Final = ("NL-204", "NL-218")  # firms whose contracts are the cooperation's


def record_contracts(
    session: Session, codes: Codes, world: World, contracts: Sequence[ContractOf]
) -> None:
    """Write contracts with holders, terms and shares; ``codes`` learns their ids."""
    firm_of = {seller.code: seller.firm for seller in world.sellers}
    _customers(session, codes, firm_of, contracts)
    codes.contracts.update(
        write_known(
            session,
            "contract",
            "case_number",
            (_contract(c, codes, firm_of[c.shares[0][0]]) for c in contracts),
        )
    )
    write(
        session,
        "contract_terms",
        (_terms(c, codes, firm_of[c.shares[0][0]]) for c in contracts),
    )
    write(session, "contract_share", (row for c in contracts for row in _shares(c, codes)))


def record_events(session: Session, codes: Codes, events: Iterable[EventOf]) -> None:
    """Write commission events."""
    write(session, "event", (_event(event, codes) for event in events))


def record_cuts(session: Session, codes: Codes, contracts: Sequence[ContractOf]) -> None:
    """Write the cuts of contracts, which have none yet, and show them on the contracts."""
    cuts = [(codes.contracts[c.case], c.cut) for c in contracts if c.cut]
    write(
        session,
        "contract_cut",
        (
            {
                "contract_id": contract,
                "on_day": cut.on,
                "factor": cut.factor,
                "void": cut.void,
                "reason": cut.reason,
            }
            for contract, cut in cuts
        ),
    )
    change(session, "contract", (_cancelled(contract, cut) for contract, cut in cuts))


def show_reinstated(session: Session, contract_id: int) -> None:
    """Show a contract as in force again."""
    session.execute(
        text(
            "UPDATE contract SET state = :state, cancelled_on = NULL, cancellation_reason = NULL "
            "WHERE pool_id = :pool AND id = :contract"
        ),
        {
            "state": ContractState.ACTIVE,
            "pool": actor_of(session).pool_id,
            "contract": contract_id,
        },
    )


def _cancelled(contract: int, cut: CutOf) -> Row:
    gone = cut.factor == 0
    return {
        "id": contract,
        "state": ContractState.CANCELLED if gone else ContractState.ACTIVE,
        "cancelled_on": cut.on if gone else None,
        "cancellation_reason": cut.reason if gone else None,
    }


def _customers(
    session: Session, codes: Codes, firm_of: dict[str, str], contracts: Sequence[ContractOf]
) -> None:
    fresh = {holder_key(c, codes): (c.holder, firm_of[c.shares[0][0]]) for c in reversed(contracts)}
    rows = (
        _customer(key, holder, codes.firms[firm])
        for key, (holder, firm) in fresh.items()
        if key not in codes.customers
    )
    codes.customers.update(write_known(session, "customer", "source_key", rows))


def holder_key(contract: ContractOf, codes: Codes) -> str:
    """How a delivery recognises a contract's holder: by the insurer's number for him."""
    insurer = contract.product.insurer
    if insurer not in GDV_INSURERS:
        return contract.holder.key
    return f"{codes.insurers[insurer]}/number/{contract.holder.number}"


def _customer(key: str, customer: Customer, firm: int) -> Row:
    return {
        "firm_id": firm,
        "source_key": key,
        "legal_person": customer.legal_person,
        "last_name": customer.last_name,
        "first_name": customer.first_name,
        "title": customer.title,
        "sort_key": sort_key(customer.last_name, customer.first_name),
        "birth_date": customer.birth_date,
        "street": customer.street,
        "postcode": customer.postcode,
        "city": customer.city,
        "country": customer.country,
        "email": customer.email,
        "phone": customer.phone,
    }


def _contract(contract: ContractOf, codes: Codes, firm: str) -> Row:
    product = contract.product
    lasting = product.often != "single"
    return {
        "firm_id": codes.firms[firm],
        "case_number": contract.case,
        "insurer_id": codes.insurers[product.insurer],
        "line_id": codes.lines[product.line],
        "number": contract.number,
        "number_key": normalise_number(contract.number),
        "product_id": codes.products[product.code],
        "holder_id": codes.customers[holder_key(contract, codes)],
        "producer_id": codes.sellers[contract.shares[0][0]],
        "state": ContractState.ACTIVE,
        "begin_on": contract.begin,
        "end_on": None if lasting else add_months(contract.begin, 12),
        "next_due_on": add_months(contract.begin, 12) if lasting else None,
        "frequency": product.often,
        "net_premium": contract.net_premium,
        "gross_premium": contract.gross_premium,
        "currency": contract.currency,
        "agency_number": agency_number(product.insurer, contract.shares[0][0]),
    }


def agency_number(insurer: str, seller: str) -> str:
    """What an insurer calls a producer: ten characters at the most."""
    return f"{insurer}7{int(seller[3:]):05d}"


def _terms(contract: ContractOf, codes: Codes, firm: str) -> Row:
    cooperating = firm in COOPERATING
    return {
        "contract_id": codes.contracts[contract.case],
        "product_id": codes.products[contract.product.code],
        "currency": contract.currency,
        "applied_on": contract.applied_on,
        "issued_on": contract.issued_on,
        "organisation_id": codes.organisations[COOPERATION] if cooperating else None,
        "division_id": codes.divisions[contract.division] if contract.division else None,
    }


def _shares(contract: ContractOf, codes: Codes) -> Iterator[Row]:
    reached = Decimal(0)
    for position, (seller, share) in enumerate(contract.shares):
        yield {
            "contract_id": codes.contracts[contract.case],
            "position": position,
            "producer_id": codes.sellers[seller],
            "share": share,
            "share_from": reached,
            "share_to": reached + share,
            "valid": days(None),
        }
        reached += share


def _event(event: EventOf, codes: Codes) -> Row:
    return {
        "ref": f"{event.due:%Y-%m}/{event.contract.case}/{event.kind[:3].upper()}",
        "contract_id": codes.contracts[event.contract.case],
        "kind": event.kind,
        "effective": event.effective,
        "due": event.due,
        "basis": event.basis,
        "received": event.received,
        "units": event.units,
    }
