"""Bring a backup back: what ``brokerpool restore`` does."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text

from brokerpool import addresses, migration, roles
from brokerpool.backup import dump, stored_files, target
from brokerpool.backup.content import digest
from brokerpool.backup.figures import figures_of
from brokerpool.backup.manifest import Manifest, Part
from brokerpool.desk import SYSTEM, worker_engine
from pool_module.settlement.operations.verification import verify
from shared.actor import Actor
from shared.config import Config
from shared.db import open_session
from shared.errors import Refused
from shared.vocabulary import Door


def restore(config: Config, folder: Path, say: Callable[[str], None], *, replace: bool) -> Manifest:
    """Put a backup's files and database back and compare them with what it says of itself.

    Everything that can be damaged is read before the database is touched; the files come first,
    since a file without a row is waste, a row without its file a lost document.

    Args:
        config: where to; the database's owner does this.
        folder: the backup.
        say: receives sentences for people.
        replace: empty the database first; otherwise it must be empty.

    Raises:
        Refused: something is missing, damaged or in the way; the line names it.
    """
    manifest = Manifest.read(folder)
    _refuse_newer(manifest)
    say("Reading the backup …")
    archive = _sound(folder, manifest.dump)
    names = stored_files.read_list(_sound(folder, manifest.file_list))
    url = addresses.owner_url(config)
    with migration.alone(url) as connection:
        target.refuse_used(connection)
        if not replace:
            target.refuse_full(connection)
        say(f"Bringing back the stored files ({len(names)}) …")
        stored_files.copy(names, folder / stored_files.FOLDER, config.storage_dir, say)
        roles.ensure(connection, config)
        if replace:
            target.empty(connection)
        say(f"Bringing back the database into {connection.info.dbname} …")
        target.add_extensions(connection, manifest.extensions)
        dump.load(url, archive)
        say("Comparing …")
        for difference in manifest.figures.differences(figures_of(connection)):
            raise Refused(f"The restored database is not what was saved: {difference}.")
        target.forget_transactions(connection)
        connection.execute("ANALYZE")
    migration.migrate(config)  # a backup of an older release
    return manifest


def verify_books(config: Config, say: Callable[[str], None]) -> int:
    """Check the books of every pool; returns how many pools there are.

    Raises:
        Refused: a check finds something broken; the first is named.
    """
    with worker_engine(config) as engine:
        with engine.connect() as connection:
            pools = connection.execute(text("SELECT code, id FROM all_pools()")).all()
        for code, pool_id in pools:
            say(f"Checking the books of {code} …")
            actor = Actor(Door.WORKER, pool_id, None, SYSTEM)
            with open_session(engine, actor) as session:
                for finding in verify(session, actor):
                    if finding.broken:
                        raise Refused(
                            f"The books of {code} are not sound: {finding.check}: "
                            f"{finding.broken[0]} (`brokerpool verify` says all)."
                        )
    return len(pools)


def _refuse_newer(manifest: Manifest) -> None:
    for revision in manifest.figures.revision.split("+"):
        if not migration.knows(revision):
            raise Refused(
                f"The backup was made by brokerpool {manifest.brokerpool}, whose tables (revision "
                f"{revision}) this release does not know: install that release or a newer one."
            )


def _sound(folder: Path, part: Part) -> Path:
    """The file of a part, read and found to be what was written."""
    path = folder / part.name
    if path.parent != folder or not path.is_file():
        raise Refused(f"The backup is incomplete: {path} is missing.")
    if path.stat().st_size != part.size or digest(path) != part.sha256:
        raise Refused(f"{path} is damaged: its content is not what was written.")
    return path
