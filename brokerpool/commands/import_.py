"""``brokerpool import gdv|statement``: insurers' files into the pool."""

import getpass
import json
import sys
from collections.abc import Callable
from pathlib import Path

import click
from click._termui_impl import ProgressBar

from brokerpool.desk import desk
from pool_module.incoming.formats.gdv.reader import read_gdv
from pool_module.incoming.formats.gdv.summary import summarise_gdv
from pool_module.incoming.formats.source import opened
from pool_module.incoming.formats.statements.columns import ColumnMapping
from pool_module.incoming.formats.statements.reader import MAX_BYTES
from pool_module.incoming.formats.statements.summary import summarise_statement
from pool_module.incoming.operations import mappings, registers
from pool_module.incoming.operations.gdv import GdvImport
from pool_module.incoming.operations.result import ImportResult
from pool_module.incoming.operations.statement import StatementImport
from shared.db import Session
from shared.errors import Refused

SHOWN_WARNINGS = 10

FILE = click.argument("file", type=click.Path(path_type=Path))
OPTIONS = (
    click.option("--insurer", required=True, metavar="CODE", help="Whose file it is."),
    click.option("--dry-run", is_flag=True, help="Say what the file holds; change nothing."),
    click.option("--json", "as_json", is_flag=True, help="Print the result as JSON."),
    click.option("--pool", metavar="CODE", help="Which pool; needed only when there are several."),
    click.option("--as", "name", metavar="NAME", help="Who imports; default the system's user."),
)


def options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command what all imports take."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@click.group("import", context_settings={"help_option_names": ["-h", "--help"]})
def import_() -> None:
    """Import insurers' files."""


@import_.command()
@FILE
@options
def gdv(
    *,
    file: Path,
    insurer: str,
    dry_run: bool,
    as_json: bool,
    pool: str | None,
    name: str | None,
) -> None:
    """Import contracts, applications and commission of a GDV delivery.

    A second import of the file changes nothing; one that was broken off goes on.
    """
    if dry_run:
        _print(dict(summarise_gdv(file)), as_json=as_json)
        return
    next(read_gdv(file), None)  # what is no delivery is refused before a database is looked for
    with desk(pool, name or getpass.getuser()) as at, at.session() as session:
        storage = at.config.storage_dir
        work = GdvImport(session, at.actor, insurer, file, storage=storage, today=at.today())
        _run(session, work, as_json=as_json)


@import_.command()
@FILE
@options
@click.option("--mapping", metavar="NAME", help="Column mapping kept under this name.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="HEADER=FIELD",
    help="Which column is which; kept under the mapping's name. Repeat for each column.",
)
def statement(
    *,
    file: Path,
    insurer: str,
    dry_run: bool,
    as_json: bool,
    pool: str | None,
    name: str | None,
    mapping: str | None,
    columns: tuple[str, ...],
) -> None:
    """Import a commission statement, CSV or XLSX.

    Columns are recognised by their headers, or read as --column says or the kept mapping.
    """
    given = _columns(columns)
    if dry_run:
        if mapping and given is None:
            given = _kept_mapping(pool, insurer, mapping)
        _print(dict(summarise_statement(file, mapping=given)), as_json=as_json)
        return
    with opened(file, max_bytes=MAX_BYTES):
        pass  # what is no file is refused before a database is looked for
    with desk(pool, name or getpass.getuser()) as at, at.session() as session:
        work = StatementImport(
            session,
            at.actor,
            insurer,
            file,
            storage=at.config.storage_dir,
            today=at.today(),
            mapping=mapping,
            columns=given,
        )
        _run(session, work, as_json=as_json)


def _columns(columns: tuple[str, ...]) -> ColumnMapping | None:
    if not columns:
        return None
    pairs = [column.rpartition("=") for column in columns]
    for header, sign, field in pairs:
        if not (header and sign and field):
            raise Refused("--column takes HEADER=FIELD, e.g. VSNR=contract_number.")
    return ColumnMapping.from_dict({header: field for header, _, field in pairs})


def _kept_mapping(pool: str | None, insurer: str, mapping: str) -> ColumnMapping:
    with desk(pool) as at, at.session() as session:
        insurer_id = registers.load(session, at.actor, insurer).insurer_id
        found = mappings.find(session, at.actor, insurer_id, mapping)
    if found is None:
        raise Refused(f"{insurer} has no mapping {mapping}.")
    return found


def _run(session: Session, work: GdvImport | StatementImport, *, as_json: bool) -> None:
    """Do an import step by step, each step a transaction."""
    bar: ProgressBar[int] = click.progressbar(
        length=work.records, label="Records", file=sys.stderr, hidden=not sys.stderr.isatty()
    )
    with bar:
        for reached in work.steps():
            session.commit()
            bar.update(max(0, reached - bar.pos))
    if as_json:
        click.echo(json.dumps(work.result.as_dict(), ensure_ascii=False))
    else:
        _tell(work.result)


def _tell(result: ImportResult) -> None:
    told = result.as_dict()
    for name in ("contracts", "applications", "discrepancies", "settled"):
        counts = told[name]
        assert isinstance(counts, dict)
        said = ", ".join(f"{number} {kind}" for kind, number in counts.items() if number)
        click.echo(f"{name.capitalize()}: {said or 'none'}")
    click.echo(
        f"Commission: {told['events']} events, {told['evidence']} evidence of clawbacks, "
        f"{told['noted']} without money, {told['known']} known before"
    )
    warnings = result.remarks.texts()
    for warning in warnings[:SHOWN_WARNINGS]:
        click.echo(f"  {warning}")
    if len(warnings) > SHOWN_WARNINGS:
        click.echo(f"  {len(warnings) - SHOWN_WARNINGS} more warnings (--json shows them)")


def _print(summary: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(summary, ensure_ascii=False))
        return
    for key, value in summary.items():
        click.echo(f"{key}: {_plain(value)}")


def _plain(value: object) -> str:
    if isinstance(value, list):
        return "".join(f"\n  {each}" for each in value) or "none"
    if isinstance(value, dict):
        return "".join(f"\n  {key}: {_plain(each)}" for key, each in value.items()) or "none"
    return "unknown" if value is None else str(value)
