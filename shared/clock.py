"""The only clock. Everything below the edge takes the time as an argument."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The current time, in UTC."""
    return datetime.now(UTC)


def today(zone: str) -> date:
    """The current day in a pool's time zone (e.g. ``Europe/Berlin``)."""
    return day_of(now(), zone)


def day_of(moment: datetime, zone: str) -> date:
    """The day a moment lies in, in a pool's time zone: no other day is told to people."""
    return moment.astimezone(ZoneInfo(zone)).date()
