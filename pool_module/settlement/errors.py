"""What settlement refuses."""

from decimal import Decimal

from shared.errors import Refused
from shared.money import plain


class NothingToCertify(Refused):
    """An act of services states what was earned; nothing or less than nothing needs none."""

    def __init__(self, total: Decimal) -> None:
        super().__init__(
            "There is nothing to certify: the services of the period come to %(total)s.",
            total=plain(total),
        )
