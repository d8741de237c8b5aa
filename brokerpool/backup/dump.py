"""PostgreSQL's own programs for the database's part of a backup."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from brokerpool.backup.figures import LEFT_OUT
from brokerpool.postgres.binaries import MAJOR, packaged
from brokerpool.postgres.diagnosis import first_error
from shared.errors import Refused

LOCK_SECONDS = 10  # a migration that runs just now is waited for, but not for ever


def save(url: str, snapshot: str, target: Path) -> None:
    """Write a database as of a snapshot into a file.

    Extensions are left to the restore: the server's superuser may have made them, and then the
    owner may not write the comments a dump has for them.

    Args:
        url: the owner's.
        snapshot: what ``pg_export_snapshot`` gave to a transaction that is still open.
        target: the file.

    Raises:
        Refused: it can't be written, or the server doesn't give it.
    """
    target.touch(mode=0o600)
    without = [f"--exclude-table-data=public.{name}" for name in LEFT_OUT]
    options = [f"--snapshot={snapshot}", f"--lock-wait-timeout={LOCK_SECONDS}s", f"--file={target}"]
    options += ["--format=custom", "--no-owner", "--exclude-extension=*", *without]
    problem = _run("pg_dump", url, *options)
    if problem:
        raise Refused(f"The database can't be saved into {target.parent} ({problem}).")


def load(url: str, dump: Path) -> None:
    """Put a dump into an empty database, in one transaction: whole or not at all.

    Raises:
        Refused: the dump can't be read, or the server refuses it.
    """
    options = ["--no-owner", "--single-transaction", "--exit-on-error", str(dump)]
    problem = _run("pg_restore", url, *options)
    if problem:
        raise Refused(f"The database can't be restored from {dump} ({problem}); it stays empty.")


def _run(program: str, url: str, *options: str) -> str | None:
    """Run a program on a database; what went wrong, if something did.

    The password goes by a file of the starter's own, never by the command line, which every user
    of the machine can read.
    """
    parts: dict[str, Any] = conninfo_to_dict(url)
    password = parts.pop("password", None)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DATABASE_URL")}
    with _password_file(password) as passwords:
        done = subprocess.run(
            [str(_programs() / program), f"--dbname={make_conninfo(**parts)}", *options],
            env=environment | passwords | {"LC_ALL": "C"},
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )
    return first_error(done.stderr.decode(errors="replace")) if done.returncode else None


@contextmanager
def _password_file(password: str | None) -> Iterator[dict[str, str]]:
    """The variable that names the file; without a password libpq looks where it always does."""
    if not password:
        yield {}
        return
    escaped = password.replace("\\", "\\\\").replace(":", "\\:")
    with tempfile.NamedTemporaryFile("w", prefix="brokerpool-", encoding="utf-8") as file:  # 0600
        file.write(f"*:*:*:*:{escaped}\n")
        file.flush()
        yield {"PGPASSFILE": file.name}


def _programs() -> Path:
    """The system's programs of the right release, else the package's, which know no TLS."""
    debian, red_hat = f"/usr/lib/postgresql/{MAJOR}/bin", f"/usr/pgsql-{MAJOR}/bin"
    found = shutil.which("pg_dump", path=f"{debian}{os.pathsep}{red_hat}")
    return Path(found).parent if found else packaged()
