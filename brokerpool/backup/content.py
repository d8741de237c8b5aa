"""Files that are copied and written whole or not at all, and known by the hash of their content."""

import hashlib
import os
from pathlib import Path
from typing import IO

from shared.errors import Refused

HALF = ".half"
BLOCK = 1024 * 1024


def digest(path: Path) -> str:
    """The SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def brought(source: Path, target: Path) -> bool:
    """Copy a file that is named by its content; returns False when it is there already.

    What is there is read and, when it is damaged, copied anew.

    Raises:
        Refused: the source is missing, is not what its name says, or can't be written there.
    """
    half = target.with_name(target.name + HALF)
    try:
        if target.exists() and digest(target) == target.name:
            return False
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _copied(source, half) != target.name:
            raise Refused(f"The file {source} is damaged: its content is not what was stored.")
        half.rename(target)
    except FileNotFoundError:
        raise Refused(f"The file {source} is missing.") from None
    except OSError as error:
        raise Refused(f"{source} can't be copied to {target} ({error.strerror}).") from error
    finally:
        half.unlink(missing_ok=True)
    return True


def written_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and rename it.

    Raises:
        Refused: it can't be written.
    """
    half = path.with_name(path.name + HALF)
    try:
        with _private(half) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half.rename(path)
        flush_folder(path.parent)
    except OSError as error:
        raise Refused(f"{path} can't be written ({error.strerror}).") from error


def flush_folder(folder: Path) -> None:
    """Make renames in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _copied(source: Path, target: Path) -> str:
    """Copy and flush; the hash of what was read."""
    seen = hashlib.sha256()
    with source.open("rb") as reading, _private(target) as writing:
        while block := reading.read(BLOCK):
            seen.update(block)
            writing.write(block)
        writing.flush()
        os.fsync(writing.fileno())
    return seen.hexdigest()


def _private(path: Path) -> IO[bytes]:
    """Open for writing, readable by its owner alone."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
