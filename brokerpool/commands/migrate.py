"""``brokerpool migrate``: roles and tables."""

import click

from brokerpool import migration
from brokerpool.embedded import database_running
from shared.config import Config
from shared.errors import Refused


@click.command()
@click.option("--down-to", metavar="REVISION", help="Go back to a revision; `base` undoes all.")
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 when it is behind.")
@click.pass_context
def migrate(ctx: click.Context, *, down_to: str | None, check: bool) -> None:
    """Bring the database to this release: roles, logins, tables.

    Runs as the owner, on DATABASE_URL or on the embedded database. Safe to repeat.
    """
    if check and down_to:
        raise Refused("--check and --down-to exclude each other.")
    config = Config.from_environment()
    with database_running(config):
        if check:
            behind = migration.pending(config)
            click.echo(f"Behind: {', '.join(behind)}." if behind else "Up to date.")
            ctx.exit(1 if behind else 0)
        migration.migrate(config, down_to=down_to)
    click.echo("The database is up to date." if down_to is None else f"Back at {down_to}.")
