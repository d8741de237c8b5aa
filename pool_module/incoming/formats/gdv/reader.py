"""Read a GDV delivery: bytes in, packages, contracts with bookings, and applications out."""

from collections.abc import Iterator
from typing import Final

from pool_module.incoming.errors import NotThisFormat
from pool_module.incoming.formats.encodings import Encoding, detect
from pool_module.incoming.formats.gdv.blocks import Item
from pool_module.incoming.formats.gdv.grouping import Grouping
from pool_module.incoming.formats.gdv.lines import read_lines
from pool_module.incoming.formats.gdv.model import (
    FileOpened,
    FileRead,
    PackageEnd,
    PackageHeader,
)
from pool_module.incoming.formats.gdv.record import Record
from pool_module.incoming.formats.gdv.totals import Tally, compare, stated_totals
from pool_module.incoming.formats.remarks import ReadingWarning
from pool_module.incoming.formats.source import Source, opened

MAX_BYTES: Final = 2 << 30
"""Most bytes of a delivery; 100,000 contracts are some hundred million."""

_FIRST: Final = "0001"
_LAST: Final = "9999"


def read_gdv(
    source: Source, *, encoding: Encoding | None = None, max_bytes: int = MAX_BYTES
) -> Iterator[Item]:
    """Read a delivery piece by piece; memory does not grow with the file.

    Args:
        source: a path or a seekable binary stream.
        encoding: overrides what is found in the file.
        max_bytes: refuse what is larger.

    Yields:
        ``FileOpened``, then per package ``PackageHeader``, blocks in the order of their first
        record, and ``PackageEnd``; warnings before what they concern; at last ``FileRead``.

    Raises:
        DeliveryRefused: no GDV file, empty, too large, a folder. Raised before anything is given,
            but for a file that turns into something else further down.
    """
    with opened(source, max_bytes=max_bytes) as stream:
        found = encoding or detect(stream)
        lines = read_lines(stream, found)
        first = next(lines, None)
        if first is None or not _looks_like_gdv(first[1]):
            raise NotThisFormat(
                "The file is no GDV file: it does not begin with a header record 0001."
            )
        yield FileOpened(found)
        reading = _Reading()
        yield from reading.take(*first)
        for number, text in lines:
            yield from reading.take(number, text)
        yield from reading.finish()


def _looks_like_gdv(text: str) -> bool:
    """Judge by the header: 0001, printable, and digits or blanks where its two dates stand."""
    dates = text[69:85].replace(" ", "")
    is_header = text.startswith(_FIRST) and len(text.rstrip()) > len(_FIRST)
    has_controls = any(letter < " " for letter in text)
    return is_header and not has_controls and (not dates or dates.isdigit())


class _Reading:
    """The state of reading one file."""

    def __init__(self) -> None:
        self._warnings: list[ReadingWarning] = []
        self._records = 0
        self._package = 0
        self._header: list[Record] = []
        self._is_open = False
        self._grouping = Grouping(0)
        self._tally = Tally()

    def take(self, number: int, text: str) -> Iterator[Item]:
        """Take the next line; give what it completes."""
        self._records += 1
        record = Record(number, text, self._warnings)
        record.check()
        match record.record_type:
            case "0001":
                yield from self._take_header(record)
            case "9999":
                yield from self._take_trailer(record)
            case _:
                yield from self._take_content(record)
        yield from self._said()

    def finish(self) -> Iterator[Item]:
        """Give what is still open at the end of the file."""
        yield from self._close(None)
        yield FileRead(self._records, self._package)

    def _said(self) -> Iterator[ReadingWarning]:
        yield from self._warnings
        self._warnings.clear()

    def _take_header(self, record: Record) -> Iterator[Item]:
        follows = bool(self._header) and record.part != 1
        if not follows:
            yield from self._close(None)
            self._open()
        self._header.append(record)

    def _open(self) -> None:
        self._package += 1
        self._is_open = True
        self._grouping = Grouping(self._package)
        self._tally = Tally()

    def _take_content(self, record: Record) -> Iterator[Item]:
        yield from self._give_header()
        if not self._is_open:
            record.warn("", "A record outside of any package: a header 0001 is missing.")
            self._open()
        self._tally.count()
        if not (record.record_type.isascii() and record.record_type.isdigit()):
            record.warn("", "The record has no record type; it is kept as it came.")
            yield record.raw()
            return
        for block in self._grouping.take(record):
            self._tally.add(block)
            yield from self._said()
            yield block

    def _take_trailer(self, record: Record) -> Iterator[Item]:
        if not self._is_open:
            record.warn("", "A trailer outside of any package.")
        yield from self._close(record)

    def _give_header(self) -> Iterator[Item]:
        if self._header:
            header, self._header = self._header, []
            yield _package_header(self._package, header)

    def _close(self, trailer: Record | None) -> Iterator[Item]:
        """Close the open package, with its trailer or without one."""
        yield from self._give_header()
        if not self._is_open:
            return
        self._is_open = False
        for block in self._grouping.finish():
            self._tally.add(block)
            yield from self._said()
            yield block
        read = self._tally.totals()
        stated = stated_totals(trailer) if trailer else None
        if trailer and stated:
            compare(trailer, stated, read)
        else:
            message = "Package %(package)s has no trailer 9999."
            self._warnings.append(ReadingWarning(None, "9999", message, {"package": self._package}))
        yield from self._said()
        yield PackageEnd(self._package, stated, read)


def _package_header(package: int, records: list[Record]) -> PackageHeader:
    first = records[0]
    versions = {
        name.removeprefix("version_"): record.value(name)
        for record in records
        for name in record.names()
        if name.startswith("version_") and record.value(name)
    }
    return PackageHeader(
        line_number=first.number,
        package=package,
        insurer_number=first.value("insurer_number"),
        sender=first.value("sender"),
        recipient=first.value("recipient"),
        created_from=first.day("created_from"),
        created_to=first.day("created_to"),
        agency_number=first.value("agency_number"),
        sender_kind=first.value("sender_kind") if first.has("sender_kind") else "",
        recipient_kind=first.value("recipient_kind") if first.has("recipient_kind") else "",
        versions=versions,
    )
