"""Lines become events, evidence or discrepancies.

Settlement rules, "From a delivery to events".
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeAlias

from pool_module.incoming.operations.registers import Registers
from pool_module.incoming.queries import clawbacks as clawback_queries
from pool_module.incoming.queries import lines as line_queries
from pool_module.incoming.rules import clawbacks, judging
from pool_module.incoming.rules.agreements import Scope
from pool_module.incoming.rules.clawbacks import ClawbackState
from pool_module.incoming.rules.judging import Standing
from pool_module.incoming.rules.line import Candidate, Line, Outcome, Terms, Verdict, discrepancy
from pool_module.incoming.rules.matching import pick
from shared.actor import Actor
from shared.db import Session
from shared.vocabulary import DiscrepancyCause

Accepted: TypeAlias = Mapping[str, Collection[str]]
REPEATED = "@"
"""Stands in the key of a line that another file had brought before."""


@dataclass(frozen=True, slots=True)
class _Contract:
    """A candidate with what judging needs beside it."""

    candidate: Candidate
    scope: Scope
    has_shares: bool


@dataclass(frozen=True, slots=True)
class _Matched:
    line: Line
    contract: _Contract
    terms: Terms | None


def book(
    session: Session,
    actor: Actor,
    known: Registers,
    lines: Sequence[Line],
    *,
    today: date,
    sha256: str | None = None,
    accepted: Accepted | None = None,
) -> dict[str, Verdict]:
    """Decide lines, and record the events of those that are events.

    Clawbacks come last, so that they are weighed against what the same delivery brings.

    Args:
        session: the transaction.
        actor: who does it.
        known: the insurer's registers.
        lines: any number of lines of one insurer, not booked yet.
        today: stands in for a missing booking date.
        sha256: digest of the file they are in; None = lines of earlier files.
        accepted: per source key the causes a person has taken upon himself.

    Returns:
        The verdict per source key.
    """
    accepted = accepted or {}
    verdicts = {line.source_key: Verdict(Outcome.NOTED) for line in lines if judging.is_empty(line)}
    left = [line for line in lines if line.source_key not in verdicts]
    matched, unmatched = _match(session, actor, known, left, today)
    verdicts |= unmatched
    twins = _twins(session, actor, matched, today, sha256)
    claims: list[_Matched] = []
    for each in matched:
        key = each.line.source_key
        verdict = _judge(each, today, accepted.get(key, ()), twin=key in twins)
        if verdict is None:
            claims.append(each)
        else:
            verdicts[key] = verdict
    _weigh_returns(session, actor, matched, verdicts, accepted)
    _record(session, actor, matched, verdicts)
    if claims:
        found = _weigh(session, actor, claims, today, accepted)
        _record(session, actor, claims, found)
        verdicts |= found
    return verdicts


def _match(
    session: Session,
    actor: Actor,
    known: Registers,
    lines: Sequence[Line],
    today: date,
) -> tuple[list[_Matched], dict[str, Verdict]]:
    """Find each line's contract; lines that have none get their verdict."""
    contracts = _contracts(session, actor, known, {line.number_key for line in lines})
    matched: list[_Matched] = []
    verdicts: dict[str, Verdict] = {}
    for line in lines:
        here = contracts.get(line.number_key, {})
        found = pick(line, [each.candidate for each in here.values()])
        if isinstance(found, DiscrepancyCause):
            verdicts[line.source_key] = discrepancy(found, contracts=len(here))
            continue
        contract = here[found.contract_id]
        day = judging.effective_day(line, found, today)
        terms = known.terms_of(line.kind or "", contract.scope, day)
        matched.append(_Matched(line, contract, terms))
    return matched, verdicts


def _contracts(
    session: Session, actor: Actor, known: Registers, number_keys: set[str]
) -> dict[str, dict[int, _Contract]]:
    keys = sorted(number_keys - {""})
    found: dict[str, dict[int, _Contract]] = defaultdict(dict)
    rows = line_queries.find_candidates(session, actor, known.insurer_id, keys) if keys else []
    for row in rows:
        candidate = Candidate(
            contract_id=row["contract_id"],
            line_key=row["line_key"],
            sequence=row["sequence"],
            begin_on=row["begin_on"],
            product_id=row["product_id"],
            currency=row["currency"],
            state=row["state"],
        )
        scope = Scope(row["product_id"], row["line_id"], row["insurer_id"])
        found[row["number_key"]][candidate.contract_id] = _Contract(
            candidate, scope, row["has_shares"]
        )
    return found


def _twins(
    session: Session,
    actor: Actor,
    matched: Sequence[_Matched],
    today: date,
    sha256: str | None,
) -> set[str]:
    """Lines that were booked before: delivered again, or in another file's shape."""
    repeated = {m.line.source_key for m in matched if REPEATED in m.line.source_key}
    rows: list[dict[str, object]] = [
        {
            "source_key": m.line.source_key,
            "contract_id": m.contract.candidate.contract_id,
            "kind": m.line.kind,
            "due": m.line.booked_on or today,
            "amount": m.line.amount,
        }
        for m in matched
    ]
    found = line_queries.find_twins(session, actor, rows, sha256) if rows else set()
    return repeated | found


def _judge(each: _Matched, today: date, accepted: Collection[str], *, twin: bool) -> Verdict | None:
    standing = Standing(
        contract=each.contract.candidate,
        terms=each.terms,
        has_shares=each.contract.has_shares,
        twin=twin,
    )
    return judging.judge(each.line, standing, today, accepted)


def _weigh_returns(
    session: Session,
    actor: Actor,
    matched: Sequence[_Matched],
    verdicts: dict[str, Verdict],
    accepted: Accepted,
) -> None:
    """Look again at money that comes in where clawbacks were delivered before."""
    incoming = [
        m
        for m in matched
        if m.terms
        and m.terms.liability_months > 0
        and m.line.amount > 0
        and (found := verdicts.get(m.line.source_key))
        and found.outcome is Outcome.EVENT
        and DiscrepancyCause.CLAWBACK_DIFFERS not in accepted.get(m.line.source_key, ())
    ]
    ids = sorted({m.contract.candidate.contract_id for m in incoming})
    touched = clawback_queries.contracts_with_evidence(session, actor, ids) if ids else set()
    if not touched:
        return
    states = _states(session, actor, touched)
    for each in incoming:
        contract_id = each.contract.candidate.contract_id
        state = states.get((contract_id, each.line.kind or ""), ClawbackState())
        verdict = clawbacks.takes_back_evidence(each.line, state)
        if verdict:
            verdicts[each.line.source_key] = replace(verdict, contract_id=contract_id)
            evidence = state.evidence + (
                each.line.amount if verdict.outcome is Outcome.EVIDENCE else 0
            )
            states[contract_id, each.line.kind or ""] = replace(state, evidence=evidence)


def _weigh(
    session: Session,
    actor: Actor,
    claims: Sequence[_Matched],
    today: date,
    accepted: Accepted,
) -> dict[str, Verdict]:
    """Weigh the clawbacks of each contract and kind together."""
    groups: dict[tuple[int, str], list[Line]] = defaultdict(list)
    for each in claims:
        groups[each.contract.candidate.contract_id, each.line.kind or ""].append(each.line)
    states = _states(session, actor, {contract_id for contract_id, _ in groups})
    verdicts: dict[str, Verdict] = {}
    for (contract_id, kind), lines in groups.items():
        state = states.get((contract_id, kind)) or states.get((contract_id, "")) or ClawbackState()
        common = set.intersection(*(set(accepted.get(line.source_key, ())) for line in lines))
        found = clawbacks.weigh(lines, contract_id, state, today, common)
        verdicts |= {line.source_key: verdict for line, verdict in zip(lines, found, strict=True)}
    return verdicts


def _states(
    session: Session, actor: Actor, contract_ids: Collection[int]
) -> dict[tuple[int, str], ClawbackState]:
    """What stands per contract and kind; the empty kind for a contract that is cut at all."""
    return {
        (row["contract_id"], row["kind"] or ""): ClawbackState(
            change=row["change"],
            evidence=row["evidence"],
            events=row["events"],
            last_cut=row["last_cut"],
            off=row["off"],
        )
        for row in clawback_queries.clawback_states(session, actor, sorted(contract_ids))
    }


def _record(
    session: Session,
    actor: Actor,
    matched: Sequence[_Matched],
    verdicts: Mapping[str, Verdict],
) -> None:
    rows = [
        row_of(m.line, verdict)
        for m in matched
        if (verdict := verdicts.get(m.line.source_key)) and verdict.outcome is Outcome.EVENT
    ]
    if rows:
        line_queries.add_events(session, actor, rows)


def row_of(line: Line, verdict: Verdict) -> dict[str, Any]:
    """A line with its verdict, as the statements that write it take it."""
    return {
        "source_key": line.source_key,
        "row_number": line.row,
        "outcome": verdict.outcome.value,
        "kind": line.kind,
        "contract_number": line.contract_number,
        "number_key": line.number_key,
        "line_key": line.line_key,
        "product_name": line.product_name,
        "agency_number": line.agency_number,
        "booked_on": line.booked_on,
        "period_from": line.period_from,
        "period_to": line.period_to,
        "base": line.base,
        "rate": line.rate,
        "rate_unit": line.rate_unit,
        "gross": line.amount,
        "reserve": line.reserve,
        "net": line.net,
        "currency": line.currency,
        "contract_id": verdict.contract_id,
        "raw": line.raw
        | {
            "sequence": line.sequence,
            "agency_key": line.agency_key,
            "correction": line.correction,
            "storno": line.storno,
        },
        "effective": verdict.effective,
        "due": verdict.due,
        "cause": verdict.cause.value if verdict.cause else None,
        "expected": verdict.expected,
        "details": verdict.details,
    }


def line_from(row: Mapping[str, Any]) -> Line:
    """A line as it was kept; the reverse of ``row_of``."""
    raw = dict(row["raw"])
    return Line(
        source_key=row["source_key"],
        row=row["row_number"],
        kind=row["kind"],
        amount=row["gross"],
        contract_number=row["contract_number"] or "",
        number_key=row["number_key"] or "",
        line_key=row["line_key"],
        sequence=raw.pop("sequence", None),
        product_name=row["product_name"] or "",
        agency_number=row["agency_number"] or "",
        agency_key=raw.pop("agency_key", ""),
        booked_on=row["booked_on"],
        period_from=row["period_from"],
        period_to=row["period_to"],
        base=row["base"],
        rate=row["rate"],
        rate_unit=row["rate_unit"],
        reserve=row["reserve"],
        net=row["net"],
        currency=row["currency"] or "",
        correction=raw.pop("correction", False),
        storno=raw.pop("storno", False),
        raw=raw,
    )
