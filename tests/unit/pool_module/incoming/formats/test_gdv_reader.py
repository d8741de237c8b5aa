"""Deliveries as insurers send them: encodings, line ends, packages, damage, applications."""

import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

import pytest

from pool_module.incoming.errors import DeliveryRefused, DeliveryTooLarge, NotThisFormat
from pool_module.incoming.formats.encodings import as_encoding
from pool_module.incoming.formats.gdv.blocks import Application, ContractBlock
from pool_module.incoming.formats.gdv.model import (
    Contact,
    FileOpened,
    FileRead,
    PackageEnd,
    PackageHeader,
    PartialDate,
    RawRecord,
)
from pool_module.incoming.formats.gdv.reader import read_gdv
from pool_module.incoming.formats.gdv.summary import summarise_gdv
from pool_module.incoming.formats.gdv.writer import Value
from pool_module.incoming.formats.numbers import normalise_agency, normalise_number
from pool_module.incoming.formats.remarks import ReadingWarning
from tests.unit.pool_module.incoming.formats.deliveries import (
    HEADER,
    of_type,
    record,
    stream,
    trailer,
)

HOLDER = record("0100", name_1="Größler", name_3="Änne", role="01")
CONTRACT = record("0200", begin=date(2026, 1, 1), net_premium=Decimal("100.00"), currency="EUR")


def blocks(source: BinaryIO) -> list[ContractBlock]:
    return of_type(read_gdv(source), ContractBlock)


def warnings(source: BinaryIO) -> list[str]:
    return [warning.sentence() for warning in of_type(read_gdv(source), ReadingWarning)]


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r", ""])
@pytest.mark.parametrize("encoding", ["latin-1", "cp850", "utf-8"])
def test_any_line_end_and_encoding_reads_alike(encoding: str, line_end: str) -> None:
    source = stream(HEADER, HOLDER, CONTRACT, trailer(2), encoding=encoding, line_end=line_end)
    items = list(read_gdv(source))
    assert items[0] == FileOpened(as_encoding(encoding))
    assert items[-1] == FileRead(records=4, packages=1)
    (block,) = of_type(iter(items), ContractBlock)
    assert block.holder
    assert (block.holder.name_1, block.holder.name_3) == ("Größler", "Änne")


@pytest.mark.parametrize(
    ("letters", "encoding", "name"),
    [
        (b"Gr\xf6\xdfler", "latin-1", "Größler"),
        (b"Gr\x94\xe1ler", "cp850", "Größler"),
        (b"M\xfcller \x80", "cp1252", "Müller €"),
        (b"\xdcbung J\x94rg", "mixed", "Übung Jörg"),
        (b"\xdcbung J\x9arg, \x9abel", "mixed", "Übung Jörg, Übel"),
        (b"M\x8ader", "mixed", "Mäder"),
        ("Größler".encode(), "utf-8", "Größler"),
        (b"Muster", "ascii", "Muster"),
    ],
)
def test_encoding_is_found_from_the_bytes(letters: bytes, encoding: str, name: str) -> None:
    width = 30 + len(letters) - len(name)
    holder = record("0100", name_1="?").encode()
    data = holder[:43] + letters.ljust(width) + holder[73:]
    items = list(read_gdv(io.BytesIO(b"\n".join([HEADER.encode(), data, b""]))))
    assert items[0] == FileOpened(as_encoding(encoding))
    (block,) = of_type(iter(items), ContractBlock)
    assert block.parties[0].name_1 == name


def test_encoding_can_be_said() -> None:
    source = stream(HEADER, HOLDER, encoding="latin-1")
    (block,) = of_type(read_gdv(source, encoding="cp850"), ContractBlock)
    assert block.parties[0].name_1 != "Größler"
    with pytest.raises(DeliveryRefused, match="not known"):
        as_encoding("ebcdic")


def test_short_lines_and_blank_lines_are_read() -> None:
    source = stream(HEADER.rstrip(), "", CONTRACT.rstrip(), trailer(1).rstrip(), "\x1a")
    (block,) = blocks(source)
    assert block.contract
    assert block.contract.net_premium == Decimal("100.00")
    assert warnings(source) == [
        "line 4, 9999 net_premium: The trailer states 0.00, read were 100.00: 100.00 apart."
    ]


def test_a_line_without_its_end_is_cut_by_length() -> None:
    source = stream(HEADER, HOLDER + CONTRACT, trailer(2, net_premium=Decimal(100)))
    assert warnings(source) == []
    assert len(blocks(source)) == 1


def test_a_file_holds_several_packages() -> None:
    package = (HEADER, HOLDER, CONTRACT, trailer(2, net_premium=Decimal(100)))
    items = list(read_gdv(stream(*package, *package)))
    assert [item.package for item in of_type(iter(items), PackageHeader)] == [1, 2]
    assert [item.package for item in of_type(iter(items), ContractBlock)] == [1, 2]
    assert [end.stated == end.read for end in of_type(iter(items), PackageEnd)] == [True, True]
    assert of_type(iter(items), ReadingWarning) == []


def test_header_says_who_and_which_releases() -> None:
    parts = [HEADER[:95] + "2.5" + HEADER[98:], HEADER[:209] + "1.2" + HEADER[212:255] + "2"]
    (header,) = of_type(read_gdv(stream(*parts)), PackageHeader)
    assert header.versions == {"0001": "2.5", "0052": "1.2"}
    assert header.created_from == date(2026, 10, 1)
    assert header.created_to is None
    assert header.sender == "VERSICHERER"


def test_wrong_control_totals_are_reported_with_the_difference() -> None:
    found = warnings(stream(HEADER, CONTRACT, trailer(3, net_premium=Decimal("99.99"))))
    assert found == [
        "line 3, 9999 records: The trailer states 3, read were 1: -2 apart.",
        "line 3, 9999 net_premium: The trailer states 99.99, read were 100.00: 0.01 apart.",
    ]


def test_a_missing_trailer_and_a_missing_header_are_reported() -> None:
    found = warnings(stream(HEADER, CONTRACT, HEADER, trailer(0), CONTRACT, trailer(0)))
    assert found[0] == "9999: Package 1 has no trailer 9999."
    assert found[1].startswith("line 5, 0200: A record outside of any package")


def test_damage_is_reported_and_the_rest_read() -> None:
    damaged = CONTRACT[:43] + "99999999" + CONTRACT[51:115] + "0000ABC10000" + CONTRACT[127:]
    source = stream(HEADER, damaged, "\x00\x01rubbish", HOLDER, trailer(3))
    assert sorted(warnings(source)) == [
        "line 2, 0200 begin: No date: 99999999",
        "line 2, 0200 net_premium: No amount: 0000ABC10000",
        "line 3, ??ru: The record has no record type; it is kept as it came.",
        "line 3, ??ru: The record holds characters that can't be read.",
    ]
    (block,) = blocks(source)
    assert block.contract
    assert (block.contract.begin, block.contract.net_premium) == (None, None)
    assert block.holder


def test_dates_may_be_partial() -> None:
    text = record("0200")
    text = text[:43] + "00072026" + "00000000" + "31120000" + text[67:]
    (block,) = blocks(stream(HEADER, text, record("0100", birth_date=None, role="01")))
    assert block.contract
    assert block.contract.begin == date(2026, 7, 1)
    assert block.contract.end is None
    assert block.contract.next_due == PartialDate(None, 12, 31)
    assert block.contract.next_due.exact is None
    assert warnings(stream(HEADER, text))[0].startswith("line 2, 0200 begin: Day or month is 00")


def test_section_sign_is_an_at_only_in_ways_of_contact() -> None:
    more = record("0100", 2, contact_type_1="50", contact_1="max§muster.de")
    first = record("0100", name_1="Max § Moritz", role="01")
    (block,) = blocks(stream(HEADER, first, more))
    assert block.parties[0].contacts == (Contact("50", "max@muster.de"),)
    assert block.parties[0].name_1 == "Max § Moritz"


def test_records_belong_together_by_their_head() -> None:
    """Both holders, then both contracts: insurers sort by record type, too."""
    other: dict[str, Value] = {"contract_number": "0815"}
    source = stream(
        HEADER,
        HOLDER,
        record("0100", role="01", name_1="Zweite", **other),
        CONTRACT,
        record("0200", net_premium=Decimal(7), **other),
    )
    found = [
        (block.head.contract_number, block.holder and block.holder.name_1)
        for block in blocks(source)
    ]
    assert found == [("4711", "Größler"), ("0815", "Zweite")]


def test_a_second_contract_under_one_number_is_a_block_of_its_own() -> None:
    second = record("0200", line="040", net_premium=Decimal(7))
    source = stream(HEADER, HOLDER, CONTRACT, record("0200", 2, product_name="Haus"), second)
    first, other = blocks(source)
    assert first.contract
    assert other.contract
    assert (first.contract.head.line, other.contract.head.line) == ("130", "040")
    assert (first.contract.product_name, other.contract.product_name) == ("Haus", "")
    assert first.holder == other.holder


def test_a_bundle_keeps_its_sub_lines_raw() -> None:
    head: dict[str, Value] = {"bundle": "1", "line": "000"}
    sub = record("0100", bundle="1", line="040")
    source = stream(
        HEADER,
        record("0200", **head),
        "0210" + sub[4:],
        "0800" + sub[4:],
    )
    (block,) = blocks(source)
    assert block.head.bundled
    assert [(raw.record_type, raw.line) for raw in block.raw.sub_lines] == [("0210", "040")]
    assert [raw.record_type for raw in block.raw.others] == ["0800"]
    assert block.raw.others[0].text == "0800" + sub[4:]


def test_contracts_inside_a_business_case_are_applications() -> None:
    source = stream(
        HEADER,
        record("0052", business_case="001", posted_on=date(2026, 10, 2), transaction_broker="T-1"),
        HOLDER,
        record("0200", contract_number="ANDERS", order_number="A-77"),
        record("9952", transaction_insurer="VU-9"),
        HOLDER,
        CONTRACT,
    )
    (application,) = of_type(read_gdv(source), Application)
    assert (application.business_case, application.posted_on) == ("001", date(2026, 10, 2))
    assert (application.transaction_broker, application.transaction_insurer) == ("T-1", "VU-9")
    assert application.holder
    assert [contract.order_number for contract in application.contracts] == ["A-77"]
    summary = summarise_gdv(source)
    assert (summary["applications"], summary["contracts"]) == (1, 1)
    assert summary["net_premium"] == "100.00"


def test_blocks_come_before_the_file_is_read_to_its_end() -> None:
    contracts = [record("0200", contract_number=str(number)) for number in range(5_000)]
    source = stream(HEADER, *contracts)
    size = source.seek(0, 2)
    items = read_gdv(source)
    next(item for item in items if isinstance(item, ContractBlock))
    assert source.tell() < size / 2
    assert 1 + sum(isinstance(item, ContractBlock) for item in items) == 5_000


@pytest.mark.parametrize(
    ("data", "refusal", "message"),
    [
        (b"", DeliveryRefused, "empty"),
        (b"V\xf6lliger Unsinn", NotThisFormat, "no GDV file"),
        (b"\r\n\r\n", NotThisFormat, "no GDV file"),
        (b"0001;Muster;12,00;abc;" + b"x" * 90, NotThisFormat, "no GDV file"),
        (b"PK\x03\x04\x00\x00", NotThisFormat, "no GDV file"),
    ],
)
def test_other_files_are_refused(data: bytes, refusal: type[Exception], message: str) -> None:
    with pytest.raises(refusal, match=message):
        summarise_gdv(io.BytesIO(data))


def test_folders_missing_and_large_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DeliveryRefused, match="is a folder"):
        summarise_gdv(tmp_path)
    with pytest.raises(DeliveryRefused, match="no file nothing"):
        summarise_gdv(tmp_path / "nothing.gdv")
    with pytest.raises(DeliveryTooLarge, match="too large: 3 MB, at most 2 MB are taken"):
        summarise_gdv(stream(HEADER * 9_000), max_bytes=2 * 1024**2)
    unending = io.BytesIO(HEADER.encode() + b"\n" + b"x" * 1_000_000)
    with pytest.raises(NotThisFormat, match="does not end"):
        list(read_gdv(unending))


def test_unknown_things_stay_as_they_came() -> None:
    (raw,) = of_type(read_gdv(stream(HEADER, "ABCD" + HOLDER[4:])), RawRecord)
    assert (raw.line_number, raw.record_type) == (2, "ABCD")


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("AS 1234567890", "AS1234567890"),
        ("99999999-999", "99999999999"),
        ("0700 123456/7", "07001234567"),
        ("99a", "99A"),
        ("  ", ""),
        (None, ""),
    ],
)
def test_numbers_are_compared_without_separators_and_with_zeros(
    written: str | None, compared: str
) -> None:
    assert normalise_number(written) == compared


def test_agency_numbers_are_compared_in_both_alignments() -> None:
    assert normalise_agency("   9999999") == normalise_agency("9999999   ")
    assert normalise_agency("999-99999 ") == "99999999"
