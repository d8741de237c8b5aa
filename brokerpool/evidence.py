"""The job that takes a closed period out: it tells how far it is while it reads."""

from typing import Final

from sqlalchemy import NullPool, create_engine

from pool_module.evidence.operations import export_period as taken_out
from shared import workplace
from shared.actor import Actor
from shared.config import Config
from shared.db import Session, open_session
from shared.errors import Refused
from shared.vocabulary import Door, JobState

DONE: Final = "The data of %(period)s is ready."
STOPPED: Final = "The export was stopped."
FAILED: Final = "The data could not be taken out."
READING: Final = "Reading tables"


def export_period(
    session: Session,
    actor: Actor,
    *,
    run_id: int,
    by: str,
    account_id: int | None,
    job_id: int,
) -> None:
    """Take a closed period out (task ``evidence.export``); begins anew when it was killed."""
    person = Actor(Door.WORKER, actor.pool_id, account_id, by)
    engine = create_engine(session.get_bind().engine.url, poolclass=NullPool)

    def told(done: int, size: int) -> bool:
        with open_session(engine, person) as own, own.begin():
            return workplace.tell(own, job_id, done=done, size=size, phase=READING)

    try:
        with open_session(engine, person) as own, own.begin():
            root = Config.from_environment().storage_dir
            document = taken_out(own, person, root, run_id, told)
            if document is None:
                workplace.end_job(own, job_id, JobState.CANCELLED, text=STOPPED, link="/evidence")
            else:
                workplace.end_job(
                    own,
                    job_id,
                    JobState.DONE,
                    text=DONE,
                    link=f"/evidence/exports/{document.id}",
                    period=document.title,
                )
    except Refused as refusal:
        with open_session(engine, person) as own, own.begin():
            workplace.end_job(
                own, job_id, JobState.FAILED, text=FAILED, link="/evidence", error=refusal.message
            )
    finally:
        engine.dispose()
