"""From records to values: bookings with their commission (0400, 0410, 0430, 0450)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from pool_module.incoming.formats.gdv.commission import Booking, BookingLine, kind_of
from pool_module.incoming.formats.gdv.record import Record

BOOKING_TYPES: Final = frozenset({"0400", "0410", "0430", "0450"})

_TRIPLES: Final = {"0410": (1, 2, 3), "0450": (1, 2)}
_ZERO: Final = Decimal("0.00")


def bookings_of(records: Iterable[Record]) -> tuple[Booking, ...]:
    """Read bookings: a 0400 part 1 opens one; part 2, 0410, 0430 and 0450 go with it."""
    groups: list[list[Record]] = []
    for record in records:
        if not groups or (record.record_type == "0400" and record.part == 1):
            groups.append([])
        groups[-1].append(record)
    bookings = [_booking(group) for group in groups]
    seen: Counter[str] = Counter()
    return tuple(replace(booking, lines=_counted(booking.lines, seen)) for booking in bookings)


def _counted(lines: tuple[BookingLine, ...], seen: Counter[str]) -> tuple[BookingLine, ...]:
    counted = []
    for line in lines:
        seen[line.key] += 1
        counted.append(replace(line, ordinal=seen[line.key]))
    return tuple(counted)


def _booking(group: list[Record]) -> Booking:
    first = group[0]
    opened = first.record_type == "0400" and first.part == 1
    if not opened:
        first.warn("", "It has no 0400 before it; what it says is read without a booking.")
    booking = _opened(first) if opened else _unopened(first)
    more = next((each for each in group if each.record_type == "0400" and each.part == 2), None)
    if more:
        booking = _with_settlement(booking, more)
    texts = [text for each in group if each.record_type == "0430" for text in _texts(each)]
    lines = tuple(_lines(booking, group))
    if any(each.record_type in _TRIPLES for each in group):
        _compare(first, booking.commission, lines)
    if not lines and booking.commission:
        lines = (_whole(booking),)
    return replace(booking, texts=tuple(texts), lines=lines)


def _opened(record: Record) -> Booking:
    return Booking(
        line_number=record.number,
        head=record.head(),
        collection=record.value("collection"),
        posting_type=record.value("posting_type"),
        booking_date=record.day("booking_date"),
        period_from=record.day("period_from"),
        period_to=record.day("period_to"),
        frequency=record.value("frequency"),
        endorsement=record.value("endorsement"),
        collective_number=record.value("collective_number"),
        currency=record.value("currency"),
        net_premium=record.amount("net_premium"),
        tax=record.amount("tax"),
        fee=record.amount("fee"),
        gross_premium=record.amount("gross_premium"),
        commission=record.amount("commission"),
        return_reason=record.value("return_reason"),
        reference_insurer="",
        reference_broker="",
        holder_text="",
        settled_amount=None,
        texts=(),
        lines=(),
    )


def _unopened(record: Record) -> Booking:
    """Stand in for a 0400 that was not delivered, so that its 0410 are not lost."""
    blank = Record(record.number, "0400" + record.text[4:42], record.warnings)
    return _opened(blank)


def _with_settlement(booking: Booking, record: Record) -> Booking:
    return replace(
        booking,
        reference_insurer=record.value("reference_insurer"),
        reference_broker=record.value("reference_broker"),
        holder_text=record.value("holder_text"),
        settled_amount=record.amount("settled_amount"),
        currency=booking.currency or record.value("settled_currency"),
    )


def _texts(record: Record) -> list[str]:
    return [text for number in range(1, 5) if (text := record.value(f"text_{number}"))]


def _lines(booking: Booking, group: list[Record]) -> Iterator[BookingLine]:
    carriers = [record for record in group if record.record_type in _TRIPLES]
    for sub_line, record in enumerate(carriers, start=1):
        period = (record.day("period_from"), record.day("period_to"))
        for triple in _TRIPLES[record.record_type]:
            line = _line(booking, record, period, sub_line, triple)
            if line.amount or line.base:
                yield line


def _line(
    booking: Booking,
    record: Record,
    period: tuple[date | None, date | None],
    sub_line: int,
    triple: int,
) -> BookingLine:
    commission_kind = record.value(f"kind_{triple}")
    return replace(
        _whole(booking),
        line_number=record.number,
        head=record.head(),
        sub_line=sub_line,
        triple=triple,
        commission_kind=commission_kind,
        kind=kind_of(commission_kind, booking.posting_type),
        period_from=period[0] or booking.period_from,
        period_to=period[1] or booking.period_to,
        base=record.amount(f"base_{triple}"),
        rate=record.amount(f"rate_{triple}"),
        amount=record.amount(f"amount_{triple}") or _ZERO,
    )


def _whole(booking: Booking) -> BookingLine:
    """Give the booking's commission as one line, for a 0400 that has no 0410."""
    return BookingLine(
        line_number=booking.line_number,
        head=booking.head,
        sub_line=0,
        triple=1,
        commission_kind="",
        kind=kind_of("", booking.posting_type),
        posting_type=booking.posting_type,
        booking_date=booking.booking_date,
        period_from=booking.period_from,
        period_to=booking.period_to,
        endorsement=booking.endorsement,
        currency=booking.currency,
        base=None,
        rate=None,
        amount=booking.commission or _ZERO,
    )


def _compare(record: Record, stated: Decimal | None, lines: tuple[BookingLine, ...]) -> None:
    """Report where the commission of 0400 is not the sum of its 0410 (GDV practice, rule 4)."""
    found = sum((line.amount for line in lines), _ZERO)
    if stated is None or stated == found:
        return
    record.warn(
        "commission",
        "0400 states a commission of %(stated)s, its 0410 sum to %(found)s.",
        stated=stated,
        found=found,
    )
