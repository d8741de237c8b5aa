"""Refusals of the incoming room: a file or a value that can't be taken, said in one sentence."""

from shared.errors import Author, Invalid, NotFound, Refused


class DeliveryRefused(Invalid):
    """A delivered file can't be read at all; nothing of it was taken."""


class NotThisFormat(DeliveryRefused):
    """The file is not of the format it was delivered as."""


class DeliveryTooLarge(DeliveryRefused):
    """The file, or what it would unpack to, is over the limit; sizes are told in MB and KB."""

    status = 413


def megabytes(size: int) -> int:
    """A size as people are told it, begun ones counted: what is too large is told as more."""
    return -(-size // 1024**2)


def kilobytes(size: int) -> int:
    """A small size as people are told it, begun ones counted."""
    return -(-size // 1024)


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


class ResolvedAlready(Refused):
    """Somebody was faster: nothing of what was asked for is open any more."""

    def __init__(self, who: str, cases: int) -> None:
        super().__init__(
            "Nothing was done: %(who)s has resolved this already (%(cases)s).",
            who=Author(who),
            cases=cases,
        )


class NoSuchCase(NotFound):
    """The pool has no such discrepancy."""

    def __init__(self, number: int) -> None:
        super().__init__("There is no discrepancy %(number)s.", number=number)


class NoSuchUpload(NotFound):
    """The pool has no such upload, or no such row of it."""

    def __init__(self, number: int) -> None:
        super().__init__("There is no upload %(number)s.", number=number)


class NoSuchDelivery(NotFound):
    """The pool has no such delivery."""

    def __init__(self, number: int) -> None:
        super().__init__("There is no delivery %(number)s.", number=number)


class UploadMoved(Refused):
    """An upload is at another step: somebody else, or the own other window, went on with it."""

    def __init__(self, file: str) -> None:
        super().__init__("%(file)s is at another step already. Load the page again.", file=file)


class WrongInsurer(Invalid):
    """A file names contracts or a sender of another insurer than was said."""

    def __init__(self, said: str, found: str) -> None:
        super().__init__(
            "The file is not from %(said)s: what it holds belongs to %(found)s.",
            field="insurer",
            said=said,
            found=found,
        )


class NotKnownHere(Invalid):
    """Something a person named to resolve a discrepancy does not exist, or not just once."""


class NoSuchContract(NotKnownHere):
    """The insurer has no contract like this, or several."""

    def __init__(self) -> None:
        super().__init__(
            "The insurer of this line has no such contract, or several of this number.",
            field="contract",
        )


class ProducerUnknown(NotKnownHere):
    """The pool has no producer of this code."""

    def __init__(self) -> None:
        super().__init__("There is no producer of this code.", field="producer")


class ProductUnknown(NotKnownHere):
    """The insurer has no product of this code."""

    def __init__(self) -> None:
        super().__init__("The insurer has no product of this code.", field="product")


class ReasonNeeded(Invalid):
    """A decision against what was agreed needs a reason, for whoever audits it."""

    def __init__(self) -> None:
        super().__init__("Please give a reason; it stands in the journal.", field="reason")


class NotWhole(Refused):
    """An application can't be written for the insurer: something is missing."""

    def __init__(self, case_number: str, missing: str) -> None:
        super().__init__(
            "Application %(case)s can't be sent: %(missing)s is missing.",
            case=case_number,
            missing=missing,
        )


class NothingToSend(Refused):
    """No application was chosen."""

    def __init__(self) -> None:
        super().__init__("Choose the applications that go into the register.")


class SeveralInsurers(Refused):
    """A register goes to one insurer."""

    def __init__(self) -> None:
        super().__init__("A register goes to one insurer: choose applications to the same one.")


class SeveralCodes(Refused):
    """Applications of divisions or teams the insurer knows by different numbers."""

    def __init__(self) -> None:
        super().__init__(
            "The insurer knows these applications' divisions by different numbers: "
            "send them one by one."
        )
