"""Tasks of the kill test: the effect of each is one row, which nothing can take back."""

import time

from brokerpool.tasks import worker_engine
from shared import audit
from shared.actor import Actor
from shared.db import Session
from shared.worker import Tasks, perform

TASKS: Tasks = {"leave_mark": "tests.runtime.outbox_tasks:leave_mark"}
RUN = "tests.runtime.outbox_tasks.run"


def run(pool_id: int, outbox_id: int) -> None:
    perform(worker_engine(), TASKS, pool_id, outbox_id)


def leave_mark(session: Session, actor: Actor, *, number: int, seconds: float) -> None:
    """Write the row first and dawdle then, so that a kill comes between row and commit."""
    assert actor.pool_id
    audit.write(session, "marked", "kill_test", number)
    time.sleep(seconds)
