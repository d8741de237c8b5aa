"""What a payee would owe if contracts ended: the unearned part of what he was paid.

Settlement rules, "One event" 4. Amounts come from booked pieces; when a cancellation is really
booked, its cents are rounded from the exact way, so a line can differ by a cent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from shared.money import ZERO, round_cents
from shared.periods import add_months, complete_months


@dataclass(frozen=True, kw_only=True)
class AtRisk:
    """What was booked for a payee of one event under liability.

    Attributes:
        contract_id: of his own contract; None where another firm sold it.
        piece: what he was credited, reserve included.
        reserve: what of it is held.
        factor_start: in force when the liability began.
        factor_now: in force today.
        lost: the part of the way that earlier cuts took already.
    """

    event_id: int
    contract_id: int | None
    line_id: int
    kind: str
    effective: date
    liability_end: date
    full_months: int
    earning: str
    factor_start: Decimal
    factor_now: Decimal
    lost: Decimal
    piece: Decimal
    reserve: Decimal
    currency: str


@dataclass(frozen=True)
class Month:
    """The liability as it would stand at the end of a month if nothing changed."""

    day: date
    owed: Decimal
    reserve: Decimal


def unearned(row: AtRisk, day: date) -> Fraction:
    """The part of the whole way not earned on a day, before what is in force is looked at."""
    if day >= row.liability_end:
        return Fraction(0)
    if day < row.effective:
        return Fraction(1)
    done = complete_months(row.effective, day)
    if done < row.full_months:
        return Fraction(1)
    if row.earning == "linear_daily":
        whole = (row.liability_end - row.effective).days
        return 1 - Fraction((day - row.effective).days, whole)
    months = complete_months(row.effective, row.liability_end)
    return Fraction(months - done, months)


def owed_on(row: AtRisk, day: date) -> Decimal:
    """What would be taken back if the contract ended on a day."""
    kept = 1 - Fraction(row.lost)
    if kept <= 0 or not row.factor_start or not row.factor_now:
        return ZERO
    in_force = Fraction(row.factor_now) / Fraction(row.factor_start)
    share = min(in_force * unearned(row, day) / kept, Fraction(1))
    return round_cents(Fraction(row.piece) * share)


def outlook(rows: Sequence[AtRisk], today: date, months: int = 60) -> list[Month]:
    """What would be owed today and at the same day of each coming month; one currency."""
    found = []
    for ahead in range(months + 1):
        day = add_months(today, ahead)
        left = [row for row in rows if row.liability_end > day]
        found.append(
            Month(
                day,
                sum((owed_on(row, day) for row in left), ZERO),
                sum((row.reserve for row in left), ZERO),
            )
        )
    return found
