"""What the start page is asked for, and what its parts share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from flask import current_app, g, url_for
from flask_babel import get_locale

from pool_module.overview.queries import figures
from pool_module.overview.queries.figures import Sums
from shared.money import ZERO
from shared.periods import add_months
from shared.web.database import db

MONTHS: Final = 13


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


def last_day(month: date) -> date:
    """The last day of a month."""
    return add_months(month.replace(day=1), 1) - timedelta(days=1)


def address(endpoint: str, **values: Any) -> str:
    """A list's address with filters; empty where the room is not open."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


def sums_of(chosen: Chosen, months: Sequence[date]) -> list[Sums]:
    """What each month brought; one nobody has calculated by what is reported for it.

    A month that is calculated and holds nothing for the reader brought him nothing.
    """
    if "sums" not in g:
        session = db.session()
        last = max(months[-1], open_month(chosen))
        told = figures.sums_by_month(session, months[0], last_day(last))
        here = {s.month for s in told if s.currency == chosen.currency}
        for month in {months[-1], last} - here:
            told += _without_figures(chosen, month)
        g.sums = told
    found: list[Sums] = g.sums
    return found


def _without_figures(chosen: Chosen, month: date) -> list[Sums]:
    """What stands for a month the reader has no figures of in the currency."""
    session = db.session()
    closed = figures.told_months(session, month, last_day(month)).get(month)
    if closed is None:
        expected = figures.expected_sums(session, month, last_day(month))
        return [s for s in expected if s.currency == chosen.currency]
    return [Sums(month, chosen.currency, None, ZERO, ZERO, ZERO, closed=closed)]


def open_month(chosen: Chosen) -> date:
    """The month after the latest figures, where the page shows that one; else its own."""
    latest = figures.last_told_day(db.session())
    shown_latest = latest is not None and chosen.month == latest.replace(day=1)
    return add_months(chosen.month, 1) if shown_latest else chosen.month


def months_until(last: date) -> list[date]:
    """The thirteen months that end with one."""
    return [add_months(last, -n) for n in range(MONTHS - 1, -1, -1)]


def total_of(sums: Sequence[Sums], month: date, name: str) -> Decimal | None:
    """The sum of a figure in a month; None where nobody has calculated it."""
    amounts = [getattr(s, name) for s in sums if s.month == month]
    return None if None in amounts or not amounts else sum(amounts, ZERO)


def short(month: date) -> str:
    """``Okt``: what stands below a bar."""
    locale = get_locale()
    assert locale is not None
    name: str = locale.months["stand-alone"]["abbreviated"][month.month]
    return name.rstrip(".")
