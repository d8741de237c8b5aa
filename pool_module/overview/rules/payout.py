"""What a payee gets next and how it comes about: parts that sum to the payout."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from shared.money import ZERO, round_cents
from shared.periods import add_months

AVERAGED: Final = 3  # statements an estimate looks back on


class Part(StrEnum):
    """A step from nothing to the payout, in this order."""

    OPENING = "opening"
    ACQUISITION = "acquisition"
    RECURRING = "recurring"
    OTHER = "other"
    STRUCTURE = "structure"
    CLAWBACK = "clawback"
    RESERVE = "reserve"
    ADJUSTMENTS = "adjustments"
    WITHHELD = "withheld"


class Basis(StrEnum):
    """What a next payout is known from."""

    DRAFT = "draft"  # the run in progress is calculated
    ESTIMATE = "estimate"  # the average of the last statements


@dataclass(frozen=True)
class Step:
    """A part's amount, and how many contracts it comes from (0: not counted)."""

    part: Part
    amount: Decimal
    contracts: int = 0


@dataclass(frozen=True)
class Movement:
    """What was, or would be, booked on own contracts in one kind and direction."""

    kind: str
    own: bool
    amount: Decimal
    contracts: int


@dataclass(frozen=True, kw_only=True)
class Account:
    """What a settlement makes of a payee's account in a currency."""

    currency: str
    opening: Decimal
    payable: Decimal
    reserve: Decimal
    adjustments: Decimal
    withheld: Decimal
    on_hold: bool = False
    minimum: Decimal = ZERO


@dataclass(frozen=True, kw_only=True)
class NextPayout:
    """What comes next in a currency.

    Attributes:
        amount: what would be paid; 0 where the balance carries forward.
        balance: the sum of the steps.
        through: the last day of the period it settles; None where nobody began it.
        as_of: when the draft was calculated.
        averaged: how many statements an estimate rests on.
    """

    basis: Basis
    currency: str
    amount: Decimal
    balance: Decimal
    steps: tuple[Step, ...]
    through: date | None = None
    as_of: datetime | None = None
    on_hold: bool = False
    minimum: Decimal = ZERO
    averaged: int = 0


def steps_of(account: Account, movements: Sequence[Movement]) -> tuple[Step, ...]:
    """Split an account's movement into steps; what is not own business is the structure's.

    Args:
        account: the sums.
        movements: own contracts' movements, pieces with their reserve.
    """
    own = [m for m in movements if m.own]
    earned = dict.fromkeys((Part.ACQUISITION, Part.RECURRING, Part.OTHER), ZERO)
    counts = dict.fromkeys(Part, 0)
    taken = ZERO
    for each in own:
        if each.amount < 0:
            taken += each.amount
            counts[Part.CLAWBACK] += each.contracts
        else:
            part = _part_of(each.kind)
            earned[part] += each.amount
            counts[part] += each.contracts
    pieces = account.payable + account.reserve
    amounts: Mapping[Part, Decimal] = {
        Part.OPENING: account.opening,
        **earned,
        Part.STRUCTURE: pieces - sum((m.amount for m in own), ZERO),
        Part.CLAWBACK: taken,
        Part.RESERVE: -account.reserve,
        Part.ADJUSTMENTS: account.adjustments,
        Part.WITHHELD: -account.withheld,
    }
    return tuple(Step(part, amounts[part], counts[part]) for part in Part if amounts[part])


def from_draft(
    account: Account, movements: Sequence[Movement], through: date, as_of: datetime | None
) -> NextPayout:
    """What the calculated run would pay (settlement rules, "A settlement")."""
    steps = steps_of(account, movements)
    balance = sum((step.amount for step in steps), ZERO)
    paid = balance > 0 and balance >= account.minimum and not account.on_hold
    return NextPayout(
        basis=Basis.DRAFT,
        currency=account.currency,
        amount=balance if paid else ZERO,
        balance=balance,
        steps=steps,
        through=through,
        as_of=as_of,
        on_hold=account.on_hold,
        minimum=account.minimum,
    )


def estimated(
    opening: Decimal, past: Sequence[tuple[Account, Sequence[Movement]]]
) -> NextPayout | None:
    """The average of the last statements of one currency on today's balance; None without any."""
    seen = past[:AVERAGED]
    if not seen:
        return None
    sums: dict[Part, Decimal] = {}
    for account, movements in seen:
        for step in steps_of(account, movements):
            sums[step.part] = sums.get(step.part, ZERO) + step.amount
    sums.pop(Part.OPENING, None)
    means = {part: round_cents(Fraction(amount) / len(seen)) for part, amount in sums.items()}
    means[Part.OPENING] = opening
    steps = tuple(Step(part, means[part]) for part in Part if means.get(part))
    balance = sum((step.amount for step in steps), ZERO)
    last = seen[0][0]
    paid = balance > 0 and balance >= last.minimum and not last.on_hold
    return NextPayout(
        basis=Basis.ESTIMATE,
        currency=last.currency,
        amount=balance if paid else ZERO,
        balance=balance,
        steps=steps,
        on_hold=last.on_hold,
        minimum=last.minimum,
        averaged=len(seen),
    )


def last_day_of(number: str) -> date:
    """The last day a statement settles, from its number: ``2026-10/00012``, ``2026-10-15/00012``.

    A broker reads his statements, not the pool's periods; the number begins with the period's name.
    """
    name = number.partition("/")[0]
    if len(name) == len("2026-10"):
        return add_months(date.fromisoformat(f"{name}-01"), 1) - timedelta(days=1)
    return date.fromisoformat(name)


def _part_of(kind: str) -> Part:
    return Part(kind) if kind in {Part.ACQUISITION, Part.RECURRING} else Part.OTHER
