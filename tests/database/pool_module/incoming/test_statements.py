"""Commission statements into the pool."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from pool_module.incoming.errors import ColumnsUnknown, DeliveryRefused
from pool_module.incoming.formats.statements.columns import ColumnMapping
from tests.database.pool_module.incoming.office import Office
from tests.unit.pool_module.incoming.formats.deliveries import FIXTURES

WIFO = FIXTURES / "statements" / "statement_pool_wifo_shape_cp1252.csv"
DEBIT = FIXTURES / "statements" / "statement_debit_credit_shape_latin1.csv"


def test_the_wifo_shape(office: Office) -> None:
    office.ready()
    for number in ("AS1234567890", "4455667788001", "7001234567", "LV99887766"):
        office.add_contract(number)
    result = office.state(WIFO)
    assert result.lines["event"] == 5
    assert sum(amount for _, _, amount in office.events()) == Decimal("397.00")
    assert ("recurring", date(2026, 10, 15), Decimal("-11.90")) in office.events()
    kept = office.select("SELECT sum(reserve), sum(net) FROM delivery_line WHERE pool_id = :pool")
    assert kept == [(Decimal("37.09"), Decimal("352.50"))]
    before = office.counts()
    assert not office.state(WIFO).changed
    assert office.counts() == before


def test_the_debit_and_credit_shape(office: Office) -> None:
    office.ready().agree("dynamic")
    for number in ("12345678", "12345679", "12345670", "12345671"):
        office.add_contract(number)
    office.state(DEBIT)
    assert office.events() == [
        ("acquisition", date(2026, 1, 1), Decimal("350.00")),
        ("recurring", date(2026, 10, 1), Decimal("12.34")),
        ("dynamic", date(2026, 10, 1), Decimal("5.00")),
    ]
    assert office.open_causes() == ["clawback_without_cancellation"]


def test_what_matches_no_contract_waits_with_its_cause(office: Office) -> None:
    office.ready().state(WIFO)
    assert office.open_causes() == ["contract_not_found"] * 5
    office.add_contract("LV 99-887766".replace(" ", "").replace("-", ""))
    result = office.deliver()
    assert result.settled == {"event": 1}


def test_equal_rows_in_a_file_count_the_same_file_twice_does_not(office: Office) -> None:
    office.ready()
    office.add_contract("4711")
    row = "01.10.2026;4711;BP;100,00;1 %;1,00;1,00;0815;7"
    path = office.statement(row, row, row)
    assert office.state(path).lines["event"] == 3
    assert office.state(path).lines["known"] == 3
    assert len(office.events()) == 3


def test_sum_rows_are_no_lines(office: Office) -> None:
    office.ready()
    office.add_contract("4711")
    rows = ("01.10.2026;4711;BP;100,00;1 %;1,00;1,00;0815;7", "Summe;;;;;1,00;1,00;;")
    assert office.state(office.statement(*rows)).records == 1


def test_numbers_match_normalised(office: Office) -> None:
    office.ready()
    office.add_contract("AB0815X")
    office.state(office.statement("01.10.2026;ab 08-15/x;BP;100,00;1 %;1,00;1,00;0815;7"))
    assert len(office.events()) == 1


def test_xlsx(office: Office) -> None:
    office.ready()
    office.add_contract("4711")
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Datum", "Vertrag", "Art", "Betrag"])
    sheet.append([date(2026, 10, 1), "4711", "BP", 12.34])
    path = office.folder / "s.xlsx"
    book.save(path)
    office.state(path)
    assert office.events() == [("recurring", date(2026, 10, 1), Decimal("12.34"))]


def unknown_columns(office: Office) -> Path:
    path = office.folder / "own.csv"
    path.write_text("Police No;Cash;Wann\n4711;12,34;01.10.2026\n", encoding="utf-8")
    return path


def test_unknown_columns_are_refused_until_somebody_says_which_is_which(office: Office) -> None:
    office.ready()
    office.add_contract("4711")
    path = unknown_columns(office)
    with pytest.raises(ColumnsUnknown, match="Police No, Cash, Wann"):
        office.state(path)
    columns = ColumnMapping.from_dict(
        {"Police No": "contract_number", "Cash": "net", "Wann": "booking_date"}
    )
    office.state(path, columns=columns, mapping="list")
    assert office.events() == [("other", date(2026, 10, 1), Decimal("12.34"))]
    before = office.counts()
    office.state(path, mapping="list")
    assert office.counts() == before


def test_a_mapping_without_a_name_is_the_insurers_default(office: Office) -> None:
    office.ready()
    path = unknown_columns(office)
    office.state(
        path, columns=ColumnMapping.from_dict({"Police No": "contract_number", "Cash": "net"})
    )
    office.state(path)
    assert office.select("SELECT name FROM import_mapping WHERE pool_id = :pool") == [("default",)]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 ...", b"\x00\x01\x02"])
def test_what_is_no_statement_is_refused_before_anything_is_written(
    content: bytes, office: Office
) -> None:
    path = office.folder / "x"
    path.write_bytes(content)
    office.name_insurer()
    before = office.counts()
    with pytest.raises(DeliveryRefused):
        office.state(path)
    assert office.counts() == before


def test_a_storno_that_is_positive_waits(office: Office) -> None:
    office.ready()
    office.add_contract("4711")
    office.state(office.statement("01.10.2026;4711;ST;;;5,00;5,00;0815;7"))
    assert office.open_causes() == ["amount_not_base_times_rate"]
