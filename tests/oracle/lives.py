"""Drawing what happens: contracts, events, cuts, and facts that come to be known late."""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final

from tests.oracle.arithmetic import add_months
from tests.oracle.builder import DAYS, Builder
from tests.oracle.plans import (
    DIVISIONS,
    FIRMS,
    GROUPS,
    LEVELS,
    ORGANISATIONS,
    RESERVE_RATES,
    draw_agreement,
    draw_rule,
)
from tests.oracle.world import Contract

MOST_EVENTS: Final = 12
PARTS: Final = (
    ("1",),
    ("0.5", "0.5"),
    ("0.6", "0.4"),
    ("0.333333", "0.333333", "0.333334"),
    ("0.000001", "0.999999"),
    ("0.142857", "0.285714", "0.571429"),
    ("0.25", "0.125", "0.3", "0.325"),
    ("0.7", "0", "0.3"),
)
FACTORS: Final = ("0.6", "0.5", "0.333333", "0.9", "0.000001", "1", "0")
UNITS: Final = ("40", "1", "0.3333", "12.5", "0.0001")
TAXES: Final = (
    (("ПДФО", "0.18"), ("військовий збір", "0.05")),
    (("ПДФО", "0.18"),),
    (),
)  # fmt: skip

Kinds = tuple[str, ...]


def _shares(b: Builder) -> list[dict[str, Any]]:
    producers = tuple(b.world.producers)
    parts = b.pick(PARTS)
    first = b.number(0, len(producers) - 1)
    step = b.number(1, 3)
    return [
        {"producer": producers[(first + place * step) % len(producers)], "share": b.written(part)}
        for place, part in enumerate(parts)
    ]


def draw_contract(b: Builder) -> None:
    """Draw a contract of one to four sellers."""
    applied = None if b.chance(3) else b.day().isoformat()
    issued = None if b.chance(3) else b.day().isoformat()
    b.add(
        "contract",
        {
            "number": f"C{len(b.world.contracts) + 1}",
            "product": b.pick(tuple(b.world.products)),
            "applied": applied,
            "issued": issued,
            "organisation": b.maybe(2, ORGANISATIONS),
            "division": b.maybe(2, DIVISIONS),
            "shares": _shares(b),
        },
    )


def _signed(b: Builder, amount: float | str) -> float | str:
    if not b.chance(8):
        return amount
    return f"-{amount}" if isinstance(amount, str) else -amount


def draw_event(b: Builder, kinds: Kinds) -> None:
    """Draw an event; its amounts may be missing, negative, or differ in sign."""
    if len(b.world.events) >= MOST_EVENTS:
        return
    effective = b.day()
    due = effective if b.chance(2) else effective + timedelta(days=b.pick((0, 15, 40, -30)))
    number = len(b.world.events) + 1
    b.add(
        "event",
        {
            "ref": f"{'e' if b.chance(4) else 'E'}{number}",
            "contract": b.pick(tuple(b.world.contracts)),
            "kind": b.pick(kinds),
            "effective": effective.isoformat(),
            "due": due.isoformat(),
            "basis": None if b.chance(8) else _signed(b, b.amount()),
            "received": None if b.chance(8) else _signed(b, b.amount()),
            "units": _signed(b, b.written(b.pick(UNITS))) if not b.chance(3) else None,
        },
    )


def _cut_day(b: Builder, contract: Contract) -> date:
    """Draw a day on the borders of the liability of one of the contract's events."""
    own = [event for event in b.world.events.values() if event.contract is contract]
    if not own or b.chance(5):
        return b.day()
    months = sorted({agreement.liability_months for agreement in b.world.agreements})
    return b.around(b.pick(own).effective, (1, 0, 5, 2, -3, *months))


def draw_cut(b: Builder, _: Kinds) -> None:
    """Draw a cancellation, a reduction, a void or a reinstatement."""
    contract = b.pick(tuple(b.world.contracts.values()))
    how = b.pick(("cancel", "reduce", "reduce", "cancel", "void", "reinstate"))
    if how == "reinstate":
        b.add("reinstate", {"contract": contract.number})
        return
    on = _cut_day(b, contract)
    common = {"contract": contract.number, "on": on.isoformat()}
    if how == "reduce":
        factor = contract.factor_before(on)
        b.add("reduce", {**common, "to": b.written(b.pick(_factors_up_to(factor)))})
    else:
        b.add("cancel", {**common, "void": True if how == "void" else None})


def _factors_up_to(factor: Fraction) -> list[str]:
    return [one for one in FACTORS if Fraction(one) <= factor]


def _draw_dated(name: str, field: str, values: tuple[Any, ...]) -> Callable[[Builder, Kinds], None]:
    """Make a drawer of one or two dated facts of a producer: the second may overwrite the first."""

    def draw(b: Builder, _kinds: Kinds) -> None:
        producer = b.pick(tuple(b.world.producers))
        for _ in range(b.number(1, 2)):
            b.add(name, {"producer": producer, field: b.pick(values), **b.stretch()})

    return draw


def _draw_placement(b: Builder, _: Kinds) -> None:
    producers = tuple(b.world.producers)
    fields = {"producer": b.pick(producers), "parent": b.pick(producers), **b.stretch()}
    b.add("placement", fields)


def _draw_shares(b: Builder, _: Kinds) -> None:
    contract = b.pick(tuple(b.world.contracts))
    b.add("shares", {"contract": contract, "shares": _shares(b), **b.stretch()})


def _draw_withdrawal(b: Builder, _: Kinds) -> None:
    rules = b.world.standing_rules()
    if rules:
        b.add("withdraw_rule", {"code": b.pick(rules).code})


def _draw_payee(b: Builder, _: Kinds) -> None:
    producer = b.pick(tuple(b.world.producers))
    b.add("producer", {"code": producer, "payee": b.maybe(2, FIRMS)})


def _payee(b: Builder) -> str:
    payees = [producer.payee for producer in b.world.producers.values()]
    return "nobody" if b.chance(12) else b.pick(payees)


def _draw_adjustment(b: Builder, _: Kinds) -> None:
    amount = f"-{b.amount()}" if b.chance(2) else b.amount()
    on = b.day().isoformat()
    b.add("adjust", {"payee": _payee(b), "on": on, "amount": amount, "text": "by hand"})


def _draw_tax(b: Builder, _: Kinds) -> None:
    withholdings = [{"code": code, "rate": rate} for code, rate in b.pick(TAXES)]
    b.add("tax", {"payee": _payee(b), "withholdings": withholdings})


def _draw_hold(b: Builder, _: Kinds) -> None:
    start = b.day()
    end = b.maybe(2, [day for day in DAYS if day > start] or [start + timedelta(days=1)])
    b.add("hold", {"payee": _payee(b), "from": start.isoformat(), "to": end and end.isoformat()})


CHANGES: Final[tuple[Callable[[Builder, Kinds], None], ...]] = (
    *(5 * (draw_cut,)),
    _draw_dated("career", "level", LEVELS),
    _draw_dated("career", "level", LEVELS),
    _draw_dated("status", "active", (False, True)),
    _draw_dated("group", "group", GROUPS),
    _draw_dated("reserve", "rate", RESERVE_RATES),
    _draw_placement,
    _draw_shares,
    _draw_withdrawal,
    _draw_payee,
    _draw_payee,
    _draw_adjustment,
    _draw_tax,
    _draw_hold,
    _draw_hold,
    draw_rule,
    draw_agreement,
)


def draw_change(b: Builder, kinds: Kinds) -> None:
    """Draw anything that may come to be known."""
    b.pick(CHANGES)(b, kinds)


def draw_settlement(b: Builder) -> None:
    """Draw a settlement: next month end, next day, borders of a liability, years later."""
    last = b.world.settled or b.pick((date(2024, 1, 31), date(2024, 3, 31), date(2023, 12, 31)))
    month_end = add_months(last.replace(day=1), 2) - timedelta(days=1)
    options = [
        month_end,
        last + timedelta(days=1),
        add_months(month_end.replace(day=1), 2) - timedelta(days=1),
        last + timedelta(days=17),
        add_months(last, 12),
    ]
    if b.world.events and b.chance(3):
        event = b.pick(tuple(b.world.events.values()))
        months = sorted({agreement.liability_months for agreement in b.world.agreements})
        options = [b.around(event.effective, (1, *months))]
    elif b.world.holds and b.chance(2):
        holds = [hold for own in b.world.holds.values() for hold in own]
        options = [day for hold in holds for day in reversed(hold) if day is not None]
    through = b.pick(options)
    if through <= last:
        through = month_end
    b.add("settle", {"through": through.isoformat()})
