"""How the payout comes about, step by step: the statement's summary box."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from pool_module.settlement.documents.statement_data import StatementData, total
from shared.figures import Figures
from shared.i18n import catalogue

Tone = Literal["carried", "credit", "debit", "reserve", "levy", "result"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step from the opening balance to the balance carried forward.

    Attributes:
        change: what it adds (+) or takes (−).
        note: how it is counted, in few words.
        tone: what the step is, which the template turns into a colour.
    """

    label: str
    change: Decimal
    tone: Tone
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """Where a step's bar lies in the width of the box, in thousandths."""

    start: int
    width: int


def steps_to_balance(data: StatementData) -> list[Step]:
    """List what makes the balance out of the opening balance; empty steps are left out."""
    gettext = catalogue(data.language).gettext
    opening = Step(label=gettext("Opening balance"), change=data.opening, tone="carried")
    return [opening, *(step for step in _movements(data) if step.change)]


def bars(steps: list[Step]) -> list[Bar]:
    """Lay the steps out as a waterfall over the range their running totals span."""
    reached = [Fraction(0)]
    for step in steps:
        reached.append(reached[-1] + Fraction(step.change))
    lowest, highest = min(reached), max(reached)
    span = highest - lowest or Fraction(1)
    placed = []
    for before, after in pairwise(reached):
        start = (min(before, after) - lowest) * 1000 / span
        width = abs(after - before) * 1000 / span
        placed.append(Bar(round(start), round(width)))
    return placed


def _movements(data: StatementData) -> Iterator[Step]:
    gettext = catalogue(data.language).gettext
    yield Step(
        label=gettext("Commission of the period"),
        change=total(line.amount for line in data.entries),
        tone="credit",
        note=_lines(data, len(data.entries)),
    )
    corrected = total(line.amount for line in data.corrections)
    yield Step(
        label=gettext("Corrections of earlier periods"),
        change=corrected,
        tone="debit" if corrected < 0 else "credit",
        note=_lines(data, len(data.corrections)),
    )
    yield Step(label=gettext("Reserve withholding"), change=-data.reserve_withheld, tone="reserve")
    yield Step(label=gettext("Reserve release"), change=data.reserve_released, tone="reserve")
    adjusted = total(adjustment.amount for adjustment in data.adjustments)
    yield Step(
        label=gettext("Adjustments"),
        change=adjusted,
        tone="debit" if adjusted < 0 else "credit",
    )
    figures = Figures(data.language, data.currency)
    for withholding in data.withholdings:
        yield Step(
            label=withholding.name,
            change=-withholding.amount,
            tone="levy",
            note=gettext("%(rate)s of %(base)s")
            % {"rate": figures.percent(withholding.rate), "base": figures.money(withholding.base)},
        )


def _lines(data: StatementData, count: int) -> str:
    ngettext = catalogue(data.language).ngettext
    return ngettext("%(count)d line", "%(count)d lines", count) % {"count": count}
