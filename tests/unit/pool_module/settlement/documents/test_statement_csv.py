"""A statement's CSV, read back."""

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest

from pool_module.settlement.documents.statement_csv import neutral, statement_csv
from pool_module.settlement.documents.statement_data import StatementData
from tests.factories import statement_documents as samples


def rows(data: StatementData) -> list[dict[str, str]]:
    content = statement_csv(data)
    assert content.startswith(b"\xef\xbb\xbf")
    sheet = io.StringIO(content.decode("utf-8-sig"), newline="")
    return list(csv.DictReader(sheet, delimiter=";", strict=True))


def test_rows_add_up_to_the_balance() -> None:
    data = samples.negative_statement(12)
    parts = {"opening", "entry", "correction", "adjustment", "withholding"}
    read = rows(data)
    amounts = [
        Decimal(row["Auszahlbar"].replace(",", ".")) for row in read if row["Abschnitt"] in parts
    ]
    assert sum(amounts) == data.balance
    (closing,) = [row for row in read if row["Abschnitt"] == "closing"]
    assert closing["Auszahlbar"] == f"{data.closing}".replace(".", ",")
    assert [row["Abschnitt"] for row in read].count("entry") == 12


def test_a_line_in_full() -> None:
    (row,) = [row for row in rows(samples.negative_statement(1)) if row["Abschnitt"] == "entry"]
    assert {name: value for name, value in row.items() if value} == {
        "Abschnitt": "entry",
        "Abrechnung Nr.": "CA-2026-10-0042",
        "Datum": "2026-10-02",
        "Vertrag": "AQ-61037-101",
        "Versicherungsnehmer": "Öztürk, Selin",
        "Produkt": "BU Vision",
        "Versicherer": "Aquila Leben",
        "Art": "Abschlussprovision",
        "Courtagevorgang": "E-2026-10-00001",
        "Vermittler": "Jansen, Björn",
        "Karrierestufe": "Stufe 4",
        "Bemessungsgrundlage": "18400,00",
        "Satz": "0,035",
        "Satz bezieht sich auf": "Bemessungsgrundlage",
        "Anteil": "1",
        "Betrag": "644,00",
        "In die Stornoreserve": "64,40",
        "Auszahlbar": "579,60",
        "Währung": "EUR",
        "Ende der Stornohaftung": "2031-10-02",
    }


def test_english_has_a_decimal_point_and_ukrainian_withholdings_are_negative() -> None:
    assert rows(samples.english_statement())[1]["Payable"] == "579.60"
    taxes = [row for row in rows(samples.ukrainian_statement()) if row["Розділ"] == "withholding"]
    assert [(row["Текст"], row["До виплати"]) for row in taxes] == [
        ("ПДФО", "-2597,60"),
        ("Військовий збір", "-721,56"),
    ]


def test_a_correction_names_its_cause_and_period() -> None:
    read = [row for row in rows(samples.negative_statement(1)) if row["Abschnitt"] == "correction"]
    assert read[0]["Text"] == "Storno zum 15.09.2026 (Widerruf)"
    assert read[0]["Korrigiert ab"] == "2026-07-01"
    assert read[0]["Korrigiert Abrechnung"] == "CA-2026-07-0042"
    assert read[0]["Betrag"] == "-6120,00"  # a negative number stays a number


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\0"])
def test_text_never_becomes_a_formula(start: str) -> None:
    assert neutral(f"{start}1+1") == f"'{start}1+1"


def test_formulas_in_names_are_neutralised_in_the_file() -> None:
    data = samples.statement(entries=samples.entries(1))
    line = replace(data.entries[0], holder='=HYPERLINK("http://x";"y")', contract="-12;34\n")
    read = rows(replace(data, entries=(line,)))[1]
    assert read["Versicherungsnehmer"] == '\'=HYPERLINK("http://x";"y")'
    assert read["Vertrag"] == "'-12;34\n"
