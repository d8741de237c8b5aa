"""The servers brokerpool brings along, for as long as a command needs them."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from brokerpool.addresses import needs_embedded_postgres
from brokerpool.postgres import database
from brokerpool.postgres.place import place_of
from brokerpool.postgres.server import EmbeddedPostgres
from shared.config import Config


@contextmanager
def database_running(config: Config) -> Iterator[None]:
    """Keep the embedded database up; does nothing when the environment names a server.

    A server that already runs (``brokerpool serve`` in another window) is shared and left alone.
    """
    if not needs_embedded_postgres(config):
        yield
        return
    server = EmbeddedPostgres(place_of(config.home), say=say)
    server.start()
    try:
        database.ensure(server.place)
        yield
    finally:
        server.leave()


def say(sentence: str) -> None:
    """Tell the person at the terminal."""
    click.echo(sentence, err=True)
