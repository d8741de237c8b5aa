"""Files by content: ``root/<pool>/<firm or "pool">/<sha256>``.

A file is whole or not there: written beside its place, flushed to the disk, renamed. The row that
names it is the caller's, written afterwards; what has no row is waste, never a lost document.
"""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from shared.errors import Refused

OF_THE_POOL = "pool"


class FileDamaged(Refused):
    """A stored file is missing, or its content is not what was stored."""

    status = 500

    def __init__(self, sha256: str, what: str) -> None:
        super().__init__(
            "The stored file %(sha256)s %(what)s: bring it back from the backup.",
            sha256=sha256,
            what=what,
        )


@dataclass(frozen=True)
class StoredFile:
    """What was stored: its name by content, its size in bytes, its place."""

    sha256: str
    size: int
    path: Path


def store(root: Path, pool_id: int, firm_id: int | None, content: bytes) -> StoredFile:
    """Store a file; the same content again is the same file, made anew.

    Args:
        root: the folder of documents.
        pool_id: the pool it belongs to.
        firm_id: the broker firm it belongs to; None = the pool itself.
        content: its bytes.

    Returns:
        What to write into its row, once this has returned.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    folder = _folder(root, pool_id, firm_id)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / sha256
    half = folder / f".{sha256}.{secrets.token_hex(4)}"
    try:
        _write_flushed(half, content)
        half.rename(path)
    except BaseException:
        half.unlink(missing_ok=True)
        raise
    _flush_folder(folder)
    return StoredFile(sha256, len(content), path)


def open_stored(root: Path, pool_id: int, firm_id: int | None, sha256: str) -> bytes:
    """Read a stored file.

    Raises:
        FileDamaged: it is not there, or its content does not match its name.
    """
    try:
        content = (_folder(root, pool_id, firm_id) / sha256).read_bytes()
    except FileNotFoundError:
        raise FileDamaged(sha256, "is missing") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise FileDamaged(sha256, "is damaged")
    return content


def _folder(root: Path, pool_id: int, firm_id: int | None) -> Path:
    return root / str(pool_id) / (OF_THE_POOL if firm_id is None else str(firm_id))


def _write_flushed(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
