"""Drawing a scenario step by step, the oracle's world telling what is possible.

A candidate step the oracle refuses is left out, so what is drawn is valid by construction.
The first of all options is the simplest: that is where shrinking goes.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final, TypeVar

from hypothesis import strategies as st

from tests.oracle.arithmetic import add_months
from tests.oracle.fields import read_head, read_step
from tests.oracle.recording import record
from tests.oracle.refusal import RefusalError
from tests.oracle.world import World

T = TypeVar("T")
Scenario = dict[str, Any]
Step = dict[str, Any]

START: Final = date(2020, 1, 1)
DAYS: Final = tuple(
    date.fromisoformat(day)
    for day in (
        "2024-01-01",
        "2024-01-31",
        "2024-02-29",
        "2024-01-15",
        "2024-02-01",
        "2024-03-31",
        "2023-12-31",
        "2023-11-30",
        "2024-04-30",
        "2024-05-16",
        "2024-08-31",
        "2025-02-28",
        "2023-08-29",
        "2025-01-01",
    )
)


@lru_cache(maxsize=256)
def _below(size: int) -> st.SearchStrategy[int]:
    return st.integers(0, size - 1)


class Builder:
    """A scenario in the making.

    Args:
        draw: Hypothesis' draw.
        head: the scenario without its steps.
    """

    def __init__(self, draw: st.DrawFn, head: Scenario) -> None:
        self._draw = draw
        self.head = head
        self.steps: list[Step] = []
        self.world = World.of_head(read_head({**head, "steps": []}))

    def scenario(self) -> Scenario:
        """Return the scenario made so far."""
        return {**self.head, "steps": self.steps}

    def add(self, name: str, fields: dict[str, Any]) -> bool:
        """Add a step unless it would be refused; tell whether it was added."""
        step = {name: {field: value for field, value in fields.items() if value is not None}}
        try:
            record(self.world, *read_step(step))
        except RefusalError:
            return False
        self.steps.append(step)
        return True

    def number(self, low: int, high: int) -> int:
        """Draw a whole number; the low end is the simplest."""
        return low + int(self._draw(_below(high - low + 1))) if high > low else low

    def pick(self, options: Sequence[T]) -> T:
        """Draw one of some options."""
        return options[self.number(0, len(options) - 1)]

    def chance(self, one_in: int) -> bool:
        """Draw true once in so many."""
        return self.number(1, one_in) == one_in

    def maybe(self, one_in: int, options: Sequence[T]) -> T | None:
        """Draw one of some options, once in so many; else None."""
        return self.pick(options) if self.chance(one_in) else None

    def day(self) -> date:
        """Draw a day: month ends and the leap day more often than fair."""
        return self.pick(DAYS)

    def stretch(self) -> dict[str, str | None]:
        """Draw from and to, mostly open."""
        start = self.day()
        end = None
        if self.chance(3):
            end = (start + timedelta(days=self.pick((1, 31, 92, 400)))).isoformat()
        return {"from": start.isoformat(), "to": end}

    def around(self, day: date, months: Sequence[int]) -> date:
        """Draw a day some months after another one, or the day before or after that."""
        return add_months(day, self.pick(months)) + timedelta(days=self.pick((0, -1, 1)))

    def written(self, number: str) -> str | int | float:
        """Write a number as a text, or as the JSON number that is the same."""
        if not self.chance(6):
            return number
        return float(number) if "." in number and repr(float(number)) == number else number

    def amount(self) -> str | int | float:
        """Draw an amount of whole cents, more often than fair one that hits half cents."""
        if self.chance(3):
            cents = self.number(0, 2_000_000)
            return self.written(f"{cents // 100}.{cents % 100:02}")
        return self.written(
            self.pick(
                ("1000", "36000.00", "1029.00", "33.33", "75", "0.01", "2387.50", "0.05", "101.01")
            )
        )
