"""Bookings of premium and commission (0400 with 0410, 0430, 0450) as values."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from pool_module.incoming.formats.gdv.model import Head
from shared.vocabulary import Kind

POLICY_POSTINGS: Final = frozenset({"10", "11", "20", "21", "22", "40", "41"})
RENEWAL_POSTINGS: Final = frozenset({"30", "31"})
REVERSING_POSTINGS: Final = frozenset(
    {"11", "21", "31", "41", "51", "61", "66", "71", "76", "81", "83", "85", "87", "89", "91"}
)
CORRECTING_POSTINGS: Final = frozenset({"90", "91"})

_KINDS: Final = {
    "1": Kind.ACQUISITION,
    "2": Kind.RECURRING,
    "3": Kind.EXTENSION,
    "7": Kind.RECURRING,
}
_BROKERAGE: Final = "6"


def kind_of(commission_kind: str, posting_type: str) -> Kind:
    """Say which kind of commission event a line is ("From a delivery to events").

    Args:
        commission_kind: Provisionsart 1-7.
        posting_type: Sollstellungsart (Anlage 60); decides Courtage (6): policy, endorsement and
            commission bookings are acquisition, renewals recurring.
    """
    if commission_kind != _BROKERAGE:
        return _KINDS.get(commission_kind, Kind.OTHER)
    if posting_type in RENEWAL_POSTINGS:
        return Kind.RECURRING
    return Kind.ACQUISITION if posting_type in POLICY_POSTINGS else Kind.OTHER


@dataclass(frozen=True, slots=True)
class BookingLine:
    """One commission: a triple base / rate / amount of 0410 (1-3) or 0450 (1-2).

    Attributes:
        line_number: line of the file it stands in.
        head: of its own record, so that in a bundle ``head.line`` is the sub-line.
        sub_line: which 0410 or 0450 of the booking, from 1; 0 where the booking has a commission
            and no 0410, and this line stands for it.
        triple: which of the record's triples, from 1.
        commission_kind: Provisionsart; ``kind``: the kind of event it means.
        posting_type: Sollstellungsart of its booking.
        base: amount the commission is computed from; ``rate``: per cent of it.
        amount: commission; negative where the pool gives back.
        period_from: period the line covers, of its record or else its booking.
        ordinal: 1, or n for the n-th line of the block with the same ``key``.
        key: what makes the line recognisable when it is delivered again; 0400 has no number.
    """

    line_number: int
    head: Head
    sub_line: int
    triple: int
    commission_kind: str
    kind: Kind
    posting_type: str
    booking_date: date | None
    period_from: date | None
    period_to: date | None
    endorsement: str
    currency: str
    base: Decimal | None
    rate: Decimal | None
    amount: Decimal
    ordinal: int = 1

    @property
    def reversal(self) -> bool:
        """Whether it takes commission back: a negative amount, or the storno of a booking."""
        return self.amount < 0 or self.posting_type in REVERSING_POSTINGS

    @property
    def correction(self) -> bool:
        """Whether it is a manual correction of commission (90, 91)."""
        return self.posting_type in CORRECTING_POSTINGS

    @property
    def key(self) -> str:
        """The line's identity: head, booking, place, and the three figures."""
        head = self.head
        parts = (
            head.insurer_number,
            head.agency_key,
            head.contract_key,
            head.line,
            self.posting_type,
            self.booking_date,
            self.period_from,
            self.period_to,
            self.endorsement,
            self.sub_line,
            self.commission_kind,
            self.base,
            self.rate,
            self.amount,
        )
        return "|".join("" if part is None else str(part) for part in parts)


@dataclass(frozen=True, slots=True)
class Booking:
    """Inkasso-Satz 0400: one booking (Sollstellung) of a contract.

    Attributes:
        commission: Gesamt-Provisionsbetrag as stated (F28); the lines sum to it, or a warning
            says that they don't.
        settled_amount: Abrechnungsbetrag with the broker (part 2).
        holder_text: to show, never to match by.
        texts: Klartext of 0430.
    """

    line_number: int
    head: Head
    collection: str
    posting_type: str
    booking_date: date | None
    period_from: date | None
    period_to: date | None
    frequency: str
    endorsement: str
    collective_number: str
    currency: str
    net_premium: Decimal | None
    tax: Decimal | None
    fee: Decimal | None
    gross_premium: Decimal | None
    commission: Decimal | None
    return_reason: str
    reference_insurer: str
    reference_broker: str
    holder_text: str
    settled_amount: Decimal | None
    texts: tuple[str, ...]
    lines: tuple[BookingLine, ...]
