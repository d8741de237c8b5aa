"""XLSX archives that would harm whoever opens them are refused before."""

import io
import struct
import zipfile
from dataclasses import replace

import openpyxl
import pytest

from pool_module.incoming.errors import DeliveryTooLarge, NotThisFormat
from pool_module.incoming.formats.statements.archive import LIMITS, check_archive


def archive(**files: bytes) -> io.BytesIO:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("xl/workbook.xml", b"<workbook/>")
        for name, content in files.items():
            zipped.writestr(f"xl/{name}.xml", content)
    return made


def workbook() -> io.BytesIO:
    made = io.BytesIO()
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["Vertrag", "Betrag"])
    book.save(made)
    return made


def test_an_ordinary_workbook_passes() -> None:
    check_archive(workbook())


def test_too_many_files_are_refused() -> None:
    with pytest.raises(DeliveryTooLarge, match="too many files"):
        check_archive(archive(a=b"", b=b""), replace(LIMITS, entries=2))


def test_too_much_to_unpack_is_refused() -> None:
    with pytest.raises(DeliveryTooLarge, match=r"would unpack to 3 MB\.$"):
        check_archive(archive(a=b"x" * (2 * 1024**2)), replace(LIMITS, unpacked=1024**2))


def test_tight_packing_is_refused() -> None:
    limits = replace(LIMITS, ratio=100, ratio_from=1_000)
    with pytest.raises(DeliveryTooLarge, match=r"packed too tightly: 1 MB from 1 KB\.$"):
        check_archive(archive(a=b"0" * 1_000_000), limits)


def test_a_directory_that_lies_is_found_out() -> None:
    data = archive(a=b"0" * 1_000_000).getvalue()
    lying = io.BytesIO(data.replace(struct.pack("<L", 1_000_000), struct.pack("<L", 1_000)))
    with pytest.raises(DeliveryTooLarge, match="larger than it says"):
        check_archive(lying)


@pytest.mark.parametrize(
    "cell", [b'<c r="XFD1048576">', b"<row r='1048576'>", b'<c  r = "ZZZ90000">']
)
def test_a_far_out_cell_is_refused(cell: bytes) -> None:
    with pytest.raises(DeliveryTooLarge, match="reaches to row"):
        check_archive(archive(sheet1=b'<c r="A1"/>' + cell))


def test_other_archives_are_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        zipped.writestr("content.xml", b"<office/>")
    with pytest.raises(NotThisFormat, match="archive but no XLSX"):
        check_archive(made)


def test_a_cut_archive_is_refused() -> None:
    with pytest.raises(NotThisFormat, match="damaged"):
        check_archive(io.BytesIO(workbook().getvalue()[:400]))


def test_unusual_packing_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_BZIP2) as zipped:
        zipped.writestr("xl/workbook.xml", b"<workbook/>")
    with pytest.raises(NotThisFormat, match="packed in a way"):
        check_archive(made)
