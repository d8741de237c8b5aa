"""What a GDV delivery says, as values. Amounts are Decimal with two places in the currency named.

Texts are as delivered, without blanks around; an empty string means the field was blank. None
means unknown (blank or zero date, blank amount). Codes are those of the standard's key lists.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pool_module.incoming.formats.encodings import Encoding


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date of which a part may be unknown: TTMM0000 (a yearly due date) or 0000JJJJ."""

    year: int | None
    month: int | None
    day: int | None

    @property
    def exact(self) -> date | None:
        """The day, where all of it is known."""
        if self.year and self.month and self.day:
            return date(self.year, self.month, self.day)
        return None


@dataclass(frozen=True, slots=True)
class Head:
    """The common head of records 0052 to 9952 (fields 1-7).

    Attributes:
        insurer_number: VU-Nummer.
        bundled: the record belongs to a bundle (byte 10); its 0200 then has line 000.
        line: Sparte, three digits.
        contract_number: as delivered.
        contract_key: the form it is compared in.
        sequence: Folgenummer.
        agency_number: Geschäftsstelle/Vermittler as delivered.
        agency_key: the form it is compared in.
    """

    insurer_number: str
    bundled: bool
    line: str
    contract_number: str
    contract_key: str
    sequence: str
    agency_number: str
    agency_key: str


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A record kept as it came: sub-lines (0210 …) and types this reader does not know."""

    line_number: int
    record_type: str
    line: str
    part: int | None
    text: str


@dataclass(frozen=True, slots=True)
class FileOpened:
    """The first thing a reader gives: how the file is read."""

    encoding: Encoding


@dataclass(frozen=True, slots=True)
class PackageHeader:
    """Vorsatz 0001: a file holds one or more packages.

    Attributes:
        package: its number in the file, from 1.
        versions: release of a record type in this package, ``{"0400": "1.7"}``.
    """

    line_number: int
    package: int
    insurer_number: str
    sender: str
    recipient: str
    created_from: date | None
    created_to: date | None
    agency_number: str
    sender_kind: str
    recipient_kind: str
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Totals:
    """Control totals of a package, as its Nachsatz 9999 states them or as they were read."""

    records: int | None
    net_premium: Decimal | None
    gross_premium: Decimal | None
    commission: Decimal | None


@dataclass(frozen=True, slots=True)
class PackageEnd:
    """The end of a package; ``stated`` is None where the Nachsatz is missing."""

    package: int
    stated: Totals | None
    read: Totals


@dataclass(frozen=True, slots=True)
class FileRead:
    """The last thing a reader gives: lines read (0001 and 9999 counted) and packages."""

    records: int
    packages: int


@dataclass(frozen=True, slots=True)
class Contact:
    """Way to reach a party; type 10 phone … 50 e-mail (0100)."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Party:
    """Adress-Satz 0100: the policyholder (role 01) or another party.

    Attributes:
        name_1: surname of a person, first part of a firm's name.
        name_3: first name of a person.
        role: Adresskennzeichen: 01 holder, 02 creditor, 03 payer, 09 insured person, 14 broker.
    """

    line_number: int
    role: str
    salutation: str
    name_1: str
    name_2: str
    name_3: str
    title: str
    country: str
    postcode: str
    city: str
    street: str
    po_box: str
    birth_date: PartialDate | None
    nationality: str
    gender: str
    customer_number_insurer: str
    customer_number_broker: str
    person_number: str
    payment_method: str
    legal_form: str
    birth_name: str
    iban: str
    bic: str
    contacts: tuple[Contact, ...]


@dataclass(frozen=True, slots=True)
class Contract:
    """Allgemeiner Vertragsteil 0200.

    Attributes:
        begin: Vertragsbeginn; ``end``: Vertragsablauf.
        next_due: Hauptfälligkeit; may come without its year.
        frequency: 1 yearly, 2 half-yearly, 4 quarterly, 6 single, 8 monthly, 9 free of premium.
        status: 1 in force, 3 suspended, 4 cancelled, 5-7 paid up (Anlage 24).
        exit_reason: Abgangsgrund (Anlage 5); with ``exit_date``.
        net_premium: yearly, without tax; ``gross_premium``: yearly with tax (part 2).
        order_number: Auftrags-Nr. des Vermittlers; joins an application.
        broker_mark: Internes Ordnungsmerkmal des VM; free key of the broker.
    """

    line_number: int
    head: Head
    collection: str
    begin: date | None
    end: date | None
    next_due: PartialDate | None
    frequency: str
    status: str
    exit_reason: str
    exit_date: date | None
    change_reason: str
    change_date: date | None
    currency: str
    net_premium: Decimal | None
    gross_premium: Decimal | None
    application_date: date | None
    application_received: date | None
    issue_date: date | None
    order_number: str
    contract_number_broker: str
    reference_contract_number: str
    printed_number: str
    product_form: str
    product_name: str
    customer_number_insurer: str
    customer_number_broker: str
    broker_mark: str
    linked_contract: str


@dataclass(frozen=True, slots=True)
class RawParts:
    """Records of a block that stay as they came: those of its sub-lines, and all others."""

    sub_lines: tuple[RawRecord, ...]
    others: tuple[RawRecord, ...]
