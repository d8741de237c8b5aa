"""What people ask of a settlement run from a portal; the worker does what takes its rights.

Calculating, closing and clearing away write drafts and books, which staff can't: they become jobs,
ordered once however often somebody clicks. Approving is a row's state, and the person's own act.
"""

from datetime import date, datetime

from pool_module.settlement import queries
from pool_module.settlement.errors import (
    CalculatedAnew,
    NameDiffers,
    PeriodClosed,
    RunInTheWay,
    RunMoved,
)
from pool_module.settlement.operations import runs
from pool_module.settlement.queries import running
from shared import audit, outbox, workplace
from shared.actor import Actor
from shared.db import Session
from shared.db.facts import lock
from shared.models.ledger import SettlementRun
from shared.permissions import Permission
from shared.vocabulary import RunState

CALCULATION, CLOSE = "settlement", "settlement_close"
ORDER_LOCK = 7006
WAITS = "The settlement of %(period)s is calculated and waits for a second person."
APPROVED = "%(name)s has approved the settlement of %(period)s: it can be closed."
THERE = "Your statement for %(period)s is there."


def order_calculation(session: Session, actor: Actor, through: date, *, full: bool = False) -> int:
    """Have a period calculated, or its draft again; gives the job's id.

    Who asks while it is being done gets the job that does it.

    Raises:
        PeriodClosed: the day is not later than the last settlement.
        RunInTheWay: a run through another day is open.
    """
    lock(session, ORDER_LOCK)
    last = queries.find_last_closed(session, actor)
    if last is not None and through <= last.through:
        raise PeriodClosed(through, last.through)
    run = queries.find_live_run(session, actor)
    if run is not None and run.through != through:
        raise RunInTheWay(run.through)
    job = running.find_job(session, actor, (CALCULATION,))
    if job is not None:
        return job.id
    return workplace.start_job(
        session,
        CALCULATION,
        "settlement.calculate",
        subject="settlement_run",
        subject_id=run.id if run else None,
        through=through.isoformat(),
        full=full,
        **_person(actor),
    )


def approve(session: Session, actor: Actor, run_id: int, totals_seen: str) -> None:
    """Approve a calculated run that is still the one that was looked at.

    Args:
        session: the transaction.
        actor: the second person.
        run_id: the run.
        totals_seen: ``known_at`` of the calculation that was shown.

    Raises:
        RunUnknown: the pool has none of this id.
        SecondPersonNeeded: the actor calculated it himself.
        CalculatedAnew: what was shown is not what stands by now.
        RunMoved: it is not waiting for approval.
    """
    run, period = running.get_known_run(session, actor, run_id)
    if seen_of(run.known_at) != totals_seen:
        raise CalculatedAnew
    runs.approve(session, actor, run_id)
    workplace.notify(
        session,
        APPROVED,
        link=f"/runs/{run_id}",
        tone="ok",
        permission=Permission.SETTLEMENT_RUN,
        values={"name": actor.name, "period": period.name},
    )


def order_close(session: Session, actor: Actor, run_id: int, typed: str, day: date) -> int:
    """Have an approved run closed; gives the job's id, the same however often it is asked.

    Args:
        session: the transaction.
        actor: who closes.
        run_id: the run.
        typed: the period's name, typed by him.
        day: the issue date of the statements.

    Raises:
        RunUnknown: the pool has none of this id.
        NameDiffers: something else was typed.
        RunMoved: it is not approved.
    """
    run, period = running.get_known_run(session, actor, run_id)
    if typed.strip() != period.name:
        raise NameDiffers(period.name)
    lock(session, ORDER_LOCK)
    job = running.find_job(session, actor, (CLOSE,), run_id)
    if job is not None:
        return job.id
    session.refresh(run)
    if run.state != RunState.APPROVED:
        raise RunMoved(run.state)
    return workplace.start_job(
        session,
        CLOSE,
        "settlement.close",
        subject="settlement_run",
        subject_id=run_id,
        run_id=run_id,
        day=day.isoformat(),
        **_person(actor),
    )


def drop(session: Session, actor: Actor, run_id: int) -> None:
    """Cancel a calculation, or throw a draft away: at once; what it wrote is cleared away later.

    Raises:
        RunUnknown: the pool has none of this id.
        RunMoved: it is closed or dropped.
    """
    run, _ = running.get_known_run(session, actor, run_id)
    session.refresh(run, with_for_update=True)
    if run.state not in queries.LIVE:
        raise RunMoved(run.state)
    run.state = RunState.DROPPED
    session.flush()
    audit.write(
        session, RunState.DROPPED, "settlement_run", run.id, new={"through": str(run.through)}
    )
    outbox.put(session, "settlement.forget", {"run_id": run_id})


def tell_calculated(session: Session, actor: Actor, run: SettlementRun) -> None:
    """Tell those who approve that a run waits for them."""
    period = queries.get_period(session, actor, run.period_id)
    workplace.notify(
        session,
        WAITS,
        link=f"/runs/{run.id}",
        permission=Permission.SETTLEMENT_APPROVE,
        values={"period": period.name},
    )


def tell_closed(session: Session, actor: Actor, run_id: int) -> str:
    """Tell every firm that its statement is there; gives the period's name."""
    _, period = running.get_known_run(session, actor, run_id)
    running.announce(session, actor, run_id, period=period.name, sentence=THERE, link="/statements")
    return period.name


def seen_of(known_at: datetime) -> str:
    """What names a calculation: the moment it stands on."""
    return known_at.isoformat()


def _person(actor: Actor) -> dict[str, object]:
    """Who the job acts for: the run is calculated and closed by a person."""
    return {"by": actor.name, "account_id": actor.account_id}
