"""What a commission statement says, line by line, whatever its shape.

Amounts are Decimal with two places. None means the file does not say it.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, Literal, TypeAlias

from pool_module.incoming.formats.encodings import Encoding
from pool_module.incoming.formats.remarks import ReadingWarning
from shared.vocabulary import Kind


class LineKind(StrEnum):
    """What a statement calls a line."""

    ACQUISITION = "acquisition"
    RECURRING = "recurring"
    DYNAMIC = "dynamic"
    EXTENSION = "extension"
    CLAWBACK = "clawback"
    CORRECTION = "correction"
    BONUS = "bonus"
    ADVANCE = "advance"
    RESERVE_HOLD = "reserve_hold"
    RESERVE_RELEASE = "reserve_release"
    OTHER = "other"


_EVENT_KINDS: Final = {
    LineKind.ACQUISITION: Kind.ACQUISITION,
    LineKind.ADVANCE: Kind.ACQUISITION,
    LineKind.CLAWBACK: Kind.ACQUISITION,
    LineKind.RECURRING: Kind.RECURRING,
    LineKind.DYNAMIC: Kind.DYNAMIC,
    LineKind.EXTENSION: Kind.EXTENSION,
    LineKind.CORRECTION: Kind.OTHER,
    LineKind.BONUS: Kind.OTHER,
    LineKind.OTHER: Kind.OTHER,
}


class RateUnit(StrEnum):
    """What a rate is multiplied with to be a part of the base."""

    PERCENT = "percent"
    PER_MILLE = "per_mille"
    FACTOR = "factor"


UNIT_FACTORS: Final = {
    RateUnit.PERCENT: Decimal("0.01"),
    RateUnit.PER_MILLE: Decimal("0.001"),
    RateUnit.FACTOR: Decimal(1),
}


class Column(StrEnum):
    """The fields a column of a statement can be."""

    CONTRACT_NUMBER = "contract_number"
    SOURCE_CONTRACT_ID = "source_contract_id"
    REFERENCE = "reference"
    BROKER_NUMBER = "broker_number"
    HOLDER = "holder"
    HOLDER_FIRST_NAME = "holder_first_name"
    HOLDER_FIRM = "holder_firm"
    INSURER = "insurer"
    LINE = "line"
    PRODUCT = "product"
    KIND = "kind"
    BASE = "base"
    RATE = "rate"
    GROSS = "gross"
    RESERVE = "reserve"
    OTHER_RETENTION = "other_retention"
    VAT = "vat"
    NET = "net"
    CREDIT = "credit"
    DEBIT = "debit"
    CURRENCY = "currency"
    BOOKING_DATE = "booking_date"
    STATEMENT_DATE = "statement_date"
    STATEMENT_NUMBER = "statement_number"
    PERIOD_FROM = "period_from"
    PERIOD_TO = "period_to"
    REASON = "reason"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class StatementOpened:
    """The first thing a reader gives: how the file is read.

    Attributes:
        encoding: None for XLSX.
        sheet: name of the sheet, for XLSX.
        header_row: row of the header, counted from 1.
        columns: header text → field, as found or given; what a later step can save.
    """

    format: Literal["csv", "xlsx"]
    encoding: Encoding | None
    sheet: str | None
    header_row: int
    columns: dict[str, Column]


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of a statement.

    Attributes:
        row: its row in the file, from 1.
        key: what makes it recognisable when it is delivered again; equal lines of a file have
            the same key and count up in ``ordinal``, from 1.
        contract_key: contract number in the form it is compared in.
        source_contract_id: the sender's own number of the contract.
        holder_text: to show, never to match by.
        line_code: GDV Sparte of ``line_text``, where that is known.
        kind_code: as delivered; ``kind``: what it means.
        rate_unit: None where neither the text nor the arithmetic tells it.
        gross: commission before retentions; ``net``: after them, what is paid.
        reserve: kept for cancellation; ``other_retention``: any second one (WIFO: RB).
        status: a portal's word for the state of the deal (1 open, 2 storno, 4 settled).
        suspect: the row had more or fewer cells than the header, or its figures do not agree.
        cells: the row as delivered, for preview.
    """

    row: int
    key: str
    ordinal: int
    insurer_text: str
    statement_number: str
    statement_date: date | None
    contract_number: str
    contract_key: str
    source_contract_id: str
    reference: str
    broker_number: str
    broker_key: str
    holder_text: str
    line_text: str
    line_code: str | None
    product: str
    kind: LineKind
    kind_code: str
    base: Decimal | None
    rate: Decimal | None
    rate_unit: RateUnit | None
    gross: Decimal | None
    reserve: Decimal | None
    other_retention: Decimal | None
    vat: Decimal | None
    net: Decimal
    currency: str
    booking_date: date | None
    period_from: date | None
    period_to: date | None
    reason: str
    status: str
    suspect: bool
    cells: tuple[str, ...]

    @property
    def reversal(self) -> bool:
        """Whether it takes commission back; a negative amount does, whatever the code says."""
        amount = self.net if self.gross is None else self.gross
        return amount < 0 or self.kind is LineKind.CLAWBACK

    @property
    def event_kind(self) -> Kind | None:
        """The kind of commission event it means; None for movements of the reserve."""
        return _EVENT_KINDS.get(self.kind)


@dataclass(frozen=True, slots=True)
class StatementRead:
    """The last thing a reader gives: rows that became lines, and their sums.

    A sum is None where the file has no such figure; what is taken back counts negative.
    """

    rows: int
    gross: Decimal | None
    reserve: Decimal | None
    other_retention: Decimal | None
    net: Decimal | None


@dataclass(frozen=True, slots=True)
class UnreadRow:
    """A row that became no line, as it was delivered; the warning before it says why."""

    row: int
    cells: tuple[str, ...]


Item: TypeAlias = StatementOpened | StatementLine | UnreadRow | ReadingWarning | StatementRead
"""Whatever a reader gives, in the order of the file."""
