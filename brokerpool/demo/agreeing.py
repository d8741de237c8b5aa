"""Payment terms, what is due by them, two parameters and a right: what the accountants' pages show.

What was due is paid, but for one of a dozen.
"""

from datetime import date, timedelta
from typing import Final

from sqlalchemy import text

from admin_module.parameters.operations import set_parameter
from admin_module.permissions.operations import change
from brokerpool.demo.offers import BUSINESS
from brokerpool.demo.stage import Stage
from brokerpool.demo.writing import write
from pool_module.agreements.operations import terms
from pool_module.agreements.rules.terms import TermsValues
from pool_module.payouts import operations as payouts
from shared.db import Session, actor_of
from shared.due import TermsBasis, TermsParty
from shared.permissions import Permission, Role

ACCOUNTANT: Final = "svenja.claasen"
ADMIN: Final = "frauke.petersen"
TEAM: Final = "Team Küste"
CAREFUL_FIRM: Final = "NL-208"
LATE: Final = 12  # one of so many is not paid in time
REASON: Final = "Das Büro führt seinen eigenen Bestand selbst, die Assistenz nur den des Pools."


def agree_on_terms(stage: Stage) -> None:
    """Agree on terms, then write what is due by them, and note as paid what was."""
    _team(stage)
    _terms(stage)
    _items(stage)
    _paid(stage)
    _settings(stage)


def _team(stage: Stage) -> None:
    """A team looks after two firms and an insurer."""
    worker = stage.worker
    pool = actor_of(worker).pool_id
    known = worker.execute(
        text("SELECT 1 FROM team WHERE pool_id = :pool AND name = :name"),
        {"pool": pool, "name": TEAM},
    )
    if known.first() is None:
        division = stage.codes.divisions[BUSINESS]
        write(worker, "team", [{"name": TEAM, "division_id": division}])
    worker.commit()
    firms = [f"c{stage.codes.firms[code]}" for code in ("NL-121", CAREFUL_FIRM)]
    with stage.acting(ACCOUNTANT) as session:
        terms.look_after(session, _team_id(session), [*firms, f"i{_insurers(stage)[0]}"])


def _terms(stage: Stage) -> None:
    firms, insurers = stage.codes.firms, _insurers(stage)
    with stage.acting(ACCOUNTANT) as session:
        agreed = [
            _of(insurer_id=insurers[1], receivable_days=20, receivable_from=TermsBasis.MONTH_END),
            _of(insurer_id=insurers[2], receivable_days=14, payable_days=14),
            _of(company_id=firms["NL-121"], payable_days=7),
            _of(
                company_id=firms["NL-402"], payable_days=10, payable_from=TermsBasis.MONTH_END,
                receivable_days=30,
            ),
            _of(
                party=TermsParty.PRODUCER, company_id=firms["NL-402"], receivable_days=45,
                overrides=True,
            ),
            _of(party=TermsParty.PRODUCER, company_id=firms[CAREFUL_FIRM], receivable_days=20),
            _of(party=TermsParty.TEAM, team_id=_team_id(session), receivable_days=21),
            _of(company_id=firms[CAREFUL_FIRM], payable_days=30, active=False),
        ]  # fmt: skip
        for values in agreed:
            terms.agree(session, values)


def _of(party: TermsParty = TermsParty.COMPANY, **values: object) -> TermsValues:
    return TermsValues(party=party, **values)  # type: ignore[arg-type]


def _items(stage: Stage) -> None:
    """What arose month by month, and by every delivery."""
    worker = stage.worker
    actor = actor_of(worker)
    for run_id in _ids(worker, "settlement_run", "state = 'closed'"):
        payouts.write_statement_items(worker, actor, run_id)
    for delivery_id in _ids(worker, "delivery", "state = 'imported'"):
        payouts.write_delivery_items(worker, actor, delivery_id)
    worker.commit()


def _paid(stage: Stage) -> None:
    """What was due is paid, but for what payees owe and what is late lately."""
    with stage.acting(ACCOUNTANT) as session:
        rows = session.execute(
            text(
                "SELECT id, due_on FROM invoice WHERE pool_id = :pool AND due_on < :today "
                "AND (side = 'payable' OR insurer_id IS NOT NULL) "
                "AND (due_on < :lately OR id % :late > 0) ORDER BY due_on, id"
            ),
            {
                "pool": stage.pool_id,
                "today": stage.today,
                "late": LATE,
                "lately": stage.today - timedelta(days=45),
            },
        )
        by_day: dict[date, list[int]] = {}
        for number, due_on in rows:
            by_day.setdefault(due_on, []).append(number)
        for due_on, numbers in by_day.items():
            payouts.pay(session, numbers, day=due_on)


def _settings(stage: Stage) -> None:
    """Two parameters that differ, and a right the assistants of one firm do not have."""
    with stage.acting(ADMIN) as session:
        set_parameter(session, "bank_waiting_days", None, 5)
        set_parameter(session, "answer_days", None, 1)
        place = f"c{stage.codes.firms[CAREFUL_FIRM]}"
        change(
            session, Role.ASSISTANT, Permission.OWN_CUSTOMERS, place, allowed=False, reason=REASON
        )


def _team_id(session: Session) -> int:
    found: int = session.execute(
        text("SELECT id FROM team WHERE pool_id = :pool AND name = :name"),
        {"pool": actor_of(session).pool_id, "name": TEAM},
    ).scalar_one()
    return found


def _insurers(stage: Stage) -> list[int]:
    return sorted(stage.codes.insurers.values())


def _ids(session: Session, table: str, where: str) -> list[int]:
    rows = session.execute(
        text(f"SELECT id FROM {table} WHERE pool_id = :pool AND {where} ORDER BY id"),  # noqa: S608
        {"pool": actor_of(session).pool_id},
    )
    return [row.id for row in rows]
