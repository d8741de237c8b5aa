"""Files by content: ``<root>/<pool>/<firm or pool>/<sha256>``, written, fsynced, renamed.

Only then does a row name them, so a row never points at half a file. A file once stored is bytes
that never change; storing the same bytes again finds them there.
"""

import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from shared.errors import Refused

CHUNK: Final = 1 << 20


class FileDamaged(Refused):
    """A stored file is not the bytes that were stored."""

    status = 500

    def __init__(self, sha256: str) -> None:
        super().__init__(
            "The stored file %(sha256)s is damaged: bring it back from the backup.", sha256=sha256
        )


@dataclass(frozen=True)
class StoredFile:
    """Where bytes lie, by their content."""

    sha256: str
    size: int
    path: Path


def store(
    root: Path, pool_id: int, firm_id: int | None, content: bytes, folder: str | None = None
) -> StoredFile:
    """Keep bytes; returns once they are on disk under their name.

    Args:
        root: of all stored files.
        pool_id: whose.
        firm_id: the broker firm's; None: the pool's own.
        content: the bytes.
        folder: one step further down, where a division keeps its documents.
    """
    return _store(_folder(root, pool_id, firm_id, folder), [content])


def store_file(root: Path, pool_id: int, firm_id: int | None, source: Path) -> StoredFile:
    """Keep a copy of a file of any size."""
    return _store(_folder(root, pool_id, firm_id), _pieces(source))


def open_stored(
    root: Path, pool_id: int, firm_id: int | None, digest: str, folder: str | None = None
) -> bytes:
    """The bytes of a stored file.

    Raises:
        ValueError: not a digest.
        FileNotFoundError: no such file is stored there.
        FileDamaged: its content is not what was stored.
    """
    if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise ValueError(f"not a SHA-256 digest: {digest!r}")
    content = (_folder(root, pool_id, firm_id, folder) / digest).read_bytes()
    if sha256(content).hexdigest() != digest:
        raise FileDamaged(digest)
    return content


def digest_now(root: Path, pool_id: int, firm_id: int | None, digest: str) -> str | None:
    """The SHA-256 a stored file has today; None: it is gone, or the digest is none."""
    if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        return None
    path = _folder(root, pool_id, firm_id) / digest
    if not path.is_file():
        return None
    found = sha256()
    for piece in _pieces(path):
        found.update(piece)
    return found.hexdigest()


def _folder(root: Path, pool_id: int, firm_id: int | None, folder: str | None = None) -> Path:
    whose = root / str(pool_id) / ("pool" if firm_id is None else str(firm_id))
    if folder is None:
        return whose
    if not all(c.isalnum() or c in "-_" for c in folder):  # never up, never away
        raise ValueError(f"not a folder's name: {folder!r}")
    return whose / folder


def _pieces(source: Path) -> Iterator[bytes]:
    with source.open("rb") as stream:
        while piece := stream.read(CHUNK):
            yield piece


def _store(folder: Path, pieces: Iterable[bytes]) -> StoredFile:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = sha256(), 0
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".new-", delete=False) as stream:
        written = Path(stream.name)
        try:
            for piece in pieces:
                digest.update(piece)
                size += stream.write(piece)
            stream.flush()
            os.fsync(stream.fileno())
            path = folder / digest.hexdigest()
            written.rename(path)
        except BaseException:
            written.unlink(missing_ok=True)
            raise
    _sync_folder(folder)
    return StoredFile(digest.hexdigest(), size, path)


def _sync_folder(folder: Path) -> None:
    """Make the new name last: a rename is only in the folder's pages until then."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
