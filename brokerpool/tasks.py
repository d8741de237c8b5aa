"""The tasks an outbox row may name, and what RQ calls. A new task is one line here."""

from functools import cache

from sqlalchemy import Engine

from brokerpool.addresses import door_url
from shared.config import Config
from shared.db import make_engine
from shared.vocabulary import Door
from shared.worker import Tasks, perform

TASKS: Tasks = {
    "contracts.roll_premiums": "pool_module.contracts.jobs:roll_premiums",
    "firms.watch": "admin_module.onboarding.jobs:watch",
    "incoming.check_upload": "brokerpool.importing:check_upload",
    "incoming.take_upload": "brokerpool.importing:take_upload",
    "evidence.export": "brokerpool.evidence:export_period",
    "invitations.reset": "admin_module.invitations.jobs:reset",
    "mail.send": "admin_module.invitations.jobs:send_mail",
    "onboarding.read_list": "brokerpool.firm_lists:read_list",
    "onboarding.take_list": "brokerpool.firm_lists:take_list",
    "payouts.write_delivery_items": "pool_module.payouts.jobs:write_delivery_items",
    "payouts.write_statement_items": "pool_module.payouts.jobs:write_statement_items",
    "settlement.calculate": "brokerpool.settling:calculate",
    "settlement.close": "brokerpool.settling:close",
    "settlement.forget": "pool_module.settlement.jobs:forget",
    "settlement.write_lines": "pool_module.settlement.jobs:write_lines",
    "settlement.issue_statements": "pool_module.settlement.jobs:issue_statements",
    "settlement.preview_change": "pool_module.settlement.jobs:preview_change",
    "settlement.issue_acts": "pool_module.settlement.jobs:issue_acts",
}
# what every pool has done once a day
DAILY: tuple[str, ...] = ("firms.watch",)


def run(pool_id: int, outbox_id: int) -> None:
    """Do what an outbox row says; called by RQ in a process of its own."""
    perform(worker_engine(), TASKS, pool_id, outbox_id)


@cache
def worker_engine() -> Engine:
    """This process's way to the database, with the worker's login."""
    return make_engine(door_url(Config.from_environment(), Door.WORKER), size=1)
