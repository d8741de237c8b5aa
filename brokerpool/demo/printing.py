"""The summary as people read it, and as programs do."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from brokerpool.demo.deliveries.files import Waiting
from brokerpool.demo.people import Login
from brokerpool.demo.summary import MonthTotals, Summary

WORDS: Final = {
    "company": "companies",
    "producer": "producers",
    "insurer": "insurers",
    "product": "products",
    "customer": "customers",
    "contract": "contracts",
    "event": "commission events",
    "statement": "statements",
}
COLUMNS: Final = ("receivable", "payable", "reserve", "margin", "payout")


@dataclass(frozen=True, kw_only=True)
class Report:
    """What ``brokerpool demo`` says at the end.

    Attributes:
        fresh: whether this call loaded anything.
        files: the deliveries of the open month.
        waiting: those of them that are left to whoever tries the import.
        next_file: the following month's, which waits to be brought by hand.
        storage: where statements and acts lie, by content.
    """

    pool_id: int
    fresh: bool
    summary: Summary
    digest: str
    open_month: str
    files: Sequence[Waiting]
    waiting: Sequence[Waiting]
    next_file: Waiting
    storage: Path
    logins: Sequence[Login]
    seconds: dict[str, float]


def as_json(report: Report) -> dict[str, object]:
    """The report as a JSON object."""
    return {
        "pool": report.pool_id,
        "fresh": report.fresh,
        "digest": report.digest,
        "counts": report.summary.counts,
        "closed_months": report.summary.closed,
        "open_month": report.open_month,
        "open_month_settled": report.summary.open_month_is_settled,
        "totals": [asdict(totals) for totals in report.summary.totals],
        "open_discrepancies": report.summary.open_discrepancies,
        "deliveries": [
            {
                "insurer": f.insurer,
                "format": f.format,
                "path": str(f.path),
                "lines": f.lines,
                "waiting": f in report.waiting,
            }
            for f in report.files
        ],
        "next_delivery": str(report.next_file.path),
        "storage": str(report.storage),
        "logins": [
            {
                "door": login.door.value,
                "role": login.role,
                "name": login.name,
                "email": login.email,
                "password": login.password,
            }
            for login in report.logins
        ],
        "seconds": report.seconds,
    }


def as_text(report: Report) -> str:
    """The report for a person at a terminal."""
    summary = report.summary
    head = "Nordlicht is loaded" if report.fresh else "Nordlicht was loaded before"
    seconds = sum(report.seconds.values())
    counts = ", ".join(f"{summary.counts[name]:,} {word}" for name, word in WORDS.items())
    lines = [
        f"{head} ({seconds:.1f} s): {counts}.",
        f"Closed: {summary.closed[0]} to {summary.closed[-1]}. {_deliveries(report)}",
        "",
        f"Totals of {summary.closed[-1]}",
        *_table(summary.totals),
        "",
        f"Open discrepancies: {sum(summary.open_discrepancies.values())}"
        + "".join(f"\n  {n:>4}  {cause}" for cause, n in summary.open_discrepancies.items()),
        f"Delivered files ({sum(f.lines for f in report.files)} lines):",
        *(f"  {file.path}{_waits(report, file)}" for file in report.files),
        f"To be brought by hand under Deliveries ({report.next_file.lines} lines):",
        f"  {report.next_file.path}",
        f"Statements as PDF: {report.storage / str(report.pool_id)} (the worker makes them).",
        "",
        "Logins",
        *(
            f"  {login.door.value:<8}  {login.role:<10}  {login.email:<42}  {login.password}"
            for login in report.logins
        ),
        *(
            f"{login.name} works for {1 + len(login.also)} firms: the other one is chosen at the "
            "top of the page."
            for login in report.logins
            if login.also
        ),
        "The second factor of each: brokerpool demo code NAME (its e-mail or the beginning of it),",
        "as .venv/bin/brokerpool where `make run` was called. A code counts once.",
    ]
    return "\n".join(lines)


def _deliveries(report: Report) -> str:
    if report.summary.open_month_is_settled:
        return f"The deliveries of {report.open_month} are imported and settled."
    return f"{report.open_month} is open; its deliveries are imported, but for one that waits."


def _waits(report: Report, file: Waiting) -> str:
    return "   <- waits for you: Intranet, Deliveries" if file in report.waiting else ""


def _table(totals: Sequence[MonthTotals]) -> list[str]:
    head = "       " + "".join(f"{name:>16}" for name in COLUMNS)
    rows = []
    for total in totals:
        told = asdict(total)
        figures = "".join(f"{Decimal(told[name]):>16,.2f}" for name in COLUMNS)
        rows.append(f"  {total.currency:<5}{figures}")
        rows.append(
            f"       {total.statements} statements, {total.payments} payouts, "
            f"{total.negative} negative balances, {total.on_hold} on hold"
        )
    return [head, *rows]
