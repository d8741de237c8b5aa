"""Writes the deliveries of the open month to where they wait: one folder per insurer."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from brokerpool.demo.deliveries.gdv_file import Holding, Sender, gdv_file
from brokerpool.demo.deliveries.lists import debit_credit_xlsx, foreign_csv, pool_csv
from brokerpool.demo.deliveries.reports import OPEN, Report, reports_of, surprises
from brokerpool.demo.recording import agency_number
from brokerpool.demo.sources import source
from brokerpool.demo.world import World


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A delivered file.

    Attributes:
        insurer: code of the insurer.
        format: ``gdv`` or ``statement``, as ``brokerpool import`` calls them.
        lines: its commission lines.
    """

    insurer: str
    format: str
    path: Path
    lines: int


def write_deliveries(world: World, folder: Path) -> list[Waiting]:
    """Write the files; the same world gives the same bytes."""
    waiting = []
    for insurer, name, _, number in source("range")["insurers"]:
        here = folder / insurer
        here.mkdir(parents=True, exist_ok=True)
        reports = reports_of(world, insurer)
        for file_name, kind, content, lines in _files(world, insurer, name, number, reports):
            path = here / file_name
            path.write_bytes(content)
            waiting.append(Waiting(insurer=insurer, format=kind, path=path, lines=lines))
    return waiting


def _files(
    world: World, insurer: str, name: str, number: str | None, reports: list[Report]
) -> Iterator[tuple[str, str, bytes, int]]:
    """File name, format, content and how many lines."""
    month, last = world.months.name(OPEN), world.months.last(OPEN)
    match insurer:
        case "BS" | "CK":
            assert number
            keys = {row[0]: row[1] for row in source("range")["lines"]}
            sender = Sender(name=name, number=number, start=world.months.first(OPEN), end=last)
            content = gdv_file(sender, _holdings(world, insurer, reports), keys)
            yield f"{insurer}_Bestand_Provision_{month}.gdv", "gdv", content, len(reports)
        case "AL":
            content = pool_csv(name, reports, last)
            yield f"{insurer}_Courtage_{month}.csv", "statement", content, len(reports)
        case "DR":
            content = debit_credit_xlsx(name, reports, last)
            yield f"{insurer}_Abrechnung_{month}.xlsx", "statement", content, len(reports)
        case _:
            yield f"{insurer}_{month}.csv", "statement", foreign_csv(reports), len(reports)


def _holdings(world: World, insurer: str, reports: list[Report]) -> list[Holding]:
    """The whole portfolio with its bookings; last, what names a contract nobody knows."""
    portfolio = [
        c for c in (*world.contracts, *surprises(world, insurer)) if c.product.insurer == insurer
    ]
    by_number: dict[str, list[Report]] = {c.number: [] for c in portfolio}
    for report in reports:
        by_number.setdefault(report.contract.number, []).append(report)
    known = []
    for contract in portfolio:
        lot = by_number.pop(contract.number)
        told = lot[-1].contract if lot else contract  # a booking may know of a later cancellation
        agency = lot[0].agency if lot else agency_number(insurer, contract.shares[0][0])
        known.append(Holding(contract=told, agency=agency, reports=lot))
    unknown = [
        Holding(contract=lot[0].contract, agency=lot[0].agency, reports=lot, told=False)
        for lot in by_number.values()
    ]
    return [*known, *unknown]
