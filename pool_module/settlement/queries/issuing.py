"""Reading what statements and acts are made of, and what has been issued."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Integer, cast, exists, extract, func, literal, select, text

from shared.actor import Actor
from shared.db import Session
from shared.models.contracts import Document
from shared.models.ledger import (
    AccountPosting,
    Issue,
    Period,
    SettlementRun,
    Statement,
    StatementLine,
    StatementWithholding,
)
from shared.models.payees import Adjustment, PaymentHold
from shared.models.pools import Company, Pool
from shared.vocabulary import Account, PeriodState, RunState

ISSUE_LOCK = 7005
UNEQUAL = text("""
    WITH stated AS MATERIALIZED (
        SELECT id, number, entries, reserve_closing - reserve_opening AS reserve
        FROM statement WHERE pool_id = :pool AND run_id = :run
    )
    SELECT s.number FROM stated s
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(l.payable), 0) AS payable, coalesce(sum(l.reserve), 0) AS reserve
        FROM statement_line l
        WHERE l.pool_id = :pool AND l.statement_id = s.id
    ) l
    WHERE (s.entries, s.reserve) IS DISTINCT FROM (l.payable, l.reserve)
    ORDER BY s.number LIMIT 1""")


@dataclass(frozen=True)
class Books:
    """All a statement's papers are made of, as booked.

    Attributes:
        period: the statement's.
        operator: the company that runs the pool, where it is named.
        hold_reason: why the payee is on hold, where somebody wrote it down.
        acts_before: how many acts the payee has for earlier statements of the same year.
    """

    statement: Statement
    period: Period
    pool: Pool
    operator: Company | None
    payee: Company
    lines: Sequence[StatementLine]
    adjustments: Sequence[Adjustment]
    withholdings: Sequence[StatementWithholding]
    hold_reason: str | None
    acts_before: int


@dataclass(frozen=True)
class IssuedFile:
    """A paper that was issued: how it is called, and where its content lies."""

    kind: str
    payee: str
    file_name: str
    firm_id: int
    sha256: str


def has_lines(session: Session, actor: Actor, run_id: int) -> bool:
    """Whether the lines of a run's statements stand."""
    found = exists(literal(1)).where(
        StatementLine.pool_id == actor.pool_id,
        Statement.pool_id == actor.pool_id,
        Statement.id == StatementLine.statement_id,
        Statement.run_id == run_id,
    )
    return bool(session.execute(select(found)).scalar_one())


def find_unequal_statement(session: Session, actor: Actor, run_id: int) -> str | None:
    """The number of a statement whose lines don't sum to what it says; None when all do."""
    here = {"pool": actor.pool_id, "run": run_id}
    number: str | None = session.execute(UNEQUAL, here).scalars().first()
    return number


def statement_ids(
    session: Session,
    actor: Actor,
    run_id: int,
    *,
    country: str | None = None,
    payee: str | None = None,
) -> list[int]:
    """Ids of a run's statements in the order of their numbers.

    Args:
        session: the transaction.
        actor: whose pool.
        run_id: the run.
        country: only of payees of this country.
        payee: only of the company of this code.
    """
    statement = (
        select(Statement.id)
        .join(Company, _company_of(actor))
        .where(Statement.pool_id == actor.pool_id, Statement.run_id == run_id)
        .order_by(Statement.number)
    )
    if country is not None:
        statement = statement.where(Company.country == country)
    if payee is not None:
        statement = statement.where(Company.code == payee)
    return list(session.scalars(statement))


def hold_statement(session: Session, actor: Actor, statement_id: int) -> None:
    """Have a statement for oneself until the end of the transaction: nobody else issues it."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(:lock, hashint8(:id))"),
        {"lock": ISSUE_LOCK, "id": statement_id + (actor.pool_id << 40)},
    )


def find_issue(session: Session, actor: Actor, statement_id: int, kind: str) -> Issue | None:
    """What was issued for a statement, of one kind."""
    return session.scalars(
        select(Issue).where(
            Issue.pool_id == actor.pool_id,
            Issue.statement_id == statement_id,
            Issue.kind == kind,
        )
    ).one_or_none()


def issued_files(session: Session, actor: Actor, statement_id: int) -> list[IssuedFile]:
    """The papers of a statement that were issued."""
    rows = session.execute(
        select(Issue.kind, Company.code, Document.file_name, Issue.firm_id, Document.sha256)
        .join(Document, (Document.pool_id == actor.pool_id) & (Document.id == Issue.document_id))
        .join(
            Statement, (Statement.pool_id == actor.pool_id) & (Statement.id == Issue.statement_id)
        )
        .join(Company, _company_of(actor))
        .where(Issue.pool_id == actor.pool_id, Issue.statement_id == statement_id)
        .order_by(Issue.kind)
    )
    return [IssuedFile(*row) for row in rows]


def find_closed_run(session: Session, actor: Actor, period_id: int) -> SettlementRun | None:
    """The run a period was closed by."""
    return session.scalars(
        select(SettlementRun).where(
            SettlementRun.pool_id == actor.pool_id,
            SettlementRun.period_id == period_id,
            SettlementRun.state == RunState.CLOSED,
        )
    ).one_or_none()


def closed_periods(session: Session, actor: Actor) -> list[str]:
    """The names of the closed periods, the latest first."""
    return list(
        session.scalars(
            select(Period.name)
            .where(Period.pool_id == actor.pool_id, Period.state == PeriodState.CLOSED)
            .order_by(Period.last_day.desc())
        )
    )


# the firm's own unit: the only one it is limited to; else the one all its lines' contracts share
UNIT: Final = text("""
    WITH own AS (
        SELECT min(m.organisation_id) AS organisation_id, min(m.division_id) AS division_id
        FROM master_access m
        WHERE m.pool_id = :pool AND m.company_id = :company AND m.superseded_at IS NULL
        HAVING count(*) = 1
    ), shared AS (
        SELECT CASE WHEN count(DISTINCT coalesce(c.organisation_id, 0)) = 1
                THEN min(c.organisation_id) END AS organisation_id,
            CASE WHEN count(DISTINCT coalesce(c.division_id, 0)) = 1
                THEN min(c.division_id) END AS division_id,
            CASE WHEN count(DISTINCT coalesce(c.team_id, 0)) = 1 THEN min(c.team_id) END AS team_id
        FROM statement_line l
        JOIN event e ON e.pool_id = l.pool_id AND e.id = l.event_id
        JOIN contract c ON c.pool_id = e.pool_id AND c.id = e.contract_id
        WHERE l.pool_id = :pool AND l.statement_id = :statement
            AND NOT EXISTS (SELECT FROM own)
            AND EXISTS (SELECT FROM pool p WHERE p.id = :pool AND p.organisations_on)
    ), unit AS (
        SELECT organisation_id, division_id, NULL::int AS team_id FROM own
        UNION ALL SELECT organisation_id, division_id, team_id FROM shared
            WHERE NOT EXISTS (SELECT FROM own)
    )
    SELECT coalesce(t.logo_sha256, d.logo_sha256, o.logo_sha256) AS logo_sha256, d.remit_to
    FROM unit u
    LEFT JOIN team t ON t.pool_id = :pool AND t.id = u.team_id
    LEFT JOIN division d ON d.pool_id = :pool AND d.id = coalesce(t.division_id, u.division_id)
    LEFT JOIN organisation o ON o.pool_id = :pool
        AND (o.id = coalesce(d.organisation_id, u.organisation_id)
            OR u.organisation_id IS NULL AND d.id IS NULL AND o.is_default)""")


@dataclass(frozen=True)
class PaperUnit:
    """What a part of the pool puts on its papers instead of the pool's own."""

    logo_sha256: str | None = None
    remit_to: str | None = None


def find_unit(session: Session, actor: Actor, statement: Statement) -> PaperUnit:
    """What the unit of a statement puts on it: the payee's own, else that of all its contracts."""
    row = session.execute(
        UNIT,
        {"pool": actor.pool_id, "company": statement.company_id, "statement": statement.id},
    ).first()
    return PaperUnit(row.logo_sha256, row.remit_to) if row else PaperUnit()


def get_books(session: Session, actor: Actor, statement_id: int) -> Books:
    """Collect what a statement's papers are made of."""
    here = actor.pool_id
    statement = session.get_one(Statement, (here, statement_id))
    run = session.get_one(SettlementRun, (here, statement.run_id))
    pool = session.get_one(Pool, here)
    return Books(
        statement=statement,
        period=session.get_one(Period, (here, statement.period_id)),
        pool=pool,
        operator=session.get(Company, (here, pool.operator_id)) if pool.operator_id else None,
        payee=session.get_one(Company, (here, statement.company_id)),
        lines=session.scalars(
            select(StatementLine)
            .where(StatementLine.pool_id == here, StatementLine.statement_id == statement_id)
            .order_by(StatementLine.position)
        ).all(),
        adjustments=_adjustments(session, statement),
        withholdings=session.scalars(
            select(StatementWithholding)
            .where(
                StatementWithholding.pool_id == here,
                StatementWithholding.statement_id == statement_id,
            )
            .order_by(StatementWithholding.id)
        ).all(),
        hold_reason=_hold_reason(session, statement, run),
        acts_before=_acts_before(session, statement, run),
    )


def _adjustments(session: Session, statement: Statement) -> Sequence[Adjustment]:
    """The adjustments a statement took."""
    taken = select(AccountPosting.adjustment_id).where(
        AccountPosting.pool_id == statement.pool_id,
        AccountPosting.run_id == statement.run_id,
        AccountPosting.company_id == statement.company_id,
        AccountPosting.currency == statement.currency,
        AccountPosting.account == Account.ADJUSTMENT,
    )
    return session.scalars(
        select(Adjustment)
        .where(Adjustment.pool_id == statement.pool_id, Adjustment.id.in_(taken))
        .order_by(Adjustment.on_day, Adjustment.id)
    ).all()


def _hold_reason(session: Session, statement: Statement, run: SettlementRun) -> str | None:
    reasons = session.scalars(
        select(PaymentHold.reason)
        .where(
            PaymentHold.pool_id == statement.pool_id,
            PaymentHold.company_id == statement.company_id,
            PaymentHold.valid.op("@>")(run.through),
            PaymentHold.recorded_at <= run.known_at,
            (PaymentHold.superseded_at.is_(None)) | (PaymentHold.superseded_at > run.known_at),
            PaymentHold.reason.is_not(None),
        )
        .order_by(PaymentHold.id)
    ).all()
    return "; ".join(reason for reason in reasons if reason) or None


def _acts_before(session: Session, statement: Statement, run: SettlementRun) -> int:
    """Count the payee's statements of the year that come to more than nothing, before this one.

    Counted in the books and not among the papers issued, so that a number does not depend on which
    paper happens to be made first.
    """
    count = session.execute(
        select(func.count())
        .select_from(Statement)
        .join(
            SettlementRun,
            (SettlementRun.pool_id == statement.pool_id) & (SettlementRun.id == Statement.run_id),
        )
        .where(
            Statement.pool_id == statement.pool_id,
            Statement.company_id == statement.company_id,
            cast(extract("year", Statement.issue_date), Integer) == statement.issue_date.year,
            Statement.entries + Statement.adjustments > 0,
            _earlier(statement, run),
        )
    ).scalar_one()
    return int(count)


def _earlier(statement: Statement, run: SettlementRun) -> ColumnElement[bool]:
    return (SettlementRun.through < run.through) | (
        (SettlementRun.through == run.through) & (Statement.currency < statement.currency)
    )


def _company_of(actor: Actor) -> ColumnElement[bool]:
    return (Company.pool_id == actor.pool_id) & (Company.id == Statement.company_id)
