"""Days, months and settlement periods."""

import calendar
from datetime import date, timedelta


def add_months(day: date, months: int) -> date:
    """Add months; a month end clamps (31 January + 1 month = 28 or 29 February)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def complete_months(start: date, end: date) -> int:
    """Count complete months: the largest k >= 0 with ``start`` + k months <= ``end``."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if add_months(start, months) > end:
        months -= 1
    return max(months, 0)


def is_month_end(day: date) -> bool:
    """Tell whether a day is the last of its month."""
    return (day + timedelta(days=1)).day == 1


def period_name(through: date) -> str:
    """Name a period by its last day: YYYY-MM when that ends a month, else the day itself."""
    return f"{through:%Y-%m}" if is_month_end(through) else through.isoformat()
