"""The server's own note of itself (``postmaster.pid``): is it running, and how far is it?"""

from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Postmaster:
    """A running server.

    Attributes:
        pid: its main process.
        status: ``starting``, ``ready``, ``stopping`` or ``standby``.
    """

    pid: int
    status: str


def running(data: Path) -> Postmaster | None:
    """The server that runs on a data folder, or None when the note is missing or out of date."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        pid = int(lines[0])
    except (OSError, ValueError, IndexError):
        return None
    if not _serves(pid, data):
        return None
    return Postmaster(pid, lines[7].strip() if len(lines) > 7 else "starting")


def forget_stale(data: Path, sockets: Path) -> None:
    """Remove the notes left by a killed server, whose number may belong to another by now.

    PostgreSQL ignores a note whose process is gone, but not one whose number was given away,
    which after a restart of a container is the usual case. Its own check of leftover shared
    memory still protects the data.
    """
    if running(data) is None:
        (data / "postmaster.pid").unlink(missing_ok=True)
        (sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def _serves(pid: int, data: Path) -> bool:
    """Whether a process is the server on this folder; a server works inside its data folder."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE or not process.name().startswith("postgres"):
            return False
        return Path(process.cwd()).resolve() == data.resolve()
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:  # somebody else's server on our folder: certainly not stale
        return True
