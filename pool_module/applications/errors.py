"""What is refused about applications."""

from shared.errors import Invalid, NotFound, Refused


class NoSuchApplication(NotFound):
    """There is none within the actor's reach."""

    def __init__(self) -> None:
        super().__init__("There is no such application.")


class NotThatStep(Refused):
    """The step does not follow from the state it is in."""

    def __init__(self) -> None:
        super().__init__("The application is no longer in a state in which that can be done.")


class MayNotSell(Refused):
    """The firm may not sell the product on that day."""

    def __init__(self, product: str) -> None:
        super().__init__(
            "%(product)s may not be sold by this firm now: it is not offered, or not released.",
            field="product_id",
            product=product,
        )


class UnderReview(Refused):
    """The case is held: somebody who may look into it does."""

    def __init__(self) -> None:
        super().__init__("This case is held for a review. Ask the administration.")


class Unfinished(Invalid):
    """What an insurer has to know is missing."""

    def __init__(self, field: str) -> None:
        super().__init__("This is needed before it can be submitted.", field=field)


class NoteMissing(Invalid):
    """A step that has to be explained is not."""

    def __init__(self) -> None:
        super().__init__("Say why.", field="note")


class ContractThere(Refused):
    """The application has become a contract already."""

    def __init__(self, number: str) -> None:
        super().__init__("This application has become the contract %(number)s.", number=number)


class NotAccepted(Refused):
    """Only what the insurer accepted becomes a contract."""

    def __init__(self) -> None:
        super().__init__("Only an accepted application becomes a contract.")


class Limited(Refused):
    """A broker firm or an insurer is for other divisions or organisations alone."""

    status = 422

    def __init__(self) -> None:
        super().__init__("This insurer or broker is not open to your division.")
