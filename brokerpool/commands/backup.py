"""``brokerpool backup``: save the database and the stored files."""

from pathlib import Path

import click

from brokerpool.backup.saving import back_up
from brokerpool.embedded import database_running, say
from shared.config import Config


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def backup(*, folder: Path) -> None:
    """Save the database and the stored files into DIR.

    Works while the portals run. A DIR that holds an older backup is brought up to date: only new
    files are copied, and the older backup stands until the new one is whole.
    """
    config = Config.from_environment()
    folder = folder.resolve()
    with database_running(config):
        saved = back_up(config, folder, say)
    made = saved.manifest
    click.echo(
        f"Saved in {folder}: {sum(made.figures.rows.values())} rows "
        f"({_size(made.dump.size)}), {made.files} files ({_size(made.file_bytes)}), "
        f"{saved.new_files} of them new. Keep roles.json and the environment elsewhere."
    )


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB"
