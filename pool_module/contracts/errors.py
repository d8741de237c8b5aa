"""What contracts refuse."""

from shared.errors import Invalid, NotFound, Refused


class FactorRefused(Refused):
    """A cut would raise the in-force factor; a rise is a reinstatement plus new cuts."""

    def __init__(self, factor: object, before: object) -> None:
        super().__init__(
            "the in-force factor is %(before)s just before that day and cannot become %(factor)s",
            field="to",
            factor=factor,
            before=before,
        )


class NoSuchContract(NotFound):
    """There is none within the actor's reach."""

    def __init__(self) -> None:
        super().__init__("There is no such contract.")


class SharesNotWhole(Invalid):
    """Shares that are not the whole; the sentence names what is missing."""

    def __init__(self, total: str, missing: str) -> None:
        super().__init__(
            "The shares add up to %(total)s, not to 100 %%: %(missing)s is missing.",
            field="shares",
            total=total,
            missing=missing,
        )


class SharesTooMuch(Invalid):
    """Shares that are more than the whole."""

    def __init__(self, total: str, over: str) -> None:
        super().__init__(
            "The shares add up to %(total)s, not to 100 %%: %(over)s too much.",
            field="shares",
            total=total,
            over=over,
        )


class ShareRefused(Invalid):
    """A share of nothing, of more than all, or finer than four decimals."""

    def __init__(self) -> None:
        super().__init__(
            "A share is more than 0 and at most 100 %%, with four decimals.", field="shares", p="%"
        )


class ProducerTwice(Invalid):
    """Two shares of one producer; one would do."""

    def __init__(self) -> None:
        super().__init__("Each producer stands here once.", field="shares")


class ProducerUnknown(Invalid):
    """A producer nobody knows."""

    def __init__(self) -> None:
        super().__init__("Choose a producer of the list.", field="producer")


class NumberTaken(Invalid):
    """The insurer has this number in this line already."""

    def __init__(self, number: str) -> None:
        super().__init__(
            "The insurer has a contract %(number)s already.", field="number", number=number
        )


class NumberMissing(Invalid):
    """A contract without a number."""

    def __init__(self) -> None:
        super().__init__("Enter the contract number.", field="number")


class BeforeBegin(Invalid):
    """Something that would happen before the contract begins."""

    def __init__(self, field: str) -> None:
        super().__init__("This is before the contract begins.", field=field)


class FactorNeeded(Invalid):
    """A reduction to what?"""

    def __init__(self) -> None:
        super().__init__("Enter which part stays in force, between 0 and 100 %%.", field="factor",
                         p="%")  # fmt: skip


class NothingCut(Refused):
    """A contract that was never cut cannot be reinstated."""

    def __init__(self) -> None:
        super().__init__("Nothing of this contract is cancelled or reduced.")


class Converted(Refused):
    """A contract in the broker's own keeping is no longer the pool's to change."""

    def __init__(self) -> None:
        super().__init__("This contract is in the broker's own keeping since its conversion.")


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
