"""The life of a settlement run (settlement rules, "A settlement").

``begin`` collects the work into packets, ``calculate_next`` does one packet per transaction,
``finish`` ends the calculation, a second person's ``approve`` freezes it, ``close`` books it. Every
step may run twice: the database holds the state, and nothing is remembered outside it.
"""

from datetime import date

from pool_module.settlement import queries
from pool_module.settlement.engine import runs
from pool_module.settlement.engine.pipeline import Frame
from pool_module.settlement.engine.runs import NEVER, Since
from pool_module.settlement.errors import (
    OwnAccountChange,
    PeriodClosed,
    RunInTheWay,
    RunMoved,
    SecondPersonNeeded,
)
from pool_module.settlement.operations import issuing
from shared import audit, clock
from shared.actor import Actor
from shared.db import Session
from shared.db.facts import lock
from shared.gates import holds
from shared.models.ledger import Period, SettlementRun
from shared.periods import period_name
from shared.vocabulary import PeriodState, RunState

PACKET_EVENTS = 10_000
RUN_LOCK = 7003


def frame_of(session: Session, actor: Actor, run: SettlementRun) -> Frame:
    """What a run stands on: the facts known at it, and the closed runs before it."""
    return Frame(
        pool_id=actor.pool_id,
        known_at=run.known_at,
        through=run.through,
        earlier=queries.closed_runs_before(session, actor, run.through),
    )


def begin(
    session: Session,
    actor: Actor,
    through: date,
    *,
    full: bool = False,
    packet_events: int = PACKET_EVENTS,
) -> SettlementRun:
    """Begin the calculation of a period, or calculate its draft again.

    A draft that exists keeps what can't have changed since it was calculated.

    Args:
        session: the transaction; it should do nothing else.
        actor: who calculates.
        through: the last day of the period; later than the settlement before.
        full: look at every event, changed or not.
        packet_events: how many events one transaction calculates.

    Raises:
        PeriodClosed: the day is not later than the last settlement.
        RunInTheWay: a run through another day is open.
    """
    lock(session, RUN_LOCK)  # two who begin at once: the second finds the first one's run
    last = queries.find_last_closed(session, actor)
    if last is not None and through <= last.through:
        raise PeriodClosed(through, last.through)
    closed = Since(last.through, last.known_at) if last else NEVER
    run = queries.find_live_run(session, actor, lock=True)
    if run is not None and run.through != through:
        raise RunInTheWay(run.through)
    if run is not None and run.state == RunState.CALCULATING:
        return run
    holds.renew(session, actor, clock.today(queries.zone_of(session, actor)))
    known_at = queries.fix_moment(session, actor)
    since = closed if run is None else Since(run.through, run.known_at)
    if run is None:
        run = _new_run(session, actor, through, last)
    run.known_at = known_at
    run.full_recalculation = full
    run.calculated_by = actor.name
    run.calculated_at = None
    run.state = RunState.CALCULATING
    session.add(run)
    session.flush()
    _collect(session, actor, run, since=since, closed=closed, size=packet_events)
    return run


def calculate_next(session: Session, actor: Actor, run_id: int) -> int | None:
    """Calculate one waiting packet of a run; None when none waits.

    Any number of workers may do this at once, one transaction each.
    """
    run = queries.get_run(session, actor, run_id)
    if run.state != RunState.CALCULATING:
        return None
    return runs.calculate_packet(session, frame_of(session, actor, run), run_id)


def finish(session: Session, actor: Actor, run_id: int) -> bool:
    """End the calculation once all packets are done; False when one is still at work."""
    run = queries.get_run(session, actor, run_id, lock=True)
    if run.state != RunState.CALCULATING:
        return run.state != RunState.DROPPED
    progress = queries.progress_of(session, actor, run_id)
    if progress.packets_done < progress.packets:
        return False
    runs.sum_up(session, frame_of(session, actor, run), run_id, _closed_before(run))
    run.state = RunState.CALCULATED
    run.calculated_at = queries.fix_moment(session, actor)
    run.totals = {
        totals.currency: {
            "receivable": str(totals.receivable),
            "payable": str(totals.payable),
            "reserve": str(totals.reserve),
            "margin": str(totals.margin),
            "postings": totals.postings,
        }
        for totals in queries.totals_of(session, actor, run_id)
    }
    session.flush()
    _tell(session, run)
    return True


def approve(session: Session, actor: Actor, run_id: int) -> None:
    """Approve a calculated run, which freezes it.

    Raises:
        SecondPersonNeeded: the actor calculated it himself.
        OwnAccountChange: he changed the account of somebody it pays.
        RunMoved: it is not waiting for approval.
    """
    run = queries.get_run(session, actor, run_id)
    if run.calculated_by == actor.name:
        raise SecondPersonNeeded(actor.name)
    _refuse_own_change(session, actor, run_id)
    moment = queries.fix_moment(session, actor)
    _move(
        session,
        actor,
        run,
        RunState.CALCULATED,
        RunState.APPROVED,
        approved_by=actor.name,
        approved_at=moment,
    )
    _tell(session, run)


def close(session: Session, actor: Actor, run_id: int, day: date, *, issue: bool = True) -> None:
    """Book an approved run: its postings, statements and payees' accounts in this one transaction.

    Args:
        session: the transaction.
        actor: who closes.
        run_id: the run.
        day: the issue date of the statements, in the pool's time zone.
        issue: have the statements issued; a scenario's are not.

    Raises:
        OwnAccountChange: he changed the account of somebody it pays.
        RunMoved: it is not approved (any more), or closed already.
    """
    lock(session, RUN_LOCK)
    _refuse_own_change(session, actor, run_id)
    run = queries.get_run(session, actor, run_id)
    frame = frame_of(session, actor, run)
    moment = queries.now_of(session)
    _move(
        session,
        actor,
        run,
        RunState.APPROVED,
        RunState.CLOSED,
        closed_by=actor.name,
        closed_at=moment,
    )
    period = queries.get_period(session, actor, run.period_id)
    runs.make_statements(session, frame, run_id)
    runs.book(session, frame, run_id=run_id, period_id=period.id, name=period.name, day=day)
    period.state = PeriodState.CLOSED
    period.closed_at = moment
    session.flush()
    if issue:
        issuing.order(session, actor, run)
    _tell(session, run)


def drop(session: Session, actor: Actor, run_id: int) -> None:
    """Throw a run away; its facts and the ledger stay as they are.

    Raises:
        RunMoved: it is closed or dropped.
    """
    run = queries.get_run(session, actor, run_id, lock=True)
    if run.state not in queries.LIVE:
        raise RunMoved(run.state)
    run.state = RunState.DROPPED
    session.flush()
    runs.forget_draft(session, run_id)
    runs.forget_work(session, actor.pool_id, run_id)
    _tell(session, run)


def forget(session: Session, actor: Actor, run_id: int) -> None:
    """Clear away what a dropped run had written; nothing to do when it is gone already."""
    run = queries.get_run(session, actor, run_id, lock=True)
    if run.state == RunState.DROPPED:
        runs.forget_draft(session, run_id)
        runs.forget_work(session, actor.pool_id, run_id)


def _move(
    session: Session,
    actor: Actor,
    run: SettlementRun,
    old: RunState,
    new: RunState,
    **values: object,
) -> None:
    if not queries.move_run(session, actor, run.id, old, new, **values):
        session.refresh(run)
        raise RunMoved(run.state)
    session.refresh(run)


def _refuse_own_change(session: Session, actor: Actor, run_id: int) -> None:
    """Nobody lets go money to an account he changed since its owner was last paid."""
    changed = queries.accounts_changed(session, actor, run_id)
    if changed:
        raise OwnAccountChange(", ".join(changed))


def _tell(session: Session, run: SettlementRun) -> None:
    """Write in the journal what has become of a run."""
    new = {"through": run.through.isoformat(), "totals": run.totals}
    audit.write(session, run.state, "settlement_run", run.id, new=new)


def _collect(
    session: Session, actor: Actor, run: SettlementRun, *, since: Since, closed: Since, size: int
) -> None:
    """Collect the work since the last look into packets; a draft without any stands as it is."""
    frame = frame_of(session, actor, run)
    full = run.full_recalculation
    runs.find_due(session, frame, since, full=full)
    if since is not closed or full:
        runs.forget_due(session, frame, run.id)
    new = Since(run.through, run.known_at) if full else since
    runs.make_packets(session, frame, run.id, size, since=new, booked=closed)
    progress = queries.progress_of(session, actor, run.id)
    if since is not closed and progress.packets_done == progress.packets:
        run.state = RunState.CALCULATED
        run.calculated_at = run.known_at
        session.flush()


def _new_run(
    session: Session, actor: Actor, through: date, last: SettlementRun | None
) -> SettlementRun:
    return SettlementRun(
        pool_id=actor.pool_id,
        period_id=_open_period(session, actor, through, last).id,
        through=through,
        previous_id=last.id if last else None,
        previous_through=last.through if last else None,
        previous_known_at=last.known_at if last else None,
    )


def _open_period(
    session: Session, actor: Actor, through: date, last: SettlementRun | None
) -> Period:
    period = queries.find_open_period(session, actor)
    if period is None:
        period = Period(pool_id=actor.pool_id, state=PeriodState.OPEN)
        session.add(period)
    period.name = period_name(through)
    period.last_day = through
    period.after = last.through if last else None
    session.flush()
    return period


def _closed_before(run: SettlementRun) -> Since:
    if run.previous_through is None or run.previous_known_at is None:
        return NEVER
    return Since(run.previous_through, run.previous_known_at)
