"""The tree, purely: sums roll up exactly at every level; what differs between two days."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pool_module.hierarchy.rules import Place, differences, forest, may_stand_under, roll_up

Rows = list[tuple[int, int | None]]
NUMBERS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(-(10**6), 10**6)), max_size=30)


def tree_of(numbers: list[tuple[int, int]]) -> Rows:
    """Any tree: each stands under nobody (the remainder 0) or one of those before him."""
    return [(n, (above % n) or None) for n, (above, _) in enumerate(numbers, 1)]


@given(numbers=NUMBERS)
def test_a_total_is_the_own_plus_the_childrens_at_every_level(
    numbers: list[tuple[int, int]],
) -> None:
    rows = tree_of(numbers)
    tree = forest(reversed(rows))
    own = {
        n: {("EUR", "UAH")[cents % 2]: Decimal(cents) / 100}
        for n, (_, cents) in enumerate(numbers, 1)
    }
    totals = roll_up(tree, own)
    assert set(totals) == set(own)
    nothing = Decimal(0)
    for currency in ("EUR", "UAH"):
        for producer in totals:
            below = [totals[c].get(currency, nothing) for c in tree.children.get(producer, ())]
            mine = own[producer].get(currency, nothing)
            assert totals[producer].get(currency, nothing) == mine + sum(below, nothing)
        roots = [totals[r].get(currency, nothing) for r in tree.children.get(None, ())]
        assert sum(roots) == sum(o.get(currency, nothing) for o in own.values())


@given(numbers=NUMBERS)
def test_everybody_is_found_below_those_above_him(numbers: list[tuple[int, int]]) -> None:
    tree = forest(tree_of(numbers))
    for producer in tree.parents:
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
