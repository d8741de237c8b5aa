"""Contracts of a chunk of a delivery: found, added, changed."""

from collections.abc import Collection
from typing import Any, Final

from pool_module.incoming.queries.sets import Rows, run
from shared.actor import Actor
from shared.db import Session

_ROWS: Final = """
    jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
        id bigint, number text, number_key text, line_id int, sequence int, product_id int,
        holder_id bigint, producer_id int, firm_id int, state text, begin_on date, end_on date,
        cancelled_on date, cancellation_reason text, next_due_on date, frequency text,
        net_premium numeric, gross_premium numeric, currency text, agency_number text,
        source_digest text, applied_on date, issued_on date, agency_key text,
        anchor date, instalments int, instalment numeric)
"""


def find_contracts(
    session: Session, actor: Actor, insurer_id: int, rows: Rows
) -> list[dict[str, Any]]:
    """Which of these keys (number_key, line_id, sequence) are known, and as what."""
    return run(
        session,
        actor,
        """
        SELECT c.id, c.number_key, c.line_id, c.sequence, c.source_digest, c.state, c.firm_id,
               c.producer_id
        FROM jsonb_to_recordset(CAST(:rows AS jsonb))
            AS r (number_key text, line_id int, sequence int)
        CROSS JOIN LATERAL (
            SELECT * FROM contract x
            WHERE x.pool_id = :pool AND x.insurer_id = :insurer
                AND x.number_key = r.number_key AND x.line_id = r.line_id
                AND x.sequence = r.sequence AND NOT x.private OFFSET 0
        ) c
        """,
        rows,
        insurer=insurer_id,
    )


def values_of(session: Session, actor: Actor, ids: list[int]) -> list[dict[str, Any]]:
    """Contracts as we have them, under the names a delivery's columns have; with their holder."""
    return run(
        session,
        actor,
        """
        SELECT c.id, c.number, c.product_id, p.name AS product, c.state, c.begin_on, c.end_on,
            c.cancelled_on, c.cancellation_reason, c.next_due_on, c.frequency, c.net_premium,
            c.gross_premium, c.agency_number, t.applied_on, t.issued_on,
            h.last_name, h.first_name, h.birth_date, h.street, h.postcode, h.city
        FROM contract c
        JOIN product p ON p.pool_id = :pool AND p.id = c.product_id
        LEFT JOIN contract_terms t ON t.pool_id = :pool AND t.contract_id = c.id
            AND t.superseded_at IS NULL
        LEFT JOIN customer h ON h.pool_id = :pool AND h.id = c.holder_id
        WHERE c.pool_id = :pool AND c.id = ANY(:ids) AND NOT c.private
        """,
        ids=ids,
    )


def add_contracts(
    session: Session, actor: Actor, insurer_id: int, rows: Rows
) -> list[dict[str, Any]]:
    """Add contracts; gives their ids by key."""
    return run(
        session,
        actor,
        f"""
        INSERT INTO contract (pool_id, insurer_id, number, number_key, line_id, sequence,
            product_id, holder_id, producer_id, firm_id, state, begin_on, end_on, cancelled_on,
            cancellation_reason, next_due_on, frequency, net_premium, gross_premium, currency,
            agency_number, source_digest, recorded_at)
        SELECT :pool, :insurer, r.number, r.number_key, r.line_id, r.sequence, r.product_id,
            r.holder_id, r.producer_id, r.firm_id, r.state, r.begin_on, r.end_on, r.cancelled_on,
            r.cancellation_reason, r.next_due_on, r.frequency, r.net_premium, r.gross_premium,
            r.currency, r.agency_number, r.source_digest, m.moment
        FROM (SELECT fact_moment() AS moment) m, {_ROWS}
        RETURNING id, number_key, line_id, sequence
        """,  # noqa: S608  -- the parts are constants
        rows,
        insurer=insurer_id,
    )


def change_contracts(session: Session, actor: Actor, rows: Rows) -> None:
    """Write what a later delivery says of contracts. Whose they are stays."""
    run(
        session,
        actor,
        f"""
        UPDATE contract c SET number = r.number, product_id = r.product_id,
            holder_id = coalesce(r.holder_id, c.holder_id),
            -- the insurer does not know that a broker took a contract over
            state = CASE c.state WHEN 'converted' THEN c.state ELSE r.state END,
            begin_on = r.begin_on, end_on = r.end_on, cancelled_on = r.cancelled_on,
            cancellation_reason = r.cancellation_reason, next_due_on = r.next_due_on,
            frequency = r.frequency, net_premium = r.net_premium,
            gross_premium = r.gross_premium, agency_number = r.agency_number,
            source_digest = r.source_digest,
            producer_id = coalesce(c.producer_id, r.producer_id),
            firm_id = coalesce(c.firm_id, r.firm_id)
        FROM {_ROWS}
        WHERE c.pool_id = :pool AND c.id = r.id
        """,  # noqa: S608  -- the parts are constants
        rows,
    )


def set_terms(session: Session, actor: Actor, rows: Rows) -> None:
    """Write the terms the engine looks up, where they are new or differ; the rest stays."""
    run(
        session,
        actor,
        f"""
        WITH moment AS MATERIALIZED (SELECT fact_moment() AS at),
        old AS (
            UPDATE contract_terms t SET superseded_at = m.at, superseded_by = :author
            FROM moment m, {_ROWS}
            WHERE t.pool_id = :pool AND t.contract_id = r.id AND t.superseded_at IS NULL
                AND (t.product_id, t.applied_on, t.issued_on)
                    IS DISTINCT FROM (r.product_id, r.applied_on, r.issued_on)
            RETURNING t.contract_id, t.currency, t.organisation_id, t.division_id
        )
        INSERT INTO contract_terms (pool_id, contract_id, product_id, currency, applied_on,
            issued_on, organisation_id, division_id, recorded_at)
        SELECT :pool, r.id, r.product_id, coalesce(old.currency, r.currency), r.applied_on,
            r.issued_on, old.organisation_id, old.division_id, m.at
        FROM moment m, {_ROWS} LEFT JOIN old ON old.contract_id = r.id
        WHERE old.contract_id IS NOT NULL OR NOT EXISTS (
            SELECT FROM contract_terms t WHERE t.pool_id = :pool AND t.contract_id = r.id
                AND t.superseded_at IS NULL)
        """,  # noqa: S608  -- the parts are constants
        rows,
    )


def give_shares(session: Session, actor: Actor, rows: Rows) -> None:
    """Give the whole of a contract that has no share to its producer."""
    run(
        session,
        actor,
        f"""
        INSERT INTO contract_share (pool_id, contract_id, position, producer_id, share,
            share_from, share_to, valid, recorded_at)
        SELECT :pool, r.id, 0, r.producer_id, 1, 0, 1, daterange(NULL, NULL), m.moment
        FROM (SELECT fact_moment() AS moment) m, {_ROWS}
        WHERE r.producer_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM contract_share s WHERE s.pool_id = :pool AND s.contract_id = r.id
                AND s.superseded_at IS NULL)
        """,  # noqa: S608  -- the parts are constants
        rows,
    )


def doubt_producers(session: Session, actor: Actor, rows: Rows) -> int:
    """Open ``producer_unknown`` for contracts without shares, once each; returns how many."""
    return len(
        run(
            session,
            actor,
            f"""
            INSERT INTO discrepancy (pool_id, contract_id, cause, blocking, details)
            SELECT :pool, r.id, 'producer_unknown', false,
                jsonb_build_object('agency_number', r.agency_number, 'agency_key', r.agency_key)
            FROM {_ROWS}
            WHERE NOT EXISTS (
                SELECT FROM contract_share s WHERE s.pool_id = :pool AND s.contract_id = r.id
                    AND s.superseded_at IS NULL)
            AND NOT EXISTS (
                SELECT FROM discrepancy d WHERE d.pool_id = :pool AND d.contract_id = r.id
                    AND d.cause = 'producer_unknown' AND d.state = 'open'
                    AND d.delivery_line_id IS NULL)
            RETURNING id
            """,  # noqa: S608  -- the parts are constants
            rows,
        )
    )


def standing_cuts(session: Session, actor: Actor, contract_ids: list[int]) -> list[dict[str, Any]]:
    """The cuts of contracts as they stand."""
    return run(
        session,
        actor,
        """
        SELECT contract_id, on_day, factor, void, reason FROM contract_cut
        WHERE pool_id = :pool AND superseded_at IS NULL AND contract_id = ANY(:ids)
        ORDER BY contract_id, on_day
        """,
        ids=contract_ids,
    )


def keep_raw(session: Session, actor: Actor, delivery_id: int, rows: Rows) -> None:
    """Keep records nobody reads, one row per contract and record type."""
    run(
        session,
        actor,
        """
        INSERT INTO raw_record (pool_id, delivery_id, contract_id, record_type, lines)
        SELECT :pool, :delivery, r.contract_id, r.record_type, r.lines
        FROM jsonb_to_recordset(CAST(:rows AS jsonb))
            AS r (contract_id bigint, record_type text, lines jsonb)
        """,
        rows,
        delivery=delivery_id,
    )


def plan_premiums(session: Session, actor: Actor, rows: Rows, today: object) -> None:
    """Write the due dates of the twelve months from today on; paid ones stay as they are."""
    run(
        session,
        actor,
        f"""
        WITH due AS (
            SELECT r.id, (r.anchor + make_interval(months => n.n * 12 / r.instalments))::date
                       AS due_on, r.instalment, r.firm_id
            FROM {_ROWS}
            CROSS JOIN LATERAL (
                SELECT (extract(year FROM age(CAST(:today AS date), r.anchor))::int - 1)
                           * r.instalments AS first
            ) f
            CROSS JOIN LATERAL generate_series(f.first, f.first + 3 * r.instalments) AS n (n)
            WHERE r.instalments IS NOT NULL AND r.anchor IS NOT NULL
                AND r.instalment IS NOT NULL
                AND (r.anchor + make_interval(months => n.n * 12 / r.instalments))::date
                    BETWEEN greatest(CAST(:today AS date), r.begin_on)
                    AND least((CAST(:today AS date) + interval '1 year')::date - 1,
                              r.end_on, r.cancelled_on - 1)
        )
        INSERT INTO premium_due AS p (pool_id, contract_id, firm_id, due_on, amount, recorded_at)
        SELECT :pool, due.id, due.firm_id, due.due_on, due.instalment, m.moment
        FROM (SELECT fact_moment() AS moment) m, due
        ON CONFLICT (pool_id, contract_id, due_on) DO UPDATE SET amount = excluded.amount
            WHERE p.paid_on IS NULL AND p.amount <> excluded.amount
        """,  # noqa: S608  -- the parts are constants
        rows,
        today=today,
    )


def drop_premiums(session: Session, actor: Actor, ids: list[int], today: object) -> None:
    """Take back the plan of contracts that changed: nothing is deleted, what is not due is 0."""
    run(
        session,
        actor,
        """
        UPDATE premium_due d SET amount = 0
        WHERE d.pool_id = :pool AND d.contract_id = ANY(:ids) AND d.paid_on IS NULL
            AND d.due_on >= CAST(:today AS date) AND d.amount <> 0
        """,
        ids=ids,
        today=today,
    )


def note_premiums(session: Session, actor: Actor, insurer_id: int, rows: Rows) -> None:
    """Write premiums that came in at the due dates they are for, once."""
    run(
        session,
        actor,
        """
        UPDATE premium_due d SET paid_on = r.paid_on, paid_amount = r.amount
        FROM jsonb_to_recordset(CAST(:rows AS jsonb))
            AS r (number_key text, due_on date, paid_on date, amount numeric)
        CROSS JOIN LATERAL (
            SELECT x.id FROM contract x
            WHERE x.pool_id = :pool AND x.insurer_id = :insurer
                AND x.number_key = r.number_key AND NOT x.private OFFSET 0
        ) c
        WHERE d.pool_id = :pool AND d.contract_id = c.id AND d.due_on = r.due_on
            AND d.paid_on IS NULL
        """,
        rows,
        insurer=insurer_id,
    )


def find_missing(
    session: Session, actor: Actor, insurer_id: int, seen: list[int], agencies: list[str]
) -> list[str]:
    """Numbers of contracts in force that these agencies had, and a whole delivery did not hold."""
    found = run(
        session,
        actor,
        """
        SELECT number FROM contract
        WHERE pool_id = :pool AND insurer_id = :insurer AND NOT private
            AND source_digest IS NOT NULL AND agency_number = ANY(:agencies)
            AND state NOT IN ('cancelled', 'expired', 'converted')
            AND id NOT IN (SELECT unnest(CAST(:seen AS bigint[])))
        ORDER BY number_key
        """,
        insurer=insurer_id,
        seen=seen,
        agencies=agencies,
    )
    return [row["number"] for row in found]


def give_product(session: Session, actor: Actor, product_id: int, case_ids: Collection[int]) -> int:
    """Make contracts of discrepancies, as far as they are under a catch-all, a product's.

    Their terms are replaced: what the engine had looked up before stays known as it was.
    """
    found = run(
        session,
        actor,
        """
        WITH moment AS MATERIALIZED (SELECT fact_moment() AS at),
        moved AS (
            UPDATE contract c SET product_id = n.id
            FROM discrepancy d, product o, product n
            WHERE d.pool_id = :pool AND d.id = ANY(:ids) AND c.pool_id = :pool
                AND c.id = d.contract_id AND o.pool_id = :pool AND o.id = c.product_id
                AND o.catch_all AND n.pool_id = :pool AND n.id = :product
                AND n.insurer_id = c.insurer_id
            RETURNING c.id
        ),
        old AS (
            UPDATE contract_terms t SET superseded_at = m.at, superseded_by = :author
            FROM moment m, moved
            WHERE t.pool_id = :pool AND t.contract_id = moved.id AND t.superseded_at IS NULL
            RETURNING t.contract_id, t.currency, t.applied_on, t.issued_on, t.organisation_id,
                t.division_id
        )
        INSERT INTO contract_terms (pool_id, contract_id, product_id, currency, applied_on,
            issued_on, organisation_id, division_id, recorded_at)
        SELECT :pool, old.contract_id, :product, old.currency, old.applied_on, old.issued_on,
            old.organisation_id, old.division_id, m.at
        FROM moment m, old
        RETURNING contract_id
        """,
        ids=sorted(case_ids),
        product=product_id,
    )
    return len(found)
