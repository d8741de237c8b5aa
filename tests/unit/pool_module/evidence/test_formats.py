"""A period's data as files: exact, described, and never a formula."""

from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree as ET

from pool_module.evidence.formats import Field, Kind, Table, cell, csv_pieces, index

TABLE = Table(
    "statement",
    "Statements & more",
    (Field("payout", Kind.NUMBER, "t.payout", 2), Field("issue_date", Kind.DAY, "t.issue_date")),
)


def test_cells() -> None:
    assert [cell(v) for v in (None, True, Decimal("-1.50"), date(2026, 1, 2), "=1+1", "ä;")] == [
        "", "1", "-1.50", "2026-01-02", "'=1+1", "ä;",
    ]  # fmt: skip
    assert cell(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == "2026-01-02 03:04:05+00:00"


def test_pieces_hold_whole_rows() -> None:
    rows = [(number, "x" * 100) for number in range(2000)]
    pieces = list(csv_pieces(rows))
    assert len(pieces) > 1
    assert sum(many for _, many in pieces) == 2000
    assert b"".join(text for text, _ in pieces).count(b"\r\n") == 2000


def test_the_description_is_read_by_a_machine() -> None:
    text = index("Nord & Süd", "2026-10", [(TABLE, "Abrechnungen")])
    tree = ET.fromstring(text)  # noqa: S314  -- our own
    assert tree.findtext(".//Table/URL") == "statement.csv"
    assert tree.findtext(".//Table/Description") == "Abrechnungen"
    assert tree.findtext(".//Numeric/Accuracy") == "2"
    assert tree.findtext(".//Date/Format") == "YYYY-MM-DD"
