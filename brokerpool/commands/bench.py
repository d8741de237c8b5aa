"""``brokerpool bench``: figures of this machine, on a database of the bench's own."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from brokerpool.bench import rls as walls
from brokerpool.bench import web as pages
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
    with _own_folder() as home:
        figures = measure(home, events, say=_say)
    if as_json:
        click.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        click.echo(f"{name.replace('_', ' '):32} {value:>12}")


@bench.command()
@click.option("--contracts", type=click.IntRange(1000), default=200_000, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def web(*, contracts: int, as_json: bool) -> None:
    """Measure lists, search and pages on a pool of CONTRACTS contracts: server time and SQL."""
    with _own_folder() as home:
        told, figures = pages.measure(home, contracts, say=_say)
    if as_json:
        click.echo(json.dumps({**told, "pages": [asdict(f) for f in figures]}, ensure_ascii=False))
        return
    click.echo(f"{'milliseconds':44} {'median':>8} {'p95':>8} {'cpu':>8} {'SQL':>4}")
    for figure in figures:
        click.echo(
            f"{figure.name[:44]:44} {figure.median:>8} {figure.p95:>8} {figure.cpu:>8} "
            f"{figure.statements:>4}"
        )
    for name, value in told.items():
        click.echo(f"{name.replace('_', ' '):44} {value:>8}")


@bench.command()
@click.option("--contracts", type=click.IntRange(1000), default=200_000, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def rls(*, contracts: int, as_json: bool) -> None:
    """Measure what row-level security and the signed context cost, as ratios."""
    with _own_folder() as home:
        found = walls.measure(home, contracts, say=_say)
    if as_json:
        click.echo(json.dumps([{**asdict(f), "ratio": f.ratio, "kept": f.kept} for f in found]))
        return
    click.echo(f"{'milliseconds, medians':24} {'past':>8} {'behind':>8} {'ratio':>8} {'most':>8}")
    for each in found:
        over = "" if each.kept else "  over"
        click.echo(
            f"{each.name:24} {each.past:>8} {each.behind:>8} {each.ratio:>8} {each.most:>8}{over}"
        )


def _say(sentence: str) -> None:
    click.echo(f"… {sentence}", err=True)


@contextmanager
def _own_folder() -> Iterator[Path]:
    """A folder for the bench's server; it is gone afterwards."""
    home = Config.from_environment().home / "bench"
    home.mkdir(parents=True, exist_ok=True)
    try:
        yield home
    finally:
        shutil.rmtree(place_of(home).base, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)
