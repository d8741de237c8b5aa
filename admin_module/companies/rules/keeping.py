"""How long a former partner reads what was his: until the last liability and the retention end.

Germany: vouchers are kept eight years from the end of the year they are of (sec. 147 AO, sec. 257
HGB). Ukraine: primary documents at least 1825 days.
"""

from datetime import date, timedelta
from typing import Final

GERMAN_YEARS: Final = 8
UKRAINIAN_DAYS: Final = 1825
# before the end of a proof somebody is told, each once, unless the pool set other days
TOLD_BEFORE: Final = (60, 30, 7)


def reads_until(
    country: str, *, left_on: date, last_paper: date | None, last_liability: date | None
) -> date:
    """The last day a former partner reads.

    Args:
        country: of the firm.
        left_on: when it left.
        last_paper: the day of its last statement.
        last_liability: when its last liability ends.
    """
    paper = max(left_on, last_paper or left_on, last_liability or left_on)
    if country == "UA":
        kept = paper + timedelta(days=UKRAINIAN_DAYS)
    else:
        kept = date(paper.year + GERMAN_YEARS, 12, 31)
    return max(kept, last_liability or kept)


def to_tell(
    valid_until: date, today: date, told: int | None, before: tuple[int, ...] = TOLD_BEFORE
) -> int | None:
    """For which of the days before its end a proof's end is to be told now; None: for none.

    Who looks late is told once, for the nearest.
    """
    left = (valid_until - today).days
    reached = [days for days in before if left <= days]
    if not reached or left < 0:
        return None
    nearest = min(reached)
    return nearest if told is None or nearest < told else None
