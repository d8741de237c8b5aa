"""Which rows of the tree are seen."""

from decimal import Decimal

from pool_module.overview.rules.trees import (
    Member,
    Wanted,
    arrange,
    children_of,
    with_rates,
)

PARENTS = {1: None, 2: 1, 3: 1, 4: 2, 5: None}
OWN = {4: {"EUR": Decimal(10)}, 3: {"EUR": Decimal(30)}, 5: {"UAH": Decimal(7)}}


def members(*fitting: int) -> list[Member]:
    return [
        Member(n, above, f"C{n}", f"N{n}", "person", None, None, None, active=True,
               fits=n in fitting)
        for n, above in PARENTS.items()
    ]  # fmt: skip


def shown(wanted: Wanted, *fitting: int) -> list[tuple[int, int, bool | None]]:
    tree = arrange(members(*fitting), OWN, wanted)
    return [(n.member.id, n.depth, n.open) for n in tree.nodes]


def test_at_first_those_at_the_top_are_open() -> None:
    assert shown(Wanted(top=True), *PARENTS) == [
        (1, 1, True), (3, 2, None), (2, 2, False), (5, 1, None)
    ]  # fmt: skip


def test_a_hit_is_seen_with_its_whole_way() -> None:
    wanted = Wanted(narrowed=True, reveal=True)
    assert shown(wanted, 4) == [(1, 1, True), (2, 2, True), (4, 3, None)]


def test_somebody_is_shown_in_the_tree() -> None:
    assert (4, 3, None) in shown(Wanted(at=4), *PARENTS)


def test_totals_are_those_of_the_roots_per_currency() -> None:
    tree = arrange(members(*PARENTS), OWN, Wanted())
    assert tree.totals == {"EUR": Decimal(40), "UAH": Decimal(7)}
    assert [n.structure for n in tree.nodes] == [{"EUR": Decimal(40)}, {"UAH": Decimal(7)}]


def test_who_is_hidden_counts_all_the_same() -> None:
    """A filter narrows what is seen, never what a superior's structure sold."""
    tree = arrange(members(4), OWN, Wanted(narrowed=True))
    assert tree.nodes[0].structure == {"EUR": Decimal(40)}


def test_the_difference_is_to_the_best_directly_below() -> None:
    everybody = members(*PARENTS)
    tree = arrange(everybody, OWN, Wanted(top=True))
    rates = {1: ("basis", Decimal("0.04")), 2: ("basis", Decimal("0.03")),
             3: ("basis", Decimal("0.02")), 5: ("unit", Decimal(9))}  # fmt: skip
    nodes = with_rates(tree.nodes, children_of(everybody), rates)
    assert {n.member.id: n.difference for n in nodes} == {
        1: Decimal("0.01"), 2: None, 3: None, 5: None
    }  # fmt: skip
