"""Facts dated [from, to), the later recorded one overwriting (settlement rules, "Facts")."""

from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

T = TypeVar("T")


def covers(start: date | None, end: date | None, day: date) -> bool:
    """Tell whether a day lies in [start, end); None is open."""
    return (start is None or start <= day) and (end is None or day < end)


def overlap(a: tuple[date, date | None], b: tuple[date, date | None]) -> bool:
    """Tell whether [from, to) of two rules or agreements share a day."""
    return (a[1] is None or b[0] < a[1]) and (b[1] is None or a[0] < b[1])


@dataclass
class Timeline(Generic[T]):
    """One subject's facts of one sort, in the order they were recorded."""

    recorded: list[tuple[date | None, date | None, T]] = field(default_factory=list)

    def record(self, start: date | None, end: date | None, value: T) -> None:
        """Overwrite the stretch [start, end) and nothing else."""
        self.recorded.append((start, end, value))

    def at(self, day: date) -> T | None:
        """Return what is valid on a day: of the facts covering it, the one recorded last."""
        for start, end, value in reversed(self.recorded):
            if covers(start, end, day):
                return value
        return None

    def borders(self) -> list[date]:
        """Return the days on which something may change."""
        return [day for start, end, _ in self.recorded for day in (start, end) if day is not None]
