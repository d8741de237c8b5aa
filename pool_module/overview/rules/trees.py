"""Which rows of the network's tree are seen, and what stands in them: purely."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from pool_module.hierarchy.rules import Forest, Sums, forest, roll_up

MOST_CHILDREN = 60  # of one parent at first sight; the rest comes by "more"


@dataclass(frozen=True)
class Member:
    """Somebody of the tree as it is on a day.

    Attributes:
        parent_id: who stands above him.
        level_id: his career level.
        fits: whether the filters and the search mean him.
    """

    id: int
    parent_id: int | None
    code: str
    name: str
    kind: str
    firm: str | None
    level_id: int | None
    level: str | None
    active: bool
    fits: bool


@dataclass(frozen=True)
class Node:
    """A row of the tree.

    Attributes:
        depth: from 1.
        open: whether his people are shown; None: he has none.
        own: production of his own, per currency.
        structure: with everybody below him.
        share: of the largest structure total on the page, 0 to 100, for the bar.
        rate: his rate for the asked kind and product.
        difference: less the highest rate directly below.
        more: how many of his people are not shown.
    """

    member: Member
    depth: int
    open: bool | None
    own: Sums
    structure: Sums
    share: int = 0
    rate: Decimal | None = None
    rate_of: str | None = None
    difference: Decimal | None = None
    more: int = 0


@dataclass
class Wanted:
    """Which rows are asked for.

    Attributes:
        open: whose people are shown.
        whole: of whom all people are shown.
        narrowed: whether a filter or a search hides those who don't fit.
        reveal: whether the whole way to those who fit is opened.
        top: whether those at the top are opened, as at first sight.
        at: somebody whose way is shown.
    """

    open: frozenset[int] = frozenset()
    whole: frozenset[int] = frozenset()
    narrowed: bool = False
    reveal: bool = False
    top: bool = False
    at: int | None = None


@dataclass(frozen=True)
class Tree:
    """The rows that are seen, from top to bottom.

    Attributes:
        nodes: the rows.
        totals: of everybody, per currency: the sum of the roots.
        found: how many the filters mean.
        everybody: how many there are.
    """

    nodes: list[Node] = field(default_factory=list)
    totals: Sums = field(default_factory=dict)
    found: int = 0
    everybody: int = 0


def arrange(members: Sequence[Member], own: Mapping[int, Sums], wanted: Wanted) -> Tree:
    """Lay the tree out: who fits with his whole way to the top, the others where they are opened.

    Args:
        members: everybody, in the order of their names.
        own: production by producer and currency.
        wanted: which rows.
    """
    tree = forest((m.id, m.parent_id) for m in members)
    sums = roll_up(tree, own)
    people = {m.id: m for m in members}
    fitting = {m.id for m in members if m.fits}
    seen = tree.with_those_above(fitting) if wanted.narrowed else set(people)
    opened = _opened(tree, fitting, wanted)
    largest = max((abs(v) for root in tree.children.get(None, ()) for v in sums[root].values()),
                  default=Decimal(0))  # fmt: skip
    nodes: list[Node] = []

    def show(parent: int | None, depth: int) -> int:
        children = [c for c in tree.children.get(parent, ()) if c in seen]
        children.sort(key=lambda c: -max(sums[c].values(), default=Decimal(0)))
        most = len(children) if parent in wanted.whole else MOST_CHILDREN
        kept = [c for n, c in enumerate(children) if n < most or _leads(tree, c, wanted.at)]
        for child in kept:
            below = any(c in seen for c in tree.children.get(child, ()))
            place = len(nodes)
            nodes.append(
                Node(
                    people[child],
                    depth,
                    (child in opened) if below else None,
                    own.get(child, {}),
                    sums[child],
                    _share(sums[child], largest),
                )
            )
            if below and child in opened:
                hidden = show(child, depth + 1)
                nodes[place] = _with_more(nodes[place], hidden)
        return len(children) - len(kept)

    show(None, 1)
    totals: dict[str, Decimal] = {}
    for root in tree.children.get(None, ()):
        for currency, amount in sums[root].items():
            totals[currency] = totals.get(currency, Decimal(0)) + amount
    return Tree(nodes, totals, len(fitting), len(people))


def _opened(tree: Forest, fitting: set[int], wanted: Wanted) -> set[int]:
    """Whose people are shown: as asked, and what leads to those who are meant."""
    opened = set(wanted.open)
    if wanted.top:
        opened |= set(tree.children.get(None, ()))
    if wanted.reveal:
        opened |= {p for hit in fitting for p in tree.above(hit)}
    if wanted.at is not None:
        opened |= set(tree.above(wanted.at))
    return opened


def with_rates(
    nodes: Sequence[Node],
    children: Mapping[int, Sequence[int]],
    rates: Mapping[int, tuple[str, Decimal]],
) -> list[Node]:
    """Put rates into rows, and what they exceed the best directly below by.

    Args:
        nodes: the rows.
        children: who stands directly below whom.
        rates: by producer: what it is a part of, and the rate.
    """
    return [_with_rate(node, children.get(node.member.id, ()), rates) for node in nodes]


def children_of(members: Sequence[Member]) -> dict[int, list[int]]:
    """Who stands directly below whom."""
    found: dict[int, list[int]] = {}
    for member in members:
        if member.parent_id is not None:
            found.setdefault(member.parent_id, []).append(member.id)
    return found


def _with_rate(
    node: Node, children: Sequence[int], rates: Mapping[int, tuple[str, Decimal]]
) -> Node:
    own = rates.get(node.member.id)
    if own is None:
        return node
    below = [rates[c][1] for c in children if c in rates and rates[c][0] == own[0]]
    difference = own[1] - max(below) if below else None
    return Node(
        node.member, node.depth, node.open, node.own, node.structure, node.share,
        own[1], own[0], difference, node.more,
    )  # fmt: skip


def _with_more(node: Node, more: int) -> Node:
    return Node(node.member, node.depth, node.open, node.own, node.structure, node.share, more=more)


def _leads(tree: Forest, producer: int, to: int | None) -> bool:
    return to is not None and (producer == to or producer in tree.above(to))


def _share(sums: Sums, largest: Decimal) -> int:
    top = max(sums.values(), default=Decimal(0))
    return int(100 * max(top, Decimal(0)) / largest) if largest else 0
