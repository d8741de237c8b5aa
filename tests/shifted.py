"""The parts of the tests that know what day it is, on telling days: ``make days``.

Asks for libfaketime (Debian, Ubuntu: faketime); without it nothing is run and that is said. The
test servers live on the shifted day too (``brokerpool/environment.py``).
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from shared import clock
from shared.periods import add_months

LIBRARY = "faketime/libfaketimeMT.so.1"
PLACES = ("/usr/lib", "/usr/local/lib", "/usr/lib64", "/opt/homebrew/lib")
PARTS = (
    "tests/unit", "tests/web", "tests/database/admin_module", "tests/database/brokerpool",
    "tests/database/pool_module/applications", "tests/database/pool_module/contracts",
    "tests/database/pool_module/incoming", "tests/database/pool_module/overview",
    "tests/database/pool_module/payouts", "tests/database/pool_module/products",
)  # fmt: skip
MORNING, LATE = time(8, tzinfo=UTC), time(23, 30, tzinfo=UTC)


def telling_days(now: datetime) -> Iterator[datetime]:
    """Moments to come: month ends and firsts, the turn of the year, a leap day, far off."""
    today = now.date()
    first = add_months(today.replace(day=1), 1)
    new_year = today.replace(year=today.year + 1, month=1, day=1)
    leap = next(y for y in range(today.year + 1, today.year + 10) if not y % 4 and y % 100)
    yield datetime.combine(today + timedelta(days=40), MORNING)
    yield datetime.combine(today + timedelta(days=400), MORNING)
    yield datetime.combine(first, MORNING)
    yield datetime.combine(add_months(new_year, 1) - timedelta(days=1), MORNING)
    yield datetime.combine(new_year - timedelta(days=1), LATE)  # the pool has New Year's Day
    yield datetime.combine(new_year.replace(year=leap, month=2, day=29), MORNING)
    sunday = today + timedelta(days=(6 - today.weekday()) % 7 + 7)
    yield datetime.combine(sunday, LATE)


def main(parts: list[str]) -> int:
    """Run the parts on each day; how many days failed."""
    library = next((p for place in PLACES for p in Path(place).glob(f"**/{LIBRARY}")), None)
    if library is None:
        sys.stdout.write("No day was shifted: libfaketime is missing (apt-get install faketime).\n")
        return 0
    failed = []
    for moment in sorted(telling_days(clock.now())):
        shift = int((moment - clock.now()).total_seconds())
        shifted = {**os.environ, "LD_PRELOAD": str(library), "FAKETIME": f"+{shift}"}
        sys.stdout.write(f"{moment:%a %Y-%m-%d %H:%M} UTC\n")
        sys.stdout.flush()
        command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *parts]
        if subprocess.run(command, env=shifted, check=False).returncode:
            failed.append(moment)
    sys.stdout.write("".join(f"Failed on {moment:%a %Y-%m-%d %H:%M} UTC\n" for moment in failed))
    return len(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(PARTS)))
