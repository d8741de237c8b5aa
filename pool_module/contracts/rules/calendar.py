"""The premium calendar of a contract: when what is due (ECS-14)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from shared.money import round_cents
from shared.periods import add_months
from shared.vocabulary import ContractState

INSTALMENTS: Final[Mapping[str, int]] = {
    "yearly": 1, "half_yearly": 2, "quarterly": 4, "monthly": 12,
}  # fmt: skip
# premiums are asked of these alone
RUNNING: Final = (ContractState.ACTIVE, ContractState.PENDING, ContractState.SUSPENDED)


@dataclass(frozen=True)
class Term:
    """What decides a contract's due dates.

    Attributes:
        begin_on: its first day; also the first due date.
        end_on: its last day, or the day before which it was cancelled; None: open.
        anchor: a day of the yearly due date; None: the beginning's.
        frequency: how often; ``single``: once, at the beginning.
        yearly: the premium of a year, or the single one.
    """

    begin_on: date | None
    end_on: date | None
    anchor: date | None
    frequency: str | None
    yearly: Decimal | None


@dataclass(frozen=True)
class Due:
    """A premium that falls due."""

    day: date
    amount: Decimal


class DueState(StrEnum):
    """What became of a due premium."""

    PAID = "paid"
    PART_PAID = "part_paid"
    OVERDUE = "overdue"
    DUE = "due"
    DROPPED = "dropped"


def dues(term: Term, first: date, last: date) -> Iterator[Due]:
    """The due dates of a contract within [first, last], in order."""
    start, until = term.begin_on, min(last, term.end_on) if term.end_on else last
    if start is None or not term.yearly:
        return
    if term.frequency == "single":
        if first <= start <= until:
            yield Due(start, term.yearly)
        return
    times = INSTALMENTS.get(term.frequency or "")
    if times is None:
        return
    amount = round_cents(Fraction(term.yearly) / times)
    anchor = term.anchor or start
    gap = 12 // times
    begun = max(first, start)
    # the number of the first instalment that can lie within, counted from the anchor
    number = ((begun.year - anchor.year) * 12 + begun.month - anchor.month) // gap - 1
    while (day := add_months(anchor, number * gap)) <= until:
        if day >= begun:
            yield Due(day, amount)
        number += 1


def state_of(due_on: date, amount: Decimal, paid: Decimal | None, today: date) -> DueState:
    """What became of a due premium by a day.

    Args:
        due_on: when it falls due.
        amount: what is asked; 0: no longer anything.
        paid: what came in for it.
        today: the pool's day.
    """
    if paid is not None and paid >= amount:
        return DueState.PAID if paid or amount else DueState.DROPPED
    if paid:
        return DueState.PART_PAID
    if not amount:
        return DueState.DROPPED
    return DueState.OVERDUE if due_on < today else DueState.DUE
