"""Files that burst when they are opened, judged by their directory or their head alone."""

import io
import struct
import zipfile

import pytest

from pool_module.crm.rules import bombs

MEGABYTE = 1024 * 1024


def packed(**parts: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<w/>")
        for name, content in parts.items():
            archive.writestr(name, content)
    return whole.getvalue()


def link() -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        there = zipfile.ZipInfo("word/link")
        there.external_attr = 0o120777 << 16
        archive.writestr(there, "/etc/passwd")
    return whole.getvalue()


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + struct.pack(">II", width, height)


def jpeg(width: int, height: int) -> bytes:
    note = b"\xff\xe0" + struct.pack(">H", 16) + bytes(14)
    frame = b"\xff\xc2" + struct.pack(">HBHH", 17, 8, height, width)
    return b"\xff\xd8" + note + b"\xff" + frame + bytes(12)


BURSTING = {
    "packed tightly": packed(**{"word/a.xml": bytes(16 * MEGABYTE)}),
    "many files": packed(**{f"word/{n}.xml": b"x" for n in range(bombs.MOST_FILES)}),
    "nested": packed(**{"word/embeddings/more.zip": b"PK"}),
    "a document in it": packed(**{"word/embeddings/more.DOCX": b"PK"}),
    "leads out": packed(**{"../../etc/cron.d/x": b"x"}),
    "absolute": packed(**{"/etc/x": b"x"}),
    "a link": link(),
    "broken": b"PK\x03\x04" + bytes(40),
    "a sheet of pixels": png(60_000, 60_000),
    "a photo of pixels": jpeg(40_000, 40_000),
}


@pytest.mark.parametrize("content", BURSTING.values(), ids=BURSTING)
def test_what_becomes_huge_is_refused(content: bytes) -> None:
    assert bombs.bursts(content)


def test_much_in_small_parts_is_refused() -> None:
    part = bytes(range(256)) * 4096 * 3  # 3 MB a part stay below what is judged by its ratio
    assert bombs.bursts(packed(**{f"word/{n}.xml": part for n in range(52)}))


@pytest.mark.parametrize(
    "content", [packed(), png(4000, 3000), jpeg(4000, 3000), b"%PDF-1.7", b"text", b"\xff\xd8\xff"]
)
def test_what_people_send_is_taken(content: bytes) -> None:
    assert not bombs.bursts(content)


def test_a_pictures_size_is_in_its_head() -> None:
    assert bombs.pixels_of(png(300, 20)) == 6000
    assert bombs.pixels_of(jpeg(300, 20)) == 6000
    assert bombs.pixels_of(b"\xff\xd8\xff\xe0\x00\x00") is None
