"""Settlement runs as people follow them: the list, one, its jobs, pace, protocol and payouts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text

from pool_module.settlement.errors import RunUnknown
from shared.actor import Actor
from shared.db import Session, actor_of
from shared.db.listing import Column, Filter, Listing, Shape
from shared.models.kit import AuditEntry
from shared.models.ledger import Period, RunPacket, SettlementRun, Statement
from shared.models.pools import Company
from shared.models.workplace import LongJob
from shared.vocabulary import JobState

WINDOW = text("""
    SELECT count(DISTINCT l.delivery_id), count(*),
           count(*) FILTER (WHERE l.outcome = 'discrepancy')
    FROM delivery v
    JOIN delivery_line l ON l.pool_id = :pool AND l.delivery_id = v.id
    WHERE v.pool_id = :pool AND v.recorded_at > :since AND v.recorded_at <= :until""")
ISSUED = text("""
    SELECT count(*), count(i.id) FROM statement s
    LEFT JOIN issue i ON i.pool_id = :pool AND i.statement_id = s.id AND i.kind = 'statement'
    WHERE s.pool_id = :pool AND s.run_id = :run""")
ANNOUNCE = text("""
    INSERT INTO notification (pool_id, firm_id, text, values, link, tone)
    SELECT DISTINCT :pool, s.firm_id, CAST(:text AS text),
           jsonb_build_object('period', CAST(:period AS text)), CAST(:link AS text), 'ok'
    FROM statement s WHERE s.pool_id = :pool AND s.run_id = :run""")


@dataclass(frozen=True)
class Pace:
    """When packets were done: the first of this calculation, the last, and what they wrote."""

    first: datetime | None
    last: datetime | None
    packets: int


def run_list(session: Session) -> Listing:
    """The settlement runs of the actor's pool; those dropped too."""
    actor = actor_of(session)
    run = SettlementRun
    here = (Period.pool_id == run.pool_id) & (Period.id == run.period_id)
    return Listing(
        name="runs",
        source=select().select_from(run).join(Period, here).where(run.pool_id == actor.pool_id),
        id=run.id,
        columns=(
            Column("period", Period.name, Shape.ID),
            Column("through", run.through, Shape.DAY, sort=run.through),
            Column("state", run.state, Shape.CODE),
            Column("calculated_by", run.calculated_by, Shape.TEXT),
            Column("calculated_at", run.calculated_at, Shape.MOMENT, sort=run.calculated_at),
            Column("approved_by", run.approved_by, Shape.TEXT),
            Column("closed_by", run.closed_by, Shape.TEXT),
            Column("closed_at", run.closed_at, Shape.MOMENT, sort=run.closed_at),
        ),
        extra={"totals": run.totals},
        filters=(
            Filter("state", run.state, Shape.CODE),
            Filter("through", run.through, Shape.DAY),
        ),
    )


def get_known_run(session: Session, actor: Actor, run_id: int) -> tuple[SettlementRun, Period]:
    """A run of the pool with its period.

    Raises:
        RunUnknown: the pool has none of this id.
    """
    run = SettlementRun
    row = session.execute(
        select(run, Period)
        .join(Period, (Period.pool_id == run.pool_id) & (Period.id == run.period_id))
        .where(run.pool_id == actor.pool_id, run.id == run_id)
    ).one_or_none()
    if row is None:
        raise RunUnknown
    return row[0], row[1]


def find_job(
    session: Session, actor: Actor, kinds: Sequence[str], run_id: int | None = None
) -> LongJob | None:
    """The job of these kinds that waits or runs, of one run or of any."""
    statement = (
        select(LongJob)
        .where(
            LongJob.pool_id == actor.pool_id,
            LongJob.kind.in_(kinds),
            LongJob.state.in_((JobState.WAITING, JobState.RUNNING)),
        )
        .order_by(LongJob.id.desc())
        .limit(1)
    )
    if run_id is not None:
        statement = statement.where(LongJob.subject_id == run_id)
    return session.scalars(statement).first()


def pace_of(session: Session, actor: Actor, run_id: int, since: datetime) -> Pace:
    """How the packets of a calculation came along since it began."""
    row = session.execute(
        select(func.min(RunPacket.done_at), func.max(RunPacket.done_at), func.count()).where(
            RunPacket.pool_id == actor.pool_id,
            RunPacket.run_id == run_id,
            RunPacket.done_at > since,
        )
    ).one()
    return Pace(*row)


def window_of(
    session: Session, actor: Actor, since: datetime, until: datetime
) -> tuple[int, int, int]:
    """How many files came in a window, their lines, and how many of these are in discrepancy."""
    here = {"pool": actor.pool_id, "since": since, "until": until}
    row = session.execute(WINDOW, here).one()
    return row[0], row[1], row[2]


def issued_of(session: Session, actor: Actor, run_id: int) -> tuple[int, int]:
    """How many statements a run has, and how many are issued."""
    row = session.execute(ISSUED, {"pool": actor.pool_id, "run": run_id}).one()
    return row[0], row[1]


def protocol_of(session: Session, actor: Actor, run_id: int) -> Sequence[AuditEntry]:
    """What the journal says of a run, the latest first."""
    return session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.pool_id == actor.pool_id,
            AuditEntry.subject == "settlement_run",
            AuditEntry.subject_id == run_id,
        )
        .order_by(AuditEntry.id.desc())
        .limit(50)
    ).all()


def announce(
    session: Session, actor: Actor, run_id: int, *, period: str, sentence: str, link: str
) -> None:
    """Put a line into the bell of every firm that has a statement of a run."""
    here = {"pool": actor.pool_id, "run": run_id}
    session.execute(ANNOUNCE, {**here, "period": period, "text": sentence, "link": link})


def payout_list(session: Session, run_id: int) -> Listing:
    """Who is paid by a closed run, with the account to pay to."""
    actor = actor_of(session)
    company = (Company.pool_id == Statement.pool_id) & (Company.id == Statement.company_id)
    return Listing(
        name="payouts",
        source=select()
        .select_from(Statement)
        .join(Company, company)
        .where(
            Statement.pool_id == actor.pool_id,
            Statement.run_id == run_id,
            Statement.payout_cents > 0,
        ),
        id=Statement.id,
        columns=(
            Column("payee", Company.name, Shape.TEXT, sort=Company.sort_key),
            Column("code", Company.code, Shape.ID),
            Column("iban", Company.iban, Shape.ID),
            Column("bank", Company.bank_name, Shape.TEXT),
            Column("number", Statement.number, Shape.ID, sort=Statement.number),
            Column(
                "payout", Statement.payout, Shape.MONEY, sort=Statement.payout_cents,
                currency=Statement.currency, total=True,
            ),
        ),
        filters=(
            Filter("currency", Statement.currency, Shape.CODE),
            Filter("payout", Statement.payout_cents, Shape.MONEY),
        ),
    )  # fmt: skip
