"""Small deliveries for tests: GDV records by name, and where the big samples lie."""

import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO, TypeVar

import pytest

from pool_module.incoming.formats.gdv.writer import Value, write_record

ROOT = Path(__file__).parents[5]
FIXTURES = ROOT / "tests" / "fixtures"
T = TypeVar("T")

HEAD: dict[str, Value] = {
    "insurer_number": "9999",
    "line": "130",
    "contract_number": "4711",
    "sequence": "01",
    "agency_number": "0815",
}
HEADER = write_record(
    "0001",
    1,
    {"insurer_number": "9999", "sender": "VERSICHERER", "created_from": date(2026, 10, 1)},
)


def record(record_type: str, part: int = 1, /, **values: Value) -> str:
    """Write a record under the usual head."""
    return write_record(record_type, part, HEAD | values)


def trailer(records: int, **values: Value) -> str:
    """Write a trailer that states so many records."""
    zero = dict.fromkeys(("net_premium", "gross_premium", "commission"), Decimal(0))
    return write_record("9999", 1, zero | values | {"records": records})


def stream(*lines: str, encoding: str = "latin-1", line_end: str = "\r\n") -> BinaryIO:
    """Make a file of records."""
    return io.BytesIO("".join(line + line_end for line in lines).encode(encoding))


def of_type(items: Iterator[object], wanted: type[T]) -> list[T]:
    """Pick what is wanted from what a reader gives."""
    return [item for item in items if isinstance(item, wanted)]


def shared(folder: str) -> Path:
    """Find a folder beside the repository; skip the test where it is missing."""
    for base in (ROOT.parent, ROOT.parent.parent):
        found = base / "shared" / folder
        if found.is_dir():
            return found
    pytest.skip(f"no folder ../shared/{folder} beside the repository")
