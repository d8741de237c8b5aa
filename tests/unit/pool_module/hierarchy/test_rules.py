"""The tree, purely: sums roll up exactly at every level; what differs between two days."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pool_module.hierarchy.rules import Place, differences, forest, may_stand_under, roll_up


@st.composite
def trees(draw: st.DrawFn) -> list[tuple[int, int | None]]:
    """Any tree: each stands under nobody or one of those before him."""
    size = draw(st.integers(1, 40))
    above = [draw(st.one_of(st.none(), st.integers(1, n - 1))) for n in range(2, size + 1)]
    rows = [(1, None), *enumerate(above, 2)]
    return draw(st.permutations(rows))


amounts = st.dictionaries(
    st.sampled_from(("EUR", "UAH")),
    st.decimals(-(10**6), 10**6, places=2, allow_nan=False, allow_infinity=False),
)


@given(rows=trees(), data=st.data())
def test_a_total_is_the_own_plus_the_childrens_at_every_level(
    rows: list[tuple[int, int | None]], data: st.DataObject
) -> None:
    tree = forest(rows)
    own = {p: data.draw(amounts) for p, _ in rows}
    totals = roll_up(tree, own)
    assert set(totals) == {p for p, _ in rows}
    for producer in totals:
        for currency in ("EUR", "UAH"):
            below = [totals[c].get(currency, Decimal(0)) for c in tree.children.get(producer, ())]
            mine = own[producer].get(currency, Decimal(0))
            assert totals[producer].get(currency, Decimal(0)) == mine + sum(below, Decimal(0))
    roots = [totals[r].get("EUR", Decimal(0)) for r in tree.children[None]]
    assert sum(roots) == sum(o.get("EUR", Decimal(0)) for o in own.values())


@given(rows=trees())
def test_everybody_is_found_below_those_above_him(rows: list[tuple[int, int | None]]) -> None:
    tree = forest(rows)
    for producer, _ in rows:
        above = tree.above(producer)
        assert all(producer in tree.below(a) for a in above)
        assert tree.with_those_above([producer]) == {producer, *above}


@pytest.mark.parametrize(
    ("kind", "parent", "may"),
    [
        ("group", "supergroup", True),
        ("subgroup", "group", True),
        ("firm", "subgroup", True),
        ("partner", "firm", True),
        ("firm", "supergroup", True),  # a level may be left out
        ("supergroup", "group", False),
        ("firm", "firm", False),
        ("firm", "partner", False),
        ("person", "partner", True),
        ("firm", "person", True),
    ],
)
def test_the_five_levels_stand_one_under_the_other(kind: str, parent: str, *, may: bool) -> None:
    assert may_stand_under(kind, parent) is may


@pytest.mark.parametrize(
    ("first", "second", "what"),
    [
        (None, Place(None, 1, active=True), ("new",)),
        (Place(1, 1, active=True), None, ("closed",)),
        (Place(1, 1, active=True), Place(1, 1, active=False), ("closed",)),
        (Place(1, 1, active=False), Place(1, 1, active=True), ("new",)),
        (Place(1, 1, active=True), Place(2, 1, active=True), ("moved",)),
        (Place(1, 1, active=True), Place(1, 2, active=True), ("level",)),
        (Place(1, 1, active=True), Place(None, 2, active=True), ("moved", "level")),
    ],
)
def test_what_became_of_somebody(
    first: Place | None, second: Place | None, what: tuple[str, ...]
) -> None:
    (found,) = differences({7: first} if first else {}, {7: second} if second else {})
    assert found.what == what


def test_who_stands_as_before_is_not_named() -> None:
    here = {7: Place(1, 1, active=True)}
    assert differences(here, dict(here)) == []
