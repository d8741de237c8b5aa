"""``brokerpool restore``: bring a backup back."""

from pathlib import Path

import click
from sqlalchemy import make_url

from brokerpool import state_folder
from brokerpool.addresses import owner_url
from brokerpool.backup.restoring import restore as bring_back
from brokerpool.backup.restoring import verify_books
from brokerpool.embedded import database_running, say
from brokerpool.serve_lock import only_one
from shared.config import Config
from shared.errors import Refused


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Drop what the database holds; asks for its name.")
@click.option("--verify/--no-verify", default=True, help="Check the books afterwards (default).")
def restore(*, folder: Path, replace: bool, verify: bool) -> None:
    """Bring the backup in DIR back: logins, database, stored files.

    The database must be empty (new), and nobody may work in it.
    """
    config = Config.from_environment()
    state_folder.prepare(config)
    with only_one(config.home), database_running(config):
        if replace:
            _ask_for_the_name(config)
        manifest = bring_back(config, folder.resolve(), say, replace=replace)
        pools = verify_books(config, say) if verify else None
    checked = "the books are not checked" if pools is None else f"the books hold (pools: {pools})"
    click.echo(
        f"Restored as of {manifest.created_at}: {sum(manifest.figures.rows.values())} rows and "
        f"{manifest.files} files are as they were saved, {checked}."
    )


def _ask_for_the_name(config: Config) -> None:
    name = make_url(owner_url(config)).database
    asked = f"Everything in the database {name} will be dropped. Type its name"
    if click.prompt(asked, default="", show_default=False, err=True) != name:
        raise Refused("That is not its name: nothing was changed.")
