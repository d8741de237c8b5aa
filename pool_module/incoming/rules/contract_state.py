"""What the codes of a delivered contract mean (GDV 0200, Anlagen 5 and 24)."""

from calendar import monthrange
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from shared.money import round_cents
from shared.vocabulary import ContractState

CANCELLED: Final = "4"
_STATES: Final = {
    "3": ContractState.SUSPENDED,
    CANCELLED: ContractState.CANCELLED,
    "5": ContractState.PAID_UP,
    "6": ContractState.PAID_UP,
    "7": ContractState.PAID_UP,
}
# ended as agreed, by its term or by a payout: expired, not cancelled
_RUN_OUT: Final = frozenset({"09", "15", "17", "22"})
# never in force, or withdrawn from: as if never concluded
_VOIDING: Final = frozenset({"12", "40"})
_FREQUENCIES: Final = {
    "1": "yearly",
    "2": "half_yearly",
    "4": "quarterly",
    "6": "single",
    "8": "monthly",
    "9": "none",
}
_INSTALMENTS: Final = {"yearly": 1, "half_yearly": 2, "quarterly": 4, "monthly": 12}


def state_of(status: str, exit_reason: str) -> ContractState:
    """The state a contract is in; a status not known means in force."""
    state = _STATES.get(status, ContractState.ACTIVE)
    if state is ContractState.CANCELLED and exit_reason in _RUN_OUT:
        return ContractState.EXPIRED
    return state


def is_off(state: str) -> bool:
    """Whether nothing is in force any more."""
    return state in {ContractState.CANCELLED, ContractState.EXPIRED}


def is_void(exit_reason: str) -> bool:
    """Whether an ended contract counts as never concluded."""
    return exit_reason in _VOIDING


def frequency_of(code: str) -> str | None:
    """How often the premium is paid; None where the code is not known."""
    return _FREQUENCIES.get(code)


def instalments_of(frequency: str | None) -> int | None:
    """Premiums a year; None where none recurs."""
    return _INSTALMENTS.get(frequency or "")


def instalment(yearly: Decimal, instalments: int) -> Decimal:
    """One premium of a yearly amount."""
    return round_cents(Fraction(yearly) / instalments)


def due_anchor(begin: date | None, month: int | None, day: int | None) -> date | None:
    """A day premiums fall due on: the yearly due date if it is known, else the beginning.

    The anchor lies in the year the contract begins, or in the year 2000 where that is unknown.
    """
    if not month:
        return begin
    year = begin.year if begin else 2000
    return date(year, month, min(day or 1, monthrange(year, month)[1]))
