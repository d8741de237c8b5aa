"""Refusals of the incoming room: a file or a value that can't be taken, said in one sentence."""

from shared.errors import Invalid, NotFound, Refused


class DeliveryRefused(Invalid):
    """A delivered file can't be read at all; nothing of it was taken."""


class NotThisFormat(DeliveryRefused):
    """The file is not of the format it was delivered as."""


class DeliveryTooLarge(DeliveryRefused):
    """The file, or what it would unpack to, is over the limit."""

    status = 413


class DoesNotFit(Invalid):
    """A value can't be written into its field of an insurer's file; ``field`` names it."""


class ColumnsUnknown(DeliveryRefused):
    """No row of a table names the columns of a statement; a mapping has to be given.

    Attributes:
        headers: the texts of the widest of the first rows, to choose from.
    """

    def __init__(self, headers: tuple[str, ...]) -> None:
        super().__init__(
            "No row of the file names a contract and an amount. Say which column is which; "
            "there are: %(headers)s.",
            headers=", ".join(headers) or "none",
        )
        self.headers = headers


class InsurerUnknown(NotFound):
    """The pool has no insurer of this code."""

    def __init__(self, code: str) -> None:
        super().__init__("The pool has no insurer %(code)s.", field="insurer", code=code)


class DiscrepancyMoved(Refused):
    """A discrepancy is not open any more, or is of another kind."""

    def __init__(self, discrepancy_id: int) -> None:
        super().__init__(
            "Discrepancy %(number)s is not open, or can't be resolved like this.",
            number=discrepancy_id,
        )


class NotWhole(Refused):
    """An application can't be written for the insurer: something is missing."""

    def __init__(self, case_number: str, missing: str) -> None:
        super().__init__(
            "Application %(case)s can't be sent: %(missing)s is missing.",
            case=case_number,
            missing=missing,
        )
