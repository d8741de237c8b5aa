"""Folders for Unix sockets: an address may have 107 bytes, a state folder may lie deeper."""

import hashlib
import os
import stat
from pathlib import Path

from shared.errors import Refused

LONGEST = 88  # leaves 19 for "/.s.PGSQL.5432.lock"


def socket_folder(wanted: Path) -> Path:
    """The wanted folder, or a short one of the same user in /tmp that is always the same."""
    if len(os.fsencode(wanted)) <= LONGEST:
        return wanted
    digest = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:12]
    return Path("/tmp") / f"brokerpool-{os.geteuid()}-{digest}"  # noqa: S108  -- see refuse_foreign


def refuse_foreign(folder: Path, *allowed_users: int) -> None:
    """A socket folder in /tmp must not be somebody else's trap."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {*allowed_users, os.geteuid()}:
        raise Refused(f"{folder} belongs to somebody else: remove it, or set BROKERPOOL_HOME.")
