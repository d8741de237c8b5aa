"""The tree, purely: who may stand under whom, and sums that roll up (features DLG-28, IMS-30)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from shared.vocabulary import ActivityStatus, ChangeKind, ProducerKind

# from the top; a person stands under anybody
COMPANY_LEVELS = (
    ProducerKind.SUPERGROUP,
    ProducerKind.GROUP,
    ProducerKind.SUBGROUP,
    ProducerKind.FIRM,
    ProducerKind.PARTNER,
)
Sums = Mapping[str, Decimal]


@dataclass(frozen=True)
class Change:
    """A change of one producer from a day on.

    Attributes:
        kind: what changes.
        producer_id: whose.
        from_day: the first day it holds; it has no end.
        reason: why.
        parent_id: placement: who stands above him; None: nobody.
        level_id: career: the level.
        status: status: active, or why not.
    """

    kind: ChangeKind
    producer_id: int
    from_day: date
    reason: str | None = None
    parent_id: int | None = None
    level_id: int | None = None
    status: ActivityStatus | None = None


def may_stand_under(kind: str, parent_kind: str) -> bool:
    """Tell whether a company's level is below its parent's; people stand where they are put."""
    levels = [level.value for level in COMPANY_LEVELS]
    if kind not in levels or parent_kind not in levels:
        return True
    return levels.index(kind) > levels.index(parent_kind)


@dataclass(frozen=True)
class Forest:
    """Everybody's place on one day: one parent each, no cycles.

    Attributes:
        parents: producer → who stands above him; nobody: None.
        children: who stands directly under whom; under None: the roots.
        order: everybody, parents before their children.
    """

    parents: Mapping[int, int | None]
    children: Mapping[int | None, list[int]]
    order: tuple[int, ...] = field(repr=False, default=())

    def above(self, producer: int) -> list[int]:
        """Who stands above a producer, the nearest first."""
        found = []
        here = self.parents.get(producer)
        while here is not None:
            found.append(here)
            here = self.parents.get(here)
        return found

    def below(self, producer: int) -> set[int]:
        """A producer with everybody below him."""
        found, waiting = {producer}, [producer]
        while waiting:
            for child in self.children.get(waiting.pop(), ()):
                found.add(child)
                waiting.append(child)
        return found

    def with_those_above(self, wanted: Iterable[int]) -> set[int]:
        """Producers with everybody above them, so that each is seen with his whole path."""
        found: set[int] = set()
        for producer in wanted:
            here: int | None = producer
            while here is not None and here not in found:
                found.add(here)
                here = self.parents.get(here)
        return found


def forest(rows: Iterable[tuple[int, int | None]]) -> Forest:
    """Build the tree of one day from (producer, parent), in the order children shall have."""
    parents = dict(rows)
    children: dict[int | None, list[int]] = {}
    for producer, parent in parents.items():
        # a parent out of sight (superseded between two looks) leaves his people at the top
        children.setdefault(parent if parent in parents else None, []).append(producer)
    order: list[int] = list(children.get(None, ()))
    for producer in order:
        order.extend(children.get(producer, ()))
    known = {p: parents[p] if parents[p] in parents else None for p in order}
    return Forest(known, children, tuple(order))


def roll_up(tree: Forest, own: Mapping[int, Sums]) -> dict[int, dict[str, Decimal]]:
    """Sum each producer's own and his children's totals, per currency: at every level exactly."""
    totals: dict[int, dict[str, Decimal]] = {p: dict(own.get(p, {})) for p in tree.order}
    for producer in reversed(tree.order):
        parent = tree.parents[producer]
        if parent is not None:
            above = totals[parent]
            for currency, amount in totals[producer].items():
                above[currency] = above.get(currency, Decimal(0)) + amount
    return totals


@dataclass(frozen=True)
class Place:
    """Where somebody was on one of two days."""

    parent_id: int | None
    level_id: int | None
    active: bool


@dataclass(frozen=True)
class Moved:
    """What became of somebody between two days; None is a day on which he was not there."""

    producer_id: int
    first: Place | None
    second: Place | None

    @property
    def what(self) -> tuple[str, ...]:
        """``new``, ``closed``, or ``moved`` and ``level``."""
        if self.first is None or (not self.first.active and self.second and self.second.active):
            return ("new",)
        if self.second is None or (self.first.active and not self.second.active):
            return ("closed",)
        moved = self.first.parent_id != self.second.parent_id
        risen = self.first.level_id != self.second.level_id
        return ("moved",) * moved + ("level",) * risen


def differences(first: Mapping[int, Place], second: Mapping[int, Place]) -> list[Moved]:
    """Who was moved, is new, closed or has another level between two days (ECS-34)."""
    everybody = sorted(first.keys() | second.keys())
    moved = (Moved(p, first.get(p), second.get(p)) for p in everybody)
    return [m for m in moved if m.first != m.second and m.what]
