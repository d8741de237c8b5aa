"""The jobs of uploaded files: looked at and taken over portion by portion, by whoever brought them.

An import is many transactions (decision 4): a job opens them itself, is watched while it works, and
goes on where it was when its process dies: what was taken is known again by its key.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

from sqlalchemy import Engine, NullPool, create_engine

from pool_module.incoming.operations import taking
from pool_module.incoming.operations.checking import Check
from pool_module.incoming.operations.taking import Taking
from pool_module.incoming.queries.registers import get_pool
from pool_module.incoming.queries.uploads import get_upload
from shared import clock, workplace
from shared.actor import Actor
from shared.config import Config
from shared.db import Session, open_session
from shared.errors import Refused
from shared.vocabulary import Door, JobState

CHECKED: Final = "%(file)s has been looked at."
NOT_CHECKED: Final = "%(file)s can't be read."
TAKEN: Final = "%(file)s is imported."
NOT_TAKEN: Final = "%(file)s could not be imported."
STOPPED: Final = "%(file)s was laid down."
LOOKING: Final = "Looking at rows"
TAKING: Final = "Taking rows over"


class Work(Protocol):
    """Something done in steps, each committed."""

    size: int

    def steps(self) -> Iterator[int]:
        """Do it; gives how far it is."""
        ...


@dataclass(frozen=True)
class _Desk:
    """Where a job works: in whose name, on what, how it reports."""

    engine: Engine
    person: Actor
    upload_id: int
    job_id: int

    def tell(self, *, done: int | None = None, size: int | None = None, phase: str = "") -> bool:
        """Report, in a transaction of its own; False when it shall stop."""
        with open_session(self.engine, self.person) as own, own.begin():
            return workplace.tell(own, self.job_id, done=done, size=size, phase=phase or None)

    def end(
        self, state: JobState, text: str, link: str = "", refusal: Refused | None = None
    ) -> None:
        """End the job; a refusal says why."""
        with open_session(self.engine, self.person) as own, own.begin():
            upload = get_upload(own, self.person, self.upload_id)
            said = refusal.values if refusal else {}
            values: dict[str, Any] = {name: str(value) for name, value in said.items()}
            workplace.end_job(
                own,
                self.job_id,
                state,
                text=text,
                link=link or f"/deliveries/uploads/{self.upload_id}",
                error=refusal.message if refusal else None,
                **(values | {"file": upload.file_name}),
            )


def check_upload(
    session: Session,
    actor: Actor,
    *,
    upload_id: int,
    by: str,
    account_id: int | None,
    job_id: int,
) -> None:
    """Look at an uploaded file (task ``incoming.check_upload``); begins anew when it was killed."""
    person = Actor(Door.WORKER, actor.pool_id, account_id, by)
    with _desk(session, person, upload_id, job_id) as desk:
        try:
            with open_session(desk.engine, desk.person) as own:
                check = Check(own, desk.person, upload_id, **_where(own, desk.person))
                if _work(desk, own, check, LOOKING):
                    desk.end(JobState.DONE, CHECKED)
        except Refused as refusal:
            with open_session(desk.engine, desk.person) as own, own.begin():
                taking.refuse(own, desk.person, upload_id)
            desk.end(JobState.FAILED, NOT_CHECKED, refusal=refusal)


def take_upload(
    session: Session,
    actor: Actor,
    *,
    upload_id: int,
    by: str,
    account_id: int | None,
    job_id: int,
) -> None:
    """Take an uploaded file over (task ``incoming.take_upload``); goes on when it was killed."""
    person = Actor(Door.WORKER, actor.pool_id, account_id, by)
    with _desk(session, person, upload_id, job_id) as desk:
        try:
            with open_session(desk.engine, desk.person) as own:
                work = Taking(own, desk.person, upload_id, **_where(own, desk.person))
                if _work(desk, own, work, TAKING):
                    desk.end(JobState.DONE, TAKEN, f"/deliveries/{work.delivery_id}")
        except Refused as refusal:
            with open_session(desk.engine, desk.person) as own, own.begin():
                taking.stop(own, desk.person, upload_id)
            desk.end(JobState.FAILED, NOT_TAKEN, refusal=refusal)


def _work(desk: _Desk, own: Session, work: Work, phase: str) -> bool:
    """Do the steps and tell of each; False when somebody stopped it."""
    for reached in work.steps():
        own.commit()
        if not desk.tell(done=reached, size=max(work.size, 1), phase=phase):
            own.rollback()
            taking.stop(own, desk.person, desk.upload_id)
            own.commit()
            desk.end(JobState.CANCELLED, STOPPED)
            return False
    own.commit()
    return True


def _where(session: Session, person: Actor) -> dict[str, Any]:
    """Where files lie, and the pool's day."""
    zone = get_pool(session, person).time_zone
    return {"storage": Config.from_environment().storage_dir, "today": clock.today(zone)}


@contextmanager
def _desk(session: Session, person: Actor, upload_id: int, job_id: int) -> Iterator[_Desk]:
    """Connections of one's own, to where the job's session goes."""
    engine = create_engine(session.get_bind().engine.url, poolclass=NullPool)
    try:
        yield _Desk(engine, person, upload_id, job_id)
    finally:
        engine.dispose()
