"""Commission lines: what is known about them, and what becomes of them."""

from typing import Any, Final

from pool_module.incoming.queries.sets import Rows, run
from shared.actor import Actor
from shared.db import Session

_LINE_COLUMNS: Final = """
    source_key, row_number, outcome, kind, contract_number, number_key, line_key, product_name,
    agency_number, booked_on, period_from, period_to, base, rate, rate_unit, gross, reserve, net,
    currency, contract_id, raw
"""
_ROWS: Final = """
    jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
        source_key text, row_number int, outcome text, kind text, contract_number text,
        number_key text, line_key text, product_name text, agency_number text, booked_on date,
        period_from date, period_to date, base numeric, rate numeric, rate_unit text,
        gross numeric, reserve numeric, net numeric, currency text, contract_id bigint, raw jsonb,
        effective date, due date, cause text, expected numeric, details jsonb)
"""


def known_lines(session: Session, actor: Actor, keys: list[str]) -> dict[str, str]:
    """Which of these source keys came before, and in a file of which digest."""
    found = run(
        session,
        actor,
        """
        SELECT l.source_key, d.sha256
        FROM unnest(CAST(:keys AS text[])) AS k (source_key)
        CROSS JOIN LATERAL (
            SELECT x.source_key, x.delivery_id FROM delivery_line x
            WHERE x.pool_id = :pool AND x.source_key = k.source_key OFFSET 0
        ) l
        JOIN delivery d ON d.pool_id = :pool AND d.id = l.delivery_id
        """,
        keys=keys,
    )
    return {row["source_key"]: row["sha256"] for row in found}


def find_candidates(
    session: Session, actor: Actor, insurer_id: int, number_keys: list[str]
) -> list[dict[str, Any]]:
    """The insurer's contracts of these normalised numbers, with what a line is judged by."""
    return run(
        session,
        actor,
        """
        SELECT c.id AS contract_id, c.number_key, coalesce(b.gdv_key, b.code) AS line_key,
               c.sequence, c.begin_on, t.product_id, t.currency, c.state,
               p.line_id, p.insurer_id,
               EXISTS (SELECT FROM contract_share s WHERE s.pool_id = :pool
                   AND s.contract_id = c.id AND s.superseded_at IS NULL) AS has_shares
        FROM unnest(CAST(:keys AS text[])) AS k (number_key)
        CROSS JOIN LATERAL (
            SELECT * FROM contract x
            WHERE x.pool_id = :pool AND x.insurer_id = :insurer
                AND x.number_key = k.number_key AND NOT x.private OFFSET 0
        ) c
        CROSS JOIN LATERAL (
            SELECT x.product_id, x.currency FROM contract_terms x
            WHERE x.pool_id = :pool AND x.contract_id = c.id AND x.superseded_at IS NULL OFFSET 0
        ) t
        JOIN product p ON p.pool_id = :pool AND p.id = t.product_id
        JOIN line_of_business b ON b.pool_id = :pool AND b.id = c.line_id
        ORDER BY c.id
        """,
        insurer=insurer_id,
        keys=number_keys,
    )


def find_twins(session: Session, actor: Actor, rows: Rows, sha256: str | None) -> set[str]:
    """Source keys of lines whose kind, day and amount another file booked on their contract."""
    found = run(
        session,
        actor,
        """
        SELECT DISTINCT r.source_key
        FROM jsonb_to_recordset(CAST(:rows AS jsonb))
            AS r (source_key text, contract_id bigint, kind text, due date, amount numeric)
        CROSS JOIN LATERAL (
            SELECT x.id FROM event x
            WHERE x.pool_id = :pool AND x.contract_id = r.contract_id AND x.kind = r.kind
                AND x.due = r.due AND x.received = r.amount OFFSET 0
        ) e
        CROSS JOIN LATERAL (
            SELECT x.source_key, x.delivery_id FROM delivery_line x
            WHERE x.pool_id = :pool AND x.event_id = e.id OFFSET 0
        ) l
        JOIN delivery d ON d.pool_id = :pool AND d.id = l.delivery_id
            AND d.sha256 IS DISTINCT FROM coalesce(:sha, (
                SELECT o.sha256 FROM delivery_line x
                JOIN delivery o ON o.pool_id = :pool AND o.id = x.delivery_id
                WHERE x.pool_id = :pool AND x.source_key = r.source_key))
        WHERE l.source_key <> r.source_key
        """,
        rows,
        sha=sha256,
    )
    return {row["source_key"] for row in found}


def add_events(session: Session, actor: Actor, rows: Rows) -> None:
    """Record the events of lines, under the lines' keys."""
    run(
        session,
        actor,
        f"""
        INSERT INTO event (pool_id, ref, contract_id, kind, effective, due, basis, received,
            recorded_at)
        SELECT :pool, r.source_key, r.contract_id, r.kind, r.effective, r.due, r.base, r.gross,
            m.moment
        FROM (SELECT fact_moment() AS moment) m, {_ROWS}
        """,  # noqa: S608  -- the parts are constants
        rows,
    )


def add_lines(session: Session, actor: Actor, delivery_id: int, rows: Rows) -> None:
    """Keep lines with what became of them; a line knows its event by its key."""
    run(
        session,
        actor,
        f"""
        INSERT INTO delivery_line (pool_id, delivery_id, recorded_at, event_id, {_LINE_COLUMNS})
        SELECT :pool, :delivery, m.moment, e.id, r.source_key, r.row_number, r.outcome, r.kind,
            r.contract_number, r.number_key, r.line_key, r.product_name, r.agency_number,
            r.booked_on, r.period_from, r.period_to, r.base, r.rate, r.rate_unit, r.gross,
            r.reserve, r.net, r.currency, r.contract_id, r.raw
        FROM (SELECT fact_moment() AS moment) m, {_ROWS}
        LEFT JOIN LATERAL (
            SELECT x.id FROM event x
            WHERE x.pool_id = :pool AND x.ref = r.source_key AND r.outcome = 'event' OFFSET 0
        ) e ON true
        """,  # noqa: S608  -- the parts are constants
        rows,
        delivery=delivery_id,
    )


def change_lines(session: Session, actor: Actor, rows: Rows) -> None:
    """Write what became of lines that had waited."""
    run(
        session,
        actor,
        f"""
        UPDATE delivery_line l SET outcome = r.outcome, contract_id = r.contract_id,
            event_id = (SELECT e.id FROM event e WHERE e.pool_id = :pool
                AND e.ref = r.source_key AND r.outcome = 'event')
        FROM {_ROWS}
        WHERE l.pool_id = :pool AND l.source_key = r.source_key
        """,  # noqa: S608  -- the parts are constants
        rows,
    )


def add_discrepancies(session: Session, actor: Actor, rows: Rows) -> None:
    """Open a discrepancy for each line, with the figures a person compares."""
    run(
        session,
        actor,
        f"""
        INSERT INTO discrepancy (pool_id, delivery_line_id, contract_id, cause, expected,
            delivered, details, recorded_at)
        SELECT :pool, l.id, r.contract_id, r.cause, r.expected, r.gross, r.details, m.moment
        FROM (SELECT fact_moment() AS moment) m, {_ROWS}
        CROSS JOIN LATERAL (
            SELECT x.id FROM delivery_line x
            WHERE x.pool_id = :pool AND x.source_key = r.source_key OFFSET 0
        ) l
        """,  # noqa: S608  -- the parts are constants
        rows,
    )
