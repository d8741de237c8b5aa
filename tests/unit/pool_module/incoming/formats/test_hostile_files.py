"""Whatever bytes come: a reader refuses or reads, it never breaks."""

import contextlib
import io

from hypothesis import given
from hypothesis import strategies as st

from pool_module.incoming.errors import DeliveryRefused
from pool_module.incoming.formats.gdv.layout import LAYOUTS
from pool_module.incoming.formats.gdv.model import FileRead
from pool_module.incoming.formats.gdv.reader import read_gdv
from pool_module.incoming.formats.statements.model import StatementRead
from pool_module.incoming.formats.statements.reader import read_statement
from tests.unit.pool_module.incoming.formats.deliveries import HEADER, of_type

TYPES = sorted({record_type for record_type, _ in LAYOUTS} | {"0210", "0220", "0800", "XXXX"})
RUBBISH = st.text(alphabet="0123456789 +-ABÄ§\x00\t", max_size=270)
RECORDS = st.builds(lambda start, rest, last: (start + rest).ljust(255)[:255] + last,
                    st.sampled_from(TYPES), RUBBISH, st.sampled_from("0123456789 "))  # fmt: skip
CELLS = st.sampled_from(["", "1", "1,00", "-", "1e9", "00.00.0000", "AP 1 %", "Summe", '"', "\x00"])
ROWS = st.lists(st.lists(CELLS, max_size=9).map(";".join), max_size=8).map("\n".join)


@given(records=st.lists(RECORDS, max_size=12))
def test_rubbish_in_records_is_read(records: list[str]) -> None:
    data = "\n".join([HEADER, *records]).encode("latin-1")
    (read,) = of_type(read_gdv(io.BytesIO(data)), FileRead)
    assert read.records == 1 + len(records)


@given(data=st.binary(max_size=600))
def test_any_bytes_after_a_header_are_read(data: bytes) -> None:
    with contextlib.suppress(DeliveryRefused):
        list(read_gdv(io.BytesIO(HEADER.encode() + b"\r\n" + data)))


@given(rows=ROWS)
def test_rubbish_in_rows_is_read(rows: str) -> None:
    text = f"Vertrag;Kunde;Basis;Satz;Brutto;Stornoreserve;Netto;Datum;Art\n{rows}"
    with contextlib.suppress(DeliveryRefused):  # an open quotation mark, a NUL
        assert of_type(read_statement(io.BytesIO(text.encode())), StatementRead)


@given(
    start=st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"Vertrag;Betrag\n"]), data=st.binary()
)
def test_any_bytes_are_a_statement_or_refused(start: bytes, data: bytes) -> None:
    with contextlib.suppress(DeliveryRefused):
        list(read_statement(io.BytesIO(start + data)))
