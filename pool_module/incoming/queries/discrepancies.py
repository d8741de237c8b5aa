"""Open discrepancies: found with their lines, resolved."""

from collections.abc import Collection
from typing import Any, Final

from pool_module.incoming.queries.sets import Rows, run
from shared.actor import Actor
from shared.db import Session

# a line that waits, with its discrepancy and the causes a person has accepted for it
_WAITING: Final = """
    SELECT d.id AS discrepancy_id, d.cause, d.expected AS known_expected, l.*, v.insurer_id,
           ARRAY(SELECT x.cause FROM discrepancy x WHERE x.pool_id = :pool
               AND x.delivery_line_id = l.id AND x.resolution = 'accepted') AS accepted
    FROM delivery_line l
    JOIN delivery v ON v.pool_id = :pool AND v.id = l.delivery_id
"""
_OPEN: Final = (
    _WAITING
    + """
    JOIN discrepancy d ON d.pool_id = :pool AND d.delivery_line_id = l.id AND d.state = 'open'
    WHERE l.pool_id = :pool AND v.insurer_id = :insurer
"""
)


def lock_discrepancies(
    session: Session, actor: Actor, ids: Collection[int]
) -> list[dict[str, Any]]:
    """These discrepancies, locked, with the insurer of their line or contract."""
    return run(
        session,
        actor,
        """
        SELECT d.id, d.cause, d.state, d.delivery_line_id, d.contract_id, d.details,
               d.resolution, d.resolved_by, d.resolved_at,
               coalesce(v.insurer_id, c.insurer_id) AS insurer_id,
               l.booked_on, l.period_from, l.agency_number, l.product_name
        FROM discrepancy d
        LEFT JOIN delivery_line l ON l.pool_id = :pool AND l.id = d.delivery_line_id
        LEFT JOIN delivery v ON v.pool_id = :pool AND v.id = l.delivery_id
        LEFT JOIN contract c ON c.pool_id = :pool AND c.id = d.contract_id
        WHERE d.pool_id = :pool AND d.id = ANY(:ids)
        ORDER BY d.id
        FOR UPDATE OF d
        """,
        ids=sorted(ids),
    )


def waiting_lines(
    session: Session,
    actor: Actor,
    insurer_id: int,
    causes: Collection[str],
    *,
    after: int,
    most: int,
) -> list[dict[str, Any]]:
    """Lines of the insurer that wait for one of these causes, by discrepancy id, ``most`` a time.

    Each with the causes a person has accepted for it.
    """
    return run(
        session,
        actor,
        f"""
        {_OPEN} AND d.cause = ANY(:causes) AND d.id > :after
        ORDER BY d.id LIMIT :most
        """,
        insurer=insurer_id,
        causes=sorted(causes),
        after=after,
        most=most,
    )


def lines_of(session: Session, actor: Actor, line_ids: Collection[int]) -> list[dict[str, Any]]:
    """Lines that wait, by their ids, with their open discrepancy and what was accepted."""
    return run(
        session,
        actor,
        f"""
        {_WAITING}
        LEFT JOIN discrepancy d ON d.pool_id = :pool AND d.delivery_line_id = l.id
            AND d.state = 'open'
        WHERE l.pool_id = :pool AND l.id = ANY(:ids) AND l.outcome = 'discrepancy'
        ORDER BY l.id
        """,
        ids=sorted(line_ids),
    )


def close_discrepancies(
    session: Session, actor: Actor, ids: Collection[int], resolution: str
) -> None:
    """Mark open discrepancies as resolved by the actor; who had one to do is done with it."""
    run(
        session,
        actor,
        """
        WITH closed AS (
            UPDATE discrepancy SET state = 'resolved', resolution = :resolution,
                resolved_by = :author, resolved_at = clock_timestamp()
            WHERE pool_id = :pool AND id = ANY(:ids) AND state = 'open'
            RETURNING id)
        UPDATE task t SET done_at = clock_timestamp(), done_by = :author
        FROM closed c
        WHERE t.pool_id = :pool AND t.subject = 'discrepancy' AND t.subject_id = c.id
            AND t.done_at IS NULL
        """,
        ids=sorted(ids),
        resolution=resolution,
    )


def reject_lines(session: Session, actor: Actor, line_ids: Collection[int]) -> None:
    """Mark lines as not to be booked."""
    run(
        session,
        actor,
        """
        UPDATE delivery_line SET outcome = 'rejected'
        WHERE pool_id = :pool AND id = ANY(:ids) AND outcome = 'discrepancy'
        """,
        ids=sorted(line_ids),
    )


def reopen(session: Session, actor: Actor, ids: Collection[int]) -> None:
    """Take back that lines will not be booked: they wait again, for the cause they had."""
    run(
        session,
        actor,
        """
        WITH again AS (
            UPDATE discrepancy SET state = 'open', resolution = NULL, resolved_by = NULL,
                resolved_at = NULL
            WHERE pool_id = :pool AND id = ANY(:ids) AND state = 'resolved'
                AND resolution = 'rejected'
            RETURNING delivery_line_id)
        UPDATE delivery_line l SET outcome = 'discrepancy'
        FROM again a
        WHERE l.pool_id = :pool AND l.id = a.delivery_line_id AND l.outcome = 'rejected'
        """,
        ids=sorted(ids),
    )


def say_expected(session: Session, actor: Actor, rows: Rows) -> None:
    """Write the figure that is expected now, where a discrepancy stays and the figure moved."""
    run(
        session,
        actor,
        """
        UPDATE discrepancy d SET expected = r.expected, contract_id = r.contract_id
        FROM jsonb_to_recordset(CAST(:rows AS jsonb))
            AS r (id bigint, expected numeric, contract_id bigint)
        WHERE d.pool_id = :pool AND d.id = r.id
            AND (d.expected, d.contract_id) IS DISTINCT FROM (r.expected, r.contract_id)
        """,
        rows,
    )


def waiting_for_producer(
    session: Session, actor: Actor, insurer_id: int, agency_key: str, most: int
) -> list[dict[str, Any]]:
    """Contracts without shares that name an agency number, with their open discrepancy."""
    return run(
        session,
        actor,
        """
        SELECT d.id AS discrepancy_id, c.id, c.begin_on
        FROM discrepancy d
        JOIN contract c ON c.pool_id = :pool AND c.id = d.contract_id
            AND c.insurer_id = :insurer
        WHERE d.pool_id = :pool AND d.state = 'open' AND d.cause = 'producer_unknown'
            AND d.delivery_line_id IS NULL AND d.details ->> 'agency_key' = :agency
        ORDER BY d.id LIMIT :most
        """,
        insurer=insurer_id,
        agency=agency_key,
        most=most,
    )


def waiting_agencies(session: Session, actor: Actor, insurer_id: int) -> list[str]:
    """Agency numbers that contracts without shares wait for."""
    found = run(
        session,
        actor,
        """
        SELECT DISTINCT d.details ->> 'agency_key' AS agency_key
        FROM discrepancy d
        JOIN contract c ON c.pool_id = :pool AND c.id = d.contract_id
            AND c.insurer_id = :insurer
        WHERE d.pool_id = :pool AND d.state = 'open' AND d.cause = 'producer_unknown'
            AND d.delivery_line_id IS NULL
        ORDER BY agency_key
        """,
        insurer=insurer_id,
    )
    return [row["agency_key"] for row in found]


def give_to_producer(session: Session, actor: Actor, rows: Rows) -> None:
    """Write whose contracts these are now; their holders go to the same firm.

    A holder the firm already has under the same key takes the contract; one who belongs to nobody
    becomes the firm's.
    """
    run(
        session,
        actor,
        """
        WITH row AS (
            SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb))
                AS r (id bigint, producer_id int, firm_id int)
        ),
        known AS (
            SELECT DISTINCT ON (c.id) c.id, k.id AS holder_id
            FROM row r
            JOIN contract c ON c.pool_id = :pool AND c.id = r.id
            JOIN customer h ON h.pool_id = :pool AND h.id = c.holder_id AND h.firm_id IS NULL
            JOIN customer k ON k.pool_id = :pool AND k.source_key = h.source_key
                AND k.firm_id = r.firm_id
            ORDER BY c.id, k.id
        ),
        adopted AS (
            UPDATE customer h SET firm_id = r.firm_id
            FROM row r JOIN contract c ON c.pool_id = :pool AND c.id = r.id
            WHERE h.pool_id = :pool AND h.id = c.holder_id AND h.firm_id IS NULL
                AND NOT EXISTS (SELECT FROM known WHERE known.id = c.id)
        ),
        dues AS (
            UPDATE premium_due d SET firm_id = r.firm_id
            FROM row r WHERE d.pool_id = :pool AND d.contract_id = r.id AND d.firm_id IS NULL
        )
        UPDATE contract c SET producer_id = r.producer_id, firm_id = r.firm_id,
            holder_id = coalesce(known.holder_id, c.holder_id)
        FROM row r LEFT JOIN known ON known.id = r.id
        WHERE c.pool_id = :pool AND c.id = r.id AND c.producer_id IS NULL
        """,
        rows,
    )


def waiting_clawbacks(
    session: Session, actor: Actor, insurer_id: int, after: int, most: int
) -> list[dict[str, Any]]:
    """Clawbacks that wait, of ``most`` contracts a time, by contract: they are weighed together."""
    return run(
        session,
        actor,
        f"""
        {_OPEN} AND d.cause IN ('clawback_differs', 'clawback_without_cancellation')
            AND d.contract_id IN (
                SELECT DISTINCT o.contract_id FROM discrepancy o
                WHERE o.pool_id = :pool AND o.state = 'open' AND o.contract_id > :after
                    AND o.cause IN ('clawback_differs', 'clawback_without_cancellation')
                ORDER BY o.contract_id LIMIT :most)
        ORDER BY d.contract_id, d.id
        """,  # noqa: S608  -- the parts are constants
        insurer=insurer_id,
        after=after,
        most=most,
    )


def point_lines(
    session: Session, actor: Actor, line_ids: Collection[int], contract_id: int
) -> None:
    """Have waiting lines mean a contract: by its number, line and sequence."""
    run(
        session,
        actor,
        """
        UPDATE delivery_line l SET number_key = c.number_key,
            line_key = coalesce(b.gdv_key, b.code),
            raw = l.raw || jsonb_build_object('sequence', c.sequence)
        FROM contract c
        JOIN line_of_business b ON b.pool_id = :pool AND b.id = c.line_id
        WHERE l.pool_id = :pool AND l.id = ANY(:ids) AND l.outcome = 'discrepancy'
            AND c.pool_id = :pool AND c.id = :contract
        """,
        ids=sorted(line_ids),
        contract=contract_id,
    )
