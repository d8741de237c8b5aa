"""What agreements and rules refuse."""

from shared.errors import Refused


class OverlapRefused(Refused):
    """Another rule or agreement of the same key holds on some of these days."""

    def __init__(self, code: str, days: str) -> None:
        super().__init__(
            "overlaps %(code)s, which holds %(days)s for the same key",
            field="from",
            code=code,
            days=days,
        )
