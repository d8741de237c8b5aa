"""Rows of an uploaded file as people look at them: cells, what is wrong with them, what changes.

Cells are kept as plain texts (ISO days, decimals with a point); the portal writes them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pool_module.incoming.formats.gdv.blocks import Application, ContractBlock
from pool_module.incoming.formats.remarks import ReadingWarning
from pool_module.incoming.formats.statements.model import StatementLine, UnreadRow
from pool_module.incoming.rules.differences import differences, text_of
from pool_module.incoming.rules.line import Line, Outcome, Verdict

Row = dict[str, Any]
RAW: Final = "raw"
"""The cell that holds a wrong row as it was delivered, to be corrected."""
EMPTY: Final[Row] = {
    "number": None, "holder": None, "kind": None, "amount": None, "currency": None, "cause": None,
    "cells": {}, "notes": {}, "changes": {}, "kept": [],
}  # fmt: skip
_MILD: Final = frozenset({"The kind %(code)s is not known; it is read as other."})
_CELL_OF_CAUSE: Final = {
    "rate_differs": "rate",
    "agreement_missing": "product",
    "amount_not_base_times_rate": "amount",
    "booked_twice": "amount",
    "clawback_differs": "amount",
    "clawback_without_cancellation": "amount",
    "contract_not_found": "contract_number",
    "contract_ambiguous": "contract_number",
    "producer_unknown": "broker_number",
}
_CELL_OF_FIELD: Final = {
    "net": "amount", "gross": "amount", "credit": "amount", "debit": "amount",
    "holder_first_name": "holder", "holder_firm": "holder", "source_contract_id": "contract_number",
    "reference": "contract_number",
}  # fmt: skip
_NO_CONTRACT: Final = "The row names no contract."
_NO_AMOUNT: Final = "The row has no amount that can be read; it is no line."
TWICE: Final = "The contract stands in the file twice; its first place was taken."
NAMELESS: Final = "The contract has no number; it was not taken."


def is_error(remark: ReadingWarning) -> bool:
    """Whether a remark on a row keeps it from being taken as it is."""
    return remark.message not in _MILD


def line_row(line: Line, verdict: Verdict | None, holder: str) -> Row:
    """A commission line; without a verdict it came before."""
    outcome, cause, notes = "unchanged", None, {}
    if verdict is not None:
        outcome = "new"
        if verdict.outcome is Outcome.DISCREPANCY:
            assert verdict.cause is not None
            outcome, cause = "doubt", verdict.cause.value
            expected = text_of(verdict.expected)
            notes = {_CELL_OF_CAUSE[cause]: {"cause": cause, "expected": expected}}
    return {
        "row_number": line.row,
        "subject": "line",
        "outcome": outcome,
        "key": line.source_key,
        "number": line.contract_number,
        "holder": holder,
        "kind": line.kind,
        "amount": line.amount,
        "currency": line.currency or None,
        "cause": cause,
        "notes": notes,
        "cells": {
            "contract_number": line.contract_number,
            "holder": holder,
            "product": line.product_name,
            "kind": line.kind or "",
            "base": text_of(line.base),
            "rate": _rate_text(line),
            "amount": text_of(line.amount),
            "booked_on": text_of(line.booked_on),
            "broker_number": line.agency_number,
        },
    }


def error_row(
    item: StatementLine | UnreadRow,
    said: Sequence[ReadingWarning],
    fields: Mapping[str, str],
    titles: Sequence[str],
) -> Row:
    """A row that can't be taken, with what is wrong in the cell it is about.

    Args:
        item: the row.
        said: what the reader said of it.
        fields: title of a column → field.
        titles: of all columns, in order.
    """
    notes: dict[str, Row] = {}
    for remark in said:
        field = fields.get(remark.place, "")
        cell = _CELL_OF_FIELD.get(field, field)
        if remark.message == _NO_CONTRACT:
            cell = "contract_number"
        if remark.message == _NO_AMOUNT:
            cell = "amount"
        told = {"message": remark.message, "values": _plain(remark.values), "place": remark.place}
        notes.setdefault(cell or "row", told)
    shown = _read_cells(item) if isinstance(item, StatementLine) else _named(item, fields, titles)
    return {
        "row_number": item.row,
        "subject": "line",
        "outcome": "error",
        "key": str(item.row),
        "number": shown.get("contract_number"),
        "holder": shown.get("holder"),
        "notes": notes,
        "cells": {**shown, RAW: list(item.cells)},
    }


def _read_cells(item: StatementLine) -> dict[str, str]:
    return {
        "contract_number": item.contract_number,
        "holder": item.holder_text,
        "product": item.product,
        "kind": item.kind_code,
        "base": text_of(item.base),
        "rate": text_of(item.rate),
        "amount": text_of(item.net if item.gross is None else item.gross),
        "booked_on": text_of(item.booking_date),
        "broker_number": item.broker_number,
    }


def _named(item: UnreadRow, fields: Mapping[str, str], titles: Sequence[str]) -> dict[str, str]:
    """Cells of a row that became no line, under the names of their columns' fields."""
    named: dict[str, str] = {}
    for title, text in zip(titles, item.cells, strict=False):
        if field := fields.get(title):
            named.setdefault(_CELL_OF_FIELD.get(field, field), text)
    return named


def contract_row(
    block: ContractBlock,
    change: str,
    theirs: Mapping[str, Any],
    ours: Mapping[str, Any] | None,
    products: Mapping[int, str],
) -> Row:
    """A contract of a GDV delivery: new, changed (with ours and theirs), or as we have it."""
    assert block.contract is not None
    product = block.contract.product_name or products.get(theirs["product_id"], "")
    changes = differences(ours, {**theirs, "product": product}) if ours else {}
    return {
        "row_number": block.contract.line_number,
        "subject": "contract",
        "outcome": change,
        "key": key_text(theirs["number_key"], block.contract.head.line, theirs["sequence"]),
        "number": theirs["number"],
        "holder": holder_name(block),
        "currency": theirs["currency"],
        "changes": changes,
        "cells": {
            "contract_number": theirs["number"],
            "holder": holder_name(block),
            "product": product,
            "begin_on": text_of(theirs["begin_on"]),
            "state": text_of(theirs["state"]),
            "net_premium": text_of(theirs["net_premium"]),
            "broker_number": text_of(theirs["agency_number"]),
        },
    }


def key_text(number_key: str, line: str, sequence: int) -> str:
    """A contract's key as text."""
    return f"{number_key}/{line or '000'}/{sequence}"


def contract_error(block: ContractBlock, why: str) -> Row:
    """A contract that can't be recognised, or stands in the file again."""
    assert block.contract is not None
    message = TWICE if why == "twice" else NAMELESS
    return {
        "row_number": block.contract.line_number,
        "subject": "contract",
        "outcome": "error",
        "key": str(block.contract.line_number),
        "number": block.contract.head.contract_number,
        "holder": holder_name(block),
        "notes": {"contract_number": {"message": message, "values": {}, "place": "0200"}},
        "cells": {
            "contract_number": block.contract.head.contract_number,
            "holder": holder_name(block),
            RAW: [block.contract.head.contract_number, holder_name(block)],
        },
    }


def application_row(application: Application, counts: Counter[str]) -> Row:
    """A business case of an application."""
    outcome = next((name for name in ("new", "changed") if counts[name]), "unchanged")
    number = application.transaction_broker or application.transaction_insurer
    return {
        "row_number": application.line_number,
        "subject": "application",
        "outcome": outcome,
        "key": number or str(application.line_number),
        "number": number,
        "holder": _name(application),
        "cells": {
            "contract_number": number,
            "holder": _name(application),
            "product": application.case_text,
            "booked_on": text_of(application.posted_on),
        },
    }


def holders_of(blocks: Sequence[ContractBlock]) -> dict[str, str]:
    """The policyholders' names by the number of their contract."""
    return {block.head.contract_key: holder_name(block) for block in blocks}


def holder_name(block: ContractBlock) -> str:
    """The policyholder, as one reads it."""
    return _name(block)


def _name(block: ContractBlock | Application) -> str:
    party = block.holder
    if party is None:
        return ""
    last = f"{party.name_1} {party.name_2}".strip()
    return ", ".join(part for part in (last, party.name_3) if part)


def _rate_text(line: Line) -> str:
    if line.rate is None:
        return ""
    sign = {"percent": " %", "per_mille": " ‰"}.get(line.rate_unit or "", "")
    return f"{line.rate.normalize():f}{sign}"


def _plain(values: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}
