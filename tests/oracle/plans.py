"""Drawing a plan: people, products, rules and agreements."""

from typing import Any, Final

from tests.oracle.builder import START, Builder

CODES: Final = ("A", "B", "C", "a", "Ä", "10", "9", "Є")  # code points, not a language's order
FIRMS: Final = ("F", "f", "A", "B")
LEVELS: Final = ("L1", "L2", "L3", "L4")
GROUPS: Final = ("G1", "G2")
LINES: Final = ("life", "health")
INSURERS: Final = ("I1", "I2")
PRODUCTS: Final = ("P1", "P2", "P3")
DIVISIONS: Final = ("D1", "D2")
ORGANISATIONS: Final = ("O1", "O2")
RESERVE_RATES: Final = ("0.1", "0.25", "0.05", "0.33333333", "1", "0")
MONTHS: Final = (12, 60, 1, 20, 7, 36, 0, 3)

RATES: Final = {
    "basis": (
        "0.016",
        "0.02",
        "0.024",
        "0.028",
        "0.035",
        "0.005",
        "0.12345678",
        "0.015",
        "0.00000001",
    ),
    "received": ("0.5", "0.85", "0.9", "1", "0.333", "0.66666667", "0.005", "1.1"),
    "unit": ("9.50", "11", "0.005", "0.33333333", "1.25", "0"),
    "fixed": ("25.00", "0.01", "0.005", "12.345", "100", "33.33333333"),
}


def draw_people(b: Builder) -> None:
    """Draw up to eight producers in a tree, with levels, groups and reserve rates."""
    codes = CODES[: b.pick((1, 2, 3, 4, 5, 6, 7, 8, 3, 4, 5, 6, 8))]
    for code in codes:
        house = True if b.chance(10) else None
        b.add("producer", {"code": code, "payee": b.maybe(5, FIRMS), "house": house})
    start = START.isoformat()
    for place, code in enumerate(codes):
        above = codes[place + 1 :]
        if above and not b.chance(6):
            parent = above[0] if b.chance(2) else b.pick(above)
            b.add("placement", {"producer": code, "parent": parent, "from": start})
        level = LEVELS[min(place, 3)] if b.chance(2) else b.pick(LEVELS)
        b.add("career", {"producer": code, "level": level, "from": start})
        for name, field, values in (
            ("career", "level", LEVELS),
            ("group", "group", GROUPS),
            ("reserve", "rate", RESERVE_RATES),
            ("status", "active", (False,)),
        ):
            value = b.maybe(6, values)
            b.add(
                name, {"producer": code, field: value, **b.stretch()} if value is not None else {}
            )


def draw_products(b: Builder) -> None:
    """Draw one to three products."""
    for code in PRODUCTS[: b.number(1, len(PRODUCTS))]:
        b.add("product", {"code": code, "insurer": b.pick(INSURERS), "line": b.pick(LINES)})


def _scope(b: Builder) -> dict[str, str]:
    products = tuple(b.world.products.values())
    field, codes = b.pick(
        (("insurer", INSURERS), ("line", LINES), ("product", tuple(b.world.products)))
    )
    if not b.chance(5):  # one that is somewhere
        return {field: getattr(b.pick(products), "code" if field == "product" else field)}
    return {field: b.pick(codes)}


def _who(b: Builder) -> dict[str, str]:
    field, codes = b.pick(
        (("level", LEVELS), ("group", GROUPS), ("producer", tuple(b.world.producers)))
    )
    return {field: b.pick(codes)}


def _where(b: Builder) -> dict[str, str]:
    field, codes = b.pick((("organisation", ORGANISATIONS), ("division", DIVISIONS)))
    return {field: b.pick(codes)}


def _long_stretch(b: Builder) -> dict[str, str | None]:
    """Draw from and to, dated as often as not: rules know the difference."""
    how = b.pick(("always", "until", "until", "some time"))
    if how == "some time":
        return b.stretch()
    until = b.day().isoformat() if how == "until" else None
    return {"from": START.isoformat(), "to": until}


def draw_rule(b: Builder, kinds: tuple[str, ...]) -> None:
    """Draw a rule of any rank."""
    fields: dict[str, Any] = {"code": f"R{len(b.steps)}", "kind": b.pick(kinds)}
    if not b.chance(3):
        fields |= _scope(b)
    if not b.chance(3):
        fields |= _who(b)
    if b.chance(2):
        fields |= _where(b)
    fields["of"] = b.pick(tuple(RATES))
    fields["rate"] = b.written(b.pick(RATES[fields["of"]]))
    b.add("rule", {**fields, **_long_stretch(b)})


def _draw_ladder(b: Builder, kind: str) -> None:
    """Draw a rule for each level, so that most events pay somebody."""
    of = b.pick(("basis", "received", "basis", "received", "unit", "fixed"))
    for level in LEVELS:
        code = f"{kind}-{level}"
        rate = b.written(b.pick(RATES[of]))
        common = {"code": code, "kind": kind, "level": level, "of": of, "rate": rate}
        b.add("rule", {**common, "from": START.isoformat()})


def draw_agreement(b: Builder, kinds: tuple[str, ...]) -> None:
    """Draw an agreement of any scope."""
    months = b.pick(MONTHS)
    b.add(
        "agreement",
        {
            **_scope(b),
            "kind": b.pick(kinds),
            "liability_months": months,
            "full_liability_months": min(b.pick((1, 2, 5, 12)), months) if b.chance(3) else None,
            "earning": b.maybe(2, ("linear_monthly", "linear_daily")),
            "reserve_rate": None if b.chance(4) else b.pick(RESERVE_RATES),
            "reserve_release": b.maybe(2, ("at_end", "pro_rata")),
            **(b.stretch() if b.chance(4) else {"from": START.isoformat()}),
        },
    )


def draw_plan(b: Builder, kinds: tuple[str, ...]) -> None:
    """Draw all that stands before the first contract."""
    draw_people(b)
    draw_products(b)
    for kind in kinds:
        if not b.chance(8):
            _draw_ladder(b, kind)
    for _ in range(b.number(0, 6)):
        draw_rule(b, kinds)
    for _ in range(b.number(1, 4)):
        draw_agreement(b, kinds)
