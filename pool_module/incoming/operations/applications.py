"""Applications of a delivery: what a broker sent, and what the insurer answered."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b
from typing import Any

from pool_module.incoming.formats.gdv import blocks
from pool_module.incoming.formats.gdv.model import Contract, RawParts
from pool_module.incoming.operations import holders, registers
from pool_module.incoming.operations.delivered_gdv import holder_row, key_of
from pool_module.incoming.operations.registers import Registers
from pool_module.incoming.queries import applications as queries
from pool_module.incoming.rules.application_state import state_after
from shared.actor import Actor
from shared.db import Session
from shared.models.contracts import Application, ApplicationChange

_SOURCES = "sources"
"""Digests of the business cases an application has taken: delivered again, they are known."""


@dataclass(frozen=True)
class _Case:
    """A business case of one application."""

    block: blocks.Application
    contract: Contract
    number: str
    digest: str


def take(
    session: Session,
    actor: Actor,
    known: Registers,
    delivered: Sequence[blocks.Application],
    today: date,
) -> Counter[str]:
    """Take business cases; gives how many were new, changed and unchanged."""
    cases = [case for block in delivered for case in _cases(known, block)]
    there = _find(session, actor, known, cases)
    customers = _customers(session, actor, known, cases, today)
    counts: Counter[str] = Counter()
    changes: list[tuple[Application, str]] = []
    for case in cases:
        application = there.get(case.number)
        if application is None:
            application = _new(session, actor, known, case, today)
            application.customer_id = customers.get(case.digest)
            there[case.number] = application
            counts["new"] += 1
        elif case.digest in application.details.get(_SOURCES, []):
            counts["unchanged"] += 1
            continue
        else:
            _change(application, case)
            counts["changed"] += 1
        changes.append((application, case.block.case_text))
    session.flush()
    session.add_all(_step(application, note) for application, note in changes)
    session.flush()
    return counts


def _cases(known: Registers, block: blocks.Application) -> list[_Case]:
    """One case per contract of a block; the second goes by a number of its own."""
    found = []
    for index, contract in enumerate(block.contracts):
        plain = replace(block, line_number=0, package=0, contracts=(), parties=())
        bare = replace(contract, line_number=0)
        parties = [replace(party, line_number=0) for party in block.parties]
        raw = [record.text for record in (*block.raw.sub_lines, *block.raw.others)]
        content = repr((replace(plain, raw=_NO_RAW), bare, parties, raw))
        digest = blake2b(content.encode(), digest_size=12).hexdigest()
        number = block.transaction_broker or contract.order_number or block.transaction_insurer
        number = number or f"{known.insurer_code}-{contract.head.contract_key or digest}"
        found.append(_Case(block, contract, f"{number}/{index + 1}" if index else number, digest))
    return found


_NO_RAW = RawParts((), ())


def _find(
    session: Session, actor: Actor, known: Registers, cases: Sequence[_Case]
) -> dict[str, Application]:
    numbers = {case.number for case in cases}
    there: dict[str, Application] = {}
    for row in queries.find_applications(session, actor, known.insurer_id, numbers):
        for number in (row.insurer_number, row.broker_number, row.case_number):
            if number in numbers:
                there[number] = row
    return there


def _customers(
    session: Session, actor: Actor, known: Registers, cases: Sequence[_Case], today: date
) -> dict[str, int]:
    """The applicants by the digest of their case."""
    rows: dict[str, dict[str, Any]] = {}
    for case in cases:
        if party := case.block.holder:
            row = holder_row(known.insurer_id, key_of(case.contract), party, "")
            owner = _owner(known, case, today)
            rows[case.digest] = row | {"firm_id": owner.firm_id if owner else None}
    ids = holders.take(session, actor, list(rows.values()))
    return {digest: ids[holders.key_of(row)] for digest, row in rows.items()}


def _owner(known: Registers, case: _Case, today: date) -> registers.Owner | None:
    return known.owner_of(case.contract.head.agency_key, case.contract.application_date, today)


def _new(
    session: Session,
    actor: Actor,
    known: Registers,
    case: _Case,
    today: date,
) -> Application:
    contract = case.contract
    line_id = registers.line_id_of(session, actor, known, contract.head.line or "000")
    owner = _owner(known, case, today)
    application = Application(
        pool_id=actor.pool_id,
        firm_id=owner.firm_id if owner else None,
        producer_id=owner.producer_id if owner else None,
        case_number=f"{known.insurer_code}/{case.number}",
        broker_number=case.number,
        insurer_number=case.block.transaction_insurer or None,
        insurer_id=known.insurer_id,
        product_id=registers.product_id_of(session, actor, known, contract.product_name, line_id),
        state=state_after(case.block.business_case, None),
        applied_on=contract.application_date or case.block.posted_on,
        net_premium=contract.net_premium,
        currency=contract.currency or known.currency,
        details={
            _SOURCES: [case.digest],
            "contract_number": contract.head.contract_number,
            "begin": str(contract.begin or ""),
            "frequency": contract.frequency,
            "order_number": contract.order_number,
            "broker_mark": contract.broker_mark,
            "authorisation": case.block.authorisation,
        },
    )
    session.add(application)
    return application


def _change(application: Application, case: _Case) -> None:
    application.state = state_after(case.block.business_case, application.state)
    application.insurer_number = case.block.transaction_insurer or application.insurer_number
    sources = [*application.details.get(_SOURCES, []), case.digest]
    application.details = application.details | {_SOURCES: sources}


def _step(application: Application, note: str) -> ApplicationChange:
    return ApplicationChange(
        pool_id=application.pool_id,
        application_id=application.id,
        firm_id=application.firm_id,
        state=application.state,
        note=note or None,
    )
