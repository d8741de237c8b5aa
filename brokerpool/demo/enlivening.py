"""Life in both portals: what people have on their desks the day the demo is made for."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import text

from brokerpool.demo import agreeing, describing, placing, proving, talking
from brokerpool.demo.applying import add_applications
from brokerpool.demo.codes import read_codes
from brokerpool.demo.delivered import add_past_deliveries
from brokerpool.demo.loading import Loaded, accountant
from brokerpool.demo.months import CLOSED
from brokerpool.demo.people import Login
from brokerpool.demo.stage import Stage, engines_of
from brokerpool.demo.writing import write
from pool_module.hierarchy.rules import Change
from pool_module.settlement.operations import proposals
from pool_module.settlement.operations.issuing import ensure_lines
from pool_module.settlement.queries import get_run
from shared.config import Config
from shared.db import Session, actor_of, open_session
from shared.vocabulary import ChangeKind, Door

ENLIVENED = "demo.enlivened"
PROPOSER = "malte.brodersen"
ASKED = 2  # so many of the latest statements
SINCE = 3  # so many settled months the proposed promotion reaches back
REASON = "Stufe lag laut Produktionsliste schon früher vor, Meldung kam verspätet."


def enliven(
    config: Config, loaded: Loaded, logins: list[Login], accounts: Mapping[str, int], today: date
) -> None:
    """Put life into a pool that has none yet.

    Args:
        config: doors and storage.
        loaded: the pool.
        logins: its people.
        accounts: their account ids by e-mail.
        today: the day the demo is made for.
    """
    people = {login.email.partition("@")[0]: login for login in logins}
    with (
        engines_of(config) as engines,
        open_session(engines[Door.WORKER], accountant(loaded.pool_id)) as worker,
    ):
        if _is_done(worker):
            return
        stage = Stage(
            engines=engines, pool_id=loaded.pool_id, world=loaded.world, codes=read_codes(worker),
            people=people, accounts=accounts, storage=config.storage_dir, today=today,
            worker=worker,
        )  # fmt: skip
        add_past_deliveries(stage)
        _write_latest_lines(worker)
        applications = add_applications(stage)
        talking.add_threads(stage, applications)
        talking.add_notices(stage)
        write(worker, "audit_entry", [_note()])
        worker.commit()
        describing.describe_range(stage)
        talking.add_tasks(stage, applications)
        talking.add_own(stage)
        placing.place(stage)
        proving.prove_firms(stage)
        agreeing.agree_on_terms(stage)
        _propose(stage)


def _write_latest_lines(worker: Session) -> None:
    """The lines of the latest statements, which people ask about; the worker makes the others."""
    actor = actor_of(worker)
    latest = worker.execute(
        text(
            "SELECT id FROM settlement_run WHERE pool_id = :pool AND state = 'closed' "
            "ORDER BY through DESC LIMIT :asked"
        ),
        {"pool": actor.pool_id, "asked": ASKED},
    ).scalars()
    for run_id in list(latest):
        ensure_lines(worker, actor, get_run(worker, actor, run_id))


def _propose(stage: Stage) -> None:
    """A promotion that reaches back waits for a second person."""
    seller = next(
        s for s in stage.world.sellers
        if s.firm == "NL-208" and s.level == "L1" and s.code != stage.world.cast.rising
    )  # fmt: skip
    change = Change(
        kind=ChangeKind.CAREER,
        producer_id=stage.codes.sellers[seller.code],
        from_day=stage.world.months.first(CLOSED - SINCE),
        level_id=stage.codes.levels["L2"],
        reason=REASON,
    )
    with stage.acting(PROPOSER) as session:
        made = proposals.propose(session, actor_of(session), change).id
    worker = stage.worker
    proposals.calculate(worker, actor_of(worker), made)
    worker.commit()
    with stage.acting(PROPOSER) as session:
        proposals.send(session, actor_of(session), made)


def _is_done(session: Session) -> bool:
    found = session.execute(
        text("SELECT 1 FROM audit_entry WHERE pool_id = :pool AND action = :action"),
        {"pool": actor_of(session).pool_id, "action": ENLIVENED},
    )
    return found.first() is not None


def _note() -> dict[str, object]:
    return {"door": Door.WORKER, "action": ENLIVENED, "subject": "pool", "new": {}}
