"""Shares of a contract, which are the whole or nothing (EPC-09)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

WHOLE: Final = Decimal(1)
# four decimals of per cent
STEP: Final = Decimal("0.000001")


def missing(shares: Sequence[Decimal]) -> Decimal:
    """What is missing to the whole; negative: what is too much."""
    return WHOLE - sum(shares, Decimal(0))


def is_fine(share: Decimal) -> bool:
    """Whether a share is more than nothing and has at most four decimals of per cent."""
    return 0 < share <= 1 and share == share.quantize(STEP)
