"""Chance that falls the same on every machine."""

import random
from collections.abc import Sequence
from typing import Final, TypeVar

SEED: Final = "nordlicht"
T = TypeVar("T")


class Dice:
    """Draws for one topic; another topic's draws don't disturb them.

    Only ``random()`` is used of the generator, the one method whose numbers Python promises to
    keep from release to release.

    Args:
        topic: what is drawn for, e.g. ``("contract", 17)``.
    """

    def __init__(self, *topic: object) -> None:
        seed = "/".join(str(part) for part in (SEED, *topic))
        self._random = random.Random(seed)  # noqa: S311  -- invented data, no secret

    def below(self, end: int) -> int:
        """A whole number from 0 up to, not including, ``end``."""
        return int(self._random.random() * end)

    def between(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + self.below(high - low + 1)

    def chance(self, per_mille: int) -> bool:
        """True in so many of a thousand throws."""
        return self.below(1000) < per_mille

    def pick(self, things: Sequence[T]) -> T:
        """One of the things."""
        return things[self.below(len(things))]

    def weighted(self, things: Sequence[T], weights: Sequence[int]) -> T:
        """One of the things, the heavier the likelier."""
        left = self.below(sum(weights))
        for thing, weight in zip(things, weights, strict=True):
            left -= weight
            if left < 0:
                return thing
        raise AssertionError("the weights are used up")
