"""The random passwords of the apps' logins, kept in the state folder, readable by its owner."""

import json
import os
import secrets
from pathlib import Path

from sqlalchemy import URL

from shared.errors import Refused
from shared.vocabulary import Door


class RolePasswords:
    """The file ``roles.json``: for each database and door one password.

    Args:
        home: the state folder.
    """

    def __init__(self, home: Path) -> None:
        self._file = home / "roles.json"

    def find(self, database: URL, door: Door) -> str | None:
        """The password of a door's login, if there is one."""
        return self._read().get(_key(database), {}).get(door.value)

    def ensure(self, database: URL, door: Door) -> str:
        """The password of a door's login; a new one is drawn and kept when there is none."""
        kept = self._read()
        found = kept.setdefault(_key(database), {}).get(door.value)
        if found is None:
            found = kept[_key(database)][door.value] = secrets.token_urlsafe(32)
            self._write(kept)
        return found

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            kept: dict[str, dict[str, str]] = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise Refused(
                f"{self._file} can't be read ({error}): delete it and run `brokerpool migrate`, "
                "which sets new passwords."
            ) from error
        return kept

    def _write(self, kept: dict[str, dict[str, str]]) -> None:
        """Replace the file in one step; 0400 from its first moment."""
        half = self._file.with_suffix(f".{os.getpid()}")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(kept, file, indent=2)
            half.replace(self._file)
        except OSError as error:
            raise Refused(
                f"The passwords can't be kept in {self._file} ({error.strerror}): make the folder "
                "writable or set BROKERPOOL_HOME."
            ) from error


def _key(database: URL) -> str:
    """A database's name within all servers."""
    host = database.host or database.query.get("host") or "localhost"
    return f"{host}:{database.port or 5432}/{database.database}"
