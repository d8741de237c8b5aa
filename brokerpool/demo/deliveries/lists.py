"""Lists: CSV as German pools write it, and XLSX with debit and credit in two columns."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from xlsxwriter import Workbook

from brokerpool.demo.deliveries.letters import fit
from brokerpool.demo.deliveries.reports import Report
from brokerpool.demo.sources import source
from shared.vocabulary import Kind

SHAPE_A: Final = (
    "Datum", "Vertrag", "Sparte", "Kunde Name", "Kunde Vorname", "Kunde Geburtsdatum", "Firma",
    "VP Name", "VP Vorname", "VP Geburtsdatum", "Kfz", "AP-VM", "Art", "Gesellschaft", "Tarif",
    "Basis", "Satz", "Brutto", "Stornoreserve", "RB", "Netto", "Vertrag ID", "Lauf",
    "Erstelldatum",
)  # fmt: skip
FOREIGN: Final = (
    "Buchungsdatum", "Vertragsnummer", "Vermittlernummer", "Versicherungsnehmer", "Sparte",
    "Produkt", "Art", "Basis", "Satz", "Provisionsbetrag", "Währung",
)  # fmt: skip
DEBIT_CREDIT: Final = (
    "Vermittlernummer", "Versicherungsschein-Nr.", "Versicherungsnehmer", "Sparte", "Produkt",
    "VArt", "Provisionsbasis", "Konditionssatz", "Gutschrift", "Lastschrift", "Buchungsdatum",
    "Abrechnung von", "Währung",
)  # fmt: skip
KINDS: Final = {Kind.ACQUISITION: "AP", Kind.RECURRING: "BP", Kind.DYNAMIC: "dy"}
WIDE: Final = 80
RUNS: Final = {Kind.ACQUISITION: "101", Kind.RECURRING: "102", Kind.DYNAMIC: "103"}
NO_DATE: Final = "0000-00-00"


def pool_csv(insurer: str, reports: list[Report], created: date) -> bytes:
    """Shape A: Windows-1252, semicolons, one more at the end of each line."""
    rows = [[*SHAPE_A, ""]]
    for report in reports:
        holder = report.contract.holder
        born = holder.birth_date.isoformat() if holder.birth_date else NO_DATE
        rows.append(
            [
                f"{report.booked:%d.%m.%Y}", report.contract.number, _line(report),
                "" if holder.legal_person else fit(holder.last_name, WIDE),
                fit(holder.first_name or "", WIDE), born,
                fit(holder.last_name, WIDE) if holder.legal_person else "", "", "", NO_DATE, "",
                report.agency, KINDS[report.kind], insurer, report.contract.product.name,
                comma(report.base), f"{KINDS[report.kind]} {_rate(report)}",
                comma(report.amount), "0,00", "0,00", comma(report.amount),
                report.contract.case, RUNS[report.kind], f"{created:%d.%m.%Y}", "",
            ]
        )  # fmt: skip
    return _csv(rows).encode("cp1252")


def foreign_csv(reports: list[Report]) -> bytes:
    """The pool's own template, as Ukrainian insurers fill it: UTF-8 with its mark."""
    rows = [list(FOREIGN)]
    rows += [
        [
            f"{r.booked:%d.%m.%Y}", r.contract.number, r.agency, r.contract.holder.name,
            _line(r), r.contract.product.name, KINDS[r.kind], comma(r.base),
            _rate(r), comma(r.amount), r.contract.currency,
        ]
        for r in reports
    ]  # fmt: skip
    return _csv(rows).encode("utf-8-sig")


def debit_credit_xlsx(insurer: str, reports: list[Report], created: date) -> bytes:
    """A list with two columns of money; its numbers are floats, as in every workbook."""
    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True})
    book.set_properties({"author": insurer, "created": datetime(created.year, created.month, 1)})  # noqa: DTZ001  -- the format knows no zones
    sheet = book.add_worksheet("Abrechnung")
    days = book.add_format({"num_format": "dd.mm.yyyy"})
    sheet.write_row(0, 0, [f"{insurer}: Courtageabrechnung {created:%m/%Y}"])
    sheet.write_row(2, 0, DEBIT_CREDIT)
    for row, r in enumerate(reports, 3):
        credit = float(r.amount) if r.amount >= 0 else ""
        debit = float(-r.amount) if r.amount < 0 else ""
        sheet.write_row(
            row,
            0,
            [
                r.agency, r.contract.number, r.contract.holder.name, _line(r),
                r.contract.product.name, KINDS[r.kind], float(r.base), _rate(r), credit, debit,
            ],
        )  # fmt: skip
        sheet.write_datetime(row, 10, r.booked, days)
        sheet.write_datetime(row, 11, r.start, days)
        sheet.write_string(row, 12, r.contract.currency)
    book.close()
    return file.getvalue()


def comma(amount: Decimal) -> str:
    """An amount with thousands points and a decimal comma."""
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


def _line(report: Report) -> str:
    """The line of business in the insurer's language."""
    product = report.contract.product
    row = next(row for row in source("range")["lines"] if row[0] == product.line)
    german, ukrainian = row[2:4]
    return str(german if product.country == "DE" else ukrainian)


def _rate(report: Report) -> str:
    """Per cent, or a multiple of the base where it is one of monthly premiums."""
    if report.rate >= 1:
        return f"{report.rate.normalize():f}"
    return f"{(report.rate * 100).normalize():f} %"


def _csv(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows)
    return text.getvalue()
