"""``brokerpool explain``: why an amount is what it is."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import click

from brokerpool.desk import desk
from pool_module.settlement.engine.explain import Laid, Row
from pool_module.settlement.operations.explanation import Explanation
from pool_module.settlement.operations.explanation import explain as explain_entry
from shared.money import plain

NEW = "new"
PASSED_OVER = {
    "house": "house producer: nobody is paid",
    "inactive": "inactive: passed over",
    "no_rule": "no rule: takes no part",
    "not_above": "not above what is already paid: nothing",
}
RANKS = (
    (1000, ("any product", "by insurer", "by line", "by product")),
    (100, ("anyone", "by level", "by group", "by producer")),
    (10, ("global", "by organisation", "by division")),
    (1, ("undated", "dated")),
)
OF = {
    "basis": "of the basis",
    "received": "of what is received",
    "unit": "a unit",
    "fixed": "fixed",
}


@click.command()
@click.argument("entry")
@click.option("--pool", metavar="CODE", help="Which pool; needed only when there are several.")
@click.option("--json", "as_json", is_flag=True, help="Print all that is known as JSON.")
def explain(*, entry: str, pool: str | None, as_json: bool) -> None:
    """Explain ENTRY, named PERIOD/EVENT/PRODUCER, e.g. 2026-03/E1/A.

    Runs the calculation again with the facts as known at that run.
    """
    with desk(pool) as at, at.session() as session:
        found = explain_entry(session, at.actor, entry)
        session.rollback()
    if as_json:
        click.echo(json.dumps(_json(found), indent=1, ensure_ascii=False))
        return
    for line in sentences(found):
        click.echo(line)


def sentences(found: Explanation) -> Iterator[str]:
    """Tell an explanation step by step."""
    laid, e = found.laid, found.laid.event
    yield f"{found.period}, event {found.event}, producer {found.producer}"
    yield (
        f"  {e['kind']} on contract {e['contract']} ({e['product']}, {e['insurer']}, {e['line']}), "
        f"effective {e['effective']}, due {e['due']}"
    )
    yield (
        f"  basis {_text(e['basis'])}, received {_text(e['received'])}, units {_text(e['units'])} "
        f"{e['currency']}; rate as of {e['rate_day']}, level as of {e['level_day']}, "
        f"hierarchy as of {e['hierarchy_day']}"
    )
    yield from _earned(laid)
    for line in laid.lines:
        yield from _line(laid, line, found.producer)
    yield from _booked(laid)
    for fact in laid.facts:
        yield (
            f"  since the run before: {fact['fact']} {fact['subject']} {fact['value']} "
            f"{fact['valid']}, recorded {fact['recorded_at']:%Y-%m-%d %H:%M} "
            f"by {fact['recorded_by']}{_because(fact['reason'])}"
        )


def _earned(laid: Laid) -> Iterator[str]:
    e = laid.event
    if e["liability_months"]:
        yield f"  liability {e['liability_months']} months, until {e['liability_end']}"
    for cut in laid.cuts:
        what = "void" if cut["void"] else f"cut to {_text(cut['factor'])}"
        yield f"  {what} on {cut['on_day']}{_because(cut['reason'])}"
    if e["earned_of"] is not None:
        yield f"  earned {Fraction(e['earned'], e['earned_of'])} of it"


def _line(laid: Laid, line: Row, producer: str) -> Iterator[str]:
    who = f"{'  ' * line['depth']}{line['producer']}"
    level = f", level {line['level']}" if line["level"] else ""
    head = f"  share {line['position'] + 1} ({_text(line['share'])}) {who}{level}: "
    if line["passed_over"]:
        detail = f" ({line['rule']})" if line["rule"] else ""
        yield head + PASSED_OVER[line["passed_over"]] + detail
    else:
        reserve = f", of it reserve {_text(line['reserve'])}" if line["reserve"] else ""
        yield (
            f"{head}rule {line['rule']}, {_text(line['rate'])} {OF[line['rate_of']]} = "
            f"{_text(line['gross'])}, less {_text(line['top'])} paid below = "
            f"{plain(line['piece'])}{reserve}"
        )
    if line["producer"] == producer:
        rules = laid.rules.get((line["position"], line["depth"]), [])
        for loser in rules[1:]:
            yield f"      not {loser['code']}: {why_lost(rules[0]['rank'], loser['rank'])}"


def why_lost(winner: int, loser: int) -> str:
    """Name the first thing two ranks differ in, e.g. ``by insurer, the winner is by product``."""
    for step, names in RANKS:
        had, has = (loser // step) % 10, (winner // step) % 10
        if had != has:
            return f"{names[had]}, the winner is {names[has]}"
    return "the same rank"


def _booked(laid: Laid) -> Iterator[str]:
    for before in laid.booked:
        yield (
            f"  {before['period']}: booked {plain(before['payable'])}, "
            f"reserve {plain(before['reserve'])} ({before['cause'] or NEW})"
        )


def _because(reason: str | None) -> str:
    return f" ({reason})" if reason else ""


def _text(value: object) -> str:
    """Write a value; of a number's decimals only those that say something, but two at least."""
    if isinstance(value, Decimal):
        whole, _, decimals = f"{value:f}".partition(".")
        return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"
    return "–" if value is None else str(value)


def _json(found: Explanation) -> dict[str, object]:
    laid = found.laid
    return {
        "period": found.period,
        "event": found.event,
        "producer": found.producer,
        "facts_of_event": _plain(laid.event),
        "cuts": [_plain(row) for row in laid.cuts],
        "chain": [_plain(row) for row in laid.lines],
        "rules": [
            {
                "share": position + 1,
                "depth": depth,
                "won": rules[0]["code"] if rules else None,
                "lost": [
                    {"rule": r["code"], "why": why_lost(rules[0]["rank"], r["rank"])}
                    for r in rules[1:]
                ],
            }
            for (position, depth), rules in laid.rules.items()
        ],
        "delta": _plain(laid.delta) if laid.delta else None,
        "booked": [_plain(row) for row in laid.booked],
        "facts_since": [_plain(row) for row in laid.facts],
    }


def _plain(row: Row) -> dict[str, object]:
    return {name: _value(value) for name, value in row.items() if not name.endswith("_id")}


def _value(value: object) -> object:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
