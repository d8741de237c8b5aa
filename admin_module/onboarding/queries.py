"""What is asked while firms come in."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, func, or_, select, update
from sqlalchemy.orm import Session

from admin_module.onboarding.errors import NoSuchList
from shared.actor import Actor
from shared.models.access import RolePermission
from shared.models.firms import FirmList
from shared.models.hierarchy import Producer
from shared.models.pools import Person
from shared.models.workplace import LongJob
from shared.vocabulary import FirmListState, JobState


def rights_of(session: Session, actor: Actor, company_id: int) -> Sequence[RolePermission]:
    """What the roles of a company may beside what roles may everywhere."""
    return session.scalars(
        select(RolePermission)
        .where(
            RolePermission.pool_id == actor.pool_id,
            RolePermission.company_id == company_id,
            RolePermission.superseded_at.is_(None),
        )
        .order_by(RolePermission.role, RolePermission.permission)
    ).all()


def find_person(session: Session, actor: Actor, company_id: int, email: str) -> Person | None:
    """The person of a company with an e-mail address."""
    return session.scalars(
        select(Person)
        .where(
            Person.pool_id == actor.pool_id,
            Person.company_id == company_id,
            func.lower(Person.email) == email.strip().lower(),
        )
        .limit(1)
    ).first()


def superiors(session: Session, actor: Actor, wanted: Collection[str]) -> dict[str, int]:
    """Who of the hierarchy is meant in a list, by number, else by a name that one alone has.

    Args:
        session: the transaction.
        actor: whose pool.
        wanted: what the list says.

    Returns:
        Producers by what was asked for, in small letters.
    """
    small = sorted({text.casefold() for text in wanted if text})
    if not small:
        return {}
    code, name = func.lower(Producer.code), func.lower(Producer.name)
    rows = session.execute(
        select(Producer.id, Producer.code, Producer.name)
        .where(Producer.pool_id == actor.pool_id, or_(code.in_(small), name.in_(small)))
        .order_by(Producer.id.desc())
    ).all()
    names = Counter(row.name.casefold() for row in rows)
    named = {row.name.casefold(): row.id for row in rows if names[row.name.casefold()] == 1}
    return {**named, **{row.code.casefold(): row.id for row in rows}}


def lists(session: Session, actor: Actor) -> list[Row[Any]]:
    """The lists that were brought, the latest first: id, file_name, state, recorded_at, at_work."""
    return list(
        session.execute(
            select(
                FirmList.id, FirmList.file_name, FirmList.state, FirmList.recorded_at,
                _at_work().label("at_work"),
            )
            .where(FirmList.pool_id == actor.pool_id, FirmList.state != FirmListState.DROPPED)
            .order_by(FirmList.id.desc())
            .limit(20)
        )
    )  # fmt: skip


def is_at_work(session: Session, actor: Actor, list_id: int) -> bool:
    """Whether a job on a list waits for its turn or goes on."""
    return bool(
        session.execute(
            select(_at_work()).where(FirmList.pool_id == actor.pool_id, FirmList.id == list_id)
        ).scalar_one_or_none()
    )


def _at_work() -> ColumnElement[bool]:
    return exists().where(
        LongJob.pool_id == FirmList.pool_id,
        LongJob.subject == "firm_list",
        LongJob.subject_id == FirmList.id,
        LongJob.state.in_((JobState.WAITING, JobState.RUNNING)),
    )


def get_list(session: Session, actor: Actor, list_id: int, *, lock: bool = False) -> FirmList:
    """A list that was brought.

    Raises:
        NoSuchList: there is none within reach.
    """
    query = select(FirmList).where(FirmList.pool_id == actor.pool_id, FirmList.id == list_id)
    if lock:
        query = query.with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NoSuchList
    return found


def write_list(session: Session, actor: Actor, list_id: int, **values: Any) -> None:
    """Keep what has become of a list."""
    session.execute(
        update(FirmList)
        .where(FirmList.pool_id == actor.pool_id, FirmList.id == list_id)
        .values(**values)
    )


def find_named(
    session: Session, actor: Actor, company_id: int, first_name: str, last_name: str
) -> bool:
    """Whether a company has a person of a name."""
    found = session.scalars(
        select(Person.id)
        .where(
            Person.pool_id == actor.pool_id,
            Person.company_id == company_id,
            Person.first_name == first_name,
            Person.last_name == last_name,
        )
        .limit(1)
    ).first()
    return found is not None
