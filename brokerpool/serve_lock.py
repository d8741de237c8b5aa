"""One ``brokerpool serve`` per state folder, and whether the last one ended by itself."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.errors import Refused


@contextmanager
def only_one(home: Path) -> Iterator[bool]:
    """Hold the state folder; gives whether the previous one was killed.

    Its children are then still on their way out, and a taken port is worth waiting for.
    """
    path = home / "serve.lock"
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Refused(
            f"{path} can't be written ({error.strerror}): make the folder writable or point "
            "BROKERPOOL_HOME to another one."
        ) from error
    with os.fdopen(handle, "r+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                f"brokerpool already runs on {home} (process {file.read().strip()})."
            ) from None
        killed = bool(file.read())
        _note(file.fileno(), str(os.getpid()))
        yield killed
        _note(file.fileno(), "")


def _note(handle: int, text: str) -> None:
    os.ftruncate(handle, 0)
    os.pwrite(handle, text.encode(), 0)
