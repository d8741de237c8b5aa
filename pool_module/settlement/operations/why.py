"""Why an amount is what it is, for a line of a statement or any entry of the books.

The books answer for everybody (docs/decisions/0011); for staff the pipeline runs again with the
facts as known at that settlement, and adds the line of producers, the rates that lost and the facts
that came since. Nothing is written.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from pool_module.contracts.queries.records import get_contract
from pool_module.settlement import queries
from pool_module.settlement.engine.explain import Laid, lay_open
from pool_module.settlement.errors import LineUnknown
from pool_module.settlement.operations.runs import frame_of
from pool_module.settlement.queries import why as asking
from pool_module.settlement.queries.why import Line
from pool_module.settlement.rules import why as rules
from pool_module.settlement.rules.why import AtRisk, Entry, Fact, Key, Member, Why
from shared.actor import Actor
from shared.db import Session
from shared.money import ZERO
from shared.vocabulary import Door

COPIED = (
    "event_id", "producer_id", "producer", "payable", "reserve", "holder", "product", "insurer",
    "kind", "effective", "due", "level", "rate_of", "rate", "base", "share", "own_sale",
    "difference_from", "liability_end", "correction", "cause", "cause_on", "cause_factor",
    "cause_text", "corrects_from", "corrects_through", "corrects_number", "statement_id",
)  # fmt: skip


def why_line(session: Session, actor: Actor, statement_id: int, line_id: int, day: date) -> Why:
    """Explain a line of a statement, as far as the actor may see.

    Args:
        session: the transaction.
        actor: who asks.
        statement_id: the statement.
        line_id: one of its lines.
        day: today, for what a cancellation would take back.

    Raises:
        LineUnknown: it is not in his reach.
    """
    line = asking.get_line(session, actor, statement_id, line_id)
    key = Key(line.run_id, line.line.event_id, line.line.producer_id)
    return _explain(session, actor, key, day, line)


def why_entry(session: Session, actor: Actor, key: Key, day: date) -> Why:
    """Explain an entry of the books, or of a draft.

    Raises:
        LineUnknown: there is none in his reach, or this run booked nothing of it.
    """
    answer = asking.ask(session, actor, key)
    here = (key.run_id, key.producer_id)
    if here not in {(row["run_id"], row["producer_id"]) for row in answer["booked"]}:
        raise LineUnknown
    if actor.organisation_ids is not None:  # the books know every contract, the reader does not
        get_contract(session, actor, answer["event"]["contract_id"])
    return _explain(
        session, actor, key, day, asking.find_line_of(session, actor, key), answer=answer
    )


def _explain(
    session: Session,
    actor: Actor,
    key: Key,
    day: date,
    line: Line | None,
    *,
    answer: dict[str, Any] | None = None,
) -> Why:
    answer = answer or asking.ask(session, actor, key)
    laid = _lay_open(session, actor, key) if actor.door is not Door.EXTRANET else None
    entry = _entry_of_line(line, answer) if line else _entry(answer, laid, key)
    versions = rules.versions_of(answer, key.producer_id)
    rule = rules.rule_of(answer)
    return Why(
        entry=entry,
        income=rules.income_of(answer),
        source=rules.source_of(answer),
        pieces=rules.pieces_of(answer, key.producer_id),
        steps=rules.steps_of(entry, answer, versions, rule),
        rule=rule,
        lost=rules.lost_of(_own_rules(laid)),
        members=_members(laid),
        versions=versions,
        facts=_facts(laid),
        at_risk=_at_risk(session, actor, key, day),
    )


def _lay_open(session: Session, actor: Actor, key: Key) -> Laid:
    run = queries.get_run(session, actor, key.run_id)
    return lay_open(
        session,
        frame_of(session, actor, run),
        run_id=key.run_id,
        event_id=key.event_id,
        producer_id=key.producer_id,
        since=run.previous_known_at,
    )


def _entry_of_line(line: Line, answer: dict[str, Any]) -> Entry:
    last = [r for r in answer["booked"] if r["run_id"] == line.run_id]
    return Entry(
        **{name: getattr(line.line, name) for name in COPIED},
        run_id=line.run_id,
        line_id=line.line.id,
        currency=line.currency,
        statement_number=line.number,
        contract_id=answer["event"]["contract_id"],
        contract=line.line.contract_number,
        ref=line.line.event_ref,
        period=last[0]["period"],
    )


def _entry(answer: dict[str, Any], laid: Laid | None, key: Key) -> Entry:
    """An entry that stands on no statement yet: described from the calculation."""
    event = answer["event"]
    own = [r for r in answer["booked"] if r["producer_id"] == key.producer_id]
    here = [r for r in own if r["run_id"] == key.run_id]
    mine = [m for m in laid.lines if m["producer_id"] == key.producer_id] if laid else []
    taking = [m for m in mine if m["piece"] is not None]
    sign = laid.event["sign"] if laid else 1
    return Entry(
        run_id=key.run_id,
        event_id=key.event_id,
        producer_id=key.producer_id,
        producer=own[0]["producer"],
        payable=sum((Decimal(r["payable"]) for r in here), ZERO),
        reserve=sum((Decimal(r["reserve"]) for r in here), ZERO),
        currency=event["currency"],
        contract_id=event["contract_id"],
        contract=event["contract"],
        holder=event["holder"],
        product=event["product"],
        insurer=event["insurer"],
        kind=event["kind"],
        ref=event["ref"],
        effective=date.fromisoformat(event["effective"]),
        due=date.fromisoformat(event["due"]),
        period=(here or own)[0]["period"],
        level=mine[0]["level"] if mine else None,
        rate_of=taking[0]["rate_of"] if taking else None,
        rate=taking[0]["rate"] if taking else None,
        base=sum((sign * m[_base_of(m)] for m in taking), ZERO) if taking else None,
        share=sum((m["share"] for m in taking), ZERO) if taking else None,
        own_sale=any(m["depth"] == 0 for m in taking),
        liability_end=_liability_end(laid),
        correction=len(own) > 1,
    )


def _base_of(member: Any) -> str:
    return {"received": "received", "unit": "units"}.get(member["rate_of"], "basis")


def _liability_end(laid: Laid | None) -> date | None:
    if laid is None or not laid.event["liability_months"]:
        return None
    end: date = laid.event["liability_end"]
    return end


def _own_rules(laid: Laid | None) -> list[Any]:
    return next((rules for rules in laid.rules.values() if rules), []) if laid else []


def _members(laid: Laid | None) -> tuple[Member, ...]:
    names = (
        "position", "depth", "share", "level", "rule", "rate_of", "rate", "gross", "top", "piece",
        "reserve", "passed_over",
    )  # fmt: skip
    return tuple(
        Member(producer=row["producer_name"], **{name: row[name] for name in names})
        for row in (laid.lines if laid else ())
    )


def _facts(laid: Laid | None) -> tuple[Fact, ...]:
    return tuple(
        Fact(
            row["fact"],
            row["subject"],
            row["value"],
            row["valid"].lower,
            row["recorded_at"],
            row["recorded_by"],
            row["reason"],
        )
        for row in (laid.facts if laid else ())
    )


def _at_risk(session: Session, actor: Actor, key: Key, day: date) -> AtRisk | None:
    found = asking.at_risk(session, actor, key, day)
    if found is None:
        return None
    end, amount, held = found
    if day >= end or not amount:
        return None
    return AtRisk(end, day, amount, min(held, amount) if amount > 0 else ZERO)
