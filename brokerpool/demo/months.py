"""The demo's calendar: fourteen closed months, and the open one."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Self

from shared.periods import add_months, period_name

CLOSED: Final = 14
ISSUE_DAY: Final = 10  # of the month that follows


@dataclass(frozen=True)
class Months:
    """Months counted from the first that is settled: 0 to 13 are closed, 14 is open.

    Attributes:
        start: first day of month 0.
    """

    start: date

    @classmethod
    def before(cls, today: date) -> Self:
        """The months for a day: the open month is the one before it."""
        return cls(add_months(today.replace(day=1), -1 - CLOSED))

    def first(self, month: int) -> date:
        """The first day of a month; negative ones lie before."""
        return add_months(self.start, month)

    def last(self, month: int) -> date:
        """The last day of a month."""
        return self.first(month + 1) - timedelta(days=1)

    def day(self, month: int, day: int) -> date:
        """A day of a month, up to the 28th."""
        return self.first(month).replace(day=day)

    def month_of(self, day: date) -> int:
        """The month a day lies in."""
        return (day.year - self.start.year) * 12 + day.month - self.start.month

    def issue_day(self, month: int) -> date:
        """When a month's statements are issued."""
        return self.day(month + 1, ISSUE_DAY)

    def name(self, month: int) -> str:
        """A month's name, e.g. ``2026-10``."""
        return period_name(self.last(month))
