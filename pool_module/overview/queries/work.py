"""What needs somebody, from every room, as one list by the day it is due.

One statement: each source says what it is about, for how much, and until when. What has been given
to somebody else is his.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from pool_module.incoming.queries.deliveries import delivery_months
from pool_module.incoming.rules.rhythm import MonthState
from pool_module.overview.rules.due import USUAL_DAY
from shared.db import actor_of
from shared.parameters import Parameter, parameters
from shared.periods import add_months
from shared.permissions import Permission

MOST: Final = 500
RECENT: Final = 3  # months whose files somebody still asks for
_HEAD: Final = (
    "kind", "id", "number", "name", "insurer", "insurer_id", "amount", "currency", "due",
    "assignee", "cases",
)  # fmt: skip


@dataclass(frozen=True)
class Job:
    """Something that needs somebody.

    Attributes:
        kind: what it is; decides where it leads.
        id: of the thing.
        number: how the thing is called by its number, or its cause.
        name: who or what it is about.
        insurer: of the thing.
        insurer_id: of the insurer.
        amount: how much depends on it.
        currency: of the amount.
        due: until when.
        assignee: the account it was given to.
        cases: how many equal ones it stands for.
    """

    kind: str
    id: int
    number: str | None
    name: str | None
    insurer: str | None
    insurer_id: int | None
    amount: Decimal | None
    currency: str | None
    due: date | None
    assignee: int | None
    cases: int


def work(
    session: Session,
    *,
    today: date,
    permissions: Collection[Permission],
    team: bool = False,
    most: int = MOST,
) -> list[Job]:
    """What needs somebody, the most urgent first.

    Args:
        session: the transaction.
        today: the pool's day.
        permissions: what the person may do; nothing else is asked of him.
        team: also what has been given to others.
        most: so many.
    """
    actor = actor_of(session)
    parts = [sql for permission, sql in SOURCES if permission in permissions]
    mine = "" if team else "WHERE assignee IS NULL OR assignee = :account"
    days = parameters(session)
    query = (
        f"SELECT {', '.join(_HEAD)} FROM ({' UNION ALL '.join(parts)}) AS job ({', '.join(_HEAD)}) "  # noqa: S608  -- constants
        f"{mine} ORDER BY due NULLS LAST, kind, id LIMIT :most"
    )
    values: dict[str, Any] = {
        "pool": actor.pool_id,
        "account": actor.account_id,
        "me": actor.name,
        "today": today,
        "most": most,
        "answer": days[Parameter.ANSWER_DAYS],
        "query": days[Parameter.QUERY_DAYS],
        "resolve": days[Parameter.RESOLVE_DAYS],
        "send": days[Parameter.SEND_DAYS],
        "late": today - timedelta(days=days[Parameter.APPLICATION_WAIT_DAYS]),
        "wait": days[Parameter.APPLICATION_WAIT_DAYS],
        "sight": today + timedelta(days=days[Parameter.EXPIRY_SIGHT_DAYS]),
    }
    clause = text(_LOCAL + query)
    names = clause._bindparams  # noqa: SLF001  -- the parsed names of a text clause
    jobs = [Job(*row) for row in session.execute(clause, {n: values[n] for n in names})]
    if Permission.DELIVERIES_IMPORT in permissions:
        jobs += _missing_deliveries(session, today)
    return sorted(jobs, key=lambda job: (job.due is None, job.due or today, job.kind, job.id))[
        :most
    ]


def _missing_deliveries(session: Session, today: date) -> list[Job]:
    """Insurers' months that should be here by their own rhythm and are not."""
    found = delivery_months(session, actor_of(session), today)
    return [
        Job(
            kind="delivery", id=each.insurer_id, number=f"{month:%Y-%m}", name=None,
            insurer=each.name, insurer_id=each.insurer_id, amount=None, currency=None,
            due=add_months(month, 1).replace(day=USUAL_DAY), assignee=None, cases=1,
        )
        for each in found.insurers
        for month, state in zip(found.months[-RECENT:], each.states[-RECENT:], strict=True)
        if state is MonthState.MISSING
    ]  # fmt: skip


# days are the pool's, not the server's
_LOCAL: Final = "WITH local AS (SELECT time_zone FROM pool WHERE id = :pool) "
# what is limited to others is nobody's work here (``shared.scope``)
_FIRMS, _INSURERS = "(SELECT hidden_companies())::int[]", "(SELECT hidden_insurers())::int[]"
# what a thread or a task is about
_ABOUT: Final = f"""CASE t.subject
        WHEN 'company' THEN t.subject_id <> ALL ({_FIRMS})
        WHEN 'insurer' THEN t.subject_id <> ALL ({_INSURERS})
        WHEN 'producer' THEN coalesce((SELECT x.firm_id FROM producer x
            WHERE x.pool_id = :pool AND x.id = t.subject_id), 0) <> ALL ({_FIRMS})
        WHEN 'product' THEN coalesce((SELECT x.insurer_id FROM product x
            WHERE x.pool_id = :pool AND x.id = t.subject_id), 0) <> ALL ({_INSURERS})
        ELSE true END"""  # noqa: S608  -- the parts are constants
# equal cases are one job: one decision answers all of them
_DISCREPANCIES: Final = f"""
    SELECT 'discrepancy', min(d.id), d.cause, NULL::text, i.name, i.id, sum(d.delivered),
        coalesce(l.currency, c.currency),
        (min(d.recorded_at) AT TIME ZONE (TABLE local))::date + :resolve, min(t.assignee_id),
        count(*)
    FROM discrepancy d
    LEFT JOIN delivery_line l ON l.pool_id = :pool AND l.id = d.delivery_line_id
    LEFT JOIN delivery v ON v.pool_id = :pool AND v.id = l.delivery_id
    LEFT JOIN contract c ON c.pool_id = :pool AND c.id = d.contract_id
    LEFT JOIN insurer i ON i.pool_id = :pool AND i.id = coalesce(v.insurer_id, c.insurer_id)
    LEFT JOIN LATERAL (
        SELECT x.assignee_id FROM task x
        WHERE x.pool_id = :pool AND x.subject = 'discrepancy' AND x.subject_id = d.id
            AND x.done_at IS NULL
        ORDER BY x.id DESC LIMIT 1
    ) t ON true
    WHERE d.pool_id = :pool AND d.state = 'open'
        AND (d.contract_id IS NOT NULL OR coalesce(v.insurer_id, 0) <> ALL ({_INSURERS}))
    GROUP BY d.cause, i.name, i.id, coalesce(l.currency, c.currency), t.assignee_id"""  # noqa: S608  -- the parts are constants
_APPLICATIONS: Final = """
    SELECT CASE a.state WHEN 'insurer_query' THEN 'query' WHEN 'submitted' THEN 'to_send'
            ELSE 'waiting' END,
        a.id, a.case_number, concat_ws(', ', h.last_name, h.first_name), i.name, i.id,
        a.net_premium, a.currency,
        (coalesce(s.since, a.recorded_at) AT TIME ZONE (TABLE local))::date
            + CASE a.state WHEN 'insurer_query' THEN :query
            WHEN 'submitted' THEN :send ELSE :wait END,
        NULL::int, 1
    FROM application a
    JOIN insurer i ON i.pool_id = :pool AND i.id = a.insurer_id
    LEFT JOIN customer h ON h.pool_id = :pool AND h.id = a.customer_id
    LEFT JOIN LATERAL (
        SELECT max(x.recorded_at) AS since FROM application_change x
        WHERE x.pool_id = :pool AND x.application_id = a.id AND x.state = a.state
    ) s ON true
    WHERE a.pool_id = :pool AND (a.state IN ('insurer_query', 'submitted')
        OR a.state = 'sent_to_insurer'
            AND (coalesce(s.since, a.recorded_at) AT TIME ZONE (TABLE local))::date <= :late)"""
_THREADS: Final = f"""
    SELECT CASE t.kind WHEN 'question' THEN 'question' ELSE 'message' END, t.id, t.title,
        coalesce(f.name, i.name), i.name, i.id, NULL::numeric, NULL::text,
        coalesce(t.due_on, (t.last_at AT TIME ZONE (TABLE local))::date + :answer), NULL::int, 1
    FROM thread t
    LEFT JOIN company f ON f.pool_id = :pool AND f.id = t.firm_id
    LEFT JOIN insurer i ON i.pool_id = :pool AND i.id = t.insurer_id
    WHERE t.pool_id = :pool AND t.state = 'open' AND t.last_side <> 'pool' AND {_ABOUT}
        AND (coalesce(t.subject, '') IN ('application', 'contract', 'customer', 'statement_line')
            OR coalesce(t.firm_id, 0) <> ALL ({_FIRMS})
                AND coalesce(t.insurer_id, 0) <> ALL ({_INSURERS}))"""  # noqa: S608  -- the parts are constants
_TO_APPROVE: Final = """
    SELECT 'approve_run', r.id, p.name, r.calculated_by, NULL::text, NULL::int, NULL::numeric,
        NULL::text, CAST(:today AS date), NULL::int, 1
    FROM settlement_run r JOIN period p ON p.pool_id = :pool AND p.id = r.period_id
    WHERE r.pool_id = :pool AND r.state = 'calculated' AND r.calculated_by <> :me"""
_TO_CLOSE: Final = """
    SELECT 'close_run', r.id, p.name, r.approved_by, NULL::text, NULL::int, NULL::numeric,
        NULL::text, CAST(:today AS date), NULL::int, 1
    FROM settlement_run r JOIN period p ON p.pool_id = :pool AND p.id = r.period_id
    WHERE r.pool_id = :pool AND r.state = 'approved'"""
_PROPOSALS: Final = f"""
    SELECT 'approve_proposal', o.id, NULL::text, p.name, NULL::text, NULL::int, NULL::numeric,
        NULL::text,
        (coalesce(o.proposed_at, o.recorded_at) AT TIME ZONE (TABLE local))::date + :answer,
        NULL::int, 1
    FROM proposal o JOIN producer p ON p.pool_id = :pool AND p.id = o.producer_id
    WHERE o.pool_id = :pool AND o.state = 'sent' AND o.proposed_by <> :me
        AND coalesce(p.firm_id, 0) <> ALL ({_FIRMS})"""  # noqa: S608  -- the parts are constants
# what comes in by an agreement that ends, where nothing follows it
_AGREEMENTS: Final = f"""
    SELECT 'agreement', a.id, a.kind, coalesce(o.name, b.code, i.name), i.name, i.id,
        NULL::numeric, NULL::text, upper(a.valid) - 1, NULL::int, 1
    FROM agreement a
    LEFT JOIN product o ON o.pool_id = :pool AND o.id = a.product_id
    LEFT JOIN line_of_business b ON b.pool_id = :pool AND b.id = a.line_id
    LEFT JOIN insurer i ON i.pool_id = :pool AND i.id = coalesce(a.insurer_id, o.insurer_id)
    WHERE a.pool_id = :pool AND a.superseded_at IS NULL AND NOT upper_inf(a.valid)
        AND coalesce(i.id, 0) <> ALL ({_INSURERS})
        AND upper(a.valid) BETWEEN CAST(:today AS date) - 30 AND :sight
        AND NOT EXISTS (SELECT FROM agreement n WHERE n.pool_id = :pool AND n.key = a.key
            AND n.superseded_at IS NULL AND lower(n.valid) >= upper(a.valid))"""  # noqa: S608  -- the parts are constants
# what firms sent and nobody has checked, and what of theirs ends or has ended
_PROOFS: Final = f"""
    SELECT CASE p.state WHEN 'submitted' THEN 'check_proof' ELSE 'proof_ends' END, f.id, p.kind,
        f.name, NULL::text, NULL::int, NULL::numeric, NULL::text,
        CASE p.state WHEN 'submitted'
            THEN (p.recorded_at AT TIME ZONE (TABLE local))::date + :answer ELSE p.valid_until END,
        NULL::int, count(*)
    FROM proof p JOIN company f ON f.pool_id = :pool AND f.id = p.firm_id AND f.state = 'active'
    WHERE p.pool_id = :pool AND f.id <> ALL ({_FIRMS}) AND (p.state = 'submitted'
        OR p.state = 'accepted' AND p.valid_until <= :sight AND NOT EXISTS (
            SELECT FROM proof n WHERE n.pool_id = :pool AND n.firm_id = p.firm_id
                AND n.kind = p.kind AND n.state = 'accepted' AND n.id > p.id
                AND coalesce(n.valid_until, 'infinity') > p.valid_until))
    GROUP BY 1, f.id, p.kind, f.name, 9"""  # noqa: S608  -- the parts are constants
_ACCOUNTS: Final = f"""
    SELECT 'approve_account', f.id, NULL::text, f.name, NULL::text, NULL::int, NULL::numeric,
        NULL::text, (b.recorded_at AT TIME ZONE (TABLE local))::date + :answer, NULL::int, 1
    FROM bank_change b JOIN company f ON f.pool_id = :pool AND f.id = b.firm_id
    WHERE b.pool_id = :pool AND b.state = 'proposed' AND b.recorded_by <> :me
        AND f.id <> ALL ({_FIRMS})"""  # noqa: S608  -- the parts are constants
_TASKS: Final = f"""
    SELECT 'task', t.id, NULL::text, t.title, NULL::text, NULL::int, NULL::numeric, NULL::text,
        t.due_on, t.assignee_id, 1
    FROM task t
    WHERE t.pool_id = :pool AND t.done_at IS NULL AND t.subject IS DISTINCT FROM 'discrepancy'
        AND {_ABOUT}"""  # noqa: S608  -- the parts are constants
SOURCES: Final[tuple[tuple[Permission, str], ...]] = (
    (Permission.DISCREPANCIES_RESOLVE, _DISCREPANCIES),
    (Permission.APPLICATIONS_EDIT, _APPLICATIONS),
    (Permission.MESSAGES_WRITE, _THREADS),
    (Permission.SETTLEMENT_APPROVE, _TO_APPROVE),
    (Permission.SETTLEMENT_RUN, _TO_CLOSE),
    (Permission.HIERARCHY_APPROVE, _PROPOSALS),
    (Permission.RATES_EDIT, _AGREEMENTS),
    (Permission.COMPANIES_PROVE, _PROOFS),
    (Permission.BANK_APPROVE, _ACCOUNTS),
    (Permission.START, _TASKS),
)
