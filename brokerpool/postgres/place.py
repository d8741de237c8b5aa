"""The folders of an embedded database, and the choice between the state folder and the system's."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from brokerpool.postgres.binaries import SYSTEM_FOLDER
from brokerpool.postgres.system_user import SystemUser
from brokerpool.socket_folders import refuse_foreign, socket_folder
from shared.errors import Refused


@dataclass(frozen=True)
class Place:
    """Where one embedded database keeps its things.

    Attributes:
        base: the folder around the others; belongs to the starter.
        sockets: where the server listens; 0700, so only its user and root come in.
        moved_from: the state folder, when the database could not stay in it.
    """

    base: Path
    sockets: Path
    moved_from: Path | None = None

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.base / "data"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.base / "server.log"

    @property
    def shares(self) -> Path:
        """Locked shared by every process that uses the server."""
        return self.base / "in-use.lock"

    @property
    def turn(self) -> Path:
        """Locked by the one process that starts or stops the server just now."""
        return self.base / "start-stop.lock"

    @classmethod
    def at(cls, base: Path, moved_from: Path | None = None) -> "Place":
        """The place around a base folder."""
        return cls(base, socket_folder(base / "sockets"), moved_from)


def place_of(home: Path) -> Place:
    """Where the database of a state folder lives; creates nothing.

    Root's server runs as another user, who must be able to walk to its data. Where a parent
    folder is closed to others (root's home), the database goes to the system's folder instead of
    opening them all. What exists already stays where it is.
    """
    inside = home / "postgres"
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    outside = SYSTEM_FOLDER / digest / "postgres"
    if (inside / "data").exists() or os.geteuid() != 0:
        return Place.at(inside)
    if (outside / "data").exists() or not open_to_others(home):
        return Place.at(outside, moved_from=home)
    return Place.at(inside)


def prepare(place: Place, user: SystemUser) -> None:
    """Make the folders around the data with the narrowest rights that work."""
    try:
        for folder in reversed([place.base, *place.base.parents]):
            if not folder.exists():
                folder.mkdir(mode=0o711 if user.switched else 0o700)
        place.sockets.mkdir(mode=0o700, exist_ok=True)
        refuse_foreign(place.sockets, user.uid)
        user.own(place.sockets)
        place.sockets.chmod(0o700)
        place.log.touch(mode=0o600)
        user.own(place.log)
        for lock in (place.shares, place.turn):
            lock.touch(mode=0o600)
    except OSError as error:
        raise Refused(
            f"The embedded database can't write to {place.base} ({error.strerror}): make the "
            "folder writable or point BROKERPOOL_HOME to another one."
        ) from error


def open_to_others(home: Path) -> bool:
    """Whether every user may walk to a folder (or to where it would be made)."""
    folders = [f for f in (home, *home.parents) if f.exists()]
    return all(f.stat().st_mode & stat.S_IXOTH for f in folders)
