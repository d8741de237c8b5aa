"""Discrepancies as people see them: by cause, each with what is compared, and who has it to do."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from pool_module.incoming.errors import NoSuchCase
from pool_module.incoming.queries.sets import run
from shared.actor import Actor
from shared.db import Session
from shared.sorting import sort_key

# amounts of discrepancies about a contract, not a line, are none; they count as one case
# where neither the line nor its contract names a currency
_OURS: Final = "(SELECT o.currency FROM pool o WHERE o.id = :pool)"
# of an insurer limited to others what is about a contract is told alone: of the own organisation
_OPEN: Final = """(d.contract_id IS NOT NULL
        OR coalesce(v.insurer_id, 0) <> ALL ((SELECT hidden_insurers())::int[]))"""
_CASE: Final = f"""
    SELECT d.id, d.cause, d.state, d.blocking, d.expected, d.delivered, d.details, d.resolution,
        d.resolved_by, d.resolved_at, d.recorded_at,
        l.id AS line_id, l.row_number, l.kind, l.base, l.rate, l.rate_unit, l.booked_on,
        l.period_from, l.agency_number, l.product_name, l.contract_number,
        coalesce(nullif(l.currency, ''), c.currency, {_OURS}) AS currency,
        l.raw,
        v.id AS delivery_id, v.file_name, i.id AS insurer_id, i.code AS insurer_code,
        i.name AS insurer,
        c.id AS contract_id, c.number, c.begin_on, h.last_name, h.first_name,
        r.id AS producer_id, r.name AS producer, o.name AS product, o.catch_all,
        a.id AS agreement_id, a.incoming_rate AS agreed, w.rate_delivered, w.effective,
        t.id AS task_id, t.due_on, t.assignee_id
    FROM discrepancy d
    LEFT JOIN delivery_line l ON l.pool_id = :pool AND l.id = d.delivery_line_id
    LEFT JOIN delivery v ON v.pool_id = :pool AND v.id = l.delivery_id
    LEFT JOIN contract c ON c.pool_id = :pool AND c.id = d.contract_id AND NOT c.private
    LEFT JOIN insurer i ON i.pool_id = :pool AND i.id = coalesce(v.insurer_id, c.insurer_id)
    LEFT JOIN customer h ON h.pool_id = :pool AND h.id = c.holder_id
    LEFT JOIN producer r ON r.pool_id = :pool AND r.id = c.producer_id
    LEFT JOIN product o ON o.pool_id = :pool AND o.id = c.product_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN l.rate <> 0 AND l.rate_unit IN ('percent', 'per_mille', 'factor')
                    THEN trim_scale(l.rate * CASE l.rate_unit WHEN 'percent' THEN 0.01
                        WHEN 'per_mille' THEN 0.001 ELSE 1 END)
                    WHEN l.base <> 0 THEN trim_scale(round(l.gross / l.base, 6)) END
                AS rate_delivered,
            coalesce(CASE WHEN l.kind = 'acquisition' THEN c.begin_on END, l.period_from,
                l.booked_on, c.begin_on) AS effective
    ) w
    LEFT JOIN LATERAL (
        SELECT g.id, trim_scale(g.incoming_rate) AS incoming_rate FROM agreement g
        WHERE g.pool_id = :pool AND g.superseded_at IS NULL AND g.kind = l.kind
            AND g.valid @> w.effective
            AND (g.product_id = o.id OR g.line_id = o.line_id OR g.insurer_id = o.insurer_id)
        ORDER BY (g.product_id IS NULL)::int, (g.line_id IS NULL)::int LIMIT 1
    ) a ON l.id IS NOT NULL
    LEFT JOIN LATERAL (
        SELECT x.id, x.due_on, x.assignee_id FROM task x
        WHERE x.pool_id = :pool AND x.subject = 'discrepancy' AND x.subject_id = d.id
            AND x.done_at IS NULL
        ORDER BY x.id DESC LIMIT 1
    ) t ON true
    WHERE d.pool_id = :pool AND {_OPEN}
"""  # noqa: S608  -- the parts are constants
# what makes cases equal: one decision answers all of them
_SAME: Final = """
    CASE q.cause
        WHEN 'rate_differs' THEN concat_ws('/', q.insurer_id, q.agreement_id, q.kind,
            q.rate_delivered)
        WHEN 'agreement_missing' THEN concat_ws('/', q.insurer_id, q.kind, q.product,
            q.rate_delivered)
        WHEN 'producer_unknown' THEN concat_ws('/', q.insurer_id,
            coalesce(q.raw ->> 'agency_key', q.details ->> 'agency_key'))
        ELSE q.insurer_id::text END
"""


_NEAR: Final = """
    SELECT r.case_id, s.*
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS r (case_id bigint, insurer_id int, number_key text, beginning text, called jsonb)
    CROSS JOIN LATERAL (
        SELECT c.id, c.number, c.state, c.begin_on, h.last_name, h.first_name,
            p.name AS product, c.net_premium, c.currency, near.same_holder,
            round(CAST(similarity(c.number_key, r.number_key) AS numeric), 2) AS alike
        FROM (
            SELECT z.id, bool_or(z.same_holder) AS same_holder FROM (
                (SELECT x.id, false AS same_holder FROM contract x
                 WHERE x.pool_id = :pool AND NOT x.private AND x.insurer_id = r.insurer_id
                    AND r.beginning <> '' AND x.number_key >= r.beginning
                    AND x.number_key < r.beginning || '~'
                 LIMIT 20)
                UNION ALL
                (SELECT x.id, true FROM jsonb_array_elements_text(r.called) AS n (name)
                 JOIN customer k ON k.pool_id = :pool AND k.sort_key >= n.name
                    AND k.sort_key < n.name || 'g'
                 JOIN contract x ON x.pool_id = :pool AND x.holder_id = k.id AND NOT x.private
                    AND x.insurer_id = r.insurer_id
                 LIMIT 20)
            ) z GROUP BY z.id
        ) near
        JOIN contract c ON c.pool_id = :pool AND c.id = near.id
        JOIN product p ON p.pool_id = :pool AND p.id = c.product_id
        LEFT JOIN customer h ON h.pool_id = :pool AND h.id = c.holder_id
        ORDER BY near.same_holder DESC, alike DESC, c.id LIMIT :most
    ) s
    ORDER BY r.case_id, s.same_holder DESC, s.alike DESC, s.id
"""
_TAIL: Final = 3  # digits at the end of a number that people mistype or insurers leave out


@dataclass(frozen=True)
class CaseFilter:
    """Which open discrepancies are asked for; None asks for all."""

    cause: str | None = None
    insurer_id: int | None = None
    delivery_id: int | None = None
    assignee_id: int | None = None
    text: str = ""


def causes(session: Session, actor: Actor, wanted: CaseFilter) -> list[dict[str, Any]]:
    """Causes with how many open discrepancies, and their sum per currency, most first."""
    return run(
        session,
        actor,
        f"""
        SELECT d.cause, coalesce(nullif(l.currency, ''), c.currency, {_OURS}) AS currency,
            count(*) AS cases,
            sum(d.delivered) AS amount, count(*) FILTER (WHERE d.blocking) AS blocking
        FROM discrepancy d
        LEFT JOIN delivery_line l ON l.pool_id = :pool AND l.id = d.delivery_line_id
        LEFT JOIN delivery v ON v.pool_id = :pool AND v.id = l.delivery_id
        LEFT JOIN contract c ON c.pool_id = :pool AND c.id = d.contract_id
        WHERE d.pool_id = :pool AND d.state = 'open' AND {_OPEN}
            AND (CAST(:insurer AS int) IS NULL OR :insurer = coalesce(v.insurer_id, c.insurer_id))
            AND (CAST(:delivery AS int) IS NULL OR l.delivery_id = :delivery)
        GROUP BY 1, 2 ORDER BY count(*) DESC, d.cause
        """,  # noqa: S608  -- the parts are constants
        insurer=wanted.insurer_id,
        delivery=wanted.delivery_id,
    )


def cases(
    session: Session, actor: Actor, wanted: CaseFilter, *, after: int = 0, most: int = 50
) -> list[dict[str, Any]]:
    """Open discrepancies in the order they came, ``most`` after the one of this id."""
    return run(
        session,
        actor,
        f"""
        SELECT q.*, {_SAME} AS same FROM ({_CASE} AND d.state = 'open') q
        WHERE q.id > :after AND {_wanted(wanted)}
        ORDER BY q.id LIMIT :most
        """,  # noqa: S608  -- the parts are constants
        after=after,
        most=most,
        **_values(wanted),
    )


def equal_cases(
    session: Session, actor: Actor, wanted: CaseFilter, *, most: int = 3
) -> list[dict[str, Any]]:
    """The largest sets of equal cases of a cause, with what one decision needs to know."""
    return run(
        session,
        actor,
        f"""
        SELECT q.cause, {_SAME} AS same, count(*) AS cases, array_agg(q.id ORDER BY q.id) AS ids,
            min(q.insurer_id) AS insurer_id, min(q.insurer_code) AS insurer_code,
            min(q.insurer) AS insurer, min(q.kind) AS kind,
            min(q.rate_delivered) AS rate, min(q.agreed) AS agreed,
            min(q.effective) AS since, min(q.product) AS product,
            count(DISTINCT q.product) AS products, bool_or(q.catch_all) AS catch_all,
            min(nullif(q.product_name, '')) AS product_name,
            min(coalesce(q.agency_number, q.details ->> 'agency_number')) AS agency_number,
            min(q.currency) AS currency, sum(q.delivered) AS delivered,
            sum(q.delivered - q.expected) AS difference,
            count(DISTINCT q.contract_id) AS contracts
        FROM ({_CASE} AND d.state = 'open') q
        WHERE {_wanted(wanted)}
        GROUP BY q.cause, {_SAME}
        ORDER BY count(*) DESC, min(q.id) LIMIT :most
        """,  # noqa: S608  -- the parts are constants
        most=most,
        **_values(wanted),
    )


def get_case(session: Session, actor: Actor, case_id: int) -> dict[str, Any]:
    """One discrepancy, open or not, with all that is compared.

    Raises:
        NoSuchCase: there is none within reach.
    """
    found = run(
        session,
        actor,
        f"SELECT q.*, {_SAME} AS same FROM ({_CASE} AND d.id = :id) q",  # noqa: S608  -- constants
        id=case_id,
    )
    if not found:
        raise NoSuchCase(case_id)
    return found[0]


def ids_of_same(session: Session, actor: Actor, case_id: int) -> list[int]:
    """The open discrepancies equal to this one, itself among them."""
    same = get_case(session, actor, case_id)
    wanted = CaseFilter(cause=same["cause"], insurer_id=same["insurer_id"])
    found = run(
        session,
        actor,
        f"""
        SELECT q.id FROM ({_CASE} AND d.state = 'open') q
        WHERE {_wanted(wanted)} AND {_SAME} = :same ORDER BY q.id
        """,  # noqa: S608  -- the parts are constants
        same=same["same"],
        **_values(wanted),
    )
    return [row["id"] for row in found]


def suggestions(
    session: Session, actor: Actor, case_ids: Collection[int], *, most: int = 3
) -> dict[int, list[dict[str, Any]]]:
    """Contracts that lines without one may mean, the most alike first.

    Looked for among those of the insurer whose number begins alike, or whose holder is called
    alike; both by index. ``alike`` is 1 for the same digits.
    """
    lines = run(
        session,
        actor,
        """
        SELECT d.id, l.number_key, v.insurer_id, l.raw ->> 'holder' AS holder
        FROM discrepancy d
        JOIN delivery_line l ON l.pool_id = :pool AND l.id = d.delivery_line_id
        JOIN delivery v ON v.pool_id = :pool AND v.id = l.delivery_id
        WHERE d.pool_id = :pool AND d.id = ANY(:ids)
        """,
        ids=sorted(case_ids),
    )
    rows = [
        {
            "case_id": line["id"],
            "insurer_id": line["insurer_id"],
            "number_key": line["number_key"] or "",
            "beginning": _beginning(line["number_key"] or ""),
            "called": _called(line["holder"] or ""),
        }
        for line in lines
    ]
    found = run(session, actor, _NEAR, rows, most=most) if rows else []
    near: dict[int, list[dict[str, Any]]] = {}
    for row in found:
        near.setdefault(row.pop("case_id"), []).append(row)
    return near


def control_sums(
    session: Session, actor: Actor, *, since: object, delivery_id: int | None = None
) -> list[dict[str, Any]]:
    """What was delivered per currency, and what of it is booked, kept as evidence, open.

    Of one delivery, or of all that came since a day or hold something open. Each figure is counted
    where it stands: booked in the events, open in the discrepancies; so the difference proves that
    nothing is lost between them.
    """
    return run(
        session,
        actor,
        f"""
        WITH file AS MATERIALIZED (
            SELECT v.id FROM delivery v
            WHERE v.pool_id = :pool AND v.insurer_id <> ALL ((SELECT hidden_insurers())::int[])
                AND (v.id = CAST(:delivery AS int)
                OR CAST(:delivery AS int) IS NULL AND ((v.recorded_at AT TIME ZONE (
                        SELECT z.time_zone FROM pool z WHERE z.id = :pool))::date >= :since
                    OR EXISTS (SELECT FROM delivery_line x
                        JOIN discrepancy y ON y.pool_id = :pool AND y.delivery_line_id = x.id
                            AND y.state = 'open'
                        WHERE x.pool_id = :pool AND x.delivery_id = v.id
                            AND x.outcome = 'discrepancy')))
        ),
        line AS (
            SELECT coalesce(nullif(l.currency, ''), c.currency, {_OURS}) AS currency,
                l.delivery_id,
                coalesce(l.gross, 0) AS gross, e.received, d.delivered AS open,
                CASE WHEN l.outcome IN ('evidence', 'noted', 'rejected')
                     THEN coalesce(l.gross, 0) END AS kept
            FROM file
            JOIN delivery_line l ON l.pool_id = :pool AND l.delivery_id = file.id
            LEFT JOIN contract c ON c.pool_id = :pool AND c.id = l.contract_id
            LEFT JOIN event e ON e.pool_id = :pool AND e.id = l.event_id
            LEFT JOIN discrepancy d ON d.pool_id = :pool AND d.delivery_line_id = l.id
                AND d.state = 'open'
        )
        SELECT currency, count(DISTINCT delivery_id) AS files, count(*) AS lines,
            sum(gross) AS delivered, coalesce(sum(received), 0) AS booked,
            coalesce(sum(kept), 0) AS evidence, coalesce(sum(open), 0) AS open,
            count(open) AS cases,
            sum(gross) - coalesce(sum(received), 0) - coalesce(sum(kept), 0)
                - coalesce(sum(open), 0) AS difference
        FROM line GROUP BY currency ORDER BY currency
        """,  # noqa: S608  -- the parts are constants
        since=since,
        delivery=delivery_id,
    )


def history(session: Session, actor: Actor, case_id: int) -> list[dict[str, Any]]:
    """What the journal says of a discrepancy, the latest first."""
    return run(
        session,
        actor,
        """
        SELECT recorded_at, recorded_by, action, new FROM audit_entry
        WHERE pool_id = :pool AND subject = 'discrepancy' AND subject_id = :id
        ORDER BY id DESC LIMIT 50
        """,
        id=case_id,
    )


def _beginning(number_key: str) -> str:
    """What a number that is meant begins with; a short one would begin half of all."""
    return number_key[:-_TAIL] if len(number_key) > _TAIL + 2 else ""


def _called(holder: str) -> list[str]:
    """Keys by which a holder may be sorted: as a firm, and as a person, first name first."""
    first, _, last = holder.strip().rpartition(" ")
    return sorted({key for key in (_letters(holder), _letters(last, first)) if key})


def _letters(*names: str) -> str:
    """The letters of a name as customers are sorted by; accents and case tell nothing."""
    letters = sort_key(*names)
    places = [letters[at : at + 4] for at in range(0, len(letters), 4)]
    end = places.index("0000") if "0000" in places else len(places)
    return "".join(places[:end])


def _wanted(wanted: CaseFilter) -> str:
    """The conditions of a filter; what is asked for is bound, never written into it."""
    parts = ["true"]
    if wanted.cause:
        parts.append("q.cause = :cause")
    if wanted.insurer_id:
        parts.append("q.insurer_id = :insurer")
    if wanted.delivery_id:
        parts.append("q.delivery_id = :delivery")
    if wanted.assignee_id:
        parts.append("q.assignee_id = :assignee")
    if wanted.text:
        parts.append(
            "(q.contract_number ILIKE :text OR q.number ILIKE :text OR q.last_name ILIKE :text "
            "OR q.producer ILIKE :text OR q.agency_number ILIKE :text)"
        )
    return " AND ".join(parts)


def _values(wanted: CaseFilter) -> dict[str, Any]:
    escaped = wanted.text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return {
        "cause": wanted.cause,
        "insurer": wanted.insurer_id,
        "delivery": wanted.delivery_id,
        "assignee": wanted.assignee_id,
        "text": f"%{escaped}%",
    }
