"""Policyholders: found by the insurer's key and firm, added, changed."""

from typing import Any, Final

from pool_module.incoming.queries.sets import Rows, run
from shared.actor import Actor
from shared.db import Session

_ROWS: Final = """
    jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
        id bigint, source_key text, firm_id int, legal_person boolean, last_name text,
        first_name text, title text, sort_key text, birth_date date, street text, postcode text,
        city text, country text, email text, phone text)
"""


def find_customers(session: Session, actor: Actor, keys: list[str]) -> list[dict[str, Any]]:
    """The customers of these source keys."""
    return run(
        session,
        actor,
        """
        SELECT c.id, c.source_key, c.firm_id
        FROM unnest(CAST(:keys AS text[])) AS k (source_key)
        CROSS JOIN LATERAL (
            SELECT x.id, x.source_key, x.firm_id FROM customer x
            WHERE x.pool_id = :pool AND x.source_key = k.source_key AND NOT x.private OFFSET 0
        ) c
        ORDER BY c.id
        """,
        keys=keys,
    )


def add_customers(session: Session, actor: Actor, rows: Rows) -> list[dict[str, Any]]:
    """Add customers; gives their ids by source key and firm."""
    return run(
        session,
        actor,
        f"""
        INSERT INTO customer (pool_id, source_key, firm_id, legal_person, last_name, first_name,
            title, sort_key, birth_date, street, postcode, city, country, email, phone,
            recorded_at)
        SELECT :pool, r.source_key, r.firm_id, r.legal_person, r.last_name, r.first_name, r.title,
            r.sort_key, r.birth_date, r.street, r.postcode, r.city, r.country, r.email, r.phone,
            m.moment
        FROM (SELECT fact_moment() AS moment) m, {_ROWS}
        RETURNING id, source_key, firm_id
        """,  # noqa: S608  -- the parts are constants
        rows,
    )


def change_customers(session: Session, actor: Actor, rows: Rows) -> None:
    """Write what a changed delivery says of customers; what it does not say stays."""
    run(
        session,
        actor,
        f"""
        UPDATE customer c SET last_name = r.last_name,
            first_name = coalesce(r.first_name, c.first_name), title = coalesce(r.title, c.title),
            sort_key = r.sort_key, birth_date = coalesce(r.birth_date, c.birth_date),
            street = coalesce(r.street, c.street), postcode = coalesce(r.postcode, c.postcode),
            city = coalesce(r.city, c.city), country = coalesce(r.country, c.country),
            email = coalesce(r.email, c.email), phone = coalesce(r.phone, c.phone),
            firm_id = coalesce(c.firm_id, r.firm_id)
        FROM {_ROWS}
        WHERE c.pool_id = :pool AND c.id = r.id
        """,  # noqa: S608  -- the parts are constants
        rows,
    )
