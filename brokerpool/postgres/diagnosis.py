"""Why a data folder can't be used or a server doesn't start: one line a person can act on."""

import re
from pathlib import Path

from brokerpool.postgres.binaries import MAJOR
from brokerpool.postgres.place import Place
from shared.errors import Refused

ERROR = re.compile(r"(?:FATAL|PANIC|[Ee]rror|could not|ERROR):?\s*(.*)")
LEFTOVERS = "shared memory block"
LOCKED = "already exists"
# What the server says, and what there is to do about it.
CAUSES = {
    "No space left on device": "the disk is full: make room",
    "Permission denied": "a file belongs to another user: give {data} back to the one who starts",
    LEFTOVERS: "processes of a killed server still run: stop them, then start again",
    LOCKED: "another server seems to run on it: stop that one",
    "could not resize shared memory": "there is too little shared memory: give the machine more",
}


def check_folder(data: Path) -> None:
    """Refuse a data folder that is not one, or that another release of PostgreSQL wrote."""
    if not data.exists():
        return
    try:
        release = (data / "PG_VERSION").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        raise Refused(damaged(data, "PG_VERSION is missing or unreadable")) from None
    if release != MAJOR:
        raise Refused(
            f"The database in {data} was written by PostgreSQL {release}, this is {MAJOR}: "
            f"restore a backup into a new folder, or start the release that wrote it."
        )


def passing(output: str) -> bool:
    """Whether the reason is one that passes by itself: a killed server is still dying."""
    return LEFTOVERS in output or LOCKED in output


def explain(place: Place, output: str) -> str:
    """Why the server on a place did not start, from what it and pg_ctl said."""
    for sign, cause in CAUSES.items():
        if sign in output:
            return (
                f"The embedded database in {place.data} does not start: "
                f"{cause.format(data=place.data)} (log: {place.log})."
            )
    return damaged(place.data, first_error(output)) + f" Log: {place.log}"


def damaged(data: Path, what: str) -> str:
    """The line about a folder that PostgreSQL can't read."""
    return (
        f"The embedded database in {data} is damaged ({what}): move the folder away and restore "
        "a backup with `brokerpool restore`, or start empty without it."
    )


def first_error(output: str) -> str:
    """The first complaint in a log, without its prefix: what follows it is consequence."""
    found = ERROR.search(output)
    if found:
        return found.group(0).removeprefix("FATAL:").removeprefix("PANIC:").strip().rstrip(".")
    lines = output.strip().splitlines()
    return lines[-1] if lines else "no reason given"
