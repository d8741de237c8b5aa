"""Sums that are unknown as long as nothing was added."""

from decimal import Decimal

from shared.money import plain


class Sum:
    """A sum of amounts; None until the first one that is known."""

    def __init__(self) -> None:
        self.amount: Decimal | None = None

    def add(self, amount: Decimal | None) -> None:
        """Add an amount; an unknown one changes nothing."""
        if amount is not None:
            self.amount = amount if self.amount is None else self.amount + amount

    @property
    def text(self) -> str | None:
        """The sum with two decimals and a point."""
        return None if self.amount is None else plain(self.amount)
