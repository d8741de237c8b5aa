"""The stored files' part of a backup: ``<pool>/<firm or "pool">/<sha256>`` on both sides."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from brokerpool.backup.content import brought, flush_folder
from shared.errors import Refused

FOLDER = "files"
NAME = re.compile(r"\d+/(?:pool|\d+)/[0-9a-f]{64}")
LINE = re.compile(rf"([0-9a-f]{{64}})  {FOLDER}/(\d+/(?:pool|\d+)/\1)")
SAID_EVERY = 1000


def stored(root: Path) -> list[str]:
    """The names of all stored files below a root; what is half written has another name."""
    found = (path.relative_to(root).as_posix() for path in root.glob("*/*/*"))
    return sorted(name for name in found if NAME.fullmatch(name))


def copy(names: Sequence[str], source: Path, target: Path, say: Callable[[str], None]) -> int:
    """Copy what the target lacks or has damaged; returns how many were copied.

    Raises:
        Refused: a file is missing, damaged or can't be written; it is named.
    """
    copied = 0
    for number, name in enumerate(names, 1):
        copied += brought(source / name, target / name)
        if number % SAID_EVERY == 0:
            say(f"{number} of {len(names)} files …")
    for folder in {(target / name).parent for name in names}:
        flush_folder(folder)
    return copied


def listed(names: Sequence[str]) -> str:
    """The list of a backup's files, as ``sha256sum -c`` reads it."""
    return "".join(f"{name.rpartition('/')[2]}  {FOLDER}/{name}\n" for name in names)


def read_list(path: Path) -> list[str]:
    """The names in a list.

    Raises:
        Refused: a line is not one of ours.
    """
    lines = [LINE.fullmatch(line) for line in path.read_text(encoding="ascii").splitlines()]
    if not all(lines):
        raise Refused(f"{path} is damaged: take another backup.")
    return [line.group(2) for line in lines if line]
