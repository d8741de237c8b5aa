"""What contracts refuse."""

from shared.errors import NotFound, Refused


class FactorRefused(Refused):
    """A cut would raise the in-force factor; a rise is a reinstatement plus new cuts."""

    def __init__(self, factor: object, before: object) -> None:
        super().__init__(
            "the in-force factor is %(before)s just before that day and cannot become %(factor)s",
            field="to",
            factor=factor,
            before=before,
        )


class ContractUnknown(NotFound):
    """There is no such contract within the actor's reach."""

    def __init__(self) -> None:
        super().__init__("There is no such contract.")


class NotConvertible(Refused):
    """Only a contract in force can be taken over."""

    def __init__(self) -> None:
        super().__init__("Only a contract in force can be converted to a self-managed one.")


class SeenChanged(Refused):
    """The contract, or what the conversion brings, is not what was shown any more."""

    def __init__(self) -> None:
        super().__init__(
            "The contract has changed since you saw the consequences. Look at them again."
        )
