"""Recording one step in the world, or refusing it (settlement rules, "Facts").

A refused step leaves the world as it was.
"""

from datetime import date
from fractions import Fraction
from typing import Any, Final, TypeVar

from tests.oracle.refusal import RefusalError
from tests.oracle.timeline import Timeline, covers, overlap
from tests.oracle.world import (
    Adjustment,
    Agreement,
    Contract,
    Cut,
    Event,
    Producer,
    Product,
    Rule,
    Shares,
    World,
)

T = TypeVar("T")
Fields = dict[str, Any]


def _known(things: dict[str, T], field: str, code: str) -> T:
    if code not in things:
        raise RefusalError(field, f"unknown: {code}")
    return things[code]


def _new(things: dict[str, T], field: str, code: str) -> None:
    if code in things:
        raise RefusalError(field, f"repeated: {code}")


def _named(values: Fields, names: tuple[str, ...]) -> tuple[str, str] | None:
    for name in names:
        if name in values:
            return name, values[name]
    return None


def _producer(world: World, values: Fields) -> None:
    code: str = values["code"]
    payee: str = values.get("payee", code)
    if code in world.producers:
        world.producers[code].payee = payee  # the house flag stays
    else:
        world.producers[code] = Producer(code, payee, values.get("house", False))


def _product(world: World, values: Fields) -> None:
    product = Product(**values)
    if world.products.get(product.code, product) != product:
        raise RefusalError("code", f"repeated: {product.code}")
    world.products[product.code] = product


def _refuse_cycle(world: World, child: str, values: Fields) -> None:
    """Walk up from the new parent on every day of the stretch on which the tree may change."""
    start, end = values["from"], values.get("to")
    borders = {day for one in world.producers.values() for day in one.parent.borders()}
    for day in sorted({start} | {day for day in borders if covers(start, end, day)}):
        above: str | None = values["parent"]
        while above is not None and above != child:
            above = world.producers[above].parent.at(day)
        if above == child:
            raise RefusalError("parent", f"{child} would stand above himself on {day}")


def _placement(world: World, values: Fields) -> None:
    child = _known(world.producers, "producer", values["producer"])
    _known(world.producers, "parent", values["parent"])
    _refuse_cycle(world, child.code, values)
    child.parent.record(values["from"], values.get("to"), values["parent"])


def _dated(world: World, values: Fields, timeline: str, value: str) -> None:
    producer = _known(world.producers, "producer", values["producer"])
    getattr(producer, timeline).record(values["from"], values.get("to"), values[value])


def _career(world: World, values: Fields) -> None:
    _dated(world, values, "level", "level")


def _status(world: World, values: Fields) -> None:
    _dated(world, values, "active", "active")


def _group(world: World, values: Fields) -> None:
    _dated(world, values, "group", "group")


def _reserve(world: World, values: Fields) -> None:
    _dated(world, values, "reserve", "rate")


def _rule(world: World, values: Fields) -> None:
    _new(world.rules, "code", values["code"])
    if "product" in values:
        _known(world.products, "product", values["product"])
    if "producer" in values:
        _known(world.producers, "producer", values["producer"])
    rule = Rule(
        code=values["code"],
        kind=values["kind"],
        scope=_named(values, ("product", "line", "insurer")),
        who=_named(values, ("producer", "group", "level")),
        where=_named(values, ("division", "organisation")),
        of=values["of"],
        rate=values["rate"],
        stretch=(values["from"], values.get("to")),
    )
    for other in world.standing_rules():
        if other.key == rule.key and overlap(other.stretch, rule.stretch):
            raise RefusalError("from", f"overlaps {other.code}")
    world.rules[rule.code] = rule


def _withdraw_rule(world: World, values: Fields) -> None:
    _known(world.rules, "code", values["code"])
    if values["code"] in world.withdrawn:
        raise RefusalError("code", "withdrawn before")
    world.withdrawn.add(values["code"])


def _agreement(world: World, values: Fields) -> None:
    if "product" in values:
        _known(world.products, "product", values["product"])
    scope = _named(values, ("product", "line", "insurer"))
    assert scope is not None, "checked when the fields were read"
    agreement = Agreement(
        kind=values["kind"],
        scope=scope,
        liability_months=values["liability_months"],
        full_liability_months=values.get("full_liability_months", 0),
        earning=values.get("earning", "linear_monthly"),
        reserve_rate=values.get("reserve_rate", Fraction(0)),
        reserve_release=values.get("reserve_release", "at_end"),
        stretch=(values["from"], values.get("to")),
    )
    for other in world.agreements:
        same = (other.kind, other.scope) == (agreement.kind, agreement.scope)
        if same and overlap(other.stretch, agreement.stretch):
            raise RefusalError("from", f"overlaps the one from {other.stretch[0]}")
    world.agreements.append(agreement)


def _known_shares(world: World, shares: Shares) -> Shares:
    for producer, _ in shares:
        _known(world.producers, "shares", producer)
    return shares


def _contract(world: World, values: Fields) -> None:
    _new(world.contracts, "number", values["number"])
    product = _known(world.products, "product", values["product"])
    shares: Timeline[Shares] = Timeline()
    shares.record(None, None, _known_shares(world, values["shares"]))
    world.contracts[values["number"]] = Contract(
        number=values["number"],
        product=product,
        applied=values.get("applied"),
        issued=values.get("issued"),
        organisation=values.get("organisation"),
        division=values.get("division"),
        shares=shares,
    )


def _shares(world: World, values: Fields) -> None:
    contract = _known(world.contracts, "contract", values["contract"])
    shares = _known_shares(world, values["shares"])
    contract.shares.record(values["from"], values.get("to"), shares)


def _cut(world: World, values: Fields, cut: Cut) -> None:
    contract = _known(world.contracts, "contract", values["contract"])
    if cut.factor > contract.factor_before(cut.on):
        raise RefusalError("to", "above the factor in force just before")
    contract.cuts = [*(one for one in contract.cuts if one.on < cut.on), cut]


def _cancel(world: World, values: Fields) -> None:
    _cut(world, values, Cut(values["on"], Fraction(0), values.get("void", False)))


def _reduce(world: World, values: Fields) -> None:
    _cut(world, values, Cut(values["on"], values["to"]))


def _reinstate(world: World, values: Fields) -> None:
    _known(world.contracts, "contract", values["contract"]).cuts = []


def _event(world: World, values: Fields) -> None:
    _new(world.events, "ref", values["ref"])
    contract = _known(world.contracts, "contract", values["contract"])
    zero = Fraction(0)
    amounts = {name: values.get(name, zero) for name in ("basis", "received", "units")}
    world.events[values["ref"]] = Event(
        ref=values["ref"],
        contract=contract,
        kind=values["kind"],
        effective=values["effective"],
        due=values["due"],
        **amounts,
    )


def _adjust(world: World, values: Fields) -> None:
    world.adjustments.append(Adjustment(values["payee"], values["on"], values["amount"]))


def _tax(world: World, values: Fields) -> None:
    world.withholdings[values["payee"]] = values["withholdings"]


def _hold(world: World, values: Fields) -> None:
    world.holds.setdefault(values["payee"], []).append((values["from"], values.get("to")))


def _settle(world: World, values: Fields) -> None:
    through: date = values["through"]
    if world.settled is not None and through <= world.settled:
        raise RefusalError("through", f"not later than {world.settled}")
    world.settled = through


RECORD: Final = {
    "producer": _producer,
    "product": _product,
    "placement": _placement,
    "career": _career,
    "status": _status,
    "group": _group,
    "reserve": _reserve,
    "rule": _rule,
    "withdraw_rule": _withdraw_rule,
    "agreement": _agreement,
    "contract": _contract,
    "shares": _shares,
    "cancel": _cancel,
    "reduce": _reduce,
    "reinstate": _reinstate,
    "event": _event,
    "adjust": _adjust,
    "tax": _tax,
    "hold": _hold,
    "settle": _settle,
}


def record(world: World, name: str, values: Fields) -> None:
    """Record one step whose fields were read, or refuse it and change nothing."""
    RECORD[name](world, values)
