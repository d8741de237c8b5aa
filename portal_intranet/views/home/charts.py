"""Charts of the start page: what came in by line, who changed most, who delivered."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from flask_babel import get_locale, gettext

from pool_module.incoming.queries.deliveries import delivery_months
from pool_module.incoming.rules.rhythm import MonthState
from pool_module.overview.queries import figures
from pool_module.overview.queries.figures import Sums
from portal_intranet.views.home.chosen import (
    Chosen,
    address,
    last_day,
    months_until,
    open_month,
    short,
    sums_of,
    total_of,
)
from shared.db import actor_of
from shared.money import ZERO
from shared.periods import add_months
from shared.web import formats
from shared.web.database import db

SERIES: Final = 4  # lines with a colour of their own; the rest is one
DELIVERED_MONTHS: Final = 5
# as the kit's chart calls them
CELLS: Final = {
    MonthState.CAME: "o",
    MonthState.BOOKED: "o",
    MonthState.MISSING: "m",
    MonthState.DUE: "l",
    MonthState.NONE: "n",
}


def income(chosen: Chosen) -> dict[str, Any]:
    """What came in by line, the largest lines by name; the last month may be provisional."""
    found = sums_of(chosen, months_until(chosen.month))
    months = months_until(open_month(chosen))
    if not any(s.received for s in found if s.month == months[-1]):
        months = months_until(chosen.month)  # nothing is told yet of the month that runs
    sums = [s for s in found if s.currency == chosen.currency]
    names = figures.line_names(db.session())
    language = str(get_locale())
    weights: dict[int, Decimal] = {}
    for s in sums:
        if s.line_id is not None:
            weights[s.line_id] = weights.get(s.line_id, ZERO) + s.received
    ranked = sorted(weights, key=lambda line: (-weights[line], line))
    top = ranked[:SERIES] if len(ranked) > SERIES + 1 else ranked
    groups = [(names[line][language], {line}) for line in top]
    rest = set(ranked) - set(top)
    if rest:
        groups.append((gettext("Others"), rest))
    totals = [total_of(sums, month, "received") or ZERO for month in months]
    scale, unit = _scale(max(totals, default=ZERO), chosen.currency)
    series = []
    for number, (name, lines) in enumerate(groups, 1):
        amounts = [
            sum((s.received for s in sums if s.month == month and s.line_id in lines), ZERO)
            for month in months
        ]
        series.append(
            {
                "name": name,
                "colour": f"d{number}" if lines is not rest else "d6",
                "values": [max(a, ZERO) / scale for a in amounts],
                "shown": [_scaled(a, scale) for a in amounts],
            }
        )
    last = [s for s in sums if s.month == months[-1]]
    return {
        "months": [short(month) for month in months],
        "series": series,
        "totals": [_scaled(total, scale) for total in totals],
        "unit": unit,
        "provisional": ""
        if last and all(s.closed for s in last)
        else gettext("%(month)s provisional", month=formats.month(months[-1])),
        "hrefs": [_month_href(sums, month, chosen.currency) for month in months],
        "empty": not any(totals),
    }


def _month_href(sums: Sequence[Sums], month: date, currency: str) -> str:
    ends = last_day(month)
    if any(s.payable is None for s in sums if s.month == month):
        return address(
            "figures.reported",
            **{"due.from": f"{month}", "due.until": f"{ends}"},
            currency=currency,
        )
    return address(
        "figures.index",
        **{"through.from": f"{month}", "through.until": f"{ends}"},
        currency=currency,
    )


def _scale(peak: Decimal, currency: str) -> tuple[Decimal, str]:
    sign = formats.figures(currency).money(ZERO).strip("0.,\xa0 ")
    if peak >= 1_000_000:
        return Decimal(1_000_000), gettext("in million %(currency)s", currency=sign)
    if peak >= 1_000:
        return Decimal(1_000), gettext("in thousand %(currency)s", currency=sign)
    return Decimal(1), gettext("in %(currency)s", currency=sign)


def _scaled(amount: Decimal, scale: Decimal) -> str:
    places = Decimal("0.01") if scale > 1_000 else Decimal("0.1") if scale > 1 else Decimal("0.01")
    return formats.figures().number((amount / scale).quantize(places))


def movers(chosen: Chosen) -> list[dict[str, Any]]:
    """Whose credit differs most from the month before."""
    before = add_months(chosen.month, -1)
    found = figures.movers(
        db.session(), (chosen.month, chosen.last), (before, last_day(before)), chosen.currency
    )
    return [
        {
            "name": mover.name,
            "href": address(
                "figures.producers",
                **{"through.from": f"{chosen.month}", "through.until": f"{chosen.last}"},
                producer=mover.producer_id,
                currency=chosen.currency,
            ),
            "value": abs(mover.change),
            "shown": formats.signed(mover.change),
            "now": formats.amount(mover.now),
            "before": formats.amount(mover.before),
        }
        for mover in found
    ]


def deliveries(chosen: Chosen) -> dict[str, Any]:
    """Which insurer sent something in which month, and what should be here by his own rhythm."""
    session = db.session()
    found = delivery_months(session, actor_of(session), chosen.today)
    months = found.months[-DELIVERED_MONTHS:]
    return {
        "months": [short(month) for month in months],
        "rows": [
            {
                "name": row.name,
                "cells": [
                    {
                        "state": CELLS[state],
                        "href": _delivery(row.insurer_id, file),
                    }
                    for state, file in zip(
                        row.states[-DELIVERED_MONTHS:], row.files[-DELIVERED_MONTHS:], strict=True
                    )
                ],
            }
            for row in found.insurers
        ],
    }


def _delivery(insurer_id: int, file: int | None) -> str:
    """The month's file, or all of the insurer's."""
    if file is not None:
        return address("deliveries.show", id=file)
    return address("deliveries.index", insurer=insurer_id)
