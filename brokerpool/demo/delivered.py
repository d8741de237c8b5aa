"""The files the settled months came by: each event was a line of one, so that "why?" finds it."""

from typing import Final

from sqlalchemy import text

from brokerpool.demo.months import CLOSED
from brokerpool.demo.stage import Stage
from brokerpool.demo.writing import write_known
from shared.storage import store

LINES: Final = text("""
    SELECT e.id, c.number, c.number_key, c.id AS contract_id, e.kind, e.due, e.basis, e.received,
        c.currency, i.code AS insurer
    FROM event e
    JOIN contract c ON c.pool_id = :pool AND c.id = e.contract_id
    JOIN insurer i ON i.pool_id = :pool AND i.id = c.insurer_id
    WHERE e.pool_id = :pool AND e.due BETWEEN :first AND :last
    ORDER BY i.code, e.due, e.id""")
KEEP: Final = text("""
    INSERT INTO delivery_line (pool_id, delivery_id, source_key, row_number, outcome, kind,
        contract_number, number_key, booked_on, base, gross, net, currency, contract_id, event_id,
        recorded_at)
    SELECT :pool, :delivery, 'demo/' || e.id, row_number() OVER (ORDER BY e.due, e.id), 'event',
        e.kind, c.number, c.number_key, e.due, e.basis, e.received, e.received, c.currency, c.id,
        e.id, :moment
    FROM event e
    JOIN contract c ON c.pool_id = :pool AND c.id = e.contract_id
    WHERE e.pool_id = :pool AND e.due BETWEEN :first AND :last AND c.insurer_id = :insurer""")
HEAD: Final = "Vertrag;Art;Fällig;Basis;Courtage;Währung"
DAY: Final = 6  # of the month that follows


def add_past_deliveries(stage: Stage) -> None:
    """Write a file and its lines per insurer and settled month."""
    for month in range(CLOSED):
        _month(stage, month)


def _month(stage: Stage, month: int) -> None:
    months = stage.world.months
    days = {"first": months.first(month), "last": months.last(month)}
    by_insurer: dict[str, list[str]] = {}
    sums: dict[str, tuple[str, object]] = {}
    for row in stage.worker.execute(LINES, {"pool": stage.pool_id, **days}):
        line = f"{row.number};{row.kind};{row.due};{row.basis or ''};{row.received};{row.currency}"
        by_insurer.setdefault(row.insurer, []).append(line)
        before = sums.get(row.insurer, ("", 0))[1]
        sums[row.insurer] = (row.currency, before + row.received)
    moment = stage.moment((stage.today - months.day(month + 1, DAY)).days, 8)
    ids = write_known(
        stage.worker,
        "delivery",
        "file_name",
        (
            {
                "insurer_id": stage.codes.insurers[code],
                "format": "csv",
                "file_name": f"{code}_{months.name(month)}.csv",
                "sha256": store(
                    stage.storage, stage.pool_id, None, "\n".join([HEAD, *lines]).encode()
                ).sha256,
                "encoding": "utf-8",
                "counts": {"event": len(lines)},
                "line_count": len(lines),
                "gross": sums[code][1],
                "currency": sums[code][0],
                "recorded_at": moment,
            }
            for code, lines in by_insurer.items()
        ),
    )
    for code in by_insurer:
        stage.worker.execute(
            KEEP,
            {
                "pool": stage.pool_id,
                **days,
                "delivery": ids[f"{code}_{months.name(month)}.csv"],
                "insurer": stage.codes.insurers[code],
                "moment": moment,
            },
        )
