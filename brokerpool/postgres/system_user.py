"""The user the database runs as: the starter's own, or a system user when root starts it.

PostgreSQL refuses to run as root. The package's own server class opens every parent folder to
everybody instead of finding a place that is open already; that is why we drive the binaries.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from shared.errors import Refused

NAME = "brokerpool-postgres"


@dataclass(frozen=True)
class SystemUser:
    """Whom the database's processes belong to.

    Attributes:
        name: the account's name.
        uid: its number.
        gid: its group's number.
        switched: whether root gives up its rights for it.
    """

    name: str
    uid: int
    gid: int
    switched: bool

    @classmethod
    def current(cls) -> Self:
        """The starter, or for root the system user, which is made when it is missing."""
        if os.geteuid() == 0:
            entry = _existing(NAME) or _create(NAME)
            return cls(entry.pw_name, entry.pw_uid, entry.pw_gid, switched=True)
        try:
            entry = pwd.getpwuid(os.geteuid())
        except KeyError as error:
            raise Refused(
                f"User number {os.geteuid()} has no name on this machine, so PostgreSQL can't run "
                "as it: add it to /etc/passwd or set DATABASE_URL to a server of your own."
            ) from error
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid, switched=False)

    def process_options(self) -> dict[str, Any]:
        """Arguments for ``subprocess`` that make a process this user's."""
        if not self.switched:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Hand a file or folder to this user."""
        if self.switched:
            os.chown(path, self.uid, self.gid)


def _existing(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _create(name: str) -> pwd.struct_passwd:
    tool = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if tool is None:
        raise Refused(
            f"PostgreSQL can't run as root, and there is no `useradd` to make the system user "
            f"{name}: make it by hand, start as another user, or set DATABASE_URL."
        )
    shell = shutil.which("nologin", path="/usr/sbin:/sbin:/usr/bin:/bin") or "/bin/false"
    command = [tool, "--system", "--user-group", "--no-create-home", "--shell", shell, name]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    entry = _existing(name)  # two starts at once: the other one may have made it
    if entry is None:
        raise Refused(f"The system user {name} could not be made: {done.stderr.strip()}")
    return entry
