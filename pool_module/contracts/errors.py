"""What contracts refuse."""

from shared.errors import Refused


class FactorRefused(Refused):
    """A cut would raise the in-force factor; a rise is a reinstatement plus new cuts."""

    def __init__(self, factor: object, before: object) -> None:
        super().__init__(
            "the in-force factor is %(before)s just before that day and cannot become %(factor)s",
            field="to",
            factor=factor,
            before=before,
        )
