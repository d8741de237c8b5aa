"""Invalid steps: one made for a world in which it must be refused.

Each function returns a step, or None where the world so far has nothing to break this way.
Those in SEMANTIC need what earlier steps come to; the others show by the file alone.
"""

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from tests.oracle.builder import Builder, Step
from tests.oracle.fields import STEPS

FEE: Final = {"kind": "fee", "from": "2020-01-01"}
JUNK: Final[tuple[object, ...]] = (
    "1,5",
    "",
    "NaN",
    "0x10",
    "1_0",
    " 1",
    "1.",
    "--1",
    "1e",
    None,
    True,
    [],
    {},
)


def _some_step(b: Builder) -> tuple[str, dict[str, Any]] | None:
    """Copy one of the steps so far."""
    if not b.steps:
        return None
    [(name, fields)] = copy.deepcopy(b.pick(b.steps)).items()
    return name, fields


def no_step(b: Builder) -> Step:
    """Draw what is no step at all."""
    return b.pick(({"teapot": {}}, {}, {"settle": {}, "hold": {}}, {"settle": []}))


def unknown_field(b: Builder) -> Step | None:
    """Repeat a step with a field too many."""
    some = _some_step(b)
    return some and {some[0]: {**some[1], "colour": "red"}}


def missing_field(b: Builder) -> Step | None:
    """Repeat a step with a field too few."""
    some = _some_step(b)
    if some is None:
        return None
    name, fields = some
    del fields[b.pick(tuple(STEPS[name][0]))]
    return {name: fields}


def wrong_type(b: Builder) -> Step | None:
    """Repeat a step with an object where none belongs."""
    some = _some_step(b)
    if some is None:
        return None
    name, fields = some
    return {name: {**fields, b.pick(tuple(fields)): {"no": "object"}}}


def junk_amount(b: Builder) -> Step:
    """Draw an amount that is no number."""
    return {"adjust": {"payee": "A", "on": "2024-01-01", "amount": b.pick(JUNK), "text": "junk"}}


def junk_day(b: Builder) -> Step:
    """Draw a day that is none."""
    days = ("2024-02-30", "20240131", "2024-W05-3", "31.01.2024", "", None, 20240131)
    return {"hold": {"payee": "A", "from": b.pick(days)}}


def too_many_decimals(b: Builder) -> Step:
    """Draw a number with a decimal too many."""
    rule = {**FEE, "code": "new", "of": "basis", "rate": "0.123456789"}
    adjust = {"payee": "A", "on": "2024-01-01", "amount": "0.001", "text": "decimals"}
    reduce = {"contract": "C1", "on": "2024-01-01", "to": "0.1234567"}
    dates = {"effective": "2024-01-01", "due": "2024-01-01"}
    event = {"ref": "new", "contract": "C1", "kind": "fee", **dates, "units": "0.00001"}
    return b.pick(({"rule": rule}, {"adjust": adjust}, {"reduce": reduce}, {"event": event}))


def unknown_word(b: Builder) -> Step:
    """Draw a word that is not in its set."""
    rule = {**FEE, "code": "new", "of": "basis", "rate": "1"}
    terms = {**FEE, "insurer": "I1", "liability_months": 1}
    return b.pick(
        (
            {"rule": {**rule, "kind": "bonus"}},
            {"rule": {**rule, "of": "premium"}},
            {"agreement": {**terms, "earning": "linear"}},
            {"agreement": {**terms, "reserve_release": "never"}},
        )
    )


def too_many_scopes(b: Builder) -> Step:
    """Draw a rule or agreement that names two things where one is asked for, or none."""
    rule = {**FEE, "code": "new", "of": "basis", "rate": "1"}
    terms = {**FEE, "liability_months": 1}
    return b.pick(
        (
            {"rule": {**rule, "line": "life", "insurer": "I1"}},
            {"rule": {**rule, "group": "G1", "level": "L1"}},
            {"rule": {**rule, "division": "D1", "organisation": "O1"}},
            {"agreement": {**terms, "line": "life", "insurer": "I1"}},
            {"agreement": terms},
        )
    )


def ends_too_early(b: Builder) -> Step:
    """Draw a stretch that ends when or before it begins."""
    start = b.day()
    end = start - timedelta(days=b.number(0, 40))
    return {"hold": {"payee": "A", "from": start.isoformat(), "to": end.isoformat()}}


def shares_not_one(b: Builder) -> Step | None:
    """Draw a contract whose shares are a little off."""
    if not b.world.products:
        return None
    producers = tuple(b.world.producers)
    parts = b.pick((("0.999999",), ("0.5", "0.500001"), (), ("0.333333",) * 3, ("1.5", "-0.5")))
    shares = [{"producer": b.pick(producers), "share": part} for part in parts]
    product = b.pick(tuple(b.world.products))
    return {"contract": {"number": "new", "product": product, "shares": shares}}


def unknown_code(b: Builder) -> Step:
    """Draw a step that names what was never stated."""
    dates = {"effective": "2024-01-01", "due": "2024-01-01"}
    shares = [{"producer": "X", "share": 1}]
    return b.pick(
        (
            {"career": {"producer": "X", "level": "L1", "from": "2024-01-01"}},
            {"cancel": {"contract": "X", "on": "2024-01-01"}},
            {"reinstate": {"contract": "X"}},
            {"withdraw_rule": {"code": "X"}},
            {"event": {"ref": "new", "contract": "X", "kind": "fee", **dates}},
            {"contract": {"number": "new", "product": "X", "shares": shares}},
            {"rule": {**FEE, "code": "new", "of": "unit", "rate": 1, "product": "X"}},
        )
    )


def repeated_code(b: Builder) -> Step | None:
    """State a contract, an event or a rule once more."""
    once = [step for step in b.steps if next(iter(step)) in {"contract", "event", "rule"}]
    return copy.deepcopy(b.pick(once)) if once else None


def settled_before(b: Builder) -> Step | None:
    """Settle through the same day again, or an earlier one."""
    if b.world.settled is None:
        return None
    through = b.world.settled - timedelta(days=b.number(0, 31))
    return {"settle": {"through": through.isoformat()}}


def overlapping_rule(b: Builder) -> Step | None:
    """State a standing rule again under another code."""
    standing = {rule.code for rule in b.world.standing_rules()}
    rules = [
        step["rule"] for step in b.steps if "rule" in step and step["rule"]["code"] in standing
    ]
    return {"rule": {**b.pick(rules), "code": "new", "rate": "0.5"}} if rules else None


def overlapping_agreement(b: Builder) -> Step | None:
    """State an agreement again with other terms."""
    agreements = [step["agreement"] for step in b.steps if "agreement" in step]
    if not agreements:
        return None
    return {"agreement": {**b.pick(agreements), "liability_months": 99}}


def cycle(b: Builder) -> Step | None:
    """Place a producer below himself, or below one who stands under him on that day."""
    if not b.world.producers:
        return None
    below = b.pick(tuple(b.world.producers))
    day = b.day()
    above = below
    for _ in range(b.number(0, 3)):
        above = b.world.producers[above].parent.at(day) or above
    return {"placement": {"producer": above, "parent": below, "from": day.isoformat()}}


def factor_above(b: Builder) -> Step | None:
    """Cut a contract to more than what is in force."""
    cut = [contract for contract in b.world.contracts.values() if contract.cuts]
    cut = [contract for contract in cut if contract.cuts[-1].factor < 1]
    if not cut:
        return None
    contract = b.pick(cut)
    on = contract.cuts[-1].on + timedelta(days=b.number(1, 400))
    return {"reduce": {"contract": contract.number, "on": on.isoformat(), "to": "1"}}


Break = Callable[[Builder], Step | None]

BY_ITSELF: Final[tuple[Break, ...]] = (
    no_step,
    unknown_field,
    missing_field,
    wrong_type,
    junk_amount,
    junk_day,
    too_many_decimals,
    unknown_word,
    too_many_scopes,
    ends_too_early,
    shares_not_one,
    unknown_code,
    repeated_code,
    settled_before,
)
SEMANTIC: Final[tuple[Break, ...]] = (
    overlapping_rule,
    overlapping_agreement,
    cycle,
    factor_above,
)
