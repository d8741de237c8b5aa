"""``brokerpool settle``: calculate a period, approve it in a second name, close it."""

import json
import sys
from datetime import date, datetime

import click
from click._termui_impl import ProgressBar

from brokerpool.desk import Desk, desk
from brokerpool.settling import calculate_and_wait
from pool_module.settlement import queries
from pool_module.settlement.operations import runs
from shared.money import plain
from shared.vocabulary import RunState


@click.command()
@click.option("--through", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Last day.")
@click.option("--pool", metavar="CODE", help="Which pool; needed only when there are several.")
@click.option("--as", "name", required=True, metavar="NAME", help="Who calculates.")
@click.option(
    "--approve-as", metavar="NAME", help="The second person; without one it stays a draft."
)
@click.option("--full", is_flag=True, help="Look at every event, changed or not.")
@click.option("--drop", is_flag=True, help="Drop the open draft instead.")
@click.option("--packet-events", type=click.IntRange(1), default=runs.PACKET_EVENTS, hidden=True)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def settle(
    *,
    through: datetime,
    pool: str | None,
    name: str,
    approve_as: str | None,
    full: bool,
    drop: bool,
    packet_events: int,
    as_json: bool,
) -> None:
    """Settle a period.

    A run that was interrupted goes on where it stopped. With --approve-as the period is closed
    and booked; without, the draft waits for a second person.
    """
    with desk(pool, name) as at:
        if drop:
            _drop(at)
            return
        run_id = _calculate(at, through.date(), full=full, packet_events=packet_events)
        if approve_as:
            second = at.as_person(approve_as)
            with second.session() as session:
                runs.approve(session, second.actor, run_id)
                session.commit()
            with at.session() as session:
                runs.close(session, at.actor, run_id, at.today())
                session.commit()
        _show(at, run_id, as_json=as_json)


def _calculate(at: Desk, through: date, *, full: bool, packet_events: int) -> int:
    with at.session() as session:
        run = runs.begin(session, at.actor, through, full=full, packet_events=packet_events)
        run_id = run.id
        progress = queries.progress_of(session, at.actor, run_id)
        session.commit()
    waiting = progress.packets - progress.packets_done
    bar: ProgressBar[int] = click.progressbar(
        length=waiting, label="Packets", file=sys.stderr, hidden=waiting < 2
    )
    with bar:
        calculate_and_wait(at.engine, at.actor, run_id, done=lambda _: bar.update(1))
    with at.session() as session:
        runs.finish(session, at.actor, run_id)
        session.commit()
    return run_id


def _drop(at: Desk) -> None:
    with at.session() as session:
        run = queries.find_live_run(session, at.actor)
        if run is None:
            click.echo("There is no open draft.")
            return
        runs.drop(session, at.actor, run.id)
        session.commit()
        click.echo(f"The draft through {run.through} is dropped.")


def _show(at: Desk, run_id: int, *, as_json: bool) -> None:
    with at.session() as session:
        run = queries.get_run(session, at.actor, run_id)
        totals = queries.totals_of(session, at.actor, run_id)
        statements = queries.statement_totals_of(session, at.actor, run_id)
    if as_json:
        shown = {
            "through": run.through.isoformat(),
            "state": run.state,
            "totals": [
                {
                    "currency": t.currency,
                    "receivable": plain(t.receivable),
                    "payable": plain(t.payable),
                    "reserve": plain(t.reserve),
                    "margin": plain(t.margin),
                    "postings": int(t.postings),
                }
                for t in totals
            ],
            "statements": [
                {"currency": s.currency, "count": s.count, "payout": plain(s.payout)}
                for s in statements
            ],
        }
        click.echo(json.dumps(shown, indent=1))
        return
    click.echo(f"Through {run.through}: {run.state}")
    for t in totals:
        click.echo(
            f"  {t.currency}  receivable {plain(t.receivable)}  payable {plain(t.payable)}  "
            f"reserve {plain(t.reserve)}  margin {plain(t.margin)}  ({int(t.postings)} postings)"
        )
    for s in statements:
        click.echo(f"  {s.currency}  {s.count} statements, payouts {plain(s.payout)}")
    if run.state != RunState.CLOSED:
        click.echo("  A draft: settle again with --approve-as NAME to close it.")
