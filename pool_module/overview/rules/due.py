"""Until when things are due that have no day of their own, in days."""

from datetime import date
from typing import Final

RESOLVE_WITHIN: Final = 7  # a discrepancy, from the day it came
QUERY_WITHIN: Final = 7  # an insurer's query: brokers need some of it
SEND_WITHIN: Final = 2  # an application, from submission to the insurer
WAIT_FOR_INSURER: Final = 28  # then one asks where it is
ANSWER_WITHIN: Final = 2  # a broker's message
EXPIRY_IN_SIGHT: Final = 60  # an agreement that ends: time to negotiate
USUAL_DAY: Final = 15  # of the month after: what insurers deliver is there by then
SOON: Final = 3


def tone(due: date | None, today: date) -> str:
    """How it looks: err when overdue, warn when due within days, off otherwise."""
    if due is None:
        return "off"
    if due < today:
        return "err"
    return "warn" if (due - today).days <= SOON else "off"
