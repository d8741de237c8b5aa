"""The key a portal signs its forms with: from the environment, or kept in the state folder."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from shared.config import Config
from shared.vocabulary import Door


def secret_key(config: Config, door: Door) -> str:
    """The portal's key; one is drawn and kept, 0400, where there is none.

    Several web processes may start at once: the first one's key is everybody's.
    """
    if given := config.secret_keys.get(door):
        return given
    folder = config.home / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{door.value}.key"
    if not path.exists():
        _draw(path)
    return path.read_text(encoding="ascii")


def _draw(path: Path) -> None:
    half = path.with_suffix(f".{os.getpid()}")
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32))
    with suppress(FileExistsError):
        path.hardlink_to(half)  # unlike a rename it never replaces another process's key
    half.unlink()
