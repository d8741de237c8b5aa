"""What a dry run says about a GDV delivery."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import TypedDict

from pool_module.incoming.formats.encodings import Encoding
from pool_module.incoming.formats.gdv.blocks import Application, ContractBlock, Item
from pool_module.incoming.formats.gdv.commission import Booking
from pool_module.incoming.formats.gdv.model import Contract, FileOpened, FileRead
from pool_module.incoming.formats.gdv.reader import MAX_BYTES, read_gdv
from pool_module.incoming.formats.remarks import ReadingWarning, RemarkList
from pool_module.incoming.formats.source import Source
from pool_module.incoming.formats.sums import Sum


class LineSummary(TypedDict):
    """Contracts of one line (Sparte of 0200; 000 is a bundle)."""

    contracts: int
    net_premium: str | None


class GdvSummary(TypedDict):
    """A delivery in figures; sums have two decimals, None where the file has none."""

    format: str
    encoding: str
    packages: int
    records: int
    contracts: int
    applications: int
    net_premium: str | None
    commission: str | None
    by_line: dict[str, LineSummary]
    warnings: list[str]


def summarise_gdv(
    source: Source, *, encoding: Encoding | None = None, max_bytes: int = MAX_BYTES
) -> GdvSummary:
    """Read a whole delivery and give its figures, as a dry run prints them.

    Commission is the sum of the bookings (0400), taken back counted negative.

    Raises:
        DeliveryRefused: as ``read_gdv``.
    """
    return summarise_items(read_gdv(source, encoding=encoding, max_bytes=max_bytes))


def summarise_items(items: Iterable[Item]) -> GdvSummary:
    """Give the figures of what a reader gave."""
    figures = _Figures()
    for item in items:
        figures.take(item)
    return figures.summary()


class _Figures:
    """Adds up what a reader gives."""

    def __init__(self) -> None:
        self._encoding: Encoding = "ascii"
        self._read = FileRead(0, 0)
        self._applications = 0
        self._contracts: defaultdict[str, int] = defaultdict(int)
        self._premiums: defaultdict[str, Sum] = defaultdict(Sum)
        self._commission = Sum()
        self._remarks = RemarkList()

    def take(self, item: Item) -> None:
        match item:
            case FileOpened(encoding=encoding):
                self._encoding = encoding
            case FileRead():
                self._read = item
            case ReadingWarning():
                self._remarks.add(item)
            case ContractBlock():
                self._take_block(item)
            case Application():
                self._applications += len(item.contracts)
            case _:
                pass

    def _take_block(self, block: ContractBlock) -> None:
        if block.contract:
            self._take_contract(block.contract)
        for booking in block.bookings:
            self._commission.add(_commission(booking))

    def _take_contract(self, contract: Contract) -> None:
        line = contract.head.line
        self._contracts[line] += 1
        self._premiums[line].add(contract.net_premium)

    def summary(self) -> GdvSummary:
        total = Sum()
        for premium in self._premiums.values():
            total.add(premium.amount)
        return GdvSummary(
            format="gdv",
            encoding=self._encoding,
            packages=self._read.packages,
            records=self._read.records,
            contracts=sum(self._contracts.values()),
            applications=self._applications,
            net_premium=total.text,
            commission=self._commission.text,
            by_line={
                line: LineSummary(contracts=count, net_premium=self._premiums[line].text)
                for line, count in sorted(self._contracts.items())
            },
            warnings=self._remarks.texts(),
        )


def _commission(booking: Booking) -> Decimal | None:
    """Give a booking's commission: as 0400 states it, else of its lines, else unknown."""
    if booking.commission is not None or not booking.lines:
        return booking.commission
    return sum((line.amount for line in booking.lines), Decimal("0.00"))
