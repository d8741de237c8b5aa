"""The jobs of lists of firms, and the day's round of a pool.

What both modules know meets here: companies and people come into being in the administration, their
place in the hierarchy in the pool's business, each portion in one transaction.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Engine, NullPool, create_engine

from admin_module.onboarding import queries
from admin_module.onboarding.errors import ListTooLong
from admin_module.onboarding.formats.tables import ARCHIVE, LARGEST, read_table
from admin_module.onboarding.operations import lists
from admin_module.onboarding.rules import Superior
from pool_module.agreements.operations import joining
from pool_module.incoming.formats.statements.archive import Limits, check_archive
from pool_module.incoming.queries.registers import get_pool
from shared import clock, workplace
from shared.actor import Actor
from shared.config import Config
from shared.db import Session, open_session
from shared.errors import Refused
from shared.storage import open_stored
from shared.vocabulary import Door, IntermediaryType, JobState

LOOKED: Final = "%(file)s has been looked at."
UNREADABLE: Final = "%(file)s can't be read."
TAKEN: Final = "%(file)s has been taken over."
STOPPED: Final = "%(file)s was laid down."
TAKING: Final = "Taking firms and people over"
# a list of firms is small: what unpacks to more is none
LIMITS: Final = Limits(entries=200, unpacked=60 << 20, cells=1_000_000)


def read_list(
    session: Session, actor: Actor, *, list_id: int, by: str, account_id: int | None, job_id: int
) -> None:
    """Look at a list of firms (task ``onboarding.read_list``)."""
    person = Actor(Door.WORKER, actor.pool_id, account_id, by)
    with _engine_of(session) as engine:
        with open_session(engine, person) as own, own.begin():
            found = queries.get_list(own, person, list_id)
            name, digest = found.file_name, found.sha256
            if not workplace.tell(own, job_id):
                lists.stop(own, list_id)
                _end(own, job_id, list_id, (JobState.CANCELLED, STOPPED, name))
                return
        content = open_stored(Config.from_environment().storage_dir, actor.pool_id, None, digest)
        try:
            if len(content) > LARGEST:
                raise ListTooLong(0)
            if content.startswith(ARCHIVE):
                check_archive(io.BytesIO(content), LIMITS)
            table = read_table(content)
        except Refused as refusal:
            with open_session(engine, person) as own, own.begin():
                lists.refuse(own, list_id, refusal)
                _end(own, job_id, list_id, (JobState.FAILED, UNREADABLE, name), refusal)
            return
        with open_session(engine, person) as own, own.begin():
            lists.read(own, list_id, table)
            _end(own, job_id, list_id, (JobState.DONE, LOOKED, name))


def take_list(
    session: Session, actor: Actor, *, list_id: int, by: str, account_id: int | None, job_id: int
) -> None:
    """Take a list of firms over, portion by portion (task ``onboarding.take_list``).

    Killed it goes on where it was: what was taken says so in the same transaction.
    """
    person = Actor(Door.WORKER, actor.pool_id, account_id, by)
    with _engine_of(session) as engine:
        with open_session(engine, person) as own, own.begin():
            found = queries.get_list(own, person, list_id)
            name, size = found.file_name, len(found.rows)
            day = clock.today(get_pool(own, person).time_zone)
            if not _goes_on(own, job_id, list_id, name, size=size):
                return
        while True:
            with open_session(engine, person) as own, own.begin():
                taken = lists.take_portion(own, list_id)
                for company, above in taken.made if taken else ():
                    _place(own, person, company, above, day)
                if taken is None:
                    _end(own, job_id, list_id, (JobState.DONE, TAKEN, name))
                    return
            with open_session(engine, person) as own, own.begin():
                if not _goes_on(own, job_id, list_id, name, done=taken.reached, size=size):
                    return


def _goes_on(
    session: Session, job_id: int, list_id: int, name: str, *, size: int, done: int | None = None
) -> bool:
    """Report how far taking over is; stopped, also before it began, the list is laid down."""
    if workplace.tell(session, job_id, done=done, size=size, phase=TAKING):
        return True
    lists.lay_down(session, list_id)
    _end(session, job_id, list_id, (JobState.CANCELLED, STOPPED, name))
    return False


def _place(session: Session, actor: Actor, company: Any, above: Superior | None, day: Any) -> None:
    """Give a firm that came by a list its place; an adviser has none."""
    if company.intermediary_type == IntermediaryType.ADVISER:
        return
    parent_id = above.producer_id if above else None
    if above and above.firm_id is not None:
        parent_id = queries.leaders(session, actor, [above.firm_id]).get(above.firm_id)
    if above and parent_id is None:
        # whom it names was refused a place itself: it is placed by hand, never at the top instead
        return
    try:
        with session.begin_nested():
            joining.join(
                session, company.id, name=company.name, code=company.code, kind=company.kind,
                parent_id=parent_id, day=day,
            )  # fmt: skip
    except Refused:
        # it stands nowhere then: its checklist says so, and leads to where it is placed
        return


def _end(
    session: Session,
    job_id: int,
    list_id: int,
    told: tuple[JobState, str, str],
    refusal: Refused | None = None,
) -> None:
    state, text, name = told
    values: dict[str, Any] = {
        key: str(value) for key, value in (refusal.values if refusal else {}).items()
    }
    workplace.end_job(
        session, job_id, state, text=text, link=f"/companies/lists/{list_id}",
        error=refusal.message if refusal else None, **{**values, "file": name},
    )  # fmt: skip


@contextmanager
def _engine_of(session: Session) -> Iterator[Engine]:
    """Connections of one's own, to where the job's session goes."""
    engine = create_engine(session.get_bind().engine.url, poolclass=NullPool)
    try:
        yield engine
    finally:
        engine.dispose()
