"""A moment's day is the pool's."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared import clock
from tests.shifted import telling_days


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), "Europe/Berlin", date(2026, 12, 31)),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "Europe/Berlin", date(2027, 1, 1)),
        (datetime(2026, 6, 30, 22, 30, tzinfo=UTC), "Europe/Berlin", date(2026, 7, 1)),
        (datetime(2028, 2, 28, 22, 30, tzinfo=UTC), "Europe/Kyiv", date(2028, 2, 29)),
    ],
)
def test_the_day_of_a_moment(moment: datetime, zone: str, day: date) -> None:
    assert clock.day_of(moment, zone) == day


@pytest.mark.parametrize("today", [date(2026, 11, 22), date(2028, 2, 29), date(2026, 12, 31)])
def test_make_days_goes_to_days_to_come(today: date) -> None:
    now = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    days = [moment.date() for moment in telling_days(now)]
    assert all(day >= today for day in days)
    assert any((day.month, day.day) == (2, 29) for day in days)
    assert any(day.day == 1 for day in days)
    assert any((day + timedelta(days=1)).day == 1 for day in days)
    assert any(day.weekday() == 6 for day in days)
