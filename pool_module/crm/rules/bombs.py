"""Files that are small and become large: archives and pictures, judged before they are opened."""

import io
import struct
import zipfile
from typing import Final

MOST_FILES: Final = 2_000
MOST_UNPACKED: Final = 150 * 1024 * 1024
# a part packed tighter than this, once it is of some size, is made to burst
MOST_RATIO: Final = 200
OF_SOME_SIZE: Final = 4 * 1024 * 1024
MOST_PIXELS: Final = 80_000_000
# what holds files itself: a document does not carry another archive
NESTED: Final = (
    ".zip",
    ".gz",
    ".7z",
    ".rar",
    ".tar",
    ".bz2",
    ".xz",
    ".docx",
    ".xlsx",
    ".odt",
    ".ods",
)
LINK: Final = 0o120000
_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


def bursts(content: bytes) -> bool:
    """Tell whether a file becomes more than one wants when it is opened.

    An archive by its directory: too many files, too large unpacked, packed too tightly, with
    another archive, a link or a path that leads out. A picture by its head: too many pixels.
    """
    if content.startswith(b"PK\x03\x04"):
        return _archive_bursts(content)
    pixels = pixels_of(content)
    return pixels is not None and pixels > MOST_PIXELS


def pixels_of(content: bytes) -> int | None:
    """How many pixels a PNG or JPEG has, by its head; None where it is neither."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return int(width * height)
    if content.startswith(b"\xff\xd8\xff"):
        return _jpeg_pixels(content)
    return None


def _archive_bursts(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError):
        return True
    whole = sum(part.file_size for part in parts)
    return len(parts) > MOST_FILES or whole > MOST_UNPACKED or any(_is_odd(part) for part in parts)


def _is_odd(part: zipfile.ZipInfo) -> bool:
    name = part.filename.replace("\\", "/")
    leads_out = name.startswith("/") or ".." in name.split("/") or ":" in name
    is_link = part.external_attr >> 16 & 0o170000 == LINK
    tight = part.file_size > max(OF_SOME_SIZE, MOST_RATIO * part.compress_size)
    return leads_out or is_link or tight or name.lower().endswith(NESTED)


def _jpeg_pixels(content: bytes) -> int | None:
    place = 2
    while place + 9 <= len(content):
        if content[place] != 0xFF:
            return None
        kind = content[place + 1]
        if kind in _FRAMES:
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return int(width * height)
        if kind == 0xFF or kind in {0x01, *range(0xD0, 0xD8)}:  # filling, or without a length
            place += 1 if kind == 0xFF else 2
            continue
        place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
    return None
