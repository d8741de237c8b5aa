"""Contracts of a delivery: new, changed, unchanged. None is ever cancelled by being absent."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, TypeAlias

from pool_module.contracts import operations as contracts
from pool_module.incoming.formats.gdv.blocks import ContractBlock
from pool_module.incoming.formats.gdv.model import Contract
from pool_module.incoming.operations import holders, registers
from pool_module.incoming.operations.delivered_gdv import (
    ContractKey,
    contract_row,
    digest_of,
    holder_row,
    key_of,
)
from pool_module.incoming.operations.registers import Registers
from pool_module.incoming.queries import contracts as queries
from pool_module.incoming.rules import contract_state as states
from shared.actor import Actor
from shared.db import Session

FROM_DELIVERY = "GDV"
"""Begins the reason of a cut that an insurer delivered: what he delivers he may take back."""

Row = dict[str, Any]
Kept: TypeAlias = Mapping[ContractKey, Collection[str]]
"""Per contract the fields that stay as we have them: a person said so (ECS-16)."""
OF_STATE: Final = ("state", "cancelled_on", "cancellation_reason")
"""What belongs together: how a contract ended stays with whether it did."""


@dataclass
class Taken:
    """What became of contracts, and which there were."""

    counts: Counter[str] = field(default_factory=Counter)
    seen: list[int] = field(default_factory=list)
    agencies: set[str] = field(default_factory=set)


@dataclass
class _Delivered:
    block: ContractBlock
    contract: Contract
    row: Row
    was: Row | None = None
    keep_holder: bool = False


def take(
    session: Session,
    actor: Actor,
    known: Registers,
    blocks: Sequence[ContractBlock],
    *,
    delivery_id: int,
    today: date,
    kept: Kept | None = None,
) -> Taken:
    """Take a chunk of contracts, each of them once in ``blocks``, in about a dozen statements."""
    taken = Taken()
    delivered = _delivered(session, actor, known, blocks, today)
    if not delivered:
        return taken
    _compare(session, actor, known, delivered)
    if kept:
        _keep_ours(session, actor, delivered, kept)
    for each in delivered:
        taken.counts[_change(each)] += 1
        taken.agencies.add(each.row["agency_number"])
    work = [each for each in delivered if _change(each) != "unchanged"]
    if work:
        taken.counts[":producer_unknown"] += _write(session, actor, known, work, today)
        _keep_raw(session, actor, delivery_id, work)
        _follow_states(session, actor, work)
    taken.seen = [each.row["id"] for each in delivered]
    return taken


def compare(
    session: Session,
    actor: Actor,
    known: Registers,
    blocks: Sequence[ContractBlock],
    *,
    today: date,
) -> list[tuple[ContractBlock, str, Row, Row | None]]:
    """What a chunk would do: block, new/changed/unchanged, the delivered columns, and ours.

    Ours are there for a changed contract alone, under the same names.
    """
    delivered = _delivered(session, actor, known, blocks, today)
    if not delivered:
        return []
    _compare(session, actor, known, delivered)
    changed = [each.row["id"] for each in delivered if _change(each) == "changed"]
    ours = {row["id"]: row for row in queries.values_of(session, actor, changed)} if changed else {}
    for each in delivered:
        if party := each.block.holder:
            number = each.contract.customer_number_insurer
            each.row["holder"] = holder_row(known.insurer_id, key_of(each.contract), party, number)
    return [(d.block, _change(d), d.row, ours.get(d.row.get("id", 0))) for d in delivered]


def _keep_ours(session: Session, actor: Actor, delivered: Sequence[_Delivered], kept: Kept) -> None:
    """Put our values where a person rejected theirs; they are written back as they stand."""
    asked = {
        each.row["id"]: (each, kept[key_of(each.contract)])
        for each in delivered
        if each.was and key_of(each.contract) in kept
    }
    if not asked:
        return
    for ours in queries.values_of(session, actor, list(asked)):
        each, fields = asked[ours["id"]]
        for name in fields:
            for column in OF_STATE if name == "state" else (name,):
                if column in ours and column in each.row:
                    each.row[column] = ours[column]
            if name == "holder":
                each.keep_holder = True
        row = each.row
        yearly = row["gross_premium"] or row["net_premium"]
        instalments = states.instalments_of(row["frequency"])
        row["instalments"] = instalments
        row["instalment"] = (
            states.instalment(yearly, instalments) if yearly and instalments else None
        )


def _delivered(
    session: Session,
    actor: Actor,
    known: Registers,
    blocks: Sequence[ContractBlock],
    today: date,
) -> list[_Delivered]:
    found = []
    for block in blocks:
        contract = block.contract
        if contract is None:
            continue
        row = contract_row(contract, digest_of(block), known.currency, today)
        line_id = registers.line_id_of(session, actor, known, key_of(contract).line)
        name = contract.product_name
        owner = known.owner_of(contract.head.agency_key, contract.begin, today)
        row |= {
            "line_id": line_id,
            "product_id": registers.product_id_of(session, actor, known, name, line_id),
            "producer_id": owner.producer_id if owner else None,
            "firm_id": owner.firm_id if owner else None,
        }
        found.append(_Delivered(block, contract, row))
    return found


def _compare(
    session: Session, actor: Actor, known: Registers, delivered: Sequence[_Delivered]
) -> None:
    """Find what is known of each contract."""
    keys = [
        {name: each.row[name] for name in ("number_key", "line_id", "sequence")}
        for each in delivered
    ]
    before = {
        (row["number_key"], row["line_id"], row["sequence"]): row
        for row in queries.find_contracts(session, actor, known.insurer_id, keys)
    }
    for each in delivered:
        each.was = before.get(_key(each.row))
        if each.was:
            each.row["id"] = each.was["id"]
            if each.was["producer_id"] is not None:  # whose it is, is our fact
                each.row["firm_id"] = each.was["firm_id"]


def _key(row: Row) -> tuple[str, int, int]:
    return row["number_key"], row["line_id"], row["sequence"]


def _change(each: _Delivered) -> str:
    if each.was is None:
        return "new"
    same = each.was["source_digest"] == each.row["source_digest"]
    return "unchanged" if same else "changed"


def _write(
    session: Session,
    actor: Actor,
    known: Registers,
    work: Sequence[_Delivered],
    today: date,
) -> int:
    """Write what is new or changed; gives how many contracts nobody is known for."""
    _take_holders(session, actor, known, work)
    new = [each.row for each in work if each.was is None]
    changed = [each.row for each in work if each.was is not None]
    if new:
        ids = {
            _key(row): row["id"]
            for row in queries.add_contracts(session, actor, known.insurer_id, new)
        }
        for row in new:
            row["id"] = ids[_key(row)]
    if changed:
        queries.change_contracts(session, actor, changed)
        queries.drop_premiums(session, actor, [row["id"] for row in changed], today)
    rows = [each.row for each in work]
    queries.set_terms(session, actor, rows)
    queries.give_shares(session, actor, rows)
    queries.plan_premiums(session, actor, rows, today)
    doubtful = [row for row in rows if row["producer_id"] is None]
    return queries.doubt_producers(session, actor, doubtful) if doubtful else 0


def _take_holders(
    session: Session, actor: Actor, known: Registers, work: Sequence[_Delivered]
) -> None:
    """Write the policyholders; each contract's row then names its own."""
    delivered: dict[int, Row] = {}
    for index, each in enumerate(work):
        each.row["holder_id"] = None
        if not each.keep_holder and (party := each.block.holder):
            number = each.contract.customer_number_insurer
            holder = holder_row(known.insurer_id, key_of(each.contract), party, number)
            delivered[index] = holder | {"firm_id": each.row["firm_id"]}
    ids = holders.take(session, actor, list(delivered.values()))
    for index, holder in delivered.items():
        work[index].row["holder_id"] = ids[holders.key_of(holder)]


def _keep_raw(session: Session, actor: Actor, delivery_id: int, work: Sequence[_Delivered]) -> None:
    rows: list[Row] = []
    for each in work:
        kinds: dict[str, list[str]] = {}
        for record in (*each.block.raw.sub_lines, *each.block.raw.others):
            kinds.setdefault(record.record_type, []).append(record.text)
        rows.extend(
            {"contract_id": each.row["id"], "record_type": kind, "lines": texts}
            for kind, texts in kinds.items()
        )
    if rows:
        queries.keep_raw(session, actor, delivery_id, rows)


def _follow_states(session: Session, actor: Actor, work: Sequence[_Delivered]) -> None:
    """Cancel what is delivered as cancelled, reinstate what no longer is.

    A cut of our own (a clerk's) is never taken back by a delivery: the insurer may not know yet.
    """
    ids = [each.row["id"] for each in work]
    cuts: dict[int, list[Row]] = {}
    for cut in queries.standing_cuts(session, actor, ids):
        cuts.setdefault(cut["contract_id"], []).append(cut)
    ended, back = [], []
    for each in work:
        standing = cuts.get(each.row["id"], [])
        end = _end_of(each.row)
        if end and not any(_is_same(cut, end) for cut in standing):
            ended.append(end)
        delivered = all((cut["reason"] or "").startswith(FROM_DELIVERY) for cut in standing)
        if standing and delivered and not states.is_off(each.row["state"]):
            back.append(each.row["id"])
    if ended:
        contracts.cancel_all(session, actor, ended)
    if back:
        contracts.reinstate_all(session, actor, back)


def _end_of(row: Row) -> contracts.Cancellation | None:
    """The cut an ended contract asks for; without a day there is none."""
    if not states.is_off(row["state"]) or row["cancelled_on"] is None:
        return None
    reason = row["cancellation_reason"] or ""
    void = states.is_void(reason)
    text = f"{FROM_DELIVERY} {reason}".strip()
    return contracts.Cancellation(row["id"], row["cancelled_on"], void, text)


def _is_same(cut: Row, end: contracts.Cancellation) -> bool:
    """Whether the contract is off since that day already (a clerk's word for it counts)."""
    return bool(cut["on_day"] == end.day and cut["factor"] == 0 and cut["void"] == end.void)


def key_of_block(block: ContractBlock) -> ContractKey | None:
    """The key of a block's contract; None where there is nothing to recognise it by."""
    if block.contract is None or not block.contract.head.contract_key:
        return None
    return key_of(block.contract)
