"""The start page: what needs somebody, how the run is, what the month brought."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from babel.dates import format_date
from flask import Blueprint, current_app, g, request, url_for
from flask_babel import get_locale, gettext, ngettext
from werkzeug.wrappers import Response

from pool_module.overview.queries import dashboard, figures, production
from pool_module.overview.queries.figures import Sums
from pool_module.overview.queries.work import work
from portal_intranet.views.work import shown_jobs
from shared import clock
from shared.labels import label
from shared.money import ZERO
from shared.periods import add_months
from shared.permissions import Permission, permissions_of
from shared.vocabulary import RunState
from shared.web import formats
from shared.web.access import requires
from shared.web.database import db
from shared.web.htmx import render

blueprint = Blueprint("home", __name__, template_folder="../templates")

MONTHS: Final = 13
SHOWN_JOBS: Final = 7
SERIES: Final = 4  # lines with a colour of their own; the rest is one
DELIVERED_MONTHS: Final = 5
CURRENCIES: Final = ("EUR", "UAH")
BLOCKS: Final = ("kpis", "work", "run", "income", "movers", "deliveries", "messages")


@dataclass(frozen=True)
class Chosen:
    """What the page is asked for.

    Attributes:
        month: its first day.
        currency: of all amounts.
        team: whether the work list is everybody's.
        today: the pool's day.
    """

    month: date
    currency: str
    team: bool
    today: date

    @property
    def last(self) -> date:
        """The month's last day."""
        return last_day(self.month)

    def href(self, **changes: Any) -> str:
        """The page with something changed."""
        asked = {
            "month": f"{self.month:%Y-%m}",
            "currency": self.currency,
            "team": "1" if self.team else None,
            **changes,
        }
        return url_for("home.start", **{k: v for k, v in asked.items() if v is not None})


@blueprint.get("/")
@requires(Permission.START)
def start() -> Response:
    """Show the month; each part comes from its own question and may fail alone."""
    chosen = _chosen()
    makers: dict[str, Callable[[Chosen], Any]] = {"work": _work}
    if Permission.SETTLEMENT_READ in permissions_of(g.viewer.role):
        makers |= {"run": _run, "kpis": _kpis, "income": _income, "movers": _movers}
    if Permission.DELIVERIES_READ in permissions_of(g.viewer.role):
        makers["deliveries"] = _deliveries
    if Permission.MESSAGES_READ in permissions_of(g.viewer.role):
        makers["messages"] = _messages
    asked = request.args.get("block")
    if asked in makers:
        makers = {asked: makers[asked]}
    blocks = {name: _block(make, chosen) for name, make in makers.items()}
    return render(
        "home/index.html",
        fragments={f"home-{name}": name for name in BLOCKS},
        chosen=chosen,
        blocks=blocks,
        month_name=formats.month(chosen.month),
        today=_weekday(chosen.today),
        before=formats.month(add_months(chosen.month, -1)),
        back=f"{add_months(chosen.month, -1):%Y-%m}",
        on=f"{add_months(chosen.month, 1):%Y-%m}" if chosen.last < chosen.today else "",
        opens=_opens,
    )


def _opens(endpoint: str, permission: str | None = None) -> bool:
    """Whether a room is open to the viewer."""
    may = permissions_of(g.viewer.role)
    return endpoint in current_app.view_functions and (permission is None or permission in may)


def _weekday(day: date) -> str:
    """``Donnerstag, 19.11.2026``."""
    return f"{format_date(day, 'EEEE', locale=get_locale())}, {formats.day(day)}"


def last_day(month: date) -> date:
    """The last day of a month."""
    return add_months(month.replace(day=1), 1) - timedelta(days=1)


def _chosen() -> Chosen:
    today = clock.today(g.viewer.time_zone)
    try:
        month = date.fromisoformat(f"{request.args.get('month', '')}-01")
    except ValueError:
        month = (figures.last_told_day(db.session()) or today).replace(day=1)
    wanted = request.args.get("currency")
    currency = wanted if wanted in CURRENCIES else CURRENCIES[0]
    return Chosen(month, currency, request.args.get("team") == "1", today)


def _block(make: Callable[[Chosen], Any], chosen: Chosen) -> Any:
    """A part of the page; None when it could not be made, and the others stand."""
    try:
        with db.session.begin_nested():
            return make(chosen)
    except Exception:  # whatever it was, the rest of the page is worth seeing
        current_app.logger.exception("A part of the start page failed.")
        return None


def _sums(chosen: Chosen, months: Sequence[date]) -> list[Sums]:
    """What each month brought; one nobody has calculated by what is reported for it."""
    if "sums" not in g:
        session = db.session()
        last = max(months[-1], _open_month(chosen))
        told = figures.sums_by_month(session, months[0], last_day(last))
        for month in {months[-1], last} - {s.month for s in told}:
            told += figures.expected_sums(session, month, last_day(month))
        g.sums = told
    found: list[Sums] = g.sums
    return found


def _open_month(chosen: Chosen) -> date:
    """The month after the latest figures, where the page shows that one; else its own."""
    latest = figures.last_told_day(db.session())
    shown_latest = latest is not None and chosen.month == latest.replace(day=1)
    return add_months(chosen.month, 1) if shown_latest else chosen.month


def _months(last: date) -> list[date]:
    return [add_months(last, -n) for n in range(MONTHS - 1, -1, -1)]


def _kpis(chosen: Chosen) -> list[dict[str, Any]]:
    months = _months(chosen.month)
    sums = [s for s in _sums(chosen, months) if s.currency == chosen.currency]
    where = {
        "through.from": f"{chosen.month}",
        "through.until": f"{chosen.last}",
        "currency": chosen.currency,
    }
    href = _address("figures.index", **where)
    now = [s for s in sums if s.month == chosen.month]
    reported = any(s.payable is None for s in now)
    if reported:
        href = _address(
            "figures.reported",
            **{"due.from": f"{chosen.month}", "due.until": f"{chosen.last}"},
            currency=chosen.currency,
        )
    received = [_total(sums, month, "received") for month in months]
    payable = [_total(sums, month, "payable") for month in months]
    margin = [_total(sums, month, "margin") for month in months]
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
        "why": _address(
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
        "why": _address(
            "contracts.index",
            **{"cancelled_on.from": windows[-1][0], "cancelled_on.until": windows[-1][1]},
            line=production.life_line_ids(db.session()),
        ),
        "values": [rate or ZERO for rate in rates],
        "text": gettext(
            "%(gone)s of %(held)s contracts", gone=formats.count(gone), held=formats.count(held)
        ),
    }


def _address(endpoint: str, **values: Any) -> str:
    """A list's address with filters; empty where the room is not open."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


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
    return text % {"rate": formats.rate(_rounded(part / whole))} if whole else ""


def _total(sums: Sequence[Sums], month: date, name: str) -> Decimal | None:
    amounts = [getattr(s, name) for s in sums if s.month == month]
    return None if None in amounts or not amounts else sum(amounts, ZERO)


def _work(chosen: Chosen) -> dict[str, Any]:
    may = permissions_of(g.viewer.role)
    jobs = work(db.session(), today=chosen.today, permissions=may, team=chosen.team)
    late = sum(1 for job in jobs if job.due and job.due < chosen.today)
    said = ngettext("%(num)s open", "%(num)s open", len(jobs))
    if late:
        said += ", " + ngettext("%(num)s overdue", "%(num)s overdue", late)
    return {"jobs": shown_jobs(jobs[:SHOWN_JOBS], chosen.today), "count": len(jobs), "said": said}


def _run(_chosen: Chosen) -> dict[str, Any]:
    status = dashboard.run_status(db.session())
    return {"run": status, "label": label(RunState, status.state) if status.state else None}


def _income(chosen: Chosen) -> dict[str, Any]:
    months = _months(_open_month(chosen))
    sums = [s for s in _sums(chosen, _months(chosen.month)) if s.currency == chosen.currency]
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
    totals = [_total(sums, month, "received") or ZERO for month in months]
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
        "months": [_short(month) for month in months],
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
        return _address(
            "figures.reported",
            **{"due.from": f"{month}", "due.until": f"{ends}"},
            currency=currency,
        )
    return _address(
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


def _short(month: date) -> str:
    """``Okt``: what stands below a bar."""
    locale = get_locale()
    assert locale is not None
    name: str = locale.months["stand-alone"]["abbreviated"][month.month]
    return name.rstrip(".")


def _movers(chosen: Chosen) -> list[dict[str, Any]]:
    before = add_months(chosen.month, -1)
    found = figures.movers(
        db.session(), (chosen.month, chosen.last), (before, last_day(before)), chosen.currency
    )
    return [
        {
            "name": mover.name,
            "href": _address(
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


def _messages(_chosen: Chosen) -> list[dashboard.Waiting]:
    return dashboard.waiting_threads(db.session())


def _deliveries(chosen: Chosen) -> dict[str, Any]:
    last = chosen.today.replace(day=1)
    months = [add_months(last, -n) for n in range(DELIVERED_MONTHS - 1, -1, -1)]
    rows = dashboard.deliveries(db.session(), months[0], g.viewer.time_zone)
    return {
        "months": [_short(month) for month in months],
        "rows": [
            {
                "name": row.name,
                "cells": [
                    {
                        "state": "o" if month in row.months else _gap(row.months, month, last),
                        "href": _address(
                            "deliveries.index",
                            insurer=row.id,
                            **{
                                "recorded_at.from": month,
                                "recorded_at.until": add_months(month, 1),
                            },
                        ),
                    }
                    for month in months
                ],
            }
            for row in rows
        ],
    }


def _gap(months: frozenset[date], month: date, last: date) -> str:
    """A month without a file: nothing was due before the first; the last may still bring it."""
    if month < min(months):
        return "n"
    return "l" if month == last else "m"
