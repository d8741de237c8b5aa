"""Applications: of every contract of the settled months, and the ones on their way now."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import text

from brokerpool.demo.papers import paper
from brokerpool.demo.sources import source
from brokerpool.demo.stage import Stage
from brokerpool.demo.writing import Row, write, write_known
from shared.storage import store
from shared.vocabulary import ApplicationState

# what led to each state
WAY: Final = {
    "draft": ("draft",),
    "submitted": ("draft", "submitted"),
    "sent_to_insurer": ("draft", "submitted", "sent_to_insurer"),
    "insurer_query": ("draft", "submitted", "sent_to_insurer", "insurer_query"),
    "rejected": ("draft", "submitted", "sent_to_insurer", "rejected"),
    "withdrawn": ("draft", "submitted", "withdrawn"),
}
# every contract the insurers confirmed was an application before, under the same case number
ACCEPTED: Final = text("""
    INSERT INTO application (pool_id, firm_id, case_number, insurer_id, product_id, customer_id,
        producer_id, contract_id, state, applied_on, net_premium, currency, begin_on, frequency,
        submitted_at, recorded_at)
    SELECT c.pool_id, c.firm_id, c.case_number, c.insurer_id, c.product_id, c.holder_id,
        c.producer_id, c.id, 'accepted', t.applied_on, c.net_premium, c.currency, c.begin_on,
        c.frequency, t.applied_on + time '10:00', t.applied_on + time '09:30'
    FROM contract c
    JOIN contract_terms t ON t.pool_id = :pool AND t.contract_id = c.id
        AND t.superseded_at IS NULL
    WHERE c.pool_id = :pool AND c.case_number IS NOT NULL AND t.applied_on >= :first""")
STEPS: Final = text("""
    INSERT INTO application_change (pool_id, application_id, firm_id, state, recorded_at)
    SELECT a.pool_id, a.id, a.firm_id, s.state, a.applied_on + s.after
    FROM application a, (VALUES ('submitted', interval '10 hours'),
        ('sent_to_insurer', interval '33 hours'), ('accepted', interval '8 days')) s (state, after)
    WHERE a.pool_id = :pool AND a.state = 'accepted'""")
PAPERS: Final = ("application", "advice")


def add_applications(stage: Stage) -> dict[tuple[str, str], int]:
    """Write them; returns the one on its way by firm and state, the first of each."""
    session = stage.worker
    here = {"pool": stage.pool_id, "first": stage.world.months.first(0)}
    session.execute(ACCEPTED, here)
    session.execute(STEPS, {"pool": stage.pool_id})
    rows = [row for row in source("desk")["applications"] if row[1] in stage.codes.products]
    holders = _holders(stage)
    drawn = [_application(stage, number, row, holders) for number, row in enumerate(rows, 1)]
    ids = write_known(session, "application", "case_number", drawn)
    write(session, "application_change", _changes(stage, rows, drawn, ids))
    write(session, "document", _documents(stage, rows, drawn, ids))
    found: dict[tuple[str, str], int] = {}
    for row, told in zip(rows, drawn, strict=True):
        found.setdefault((row[0], row[2]), ids[str(told["case_number"])])
    return found


def _holders(stage: Stage) -> dict[str, list[tuple[int, int]]]:
    """Customers of each firm with the producer who knows them."""
    rows = stage.worker.execute(
        text("""
            SELECT f.code, c.holder_id, min(c.producer_id)
            FROM contract c JOIN company f ON f.pool_id = :pool AND f.id = c.firm_id
            WHERE c.pool_id = :pool AND NOT c.private AND c.holder_id IS NOT NULL
            GROUP BY f.code, c.holder_id ORDER BY f.code, c.holder_id"""),
        {"pool": stage.pool_id},
    )
    found: dict[str, list[tuple[int, int]]] = {}
    for firm, holder, producer in rows:
        found.setdefault(firm, []).append((holder, producer))
    return found


def _application(
    stage: Stage, number: int, row: list[str], holders: dict[str, list[tuple[int, int]]]
) -> Row:
    firm, code, state, days, note = row[0], row[1], row[2], int(row[3]), row[4]
    product = next(p for p in stage.world.products if p.code == code)
    customer, producer = holders[firm][(number * 7) % len(holders[firm])]
    applied = stage.today - timedelta(days=days)
    submitted = None if state == "draft" else stage.moment(days, 10)
    return {
        "firm_id": stage.codes.firms[firm],
        "case_number": f"V-{stage.today.year}-9{number:05d}",
        "broker_number": f"{firm[3:]}/{number:03d}",
        "insurer_id": stage.codes.insurers[product.insurer],
        "product_id": stage.codes.products[code],
        "customer_id": customer,
        "producer_id": producer,
        "state": state,
        "applied_on": applied,
        "net_premium": Decimal(240 + 37 * number) + Decimal("0.60"),
        "currency": "UAH" if product.country == "UA" else "EUR",
        "begin_on": _next_month(applied),
        "frequency": "yearly",
        "query": note if state == ApplicationState.INSURER_QUERY else None,
        "submitted_at": submitted,
        "recorded_at": stage.moment(days),
        "recorded_by": "demo",
    }


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=40)).replace(day=1)


def _changes(
    stage: Stage, rows: list[list[str]], drawn: list[Row], ids: dict[str, int]
) -> Iterator[Row]:
    for row, told in zip(rows, drawn, strict=True):
        way = WAY[row[2]]
        for step, state in enumerate(way):
            last = step == len(way) - 1
            yield {
                "application_id": ids[str(told["case_number"])],
                "firm_id": told["firm_id"],
                "state": state,
                "note": row[4] if last else None,
                "recorded_at": stage.moment(max(int(row[3]) - step, 0), 9 + step),
                "recorded_by": "demo",
            }


def _documents(
    stage: Stage, rows: list[list[str]], drawn: list[Row], ids: dict[str, int]
) -> Iterator[Row]:
    """The signed form and the record of advice; nothing yet where it is a draft."""
    names = source("desk")["paper"]
    for row, told in zip(rows, drawn, strict=True):
        if row[2] == "draft":
            continue
        ukrainian = row[0].startswith("NL-4")
        for kind in PAPERS:
            name, german, other = names[kind]
            lines = (str(told["case_number"]), f"{told['applied_on']:%d.%m.%Y}")
            content = paper(
                other if ukrainian else german, lines, stage.today, "uk" if ukrainian else "de"
            )
            firm = int(str(told["firm_id"]))
            stored = store(stage.storage, stage.pool_id, firm, content)
            yield {
                "firm_id": firm,
                "subject": "application",
                "subject_id": ids[str(told["case_number"])],
                "kind": kind,
                "title": other if ukrainian else german,
                "file_name": f"{name}_{told['case_number']}.pdf",
                "media_type": "application/pdf",
                "sha256": stored.sha256,
                "size": stored.size,
                "recorded_at": stage.moment(int(row[3]), 10),
            }
