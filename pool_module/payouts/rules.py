"""What becomes an item: the debt a balance stands for, and how it is set off.

A statement's payout is payable to its payee. A negative balance is receivable from him: only what
is new of it becomes an item; what later commission covers is set off, the oldest item first.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from shared.due import ItemState

ZERO = Decimal(0)


class Open(NamedTuple):
    """An open item: its number and what is still owed of it."""

    id: int
    rest: Decimal


class Balanced(NamedTuple):
    """What a balance makes of a payee's debts.

    Attributes:
        fresh: a new debt; zero: none.
        set_off: per open item what is covered of it.
    """

    fresh: Decimal
    set_off: tuple[Open, ...]


def balance(closing: Decimal, open_items: Sequence[Open]) -> Balanced:
    """Compare a statement's closing balance with the debts that stand.

    Args:
        closing: of the statement; negative: the payee owes it.
        open_items: his open debts of the same currency, the oldest first.
    """
    owed = max(-closing, ZERO)
    standing = sum((item.rest for item in open_items), ZERO)
    if owed >= standing:
        return Balanced(owed - standing, ())
    covered, rest = [], standing - owed
    for item in open_items:
        part = min(item.rest, rest)
        if part > 0:
            covered.append(Open(item.id, part))
            rest -= part
    return Balanced(ZERO, tuple(covered))


def state_on(settled_on: date | None, due_on: date, day: date) -> ItemState:
    """What has become of an item, as of a day."""
    if settled_on is not None:
        return ItemState.PAID
    return ItemState.OVERDUE if due_on < day else ItemState.OPEN
