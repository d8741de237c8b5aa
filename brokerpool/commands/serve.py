"""``brokerpool serve``: everything an installation needs, in one window."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import click

from brokerpool import addresses, cli, migration, portals, state_folder
from brokerpool.base_urls import base_url
from brokerpool.embedded import database_running, say
from brokerpool.serve_lock import only_one
from brokerpool.supervisor import Child, Supervisor
from brokerpool.valkey import valkey
from shared.config import Config
from shared.vocabulary import Door

PATIENCE = 15.0  # seconds for the ports of a killed predecessor


@dataclass(frozen=True)
class Web:
    """Where the portals listen, and with how many processes."""

    listen: Mapping[Door, tuple[str, int]]
    processes: int


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--intranet-port", default=8600, show_default=True, help="Port of the intranet.")
@click.option("--extranet-port", default=8601, show_default=True, help="Port of the extranet.")
@click.option("--web-processes", default=1, show_default=True, help="Processes for each portal.")
@click.option("--demo", is_flag=True, help="Load the demo pool first.")
def serve(
    *, host: str, intranet_port: int, extranet_port: int, web_processes: int, demo: bool
) -> None:
    """Run both portals, a worker and, where no URL is set, PostgreSQL and a Redis server.

    Ctrl-C stops all of it.
    """
    listen = {Door.INTRANET: (host, intranet_port), Door.EXTRANET: (host, extranet_port)}
    web = Web(listen, web_processes)
    config = Config.from_environment()
    config = replace(config, base_urls={d: base_url(config, d, *at) for d, at in listen.items()})
    state_folder.prepare(config)
    with only_one(config.home) as killed_before:
        for door, at in listen.items():
            portals.refuse_taken_port(door, at, PATIENCE if killed_before else 0)
        _run(config, web, demo=demo)


def _run(config: Config, web: Web, *, demo: bool) -> None:
    """Bring the database up, then supervise the rest until a signal comes."""
    with database_running(config):
        if addresses.needs_embedded_postgres(config):
            migration.migrate(config)
        if demo:
            _load_demo()
        supervisor = Supervisor(_children(config, web), say)
        supervisor.listen()
        try:
            supervisor.start()
            if not supervisor.stopping:
                for door, url in config.base_urls.items():
                    click.echo(f"{door.value.capitalize()}: {url}")
                if not config.smtp_url:
                    click.echo(f"Mail lies in {config.mail_dir} (SMTP_URL is not set).")
                click.echo("Ctrl-C stops everything.")
            supervisor.watch()
            say("Stopping …")
        finally:
            supervisor.stop()


def _children(config: Config, web: Web) -> list[Child]:
    """In the order of their start: what others need comes first."""
    children = [] if config.redis_url else [valkey(config.home)]
    children.append(portals.worker(config))
    for door, at in web.listen.items():
        children.append(portals.portal(config, door, at, web.processes))
    return children


def _load_demo() -> None:
    context = click.get_current_context()
    command = cli.main.get_command(context, "demo")
    if command is None:
        say("This release has no demo pool yet.")
        return
    context.invoke(command)
