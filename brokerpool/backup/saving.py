"""Make a backup: what ``brokerpool backup`` does."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psycopg

from brokerpool import addresses, migration
from brokerpool.backup import dump, stored_files
from brokerpool.backup.content import HALF, digest, flush_folder, written_whole
from brokerpool.backup.figures import Figures, figures_of
from brokerpool.backup.manifest import Manifest, Part
from shared import clock
from shared.config import Config
from shared.errors import Refused

# A superuser's tool of the embedded server; no table needs it.
EXTENSIONS = """
    SELECT extname FROM pg_extension WHERE extname NOT IN ('plpgsql', 'pg_stat_statements')
    ORDER BY extname"""
PARTS = ("database-*.dump", "files-*.sha256", f"*{HALF}")


@dataclass(frozen=True)
class Saved:
    """A backup that was made, and how many files were new in its folder."""

    manifest: Manifest
    new_files: int


@dataclass(frozen=True)
class _Database:
    """The database's part: its dump, and what was counted in the same snapshot."""

    dump: Part
    figures: Figures
    extensions: list[str]


def back_up(config: Config, folder: Path, say: Callable[[str], None]) -> Saved:
    """Save database and files into a folder, which may hold an older backup.

    Files are copied after the database: a file is stored before the row that names it, so every
    row of the dump finds its file.

    Args:
        config: where things are; the database's owner reads it.
        folder: made when it is missing, closed to others.
        say: receives sentences for people.

    Raises:
        Refused: something is damaged or can't be written; an older backup stands as it was.
    """
    _prepare(folder)
    moment = clock.now()
    stamp = f"{moment:%Y%m%dT%H%M%SZ}"
    database = _save_database(config, folder / f"database-{stamp}.dump", say)
    names = stored_files.stored(config.storage_dir)
    say(f"Saving the stored files ({len(names)}) …")
    there = folder / stored_files.FOLDER
    new = stored_files.copy(names, config.storage_dir, there, say)
    file_list = folder / f"files-{stamp}.sha256"
    written_whole(file_list, stored_files.listed(names).encode())
    manifest = Manifest(
        created_at=moment.isoformat(timespec="seconds"),
        brokerpool=version("brokerpool"),
        figures=database.figures,
        extensions=database.extensions,
        dump=database.dump,
        file_list=_part(file_list),
        files=len(names),
        file_bytes=sum((there / name).stat().st_size for name in names),
    )
    manifest.write(folder)
    _forget_older(folder, {manifest.dump.name, manifest.file_list.name})
    return Saved(manifest, new)


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(f"The folder {folder} can't be made ({error.strerror}).") from error
    written_whole(folder / "writable", b"")  # better known now than after the dump
    (folder / "writable").unlink()


def _save_database(config: Config, target: Path, say: Callable[[str], None]) -> _Database:
    """Dump and count in the same snapshot."""
    url = addresses.owner_url(config)
    half = target.with_name(target.name + HALF)
    with migration.alone(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        with connection.transaction():
            connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            say(f"Counting the rows of {connection.info.dbname} …")
            figures = figures_of(connection)
            extensions = [row[0] for row in connection.execute(EXTENSIONS)]
            snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()
            assert snapshot is not None
            say("Saving the database …")
            try:
                dump.save(url, snapshot[0], half)
                half.rename(target)
            finally:
                half.unlink(missing_ok=True)
    flush_folder(target.parent)
    return _Database(_part(target), figures, extensions)


def _part(path: Path) -> Part:
    return Part(path.name, path.stat().st_size, digest(path))


def _forget_older(folder: Path, kept: set[str]) -> None:
    """Remove what the manifest no longer names; stored files stay, they cost nothing to keep."""
    for pattern in PARTS:
        for path in folder.glob(pattern):
            if path.name not in kept:
                path.unlink()
