"""What belongs together in a delivery: a contract with its bookings, an application."""

from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from pool_module.incoming.formats.gdv.commission import Booking
from pool_module.incoming.formats.gdv.model import (
    Contract,
    FileOpened,
    FileRead,
    Head,
    PackageEnd,
    PackageHeader,
    Party,
    RawParts,
    RawRecord,
)
from pool_module.incoming.formats.remarks import ReadingWarning

HOLDER_ROLE: Final = "01"


def holder_of(parties: tuple[Party, ...]) -> Party | None:
    """Find the policyholder: the first party of role 01."""
    return next((party for party in parties if party.role == HOLDER_ROLE), None)


@dataclass(frozen=True, slots=True)
class ContractBlock:
    """All records of one contract of a delivery.

    Attributes:
        head: of the 0200, else of the block's first record.
        contract: None where only bookings or parties were delivered; that cancels nothing.
        bookings: 0400 with what belongs to it; a delivery may bring them without a contract.
    """

    package: int
    head: Head
    parties: tuple[Party, ...]
    contract: Contract | None
    bookings: tuple[Booking, ...]
    raw: RawParts

    @property
    def holder(self) -> Party | None:
        """The policyholder, where delivered."""
        return holder_of(self.parties)


@dataclass(frozen=True, slots=True)
class Application:
    """One business case between 0052 and 9952; its 0200 are applications, not contracts.

    Attributes:
        business_case: GeVo: 001 application, 002 receipt, 004 refusal, 007 policy issued …
        posted_at: HHMMSS.
        transaction_broker: Vorgangsnummer of the broker; an insurer's reply repeats it.
        authorisation: 01 mandate, 02 signature at hand, 03 digital signature.
        consent_privacy: 1 given, 0 refused (0202); ``consent_health``: release from secrecy.
        contracts: usually one.
    """

    package: int
    line_number: int
    head: Head
    business_case: str
    posted_on: date | None
    posted_at: str
    transaction_insurer: str
    transaction_broker: str
    authorisation: str
    category: str
    case_text: str
    consent_privacy: str
    consent_health: str
    parties: tuple[Party, ...]
    contracts: tuple[Contract, ...]
    raw: RawParts

    @property
    def holder(self) -> Party | None:
        """The applicant, where delivered."""
        return holder_of(self.parties)


Item: TypeAlias = (
    FileOpened
    | PackageHeader
    | ContractBlock
    | Application
    | RawRecord
    | PackageEnd
    | ReadingWarning
    | FileRead
)
"""Whatever a reader gives, in the order of the file."""
