"""What a file is, by its content: format, encoding, sender, columns. Its name tells nothing."""

from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from pool_module.incoming.formats.gdv.blocks import ContractBlock
from pool_module.incoming.formats.gdv.model import FileOpened, PackageHeader
from pool_module.incoming.formats.gdv.reader import read_gdv
from pool_module.incoming.formats.numbers import normalise_number
from pool_module.incoming.formats.source import opened
from pool_module.incoming.formats.statements.columns import ColumnMapping
from pool_module.incoming.formats.statements.sample import NUMBERS, TableSample, sample_table

GDV, CSV, XLSX = "gdv", "csv", "xlsx"
LARGEST: Final = 64 << 20
"""Most bytes of a file brought by hand; a hundred thousand contracts come by the command line."""
_GDV: Final = b"0001"
_ITEMS: Final = 400


@dataclass(frozen=True)
class Detected:
    """What a file was found to be.

    Attributes:
        encoding: None for XLSX.
        sender: who it says it is from; ``vu_number`` his number at the supervisory authority.
        number_keys: contract numbers at its beginning, in the form they are compared in.
        table: its head, where it is a table.
    """

    format: str
    encoding: str | None
    sender: str = ""
    vu_number: str = ""
    number_keys: tuple[str, ...] = ()
    table: TableSample | None = None
    insurers: tuple[str, ...] = field(default=())


def detect_delivery(source: Path, mapping: ColumnMapping | None = None) -> Detected:
    """Find out what a file is.

    Args:
        source: the file.
        mapping: which column is which, where that is known.

    Raises:
        DeliveryRefused: it is nothing that can be read: empty, a picture, an archive, too large.
    """
    with opened(source, max_bytes=LARGEST) as stream:
        start = stream.read(len(_GDV))
    if start == _GDV:
        return _gdv(source)
    table = sample_table(source, mapping, max_bytes=LARGEST)
    keys = (normalise_number(number) for number in table.numbers)
    return Detected(
        format=table.format,
        encoding=table.encoding,
        number_keys=tuple(key for key in keys if key),
        table=table,
        insurers=table.insurers,
    )


def _gdv(source: Path) -> Detected:
    encoding, sender, number = None, "", ""
    keys: dict[str, None] = {}
    for item in islice(read_gdv(source, max_bytes=LARGEST), _ITEMS):
        match item:
            case FileOpened():
                encoding = item.encoding
            case PackageHeader():
                sender, number = sender or item.sender, number or item.insurer_number
            case ContractBlock():
                keys[item.head.contract_key] = None
            case _:
                pass
    keys.pop("", None)
    return Detected(GDV, encoding, sender, number, tuple(keys)[:NUMBERS])
