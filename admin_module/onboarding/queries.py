"""What is asked while firms come in."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, func, or_, select, update
from sqlalchemy.orm import Session

from admin_module.companies.queries import scope
from admin_module.onboarding.errors import NoSuchList
from admin_module.onboarding.rules import Superior, told
from shared.actor import Actor
from shared.models.access import RolePermission
from shared.models.firms import FirmList
from shared.models.hierarchy import Producer
from shared.models.pools import Company, Person
from shared.models.workplace import LongJob
from shared.vocabulary import CompanyKind, CompanyState, FirmListState, JobState, ProducerKind


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


def superiors(
    session: Session, actor: Actor, wanted: Collection[str]
) -> dict[str, tuple[Superior, ...]]:
    """Who of the hierarchy can be meant in a list: by number, else by name.

    A firm stands where its leading producer stands. Pages show firms' numbers, and producers have
    their own: either is understood.

    Args:
        session: the transaction.
        actor: whose pool.
        wanted: what the list says.

    Returns:
        Who is called so, by what was asked for, in small letters.
    """
    texts = {text for text in wanted if text}
    if not texts:
        return {}
    firms = session.execute(
        select(Company.id, Company.code, Company.name)
        .where(*scope(actor), *_selling(), _called(Company, texts))
        .order_by(Company.id)
    ).all()
    places = leaders(session, actor, [firm.id for firm in firms])
    producers = session.execute(
        select(Producer.id, Producer.code, Producer.name, Producer.firm_id)
        .where(Producer.pool_id == actor.pool_id, _called(Producer, texts))
        .order_by(Producer.id)
    ).all()
    found: dict[str, tuple[Superior, ...]] = {}
    # who has it as a number is meant, not who happens to be called so
    for field in ("name", "code"):
        of_firms, own = _by(firms, field), _by(producers, field)
        for text in of_firms.keys() | own.keys():
            meant = of_firms.get(text, []), own.get(text, [])
            found[text] = _meant(*meant, places, by_number=field == "code")
    return found


def _by(rows: Sequence[Any], field: str) -> dict[str, list[Row[Any]]]:
    """Rows by what stands in a column, in small letters."""
    found: dict[str, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(getattr(row, field).casefold(), []).append(row)
    return found


def _meant(
    firms: Sequence[Row[Any]],
    producers: Sequence[Row[Any]],
    places: Mapping[int, int],
    *,
    by_number: bool,
) -> tuple[Superior, ...]:
    """Firms and producers who are called alike; a firm and who sells for it are one."""
    if by_number:
        sellers = {row.firm_id for row in producers}
        firms = [row for row in firms if row.id not in sellers]
    else:
        called = {row.id for row in firms}
        producers = [row for row in producers if row.firm_id not in called]
    return (
        *(Superior(told(row.code, row.name), places.get(row.id)) for row in firms),
        *(Superior(told(row.code, row.name), row.id) for row in producers),
    )


def leaders(session: Session, actor: Actor, company_ids: Collection[int]) -> dict[int, int]:
    """The leading producers of companies, by company: a firm's own before its people."""
    rows = session.execute(
        select(Producer.firm_id, Producer.id)
        .where(Producer.pool_id == actor.pool_id, Producer.firm_id.in_(company_ids))
        .order_by(Producer.kind != ProducerKind.PERSON, Producer.id.desc())
    )
    # the last of a firm counts: the order is the other way round
    return {row.firm_id: row.id for row in rows if row.firm_id is not None}


def _called(model: Any, texts: Collection[str]) -> ColumnElement[bool]:
    small = sorted({text.lower() for text in texts})
    return or_(func.lower(model.code).in_(small), func.lower(model.name).in_(small))


def _selling() -> tuple[ColumnElement[bool], ...]:
    """Companies that work with the pool and can sell for it."""
    others = (CompanyKind.POOL, CompanyKind.INSURER)
    return Company.state == CompanyState.ACTIVE, Company.kind.not_in(others)


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
