"""A delivered file, opened: a path or a seekable binary stream, of a size that can be."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias

from pool_module.incoming.errors import DeliveryRefused, DeliveryTooLarge, megabytes

Source: TypeAlias = Path | BinaryIO

CHUNK: Final = 1 << 18
"""Bytes read at a time; what a reader holds does not grow with the file."""


@contextmanager
def opened(source: Source, *, max_bytes: int) -> Iterator[BinaryIO]:
    """Open a file for reading from its first byte; a stream that was handed in stays open.

    Raises:
        DeliveryRefused: it is missing, a folder, no ordinary file, or empty.
        DeliveryTooLarge: it has more than ``max_bytes``.
    """
    if not isinstance(source, Path):
        _check_size(source, max_bytes)
        yield source
        return
    _check_path(source)
    with _open(source) as stream:
        _check_size(stream, max_bytes)
        yield stream


def _check_path(path: Path) -> None:
    if path.is_dir():
        raise DeliveryRefused("%(name)s is a folder, not a file.", name=path.name)
    if not path.exists():
        raise DeliveryRefused("There is no file %(name)s.", name=path.name)
    if not path.is_file():
        raise DeliveryRefused("%(name)s is not an ordinary file.", name=path.name)


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise DeliveryRefused(
            "%(name)s can't be opened: %(reason)s.", name=path.name, reason=error.strerror
        ) from error


def _check_size(stream: BinaryIO, max_bytes: int) -> None:
    size = stream.seek(0, 2)
    stream.seek(0)
    if not size:
        raise DeliveryRefused("The file is empty.")
    if size > max_bytes:
        raise DeliveryTooLarge(
            "The file is too large: %(size)s MB, at most %(limit)s MB are taken.",
            size=megabytes(size),
            limit=max_bytes // 1024**2,
        )


def chunks(stream: BinaryIO) -> Iterator[bytes]:
    """Give the stream's bytes from the start, piece by piece."""
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        yield chunk
