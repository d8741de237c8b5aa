"""Until when things are due that have no day of their own; the days are system parameters."""

from datetime import date
from typing import Final

USUAL_DAY: Final = 15  # of the month after: what insurers deliver is there by then
SOON: Final = 3


def tone(due: date | None, today: date) -> str:
    """How it looks: err when overdue, warn when due within days, off otherwise."""
    if due is None:
        return "off"
    if due < today:
        return "err"
    return "warn" if (due - today).days <= SOON else "off"
