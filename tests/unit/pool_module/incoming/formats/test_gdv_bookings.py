"""Commission in a delivery: 0400 with 0410, 0430 and 0450."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pool_module.incoming.formats.gdv.blocks import ContractBlock
from pool_module.incoming.formats.gdv.commission import Booking, kind_of
from pool_module.incoming.formats.gdv.layout import LAYOUTS
from pool_module.incoming.formats.gdv.reader import read_gdv
from pool_module.incoming.formats.gdv.record import Record
from pool_module.incoming.formats.gdv.writer import write_field, write_record
from pool_module.incoming.formats.remarks import ReadingWarning
from shared.vocabulary import Kind
from tests.unit.pool_module.incoming.formats.deliveries import (
    FIXTURES,
    HEADER,
    of_type,
    record,
    stream,
)

OWN = FIXTURES / "gdv" / "gdv_bestand_inkasso_provision_iso8859-1_crlf.gdv"
MONEY = st.decimals(min_value="-999999999.99", max_value="999999999.99", places=2)


def bookings(*lines: str) -> list[Booking]:
    found = of_type(read_gdv(stream(HEADER, *lines)), ContractBlock)
    return [booking for block in found for booking in block.bookings]


def warnings(*lines: str) -> list[str]:
    found = of_type(read_gdv(stream(HEADER, *lines)), ReadingWarning)
    return [each.sentence() for each in found if each.line]


def test_our_own_delivery_line_by_line() -> None:
    """
    contract     posting  kind         base      rate   amount  taken back
    1000000001   10       acquisition    100.00  20.00    20.00  no
    1000000002   30       recurring       60.00  17.50    10.50  no
    1000000003   41       acquisition   -240.00  25.00   -60.00  yes
    1000000004   40       acquisition  36000.00   4.00  1440.00  no
    1000000004   40       recurring     1200.00   1.50    18.00  no
    1000000005   90       other            0.00   0.00    -3.33  yes
    """
    found = [
        f"{line.head.contract_key:<12} {line.posting_type:<8} {line.kind:<11} "
        f"{line.base:>9} {line.rate:>6} {line.amount:>8}  {'yes' if line.reversal else 'no'}"
        for block in of_type(read_gdv(OWN), ContractBlock)
        for booking in block.bookings
        for line in booking.lines
    ]
    doc = test_our_own_delivery_line_by_line.__doc__ or ""
    assert found == [row.strip() for row in doc.strip().splitlines()[1:]]


def test_a_booking_carries_what_matching_needs() -> None:
    first = of_type(read_gdv(OWN), ContractBlock)[0]
    (booking,) = first.bookings
    (line,) = booking.lines
    assert booking.booking_date == line.booking_date == date(2026, 10, 31)
    assert (line.period_from, line.period_to) == (date(2026, 10, 1), date(2026, 10, 31))
    assert (line.currency, line.head.agency_key) == ("EUR", "4711000001")
    assert (booking.holder_text, booking.settled_amount) == ("Muster Änne", Decimal("20.00"))
    assert line.key == (
        "9999|4711000001|1000000001|130|10|2026-10-31|2026-10-01|2026-10-31|000|1|1"
        "|100.00|20.00|20.00"
    )


@pytest.mark.parametrize(
    ("commission_kind", "posting_type", "kind"),
    [
        ("1", "40", Kind.ACQUISITION),
        ("2", "30", Kind.RECURRING),
        ("7", "40", Kind.RECURRING),
        ("3", "40", Kind.EXTENSION),
        ("4", "40", Kind.OTHER),
        ("5", "90", Kind.OTHER),
        ("6", "10", Kind.ACQUISITION),
        ("6", "20", Kind.ACQUISITION),
        ("6", "41", Kind.ACQUISITION),
        ("6", "30", Kind.RECURRING),
        ("6", "31", Kind.RECURRING),
        ("6", "80", Kind.OTHER),
        ("", "10", Kind.OTHER),
    ],
)
def test_kinds_of_commission(commission_kind: str, posting_type: str, kind: Kind) -> None:
    assert kind_of(commission_kind, posting_type) is kind


def test_equal_lines_of_a_contract_are_counted() -> None:
    twice = (
        record("0400", posting_type="40", commission=Decimal(5)),
        record("0410", kind_1="1", base_1=Decimal(50), rate_1=Decimal(10), amount_1=Decimal(5)),
    )
    lines = [line for booking in bookings(*twice, *twice) for line in booking.lines]
    assert lines[0].key == lines[1].key
    assert [line.ordinal for line in lines] == [1, 2]


def test_commission_without_sub_lines_is_not_lost() -> None:
    (booking,) = bookings(record("0400", posting_type="91", commission=Decimal("-7.50")))
    (line,) = booking.lines
    assert (line.amount, line.sub_line, line.reversal, line.correction) == (
        Decimal("-7.50"),
        0,
        True,
        True,
    )


def test_sub_lines_that_miss_their_booking_are_read_and_reported() -> None:
    alone = record("0410", kind_1="7", base_1=Decimal(50), rate_1=Decimal(10), amount_1=Decimal(5))
    (booking,) = bookings(alone)
    assert booking.commission is None
    assert [line.amount for line in booking.lines] == [Decimal("5.00")]
    assert warnings(alone)[0].startswith("line 2, 0410: It has no 0400 before it")


def test_a_sum_that_differs_is_reported() -> None:
    found = warnings(
        record("0400", commission=Decimal(6)),
        record("0410", kind_1="1", base_1=Decimal(50), rate_1=Decimal(10), amount_1=Decimal(5)),
    )
    assert found == [
        "line 2, 0400 commission: 0400 states a commission of 6.00, its 0410 sum to 5.00."
    ]


def test_a_blank_sign_is_a_plus_and_reported() -> None:
    text = record("0400", commission=Decimal(6))
    text = text[:161] + " " + text[162:]
    (booking,) = bookings(text)
    assert booking.commission == Decimal("6.00")
    assert warnings(text) == ["line 2, 0400 commission: The sign is missing; taken as +6.00"]
    zero = record("0400", commission=Decimal(0))
    assert warnings(zero[:161] + " " + zero[162:]) == []


def test_texts_and_transport_declarations_belong_to_their_booking() -> None:
    (booking,) = bookings(
        record("0400", posting_type="80", commission=Decimal("1.50")),
        record("0430", text_1="Storno wegen", text_3="Risikofortfall"),
        record("0450", kind_1="6", base_1=Decimal(10), rate_1=Decimal(15), amount_1=Decimal("1.5")),
    )
    assert booking.texts == ("Storno wegen", "Risikofortfall")
    assert [line.amount for line in booking.lines] == [Decimal("1.50")]


@given(amount=MONEY)
def test_money_with_its_sign_comes_back(amount: Decimal) -> None:
    warned: list[ReadingWarning] = []
    text = write_record("0400", 1, {"commission": amount})
    assert Record(1, text, warned).amount("commission") == amount
    assert warned == []


@given(day=st.dates())
def test_days_come_back(day: date) -> None:
    field = LAYOUTS["0200", 1]["begin"]
    text = write_field(field, day)
    assert len(text) == field.length
    assert Record(1, write_record("0200", 1, {"begin": day}), []).day("begin") == day
