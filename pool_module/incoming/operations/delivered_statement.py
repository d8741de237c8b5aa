"""From what the statement reader gives to lines."""

from hashlib import blake2b

from pool_module.incoming.formats.statements.model import LineKind, StatementLine
from pool_module.incoming.rules.line import Line


def line_of(insurer_id: int, line: StatementLine) -> Line:
    """A statement's line; its commission is the gross, where the statement has one.

    What the insurer keeps as a reserve of his own he owes the pool still.
    """
    digest = blake2b(line.key.encode(), digest_size=16).hexdigest()
    raw: dict[str, object] = {
        "kind_code": line.kind_code,
        "statement_number": line.statement_number,
        "statement_date": str(line.statement_date or ""),
        "insurer": line.insurer_text,
        "holder": line.holder_text,
        "reason": line.reason,
        "status": line.status,
        "other_retention": str(line.other_retention or ""),
        "suspect": line.suspect,
        "cells": list(line.cells),
    }
    kind = line.event_kind
    return Line(
        source_key=f"statement/{insurer_id}/{digest}/{line.ordinal}",
        row=line.row,
        kind=kind.value if kind else None,
        amount=line.net if line.gross is None else line.gross,
        contract_number=line.contract_number,
        number_key=line.contract_key,
        line_key=line.line_code,
        product_name=line.product,
        agency_number=line.broker_number,
        agency_key=line.broker_key,
        booked_on=line.booking_date,
        period_from=line.period_from,
        period_to=line.period_to,
        base=line.base,
        rate=line.rate,
        rate_unit=line.rate_unit.value if line.rate_unit else None,
        reserve=line.reserve,
        net=line.net,
        currency=line.currency,
        correction=line.kind is LineKind.CORRECTION,
        storno=line.reversal,
        raw={name: value for name, value in raw.items() if value},
    )
