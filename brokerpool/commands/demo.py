"""``brokerpool demo``: a pool to try everything out."""

import json
from datetime import datetime

import click

from brokerpool import addresses, migration, state_folder
from brokerpool.demo.people import find_login, logins
from brokerpool.demo.presenting import prepare
from brokerpool.demo.printing import as_json, as_text
from brokerpool.demo.world import CONTRACTS
from brokerpool.embedded import database_running, say
from shared import clock, totp
from shared.config import Config
from shared.errors import Refused

ZONE = "Europe/Berlin"


@click.group(invoke_without_command=True)
@click.pass_context
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day the demo is made for; the open month is the one before. Default: this day.",
)
@click.option(
    "--contracts",
    type=click.IntRange(100, 100_000),  # with fewer some of its stories find no contract
    default=CONTRACTS,
    show_default=True,
    help="How many contracts; fewer load faster.",
)
@click.option("--json", "as_object", is_flag=True, help="Print one JSON object.")
def demo(
    context: click.Context, *, today: datetime | None, contracts: int, as_object: bool
) -> None:
    """Load the demo pool "Nordlicht" and show what it holds.

    A pool that was loaded is found and shown; a load that was interrupted goes on where it was.
    """
    if context.invoked_subcommand:
        return
    day = today.date() if today else clock.today(ZONE)
    config = Config.from_environment()
    state_folder.prepare(config)
    with database_running(config):
        if addresses.needs_embedded_postgres(config):
            migration.migrate(config)
        quiet = (lambda _: None) if as_object else say
        report = prepare(config, day, contracts=contracts, say=quiet)
    click.echo(json.dumps(as_json(report), ensure_ascii=False) if as_object else as_text(report))


@demo.command()
@click.argument("name")
def code(name: str) -> None:
    """Show the code of the second factor of NAME: an e-mail of the demo, or its beginning.

    It is good for thirty seconds and counts once.
    """
    login = find_login(name)
    if login is None:
        known = ", ".join(login.email.partition("@")[0] for login in logins())
        raise Refused(f"{name} is not one person of the demo: {known}.")
    now = clock.now()
    left = totp.SECONDS - int(now.timestamp()) % totp.SECONDS
    click.echo(f"{totp.code_at(login.secret, totp.step_of(now))}  (for {left} s)")
