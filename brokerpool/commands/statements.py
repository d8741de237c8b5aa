"""``brokerpool statements``: the papers of a closed period, in a folder."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import click

from brokerpool.desk import Desk, desk
from pool_module.settlement import queries
from pool_module.settlement.errors import DetailsMissing
from pool_module.settlement.operations import issuing, papers
from pool_module.settlement.queries import issuing as issued
from shared.errors import Refused
from shared.storage import open_stored

KINDS = {"pdf": {"statement", "act"}, "csv": {"csv"}, "both": {"statement", "act", "csv"}}


@dataclass(frozen=True)
class Written:
    """A file written into the folder."""

    payee: str
    kind: str
    file: str


@click.command()
@click.option("--period", required=True, metavar="P", help="A closed period, e.g. 2026-10.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Into which folder.")
@click.option("--payee", metavar="CODE", help="Only this payee's.")
@click.option(
    "--format",
    "wanted",
    type=click.Choice(sorted(KINDS)),
    default="pdf",
    show_default=True,
    help="Which files.",
)
@click.option("--pool", metavar="CODE", help="Which pool; needed only when there are several.")
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
def statements(
    *, period: str, out: Path, payee: str | None, wanted: str, pool: str | None, as_json: bool
) -> None:
    """Write the statements of a closed period into a folder, with the acts that go with them.

    What is not issued yet is issued now; an issued file never changes.
    """
    _refuse_unwritable(out)
    with desk(pool) as at:
        ids = _statements_of(at, period, payee)
        written = []
        with click.progressbar(
            ids, label="Statements", file=sys.stderr, hidden=len(ids) < 2
        ) as bar:
            for statement_id in bar:
                _issue(at, statement_id)
                written += list(_write(at, statement_id, out, KINDS[wanted]))
    if as_json:
        click.echo(json.dumps([vars(one) for one in written], ensure_ascii=False, indent=1))
    else:
        click.echo(f"Statements: {len(ids)}, files: {len(written)}, in {out}")


def _refuse_unwritable(out: Path) -> None:
    """Refuse before anything is issued."""
    with suppress(OSError):
        out.mkdir(parents=True, exist_ok=True)
    if not out.is_dir() or not os.access(out, os.W_OK | os.X_OK):
        raise Refused(f"{out} is no folder that can be written: choose another one with --out.")


def _statements_of(at: Desk, name: str, payee: str | None) -> Sequence[int]:
    """The statements of a period, whose lines are written first where they are not."""
    with at.session() as session:
        period = queries.find_period(session, at.actor, name)
        run = issued.find_closed_run(session, at.actor, period.id) if period else None
        if run is None:
            closed = ", ".join(issued.closed_periods(session, at.actor)) or "none"
            raise Refused(f"There is no closed period {name} (there are: {closed})")
        ids = issued.statement_ids(session, at.actor, run.id, payee=payee)
        if payee is not None and not ids:
            raise Refused(f"There is no statement of {payee} for {name}")
        issuing.ensure_lines(session, at.actor, run)
        session.commit()
    return ids


def _issue(at: Desk, statement_id: int) -> None:
    """Issue a statement; an act that lacks details is told and left out."""
    root = at.config.storage_dir
    with at.session() as session:
        papers.issue_statement(session, at.actor, root, statement_id)
        session.commit()
    with at.session() as session:
        try:
            papers.issue_act(session, at.actor, root, statement_id)
        except DetailsMissing as missing:
            click.echo(f"No act: {missing}", err=True)
        else:
            session.commit()


def _write(at: Desk, statement_id: int, out: Path, kinds: set[str]) -> Iterator[Written]:
    with at.session() as session:
        files = issued.issued_files(session, at.actor, statement_id)
    for file in files:
        if file.kind in kinds:
            content = open_stored(
                at.config.storage_dir, at.actor.pool_id, file.firm_id, file.sha256
            )
            (out / file.file_name).write_bytes(content)
            yield Written(file.payee, file.kind, file.file_name)
