"""``brokerpool scenario run``: try a plan out on the real engine; nothing remains."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click
from sqlalchemy import Engine, text

from brokerpool.desk import worker_engine
from pool_module.settlement.errors import ScenarioRefused
from pool_module.settlement.formats.scenario import read_scenario
from pool_module.settlement.operations.scenario import ScenarioRun
from shared.actor import Actor
from shared.config import Config
from shared.db import Session, open_session
from shared.vocabulary import Door


@click.group()
def scenario() -> None:
    """Scenario files: facts and settlements, step by step."""


@scenario.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per file and line.")
@click.option("--full", is_flag=True, help="Recompute everything at each settlement.")
def run(*, files: Sequence[str], as_json: bool, full: bool) -> None:
    """Run scenario files in a new pool each, inside a transaction that is thrown away."""
    refused = False
    with worker_engine(Config.from_environment()) as engine:
        for name in files:
            try:
                result = play(engine, _read(name), full=full)
            except ScenarioRefused as refusal:
                refused = True
                click.echo(f"{name}: {refusal}", err=True)
                continue
            click.echo(json.dumps(result, ensure_ascii=False) if as_json else _readable(result))
    sys.exit(2 if refused else 0)


def play(
    engine: Engine,
    source: str,
    *,
    full: bool = False,
    look: Callable[[Session, Actor], None] = lambda _, __: None,
) -> dict[str, object]:
    """Play a scenario in a pool that exists only in a transaction, which is rolled back.

    Args:
        engine: connections as the worker's role.
        source: the file's text.
        full: recompute everything at each settlement.
        look: may look at the pool before it is gone.

    Raises:
        ScenarioRefused: the file is malformed, or a step is refused.
    """
    plan = read_scenario(source)
    with engine.connect() as connection, connection.begin() as transaction:
        pool_id = connection.execute(text("SELECT nextval('pool_id_seq')")).scalar_one()
        actor = Actor(Door.WORKER, pool_id, None, "scenario")
        try:
            with open_session(connection, actor) as session:
                result = ScenarioRun(session, actor, plan, full=full).play()
                look(session, actor)
                return result
        finally:
            transaction.rollback()


def _read(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8")
    except OSError as error:
        raise ScenarioRefused(0, "file", error.strerror or "can't be read") from None
    except UnicodeDecodeError:
        raise ScenarioRefused(0, "file", "is not UTF-8 text") from None


def _readable(result: dict[str, object]) -> str:
    lines = []
    for settlement in result["settlements"]:  # type: ignore[attr-defined]
        lines.append(
            f"through {settlement['through']}: receivable {settlement['receivable']}, "
            f"margin {settlement['pool_margin']}"
        )
        for statement in settlement["statements"]:
            lines.append(
                f"  {statement['payee']}: opening {statement['opening']}, "
                f"payout {statement['payout']}, closing {statement['closing']}, "
                f"reserve {statement['reserve_closing']}"
            )
            lines.extend(
                f"    {e['event']} {e['producer']}: {e['payable']} (reserve {e['reserve']})"
                for e in statement["entries"]
            )
    return "\n".join(lines)
