"""Reading changes that were proposed: one, its lines, who is touched, whether it still holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, insert, literal, select, text
from sqlalchemy.orm import aliased

from pool_module.settlement.errors import ProposalUnknown
from pool_module.settlement.rules.what_if import Line
from shared.actor import Actor
from shared.db import Session
from shared.models.hierarchy import CareerLevel, Producer
from shared.models.ledger import Period, SettlementRun
from shared.models.proposals import Proposal, ProposalLine
from shared.scope import open_company, open_producer
from shared.vocabulary import Language, ProposalState, RunState

OPEN = (ProposalState.CALCULATING, ProposalState.READY, ProposalState.SENT)
LINES_AT_ONCE = 2000
# facts a preview rests on, recorded or superseded since: of the producers it watches, of the
# contracts they sell, and the pool's terms
SINCE = text("""
    SELECT min(fact) FROM (
        SELECT 'placement' AS fact FROM placement f WHERE f.pool_id = :pool
            AND f.producer_id = ANY(CAST(:watched AS int[]))
            AND (f.recorded_at > :known OR f.superseded_at > :known)
        UNION ALL
        SELECT 'placement' FROM placement f WHERE f.pool_id = :pool
            AND f.parent_id = ANY(CAST(:watched AS int[]))
            AND (f.recorded_at > :known OR f.superseded_at > :known)
        UNION ALL
        SELECT 'career' FROM career f WHERE f.pool_id = :pool
            AND f.producer_id = ANY(CAST(:watched AS int[]))
            AND (f.recorded_at > :known OR f.superseded_at > :known)
        UNION ALL
        SELECT 'status' FROM producer_status f WHERE f.pool_id = :pool
            AND f.producer_id = ANY(CAST(:watched AS int[]))
            AND (f.recorded_at > :known OR f.superseded_at > :known)
        UNION ALL
        SELECT 'group' FROM producer_group f WHERE f.pool_id = :pool
            AND f.producer_id = ANY(CAST(:watched AS int[]))
            AND (f.recorded_at > :known OR f.superseded_at > :known)
        UNION ALL
        SELECT 'reserve' FROM producer_reserve f WHERE f.pool_id = :pool
            AND f.producer_id = ANY(CAST(:watched AS int[]))
            AND (f.recorded_at > :known OR f.superseded_at > :known)
        UNION ALL
        SELECT 'rule' FROM rule f WHERE f.pool_id = :pool
            AND (f.recorded_at > :known OR f.superseded_at > :known)
        UNION ALL
        SELECT 'agreement' FROM agreement f WHERE f.pool_id = :pool
            AND (f.recorded_at > :known OR f.superseded_at > :known)
        UNION ALL
        SELECT 'reference' FROM reference_dates f WHERE f.pool_id = :pool
            AND (f.recorded_at > :known OR f.superseded_at > :known)
        UNION ALL
        SELECT 'shares' FROM contract_share f WHERE f.pool_id = :pool
            AND f.producer_id = ANY(CAST(:watched AS int[]))
            AND (f.recorded_at > :known OR f.superseded_at > :known)
            AND EXISTS (SELECT 1 FROM event e WHERE e.pool_id = :pool
                AND e.contract_id = f.contract_id AND e.recorded_at <= :known)
        UNION ALL
        SELECT 'cut' FROM contract_cut f WHERE f.pool_id = :pool
            AND (f.recorded_at > :known OR f.superseded_at > :known)
            AND EXISTS (SELECT 1 FROM contract_share s WHERE s.pool_id = :pool
                AND s.contract_id = f.contract_id AND s.producer_id = ANY(CAST(:watched AS int[])))
    ) x
""")
BOOKED_BELOW = text("""
    SELECT count(*) FROM (
        SELECT DISTINCT e.id
        FROM contract_share s
        JOIN event e ON e.pool_id = :pool AND e.contract_id = s.contract_id
            AND e.due <= :through AND e.recorded_at <= :known
        JOIN contract_terms t ON t.pool_id = :pool AND t.contract_id = e.contract_id
            AND t.superseded_at IS NULL
        LEFT JOIN reference_dates r ON r.pool_id = :pool AND r.kind = e.kind
            AND r.superseded_at IS NULL
        WHERE s.pool_id = :pool AND s.superseded_at IS NULL
            AND s.producer_id = ANY(CAST(:producers AS int[])) AND s.valid @> e.effective
            AND CASE coalesce(CASE :kind WHEN 'career' THEN r.level ELSE r.hierarchy END, 'event')
                WHEN 'application' THEN coalesce(t.applied_on, e.effective)
                WHEN 'issue' THEN coalesce(t.issued_on, e.effective)
                ELSE e.effective END >= :first
    ) x
""")
PAYEES = text("""
    SELECT coalesce(l.payee_id, 0) AS payee_id, coalesce(c.name, '') AS name, l.currency,
           l.account, sum(l.amount_old) AS amount_old, sum(l.amount_new) AS amount_new,
           sum(l.difference) AS difference, count(DISTINCT l.event_id) AS events
    FROM proposal_line l
    LEFT JOIN company c ON c.pool_id = :pool AND c.id = l.payee_id
    WHERE l.pool_id = :pool AND l.proposal_id = :proposal AND l.calculation = :calculation
    GROUP BY 1, 2, 3, 4
    ORDER BY l.account <> 2, abs(sum(l.difference)) DESC, 2
""")
SUMS = text("""
    SELECT currency, count(DISTINCT event_id) AS events, count(DISTINCT contract_id) AS contracts,
           count(DISTINCT producer_id) FILTER (WHERE producer_id > 0) AS producers,
           count(*) FILTER (WHERE account = 2) AS lines,
           coalesce(sum(difference) FILTER (WHERE account = 2), 0) AS payees,
           coalesce(sum(difference) FILTER (WHERE account = 4), 0) AS margin,
           coalesce(sum(difference) FILTER (WHERE account = 1), 0) AS receivable,
           sum(difference) AS rest,
           (SELECT count(*) FROM (
               SELECT event_id FROM proposal_line b WHERE b.pool_id = :pool
                   AND b.proposal_id = :proposal AND b.calculation = :calculation
                   AND b.currency = l.currency
               GROUP BY event_id HAVING sum(difference) <> 0) x) AS off_balance
    FROM proposal_line l
    WHERE pool_id = :pool AND proposal_id = :proposal AND calculation = :calculation
    GROUP BY currency ORDER BY currency
""")


@dataclass(frozen=True)
class Shown:
    """A proposal with the names it speaks of."""

    proposal: Proposal
    producer: Producer
    parent: Producer | None
    level: CareerLevel | None


def get_proposal(
    session: Session, actor: Actor, proposal_id: int, *, lock: bool = False
) -> Proposal:
    """A proposal by its id; ``lock`` holds it until the end of the transaction.

    Raises:
        ProposalUnknown: there is none within reach.
    """
    statement = select(Proposal).where(
        Proposal.pool_id == actor.pool_id,
        Proposal.id == proposal_id,
        open_producer(Proposal, Proposal.producer_id),
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise ProposalUnknown
    return found


def get_shown(session: Session, actor: Actor, proposal_id: int) -> Shown:
    """A proposal with the names it speaks of.

    Raises:
        ProposalUnknown: there is none within reach.
    """
    parent = aliased(Producer)
    row = session.execute(
        select(Proposal, Producer, parent, CareerLevel)
        .join(
            Producer,
            (Producer.pool_id == Proposal.pool_id) & (Producer.id == Proposal.producer_id),
        )
        .outerjoin(parent, (parent.pool_id == Proposal.pool_id) & (parent.id == Proposal.parent_id))
        .outerjoin(
            CareerLevel,
            (CareerLevel.pool_id == Proposal.pool_id) & (CareerLevel.id == Proposal.level_id),
        )
        .where(
            Proposal.pool_id == actor.pool_id,
            Proposal.id == proposal_id,
            open_company(Producer.firm_id),
        )
    ).one_or_none()
    if row is None:
        raise ProposalUnknown
    return Shown(row[0], row[1], row[2], row[3])


@dataclass(frozen=True)
class Preview:
    """A proposal with all its page shows.

    Attributes:
        shown: the proposal with names.
        payees: what it changes for each payee and the pool.
        sums: in total, per currency.
        stale: which fact changed since; None: the preview holds, or is of no account any more.
        booked: the run that booked the differences of an approved one.
        period: its period's name.
        level: the level's name in the reader's language.
    """

    shown: Shown
    payees: Sequence[Row[Any]]
    sums: Sequence[Row[Any]]
    stale: str | None
    booked: SettlementRun | None
    period: str | None
    level: str | None


def read_preview(session: Session, actor: Actor, proposal_id: int, language: Language) -> Preview:
    """A proposal with what it changes, whether that still holds, and what booked it.

    Raises:
        ProposalUnknown: there is none in the pool.
    """
    shown = get_shown(session, actor, proposal_id)
    proposal = shown.proposal
    waits = proposal.state in (ProposalState.READY, ProposalState.SENT)
    booked = (
        find_booking_run(session, actor, proposal.facts_at)
        if proposal.facts_at is not None
        else None
    )
    period = (
        session.execute(
            select(Period.name).where(
                Period.pool_id == actor.pool_id, Period.id == booked.period_id
            )
        ).scalar_one()
        if booked is not None
        else None
    )
    return Preview(
        shown,
        payees_of(session, actor, proposal),
        sums_of(session, actor, proposal),
        changed_since(session, actor, proposal) if waits else None,
        booked,
        period,
        _name_of(shown.level, language),
    )


def keep_lines(session: Session, actor: Actor, proposal: Proposal, lines: Sequence[Line]) -> None:
    """Write what a calculation found."""
    for first in range(0, len(lines), LINES_AT_ONCE):
        session.execute(
            insert(ProposalLine),
            [
                {
                    "pool_id": actor.pool_id,
                    "proposal_id": proposal.id,
                    "calculation": proposal.calculation,
                    "event_id": line.event_id,
                    "contract_id": line.contract_id,
                    "producer_id": line.producer_id,
                    "payee_id": line.payee_id,
                    "account": line.account,
                    "currency": line.currency,
                    "amount_old": line.amount_old,
                    "amount_new": line.amount_new,
                    "reserve_old": line.reserve_old,
                    "reserve_new": line.reserve_new,
                }
                for line in lines[first : first + LINES_AT_ONCE]
            ],
        )


def payees_of(session: Session, actor: Actor, proposal: Proposal) -> Sequence[Row[Any]]:
    """What a proposal changes for each payee and the pool, per currency."""
    return session.execute(PAYEES, _of(actor, proposal)).all()


def sums_of(session: Session, actor: Actor, proposal: Proposal) -> Sequence[Row[Any]]:
    """What a proposal changes in total, per currency; ``rest`` and ``off_balance`` are zero."""
    return session.execute(SUMS, _of(actor, proposal)).all()


def changed_since(session: Session, actor: Actor, proposal: Proposal) -> str | None:
    """Which kind of fact a preview rests on changed since it was calculated; None: it holds.

    ``run``: a period was closed since.
    """
    last = session.scalars(
        select(func.max(SettlementRun.id)).where(
            SettlementRun.pool_id == actor.pool_id, SettlementRun.state == RunState.CLOSED
        )
    ).one_or_none()
    if last != proposal.last_run_id:
        return "run"
    found: str | None = session.execute(
        SINCE,
        {"pool": actor.pool_id, "watched": list(proposal.watched), "known": proposal.known_at},
    ).scalar_one()
    return found


def booked_below(
    session: Session,
    actor: Actor,
    producers: Sequence[int],
    *,
    kind: str,
    first: date,
    through: date,
    known: datetime,
) -> int:
    """How many settled events of producers' contracts look a change of a kind up from a day on."""
    found: int = session.execute(
        BOOKED_BELOW,
        {
            "pool": actor.pool_id,
            "producers": list(producers),
            "kind": kind,
            "first": first,
            "through": through,
            "known": known,
        },
    ).scalar_one()
    return found


def frozen_since(session: Session, actor: Actor, moment: datetime) -> bool:
    """Tell whether a run that is approved or closed knows what was recorded at a moment."""
    return (
        session.execute(
            select(literal(1))
            .where(
                SettlementRun.pool_id == actor.pool_id,
                SettlementRun.state.in_((RunState.APPROVED, RunState.CLOSED)),
                SettlementRun.known_at >= moment,
            )
            .limit(1)
        ).first()
        is not None
    )


def find_booking_run(session: Session, actor: Actor, moment: datetime) -> SettlementRun | None:
    """The first closed run that knows what was recorded at a moment: it booked the differences."""
    return session.scalars(
        select(SettlementRun)
        .where(
            SettlementRun.pool_id == actor.pool_id,
            SettlementRun.state == RunState.CLOSED,
            SettlementRun.known_at >= moment,
        )
        .order_by(SettlementRun.known_at)
        .limit(1)
    ).first()


def _name_of(level: CareerLevel | None, language: Language) -> str | None:
    if level is None:
        return None
    own: str | None = getattr(level, f"name_{language}")
    return own or level.name or level.code


def _of(actor: Actor, proposal: Proposal) -> dict[str, object]:
    return {
        "pool": actor.pool_id,
        "proposal": proposal.id,
        "calculation": proposal.calculation,
    }
