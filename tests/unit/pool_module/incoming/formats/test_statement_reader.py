"""Commission statements in the shapes insurers and pools send."""

import io
import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pool_module.incoming.errors import ColumnsUnknown, DeliveryRefused, NotThisFormat
from pool_module.incoming.formats.remarks import ReadingWarning
from pool_module.incoming.formats.statements.columns import ColumnMapping
from pool_module.incoming.formats.statements.model import (
    Column,
    LineKind,
    RateUnit,
    StatementLine,
    StatementOpened,
)
from pool_module.incoming.formats.statements.reader import read_statement
from pool_module.incoming.formats.statements.summary import summarise_statement
from shared.vocabulary import Kind
from tests.unit.pool_module.incoming.formats.deliveries import FIXTURES, of_type

WIFO = FIXTURES / "statements" / "statement_pool_wifo_shape_cp1252.csv"
DEBIT_CREDIT = FIXTURES / "statements" / "statement_debit_credit_shape_latin1.csv"


def csv_file(text: str, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO(text.encode(encoding))


def lines(text: str, mapping: ColumnMapping | None = None) -> list[StatementLine]:
    return of_type(read_statement(csv_file(text), mapping=mapping), StatementLine)


def warnings(text: str) -> list[str]:
    found = of_type(read_statement(csv_file(text)), ReadingWarning)
    return [warning.sentence() for warning in found]


def xlsx_file(*rows: tuple[str | float | date | None, ...], sheet: str = "in") -> io.BytesIO:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append(row)
    file = io.BytesIO()
    book.save(file)
    return file


def test_the_samples_give_their_figures() -> None:
    assert summarise_statement(WIFO) == {
        "format": "csv",
        "encoding": "cp1252",
        "rows": 5,
        "gross": "397.00",
        "reserve": "37.09",
        "net": "352.50",
        "warnings": [],
    }
    assert summarise_statement(DEBIT_CREDIT) == {
        "format": "csv",
        "encoding": "ascii",
        "rows": 4,
        "gross": None,
        "reserve": None,
        "net": "192.34",
        "warnings": [],
    }


def test_shape_a_line_by_line() -> None:
    """
    contract       line kind         base     rate        gross  reserve  other  event
    AS1234567890   050  recurring    120.50   1.86 percent   2.24  0.00  0.00  recurring
    4455667788001  020  acquisition   30.24    0.9 factor   27.22  2.72  0.54  acquisition
    7001234567     070  recurring    240.00  14.88 percent  35.71  0.00  0.00  recurring
    7001234567     070  recurring    -80.00  14.88 percent -11.90  0.00  0.00  recurring
    LV99887766     010  acquisition 24000.00 1.4322 percent 343.73 34.37 6.87  acquisition
    """
    found = [
        [
            line.contract_key,
            line.line_code,
            line.kind,
            str(line.base),
            str(line.rate),
            line.rate_unit,
            str(line.gross),
            str(line.reserve),
            str(line.other_retention),
            line.event_kind,
        ]
        for line in of_type(read_statement(WIFO), StatementLine)
    ]
    doc = test_shape_a_line_by_line.__doc__ or ""
    assert found == [row.split() for row in doc.strip().splitlines()[1:]]


def test_shape_a_keeps_what_matching_needs() -> None:
    first, *_, fourth, _ = of_type(read_statement(WIFO), StatementLine)
    assert (first.holder_text, first.product, first.insurer_text) == (
        "Jörg Größler",
        "Kfz",
        "Muster Vers. AG",
    )
    assert (first.statement_number, first.statement_date) == ("100871", date(2026, 10, 20))
    assert (first.booking_date, first.source_contract_id) == (date(2026, 10, 1), "1265155")
    assert (first.contract_number, first.broker_number) == ("AS 1234567890", "Vermittler, Test")
    assert [first.reversal, fourth.reversal] == [False, True]


def test_shape_b_utf8_with_mark_and_clear_kinds() -> None:
    text = (
        "\ufeffAbrechnungsnummer;Abrechnungsdatum;Vertragsnummer extern;Vertragsnummer intern;"
        "Kunde;Produktname;Gesellschaft;Sparte;Provisionsbetrag;Provisionsart;Kontoinhaber\r\n"
        "R-1;2026-08-25 11:18:55;12-345;77;VN Mustermann, Max;Privat;VU;Hausrat;4,10;"
        "Bestandsprovision;0815\r\n"
    )
    (opened,) = of_type(read_statement(csv_file(text)), StatementOpened)
    assert opened.encoding == "utf-8"
    (line,) = lines(text)
    assert (line.holder_text, line.net, line.kind) == (
        "Max Mustermann",
        Decimal("4.10"),
        LineKind.RECURRING,
    )
    assert (line.contract_key, line.source_contract_id) == ("12345", "77")
    assert (line.booking_date, line.statement_date) == (date(2026, 8, 25), date(2026, 8, 25))
    assert (line.broker_key, line.line_code, line.gross) == ("0815", "130", None)


def test_shape_c_debit_and_credit_with_preamble() -> None:
    text = (
        "Volkswohl\n\nAbrechnung Oktober;;\n"
        "VSNR;Versicherungsnehmer;VArt;Gutschrift;Lastschrift;Abrechnung von\n"
        "1;PROBE (OLENA);dy;1.234,56;;01.10.2026\n"
        "2;MUSTER (MAX);RÜCK;;175,00;01.10.2026\n"
        ";;Summe;1.234,56;175,00;\n"
    )
    first, second = lines(text)
    assert (first.net, second.net) == (Decimal("1234.56"), Decimal("-175.00"))
    assert (first.kind, second.kind) == (LineKind.DYNAMIC, LineKind.CLAWBACK)
    assert (first.event_kind, second.event_kind) == (Kind.DYNAMIC, Kind.ACQUISITION)
    assert (first.holder_text, first.booking_date) == ("OLENA PROBE", date(2026, 10, 1))
    assert first.row == 5
    assert warnings(text) == []


def test_shape_d_of_a_portal() -> None:
    text = (
        '"Datum";"Produkt";"Id";"Status";"Provision";"Tracking-Id";"Stornogrund";"Referenz-Nr."\n'
        '"01.10.2026";"Kfz";"88";"4";"65,00";"t-1";"";"R-9"\n'
        '"01.10.2026";"Kfz";"89";"2";"65,00";"t-2";"Widerruf";"R-10"\n'
    )
    first, second = lines(text)
    assert (first.source_contract_id, first.reference, first.status) == ("88", "R-9", "4")
    assert (second.reason, second.status, second.net) == ("Widerruf", "2", Decimal("65.00"))
    assert first.holder_text == ""


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_separators_are_found(separator: str) -> None:
    text = "Vertrag;Betrag;Datum\n1;12.50;2026-10-01\n".replace(";", separator)
    assert [line.net for line in lines(text)] == [Decimal("12.50")]


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "utf-8", "utf-16"])
def test_encodings_are_found(encoding: str) -> None:
    text = "Vertrag;Kunde;Betrag\n1;Größler Jörg;1,00\n"
    found = of_type(read_statement(csv_file(text, encoding)), StatementLine)
    assert found[0].holder_text == "Größler Jörg"
    assert summarise_statement(csv_file(text, encoding))["encoding"] == encoding


@pytest.mark.parametrize(
    ("rate", "base", "amount", "value", "unit"),
    [
        ("1,86 %", "100,00", "9,99", "1.86", RateUnit.PERCENT),
        ("35 ‰", "", "350,00", "35", RateUnit.PER_MILLE),
        ("35", "10000,00", "350,00", "35", RateUnit.PER_MILLE),
        ("35", "1000,00", "350,00", "35", RateUnit.PERCENT),
        ("0,35", "1000,00", "350,00", "0.35", RateUnit.FACTOR),
        ("AP 0.9", "", "27,22", "0.9", RateUnit.FACTOR),
        ("35", "", "350,00", "35", None),
        ("35", "123,00", "350,00", "35", None),
    ],
)
def test_units_of_rates(
    rate: str, base: str, amount: str, value: str, unit: RateUnit | None
) -> None:
    (line,) = lines(f"Vertrag;Basis;Satz;Betrag\n1;{base};{rate};{amount}\n")
    assert (line.rate, line.rate_unit) == (Decimal(value), unit)


def test_equal_lines_are_counted_not_dropped() -> None:
    row = "4711;4,10;01.10.2026;BP\n"
    found = lines("Vertrag;Betrag;Datum;Art\n" + row * 3)
    assert len({line.key for line in found}) == 1
    assert [line.ordinal for line in found] == [1, 2, 3]


def test_a_line_has_the_same_key_in_csv_and_xlsx() -> None:
    (from_csv,) = lines("Vertrag;Basis;Satz;Netto;Datum\n4711;24000,00;1,50;360,00;01.10.2026\n")
    rows = xlsx_file(
        ("Vertrag", "Basis", "Satz", "Netto", "Datum"),
        (4711, 24000.0, 1.5, 360.0, datetime(2026, 10, 1)),  # noqa: DTZ001  -- Excel has no zones
    )
    (from_xlsx,) = of_type(read_statement(rows), StatementLine)
    assert from_csv.key == from_xlsx.key


def test_xlsx_floats_and_dates_are_exact() -> None:
    rows = xlsx_file(
        ("Courtageabrechnung",),
        (),
        (
            None,
            "Datum",
            "Vertrag",
            "Art",
            "Basis",
            "Satz",
            "Brutto",
            "Stornoreserve",
            "RB",
            "Netto",
        ),
        (
            None,
            date(2026, 10, 1),
            12345678901,
            "AP",
            30.24,
            "AP 0.9",
            27.220000000000002,
            2.72,
            0.54,
            23.96,
        ),
        (None, "0000-00-00", "000123", "BP", "", "", 0.1 + 0.2, 0, 0, 0.3),
        (None, None, "Summe", None, None, None, 27.52, 2.72, 0.54, 24.26),
    )
    opened, first, second, _ = list(read_statement(rows))
    assert isinstance(opened, StatementOpened)
    assert (opened.format, opened.sheet, opened.header_row) == ("xlsx", "in", 3)
    assert isinstance(first, StatementLine)
    assert isinstance(second, StatementLine)
    assert (first.row, first.contract_key, first.gross) == (4, "12345678901", Decimal("27.22"))
    assert first.booking_date == date(2026, 10, 1)
    assert (second.contract_key, second.booking_date, second.net) == (
        "000123",
        None,
        Decimal("0.30"),
    )
    assert summarise_statement(rows) == {
        "format": "xlsx",
        "encoding": None,
        "rows": 2,
        "gross": "27.52",
        "reserve": "2.72",
        "net": "24.26",
        "warnings": [],
    }


def test_sum_rows_are_compared_and_never_lines() -> None:
    head = "Vertrag;Kunde;Betrag\n1;A;10,00\n2;B;5,00\n"
    assert len(lines(head + ";Gesamt:;15,00\n")) == 2
    assert len(lines(head + ";;15,00\n")) == 2
    assert warnings(head + "Summe;;15,00\n") == []
    assert (
        warnings(head + "Zwischensumme;;15,00\n3;C;1,00\nZwischensumme;;1,00\n;Summe;16,00\n") == []
    )
    assert warnings(head + ";Summe;16,00\n") == [
        "line 4: The sum row states 16.00, the lines above it sum to 15.00."
    ]


def test_rows_of_another_width_are_flagged() -> None:
    text = "Vertrag;Betrag;Datum;\n1;10,00;01.10.2026;\n2;5,00\n3;1,00;01.10.2026;;zuviel\n"
    assert [line.suspect for line in lines(text)] == [False, True, True]
    assert [text.split(":")[0] for text in warnings(text)] == ["line 3", "line 4"]


def test_rows_that_can_not_be_lines_are_reported() -> None:
    text = (
        "Vertrag;Kunde;Betrag;Datum;Art\n1;A;abc;01.10.2026;BP\n2;B;1,00;41.10.2026;XY\n"
        "Erstellt am 20.10.2026\nVertrag;Kunde;Betrag;Datum;Art\n1,23E+10;C;2,00;;BP\n"
    )
    assert [line.net for line in lines(text)] == [Decimal("1.00"), Decimal("2.00")]
    assert warnings(text) == [
        "line 2, Betrag: No amount: abc",
        "line 2: The row has no amount that can be read; it is no line.",
        "line 3, Datum: No date: 41.10.2026",
        "line 3, Art: The kind XY is not known; it is read as other.",
        "line 6, Vertrag: A spreadsheet has shortened the contract number: 1,23E+10",
    ]


def test_figures_that_do_not_agree_are_flagged() -> None:
    text = "Vertrag;Brutto;Stornoreserve;Netto\n1;100,00;10,00;80,00\n"
    assert lines(text)[0].suspect
    assert warnings(text) == ["line 2, Netto: Gross less retentions is not the net."]


def test_the_net_is_computed_where_only_gross_is_given() -> None:
    (line,) = lines("Vertrag;Brutto;Stornoreserve\n1;100,00;10,00\n")
    assert line.net == Decimal("90.00")


def test_columns_are_taken_as_a_person_says() -> None:
    text = "Nr. des Scheins;Geld;Betrag\n4711;7,50;99,00\n"
    mapping = ColumnMapping.from_dict({"Nr. des Scheins": "contract_number", "Geld": "net"})
    (line,) = lines(text, mapping)
    assert (line.contract_key, line.net) == ("4711", Decimal("7.50"))
    saved = json.loads(json.dumps(mapping.to_dict()))
    assert ColumnMapping.from_dict(saved) == mapping
    (opened,) = of_type(read_statement(WIFO), StatementOpened)
    assert opened.columns["Netto"] is Column.NET


@pytest.mark.parametrize("columns", [{"A": "price"}, {"A": "net"}, {"A": "contract_number"}, {}])
def test_a_mapping_must_be_of_use(columns: dict[str, str]) -> None:
    with pytest.raises(DeliveryRefused):
        ColumnMapping.from_dict(columns)


def test_unknown_columns_are_offered_for_mapping() -> None:
    with pytest.raises(ColumnsUnknown) as refusal:
        lines("Nummer;Geld\n1;2,00\n")
    assert refusal.value.headers == ("Nummer", "Geld")
    with pytest.raises(ColumnsUnknown):
        summarise_statement(xlsx_file(("Nummer", "Geld"), (1, 2)))


def test_a_second_column_that_could_be_the_amount_is_reported() -> None:
    text = "Vertrag;Betrag;Netto\n1;5,00;4,00\n"
    assert [line.net for line in lines(text)] == [Decimal("4.00")]
    assert warnings(text)[0].startswith("line 1, Betrag: This column could be")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 ...", "is a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel"),
        (b"\x00\x01\x02\x03binary", "neither a CSV nor an XLSX"),
        (b"PK\x03\x04broken", "damaged"),
    ],
)
def test_other_files_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(DeliveryRefused, match=message):
        summarise_statement(io.BytesIO(data))


def test_folders_and_endless_quotes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused, match="is a folder"):
        summarise_statement(tmp_path)
    with pytest.raises(NotThisFormat, match="can't be read as CSV"):
        lines('Vertrag;Betrag\n1;2,00\n2;"' + "x" * 300_000)


@given(
    amounts=st.lists(
        st.decimals(min_value="-9999999.99", max_value="9999999.99", places=2),
        min_size=1,
        max_size=20,
    )
)
def test_sums_are_exact(amounts: list[Decimal]) -> None:
    rows = [f"{number};{amount:,}" for number, amount in enumerate(amounts, start=1)]
    german = "\n".join(row.translate(str.maketrans(",.", ".,")) for row in rows)
    summary = summarise_statement(csv_file(f"Vertrag;Betrag\n{german}\n"))
    assert summary["rows"] == len(amounts)
    assert Decimal(summary["net"] or "") == sum(amounts)
