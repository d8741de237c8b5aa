"""An XLSX file is an archive; what it would unpack to is checked before anything is unpacked.

The directory of an archive can lie, so sizes are measured by inflating piece by piece. A sheet
with one cell far out makes a reader reserve every cell before it; so the farthest one is found.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from pool_module.incoming.errors import (
    DeliveryTooLarge,
    NotThisFormat,
    kilobytes,
    megabytes,
)

_PIECE: Final = 1 << 18
_LOCAL_HEADER: Final = 30
_WORKBOOK: Final = "xl/workbook.xml"
_REFERENCE: Final = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{0,3})(\d{1,7})[\"']")
_OVERLAP: Final = 64
_DAMAGES: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold.

    Attributes:
        entries: files in it.
        unpacked: bytes of all files together.
        ratio: unpacked to packed, of a file over ``ratio_from`` bytes.
        rows: rows of a sheet; ``cells``: rows times columns.
    """

    entries: int = 2_000
    unpacked: int = 400 << 20
    ratio: int = 250
    ratio_from: int = 8 << 20
    rows: int = 400_000
    cells: int = 10_000_000


LIMITS: Final = Limits()


def check_archive(stream: BinaryIO, limits: Limits = LIMITS) -> None:
    """Look through an XLSX file before it is read.

    Raises:
        NotThisFormat: no archive, a damaged or encrypted one, or no Excel workbook.
        DeliveryTooLarge: over a limit.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            _check_directory(entries, limits)
            for entry in entries:
                _measure(stream, entry, limits)
    except _DAMAGES as error:
        raise NotThisFormat("The file is a damaged XLSX file: %(reason)s.", reason=error) from error


def _check_directory(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if not any(entry.filename.lower() == _WORKBOOK for entry in entries):
        raise NotThisFormat("The file is an archive but no XLSX file; save it as XLSX or CSV.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise NotThisFormat("The file is encrypted; save it without a password.")
    if any(entry.compress_type not in {0, 8} for entry in entries):
        raise NotThisFormat("The file is packed in a way Excel does not use.")
    if len(entries) > limits.entries:
        raise DeliveryTooLarge("The archive holds too many files: %(found)s.", found=len(entries))
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked:
        raise DeliveryTooLarge("The file would unpack to %(found)s MB.", found=megabytes(unpacked))
    for entry in entries:
        if entry.file_size > max(limits.ratio_from, limits.ratio * entry.compress_size):
            raise DeliveryTooLarge(
                "%(name)s in the archive is packed too tightly: %(found)s MB from %(packed)s KB.",
                name=entry.filename,
                found=megabytes(entry.file_size),
                packed=kilobytes(entry.compress_size),
            )


def _measure(stream: BinaryIO, entry: zipfile.ZipInfo, limits: Limits) -> None:
    """Inflate a file of the archive without keeping it; count bytes, find its farthest cell."""
    size, rows, columns = 0, 0, 0
    tail = b""
    for piece in _unpacked(stream, entry):
        size += len(piece)
        if size > entry.file_size:
            raise DeliveryTooLarge("%(name)s is larger than it says.", name=entry.filename)
        for letters, digits in _REFERENCE.findall(tail + piece):
            rows = max(rows, int(digits))
            columns = max(columns, _column_number(letters))
        tail = piece[-_OVERLAP:]
    if rows > limits.rows or rows * columns > limits.cells:
        raise DeliveryTooLarge(
            "The sheet reaches to row %(rows)s and column %(columns)s; delete empty rows or "
            "split it.",
            rows=rows,
            columns=columns,
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _unpacked(stream: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    stream.seek(entry.header_offset)
    header = stream.read(_LOCAL_HEADER)
    if len(header) < _LOCAL_HEADER:
        raise zipfile.BadZipFile("a file of the archive is missing")
    lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    stream.seek(lengths, 1)
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if entry.compress_type else None
    left = entry.compress_size
    while left > 0 and (packed := stream.read(min(_PIECE, left))):
        left -= len(packed)
        if inflate is None:
            yield packed
        else:
            yield from _inflated(inflate, packed)


def _inflated(inflate: "zlib._Decompress", packed: bytes) -> Iterator[bytes]:
    while packed and (piece := inflate.decompress(packed, _PIECE)):
        yield piece
        packed = inflate.unconsumed_tail
