"""How often an insurer delivers, told by when he did."""

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise
from statistics import median_low
from typing import Final

_LEAST: Final = 2
"""Deliveries that make a rhythm; one tells nothing."""
_LONGEST: Final = 6


class MonthState(StrEnum):
    """What is known of an insurer's month."""

    CAME = "came"  # a file is here
    BOOKED = "booked"  # commission was booked, before files were kept here
    MISSING = "missing"  # it should have come
    DUE = "due"  # it should come this month
    NONE = "none"  # none was expected


def gap_of(came: Sequence[bool]) -> int | None:
    """Months from one delivery to the next, as a rule; None where there is no rule.

    Args:
        came: per month, the oldest first, whether a delivery came.
    """
    months = [number for number, here in enumerate(came) if here]
    if len(months) < _LEAST:
        return None
    gap = median_low([later - earlier for earlier, later in pairwise(months)])
    return gap if gap <= _LONGEST else None


def states_of(files: Sequence[bool], booked: Sequence[bool]) -> list[MonthState]:
    """The states of months, the oldest first; the last one is the month that runs."""
    came = [file or book for file, book in zip(files, booked, strict=True)]
    gap = gap_of(came[:-1])
    states: list[MonthState] = []
    last: int | None = None
    for number, (file, book) in enumerate(zip(files, booked, strict=True)):
        if file or book:
            states.append(MonthState.CAME if file else MonthState.BOOKED)
            last = number
        elif gap is None or last is None or (number - last) % gap:
            states.append(MonthState.NONE)
        else:
            running = number == len(files) - 1
            states.append(MonthState.DUE if running else MonthState.MISSING)
    return states
