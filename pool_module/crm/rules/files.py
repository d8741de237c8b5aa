"""What kind a file is, told by its bytes: names and browsers lie."""

import io
import zipfile
from dataclasses import dataclass
from typing import Final

LARGEST: Final = 15 * 1024 * 1024
# a request may bring several
LARGEST_TOGETHER: Final = 40 * 1024 * 1024
ACCEPT: Final = ".pdf,.jpg,.jpeg,.png,.heic,.heif,.docx,.xlsx,.odt,.ods,.txt,.csv"
PICTURES: Final = frozenset({"image/jpeg", "image/png"})
KINDS: Final = (
    "application", "query", "policy", "letter", "mandate", "advice", "invoice", "proof", "other",
)  # fmt: skip

_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_HEIC: Final = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
# what a ZIP has to hold to be that document, and its kind
_PACKED: Final = (
    ("word/document.xml", f"{_OFFICE}wordprocessingml.document", "docx"),
    ("xl/workbook.xml", f"{_OFFICE}spreadsheetml.sheet", "xlsx"),
)
_OPEN: Final = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}
# programs call themselves by their first bytes; a macro is a part of a ZIP
_MACRO: Final = "vbaProject.bin"


@dataclass(frozen=True)
class FileKind:
    """Kind of a file.

    Attributes:
        media_type: as the web calls it.
        ending: of its name.
    """

    media_type: str
    ending: str


def kind_of(content: bytes) -> FileKind | None:
    """The kind of a file's content; None: none that is taken."""
    if content.startswith(b"%PDF-"):
        return FileKind("application/pdf", "pdf")
    if content.startswith(b"\xff\xd8\xff"):
        return FileKind("image/jpeg", "jpg")
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind("image/png", "png")
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
        return FileKind("image/heic", "heic")
    if content.startswith(b"PK\x03\x04"):
        return _packed(content)
    return FileKind("text/plain", "txt") if _is_text(content) else None


def neat_name(name: str, kind: FileKind) -> str:
    """A file's name as it is kept: no folders, no control characters, the ending of its kind."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*').strip(" .")
    stem, dot, ending = shown.rpartition(".")
    same = {"jpg": {"jpg", "jpeg"}, "txt": {"txt", "csv"}, "heic": {"heic", "heif"}}
    if dot and ending.lower() in same.get(kind.ending, {kind.ending}):
        return f"{stem[:120] or 'file'}.{ending.lower()}"
    return f"{shown[:120] or 'file'}.{kind.ending}"


def _packed(content: bytes) -> FileKind | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = set(packed.namelist())
            if any(name.endswith(_MACRO) for name in names):
                return None
            for part, media_type, ending in _PACKED:
                if part in names:
                    return FileKind(media_type, ending)
            if "mimetype" in names and packed.getinfo("mimetype").file_size < 100:
                said = packed.read("mimetype")
                if said in _OPEN:
                    return FileKind(said.decode(), _OPEN[said])
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        return None
    return None


def _is_text(content: bytes) -> bool:
    """Plain text; not markup a browser would run, nor a script."""
    head = content[:4096]
    if b"\x00" in head or head.lstrip()[:1] == b"<" or head.startswith((b"#!", b"{\\rtf", b"MZ")):
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return all(byte >= 32 or byte in (9, 10, 13) for byte in head)
    return all(byte >= 32 or byte in (9, 10, 13) for byte in head)
