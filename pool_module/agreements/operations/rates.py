"""Rate rules, kept by people: created, replaced, ended, withdrawn, copied.

A rule is never changed: what it said stays as known then. A change withdraws it and saves another;
what had been booked by it is corrected at the next settlement.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime

from pool_module.agreements import operations
from pool_module.agreements.errors import (
    NothingChosen,
    OverlapRefused,
    RuleCodeTaken,
    RuleDaysReversed,
    RuleReplaced,
)
from pool_module.agreements.operations import KEY_LOCK
from pool_module.agreements.queries import rates as queries
from pool_module.agreements.rules import RuleValues, days_before
from shared import audit
from shared.actor import Actor
from shared.db import Session
from shared.db.facts import fact_moment, lock, stretch, supersede
from shared.errors import Span
from shared.models.products import Rule

KIND_CODES = {
    "acquisition": "ACQ",
    "recurring": "REC",
    "dynamic": "DYN",
    "change": "CHA",
    "extension": "EXT",
    "fee": "FEE",
    "other": "OTH",
}


@dataclass
class Outcome:
    """What became of several rules: some done, some refused and why.

    Attributes:
        done: numbers of the rules that were made or ended.
        refused: (code, the rule in the way, its days, its number).
    """

    done: list[int] = field(default_factory=list)
    refused: list[tuple[str, str, Span | None, int | None]] = field(default_factory=list)


def create_rule(
    session: Session, actor: Actor, values: RuleValues, *, copied_from: int | None = None
) -> Rule:
    """Save a new rate rule.

    Raises:
        OverlapRefused: a rule of the same key holds on some of its days.
        RuleCodeTaken: another one has its code.
        RuleDaysReversed: it ends before it begins.
    """
    lock(session, KEY_LOCK)
    rule = _save(session, actor, values, copied_from=copied_from)
    audit.write(session, "created", "rule", rule.id, new=told(rule))
    return rule


def replace_rule(
    session: Session, actor: Actor, rule_id: int, values: RuleValues, *, day: date | None
) -> Rule:
    """Save a rule anew: from a day on, or as if it had never been otherwise.

    Args:
        session: the transaction.
        actor: who.
        rule_id: the rule as it was opened.
        values: as it is to be.
        day: the first day of the new one; the old one stands before it. None: a correction, the
            old one is withdrawn from every date.

    Raises:
        RuleReplaced: it was changed or withdrawn since it was opened.
        OverlapRefused: another rule of the same key holds on some of the days.
    """
    lock(session, KEY_LOCK)
    old = _standing(session, actor, rule_id)
    before = told(old)
    moment = fact_moment(session)
    kept = [] if day is None else _take_back(session, actor, old, day)
    supersede(session, Rule, moment, {"id": old.id})
    base = old.code.partition("/")[0]
    start = values.start if day is None else day
    if values.end is not None and start is not None and values.end <= start:
        raise RuleDaysReversed
    fresh = replace(values, start=start, code="" if values.code == old.code else values.code)
    rule = _save(session, actor, fresh, base=base, copied_from=old.id, moment=moment)
    for piece in kept:
        _save(session, actor, piece, base=base, copied_from=old.id, moment=moment)
    audit.write(session, "replaced", "rule", rule.id, old=before, new=told(rule))
    return rule


def end_rules(session: Session, actor: Actor, rule_ids: Sequence[int], day: date) -> Outcome:
    """End rules: ``day`` is the first on which they no longer hold; before it they stand.

    A rule that would begin on that day or later is withdrawn as a whole. What was booked for later
    days is corrected at the next settlement.

    Raises:
        NothingChosen: no rule was named.
    """

    def end(rule: Rule) -> None:
        moment = fact_moment(session)
        pieces = _take_back(session, actor, rule, day)
        base = rule.code.partition("/")[0]
        supersede(session, Rule, moment, {"id": rule.id})
        for piece in pieces:
            _save(session, actor, piece, base=base, copied_from=rule.id, moment=moment)
        audit.write(
            session, "ended", "rule", rule.id, old=told(rule), new={"from": day.isoformat()}
        )

    return _each(session, actor, rule_ids, end)


def withdraw_rules(session: Session, actor: Actor, rule_ids: Sequence[int]) -> Outcome:
    """Withdraw rules from every date, as if they had never been.

    What they had booked is corrected at the next settlement.

    Raises:
        NothingChosen: no rule was named.
    """

    def withdraw(rule: Rule) -> None:
        supersede(session, Rule, fact_moment(session), {"id": rule.id})
        audit.write(session, "withdrawn", "rule", rule.id, old=told(rule))

    return _each(session, actor, rule_ids, withdraw)


def activate_rules(
    session: Session, actor: Actor, rule_ids: Sequence[int], day: date | None
) -> Outcome:
    """Bring withdrawn or ended rules back, as new ones with the same values.

    Args:
        session: the transaction.
        actor: who.
        rule_ids: which.
        day: the first day they hold again, without end; None: on the days they held before.

    Raises:
        NothingChosen: no rule was named.
    """
    if not rule_ids:
        raise NothingChosen
    lock(session, KEY_LOCK)
    outcome = Outcome()
    for rule_id in dict.fromkeys(rule_ids):
        rule = queries.get_rule(session, actor, rule_id)
        values = values_of(rule)
        if day is not None:
            values = replace(values, start=day, end=None)
        _try(session, actor, outcome, rule.code, replace(values, code=""), origin=rule)
    return outcome


def copy_rule(session: Session, actor: Actor, rule_id: int, product_ids: Sequence[int]) -> Outcome:
    """Copy a rule to other products: as many new rules, each of its own from then on.

    Where a rule of the same key stands in the way nothing is made, and it is named.

    Raises:
        NothingChosen: no product was named.
    """
    if not product_ids:
        raise NothingChosen
    lock(session, KEY_LOCK)
    rule = queries.get_rule(session, actor, rule_id)
    outcome = Outcome()
    codes = queries.product_codes(session, actor, product_ids)
    for product_id, code in codes.items():
        values = replace(
            values_of(rule), product_id=product_id, line_id=None, insurer_id=None, code=""
        )
        _try(
            session,
            actor,
            outcome,
            code,
            values,
            origin=rule,
            base=f"{KIND_CODES[rule.kind]}-{code}",
        )
    return outcome


def values_of(rule: Rule) -> RuleValues:
    """A rule's values, to begin another with."""
    names = set(RuleValues.__dataclass_fields__) - {"start", "end"}
    return RuleValues(
        start=rule.valid.lower,
        end=rule.valid.upper,
        **{name: getattr(rule, name) for name in names},
    )


def told(rule: Rule) -> dict[str, object]:
    """A rule as the journal keeps it."""
    values = asdict(values_of(rule))
    for name in ("start", "end"):
        values[name] = values[name].isoformat() if values[name] else None
    values["rate"] = str(values["rate"])
    return {name: value for name, value in values.items() if value is not None}


def _standing(session: Session, actor: Actor, rule_id: int) -> Rule:
    rule = queries.get_rule(session, actor, rule_id, lock=True)
    if rule.superseded_at is not None:
        raise RuleReplaced(rule.code)
    return rule


def _each(
    session: Session, actor: Actor, rule_ids: Sequence[int], act: Callable[[Rule], None]
) -> Outcome:
    if not rule_ids:
        raise NothingChosen
    lock(session, KEY_LOCK)
    outcome = Outcome()
    for rule_id in dict.fromkeys(rule_ids):
        rule = queries.get_rule(session, actor, rule_id, lock=True)
        if rule.superseded_at is not None:
            outcome.refused.append((rule.code, "", None, None))
            continue
        act(rule)
        session.expire(rule)
        outcome.done.append(rule_id)
    return outcome


def _take_back(session: Session, actor: Actor, rule: Rule, day: date) -> list[RuleValues]:
    """What of a rule stays before a day, as rules of their own."""
    taken = (
        [(r.valid.lower, r.valid.upper) for r in queries.dated_siblings(session, actor, rule)]
        if rule.valid.upper is None
        else []
    )
    pieces = days_before((rule.valid.lower, rule.valid.upper), day, taken)
    return [replace(values_of(rule), start=s, end=e, code="") for s, e in pieces]


def _try(
    session: Session,
    actor: Actor,
    outcome: Outcome,
    name: str,
    values: RuleValues,
    *,
    origin: Rule,
    base: str | None = None,
) -> None:
    try:
        made = _save(
            session, actor, values, base=base or origin.code.partition("/")[0],
            copied_from=origin.id,
        )  # fmt: skip
    except OverlapRefused as refusal:
        outcome.refused.append((name, refusal.code, refusal.days, refusal.way_id))
        return
    audit.write(session, "copied", "rule", made.id, new=told(made) | {"copied_from": origin.id})
    outcome.done.append(made.id)


def _save(
    session: Session,
    actor: Actor,
    values: RuleValues,
    *,
    base: str = "",
    copied_from: int | None = None,
    moment: datetime | None = None,
) -> Rule:
    if values.start and values.end and values.end <= values.start:
        raise RuleDaysReversed
    kept = {k: v for k, v in asdict(values).items() if k not in {"start", "end", "code"}}
    rule = Rule(
        code=_code(session, actor, values, base),
        valid=stretch(values.start, values.end),
        copied_from_id=copied_from,
        **kept,
    )
    if moment is not None:
        rule.recorded_at = moment
    return operations.add_rule(session, actor, rule)


def _code(session: Session, actor: Actor, values: RuleValues, base: str) -> str:
    """The code given, or the first free one made from what the rule is."""
    if values.code:
        if values.code in queries.codes_like(session, actor, values.code):
            raise RuleCodeTaken(values.code)
        return values.code
    base = base or queries.code_of(session, actor, values, KIND_CODES[values.kind])
    taken = queries.codes_like(session, actor, base)
    if base not in taken:
        return base
    number = 2
    while f"{base}/{number}" in taken:
        number += 1
    return f"{base}/{number}"
