"""A row's life, and what the dispatcher may see."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from shared import audit, outbox, worker
from shared.actor import Actor
from shared.db import Session, make_engine, open_session
from shared.models.kit import AuditEntry, Outbox
from shared.models.pools import Pool
from shared.outbox import Leased
from shared.vocabulary import Door
from tests.servers import Database

TASKS = {
    "mark": f"{__name__}:mark",
    "stumble": f"{__name__}:stumble",
}


def mark(session: Session, actor: Actor, *, number: int) -> None:
    assert actor.door is Door.WORKER
    audit.write(session, "marked", "test", number)


def stumble(session: Session, actor: Actor, *, number: int) -> None:
    mark(session, actor, number=number)
    raise ValueError("no ink\nand more")


def of_pool(pool_id: int) -> Actor:
    return Actor(Door.WORKER, pool_id, None, "test")


class TestLife:
    @pytest.fixture
    def engine(self, own_database: Database) -> Iterator[Engine]:
        engine = make_engine(own_database.door_url(Door.WORKER))
        yield engine
        engine.dispose()

    @pytest.fixture(autouse=True)
    def _pools(self, engine: Engine) -> None:
        for pool_id in (1, 2):
            with open_session(engine, of_pool(pool_id)) as session, session.begin():
                if session.get(Pool, pool_id) is None:
                    session.add(Pool(id=pool_id, code=f"p{pool_id}", name="a pool"))
        for pool_id in (1, 2):  # nothing of another test is due
            with open_session(engine, of_pool(pool_id)) as session, session.begin():
                session.execute(text("UPDATE outbox SET done_at = now() WHERE done_at IS NULL"))

    def put(self, engine: Engine, pool_id: int, task: str, priority: int = 0) -> int:
        with open_session(engine, of_pool(pool_id)) as session, session.begin():
            return outbox.put(session, task, {"number": 5}, priority=priority)

    def lease(
        self, engine: Engine, seconds: int = 60, waiting: tuple[int, ...] = ()
    ) -> list[Leased]:
        with engine.begin() as connection:
            return outbox.lease(connection, most=10, seconds=seconds, waiting=waiting)

    def row(self, engine: Engine, pool_id: int, outbox_id: int) -> Outbox:
        with open_session(engine, of_pool(pool_id)) as session:
            return session.get_one(Outbox, (pool_id, outbox_id))

    def marks(self, engine: Engine, pool_id: int) -> int:
        with open_session(engine, of_pool(pool_id)) as session:
            return session.query(AuditEntry).count()

    def test_due_rows_of_all_pools_are_leased_the_urgent_first(self, engine: Engine) -> None:
        late, soon = self.put(engine, 1, "mark"), self.put(engine, 2, "mark", priority=9)
        assert self.lease(engine) == [Leased(2, soon, 1), Leased(1, late, 1)]
        assert self.lease(engine) == []  # until the lease ends

    def test_a_lease_that_ended_is_given_again(self, engine: Engine) -> None:
        lost = self.put(engine, 1, "mark")
        assert self.lease(engine, seconds=0) == [Leased(1, lost, 1)]
        assert self.lease(engine, seconds=0, waiting=(lost,)) == []  # lies in Redis
        assert self.lease(engine, seconds=0) == [Leased(1, lost, 2)]

    def test_what_a_job_holds_is_not_leased(self, engine: Engine) -> None:
        held = self.put(engine, 1, "mark")
        with open_session(engine, of_pool(1)) as session:
            assert outbox.claim(session, held)
            assert self.lease(engine) == []
            with open_session(engine, of_pool(1)) as other:
                assert outbox.claim(other, held) is None

    def test_an_effect_comes_once(self, engine: Engine) -> None:
        row_id = self.put(engine, 1, "mark")
        before = self.marks(engine, 1)
        for _ in range(3):
            worker.perform(engine, TASKS, 1, row_id)
        assert self.marks(engine, 1) == before + 1
        assert self.row(engine, 1, row_id).done_at is not None

    def test_another_pools_row_is_out_of_reach(self, engine: Engine) -> None:
        row_id = self.put(engine, 1, "mark")
        worker.perform(engine, TASKS, 2, row_id)
        assert self.row(engine, 1, row_id).done_at is None

    def test_a_task_that_raises_leaves_nothing_and_is_tried_again(self, engine: Engine) -> None:
        row_id = self.put(engine, 1, "stumble")
        before = self.marks(engine, 1)
        self.lease(engine)
        worker.perform(engine, TASKS, 1, row_id)
        row = self.row(engine, 1, row_id)
        assert (row.attempts, row.error) == (1, "ValueError: no ink")
        assert row.failed_at is None
        assert row.leased_until
        assert self.marks(engine, 1) == before
        assert self.lease(engine) == []  # it pauses

    def test_it_is_given_up_after_eight_attempts(self, engine: Engine) -> None:
        row_id = self.put(engine, 1, "stumble")
        for attempt in range(1, outbox.MOST_ATTEMPTS + 1):
            with open_session(engine, of_pool(1)) as session, session.begin():
                session.execute(text("UPDATE outbox SET leased_until = NULL WHERE done_at IS NULL"))
            assert self.lease(engine) == [Leased(1, row_id, attempt)]
            worker.perform(engine, TASKS, 1, row_id)
        assert self.row(engine, 1, row_id).failed_at is not None
        assert self.lease(engine) == []

    def test_one_that_takes_its_process_along_is_given_up_too(self, engine: Engine) -> None:
        row_id = self.put(engine, 1, "mark")
        for _ in range(outbox.MOST_LEASES + 1):
            self.lease(engine, seconds=0)
        worker.perform(engine, TASKS, 1, row_id)
        row = self.row(engine, 1, row_id)
        assert row.error == "RuntimeError: leased 51 times and never came to an end"
        assert row.failed_at is not None

    def test_an_unknown_task_says_so(self, engine: Engine) -> None:
        row_id = self.put(engine, 1, "brew")
        worker.perform(engine, TASKS, 1, row_id)
        error = self.row(engine, 1, row_id).error
        assert error == "LookupError: no task 'brew' in this release"


def test_pauses_grow() -> None:
    pauses = [outbox.pause_after(attempt) for attempt in (1, 2, 3, 20)]
    assert pauses == [timedelta(seconds=s) for s in (5, 15, 45, 3600)]


@pytest.mark.parametrize("door", [Door.INTRANET, Door.EXTRANET])
def test_only_the_worker_leases(connect: Callable[[Door], Connection], door: Door) -> None:
    with pytest.raises(ProgrammingError, match="permission denied for function lease_outbox"):
        connect(door).execute(text("SELECT lease_outbox(1, 1, '{}')"))


def test_the_journal_names_who_did_it(session_for: Callable[[Actor], Session]) -> None:
    session = session_for(Actor(Door.WORKER, 7, 3, "Jana Brandt"))
    session.add(Pool(id=7, code="p7", name="a pool"))
    session.flush()
    audit.write(session, "approved", "settlement_run", 5, new={"through": "2026-10-31"})
    entry = session.query(AuditEntry).one()
    assert (entry.door, entry.account_id, entry.recorded_by) == ("worker", 3, "Jana Brandt")
    assert (entry.action, entry.subject, entry.subject_id) == ("approved", "settlement_run", 5)
    assert (entry.old, entry.new) == (None, {"through": "2026-10-31"})
