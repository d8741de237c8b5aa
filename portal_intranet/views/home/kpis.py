"""The band of figures: a month's five numbers, each with its way and where it leads."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext

from pool_module.overview.queries import production
from portal_intranet.views.home.chosen import (
    Chosen,
    address,
    last_day,
    months_until,
    sums_of,
    total_of,
)
from shared.money import ZERO
from shared.periods import add_months
from shared.web import formats
from shared.web.database import db


def kpis(chosen: Chosen) -> list[dict[str, Any]]:
    """Incoming, passed on, kept; new applications; what of life insurance is lost."""
    months = months_until(chosen.month)
    sums = [s for s in sums_of(chosen, months) if s.currency == chosen.currency]
    where = {
        "through.from": f"{chosen.month}",
        "through.until": f"{chosen.last}",
        "currency": chosen.currency,
    }
    href = address("figures.index", **where)
    now = [s for s in sums if s.month == chosen.month]
    reported = any(s.payable is None for s in now)
    if reported:
        href = address(
            "figures.reported",
            **{"due.from": f"{chosen.month}", "due.until": f"{chosen.last}"},
            currency=chosen.currency,
        )
    received = [total_of(sums, month, "received") for month in months]
    payable = [total_of(sums, month, "payable") for month in months]
    margin = [total_of(sums, month, "margin") for month in months]
    incoming = received[-1] or ZERO
    before = formats.month(months[-2])
    return [
        {
            **_money(gettext("From insurers"), received, chosen, href),
            **_change(received, gettext("against %(month)s", month=before)),
        },
        {
            **_money(gettext("To producers"), payable, chosen, href),
            "text": _part(payable[-1], incoming, gettext("%(rate)s of what came in")),
        },
        {
            **_money(gettext("Pool margin"), margin, chosen, href),
            "text": _part(margin[-1], incoming, gettext("%(rate)s margin")),
        },
        _applications(months, chosen),
        _life(months),
    ]


def _applications(months: list[date], chosen: Chosen) -> dict[str, Any]:
    counted = production.applications_by_month(db.session(), months[0], chosen.last)
    numbers = [Decimal(counted.get(month, 0)) for month in months]
    return {
        "label": gettext("New applications"),
        "value": formats.count(int(numbers[-1])),
        "why": address(
            "applications.index",
            **{"applied_on.from": chosen.month, "applied_on.until": chosen.last},
        ),
        "values": numbers,
        **_change(numbers, gettext("against the year before"), numbers[0]),
    }


def _life(months: list[date]) -> dict[str, Any]:
    windows = [(add_months(month, -11), last_day(month)) for month in months]
    counted = production.life_cancellations(db.session(), windows)
    rates = [Decimal(gone) / held if held else None for gone, held in counted]
    gone, held = counted[-1]
    return {
        "label": gettext("Cancellation rate life, 12 months"),
        "value": formats.rate(_rounded(rates[-1])),
        "why": address(
            "contracts.index",
            **{"cancelled_on.from": windows[-1][0], "cancelled_on.until": windows[-1][1]},
            line=production.life_line_ids(db.session()),
        ),
        "values": [rate or ZERO for rate in rates],
        "text": gettext(
            "%(gone)s of %(held)s contracts", gone=formats.count(gone), held=formats.count(held)
        ),
    }


def _rounded(rate: Decimal | None) -> Decimal | None:
    return None if rate is None else rate.quantize(Decimal("0.001"))


def _money(label: str, amounts: list[Decimal | None], chosen: Chosen, href: str) -> dict[str, Any]:
    now = amounts[-1]
    return {
        "label": label,
        "value": formats.money(now, chosen.currency),
        "why": href if now is not None else "",
        "values": [amount or ZERO for amount in amounts],
    }


def _change(
    values: Sequence[Decimal | None], text: str, before: Decimal | None = None
) -> dict[str, str]:
    now, then = values[-1], before if before is not None else values[-2]
    if now is None or not then:
        return {"text": ""}
    rate = ((now - then) / abs(then)).quantize(Decimal("0.001"))
    arrow = "▲" if rate > 0 else "▼" if rate < 0 else "="
    return {
        "change": f"{arrow} {formats.rate(abs(rate))}",
        "tone": "up" if rate > 0 else "down",
        "text": text,
    }


def _part(part: Decimal | None, whole: Decimal, text: str) -> str:
    if part is None:
        return gettext("not calculated yet")
    if not whole:
        return "" if part else gettext("nothing in this month's settlement")
    return text % {"rate": formats.rate(_rounded(part / whole))}
