"""``brokerpool verify``: the invariants of the settlement rules on the live database."""

import json
import sys

import click

from brokerpool.desk import desk
from pool_module.settlement.operations import verification


@click.command()
@click.option("--pool", metavar="CODE", help="Which pool; needed only when there are several.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def verify(*, pool: str | None, as_json: bool) -> None:
    """Check the books against the rules; exit code 1 names what is broken."""
    with desk(pool) as at, at.session() as session:
        findings = verification.verify(
            session, at.actor, said=lambda check: click.echo(f"… {check}", err=True)
        )
        session.rollback()
    sound = not any(f.broken for f in findings)
    if as_json:
        checks = {f.check: list(f.broken) for f in findings}
        click.echo(json.dumps({"sound": sound, "checks": checks}, indent=1, ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(f"{'broken' if finding.broken else 'holds '}  {finding.check}")
            for line in finding.broken:
                click.echo(f"        {line}")
    sys.exit(0 if sound else 1)
