"""``brokerpool bench``: figures of this machine, on a database of the bench's own."""

import json
import shutil

import click

from brokerpool.bench.settlement import measure
from brokerpool.postgres.place import place_of
from shared.config import Config


@click.group()
def bench() -> None:
    """Measure; nothing of your data is touched."""


@bench.command()
@click.option("--events", type=click.IntRange(1000), default=100_000, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def settlement(*, events: int, as_json: bool) -> None:
    """Settle a pool of 10,000 producers and EVENTS commission events, and what follows."""
    home = Config.from_environment().home / "bench"
    home.mkdir(parents=True, exist_ok=True)
    try:
        figures = measure(home, events, say=lambda sentence: click.echo(f"… {sentence}", err=True))
    finally:
        shutil.rmtree(place_of(home).base, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)
    if as_json:
        click.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        click.echo(f"{name.replace('_', ' '):32} {value:>12}")
