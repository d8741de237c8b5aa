"""The days of tests that meet the real clock: of a request, of what the database writes itself.

A test that hands its day in has one of its own, and no clock.
"""

from typing import Final

from shared import clock

ZONE: Final = "Europe/Berlin"  # of a pool that says nothing else
NOW: Final = clock.now()
TODAY: Final = clock.day_of(NOW, ZONE)


def zone_of_another_day() -> str:
    """A zone where it is tomorrow or still yesterday while the server counts in UTC."""
    return "Pacific/Kiritimati" if clock.now().hour >= 10 else "Pacific/Pago_Pago"
