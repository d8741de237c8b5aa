"""Reading what is set: a parameter here, in the pool and by default; regions likewise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, and_, select

from admin_module.parameters.errors import NoSuchParameter
from shared.db import Session, actor_of, facts
from shared.db.facts import Stand
from shared.models.pools import Organisation, Pool
from shared.models.terms import ParameterValue, RegionalDefault
from shared.parameters import CATALOGUE, REGIONS, Definition, Parameter, Regional


@dataclass(frozen=True)
class Setting:
    """A parameter as it holds in one place.

    Attributes:
        name: which.
        definition: what it may be.
        own: what was set for this very place; None: nothing.
        pool: what was set for the pool; None: nothing.
        when: of what holds here.
        who: set it.
    """

    name: Parameter
    definition: Definition
    own: Any
    pool: Any
    when: datetime | None
    who: str | None

    @property
    def value(self) -> Any:
        """What holds."""
        if self.own is not None:
            return self.own
        return self.definition.default if self.pool is None else self.pool

    @property
    def differs(self) -> bool:
        """Whether it is another than the default."""
        return bool(self.value != self.definition.default)

    @property
    def differs_from_pool(self) -> bool:
        """Whether an organisation has another than the pool."""
        pool = self.definition.default if self.pool is None else self.pool
        return bool(self.value != pool)


@dataclass(frozen=True)
class Region:
    """A region as it holds in one place; ``own``: set for this very place."""

    code: str
    value: Regional
    own: bool
    of_pool: bool

    @property
    def differs(self) -> bool:
        """Whether it is another than the default of old."""
        return self.value != Regional()


def settings(session: Session, organisation_id: int | None) -> list[Setting]:
    """All parameters as they hold in an organisation, or in the pool as a whole."""
    own: dict[str, Any] = {}
    pool: dict[str, Any] = {}
    for row in session.scalars(
        select(ParameterValue).where(
            ParameterValue.pool_id == actor_of(session).pool_id,
            ParameterValue.superseded_at.is_(None),
        )
    ):
        if row.organisation_id == organisation_id:
            own[row.name] = row
        if row.organisation_id is None:
            pool[row.name] = row
    return [_setting(name, own.get(name), pool.get(name)) for name in Parameter]


def get_setting(session: Session, name: str, organisation_id: int | None) -> Setting:
    """A parameter as it holds in an organisation, or in the pool as a whole.

    Raises:
        NoSuchParameter: there is none of this name, or organisations have none of their own.
    """
    found = [one for one in settings(session, organisation_id) if one.name.value == name]
    if not found or (organisation_id is not None and not found[0].definition.split):
        raise NoSuchParameter
    return found[0]


def stand_of(session: Session, name: str, organisation_id: int | None) -> Stand:
    """The version of what a parameter is set to in a place."""
    named = {"name": name, "organisation_id": organisation_id}
    return facts.stand_of(session, ParameterValue, named)


def stand_of_region(session: Session, region: str, organisation_id: int | None) -> Stand:
    """The version of what a region asks in a place."""
    named = {"region": region, "organisation_id": organisation_id}
    return facts.stand_of(session, RegionalDefault, named)


def get_pool(session: Session) -> Pool:
    """The pool, locked until the end of the transaction."""
    return session.scalars(
        select(Pool).where(Pool.id == actor_of(session).pool_id).with_for_update(of=Pool)
    ).one()


def history_of(session: Session, name: str) -> Sequence[RowMapping]:
    """What a parameter was set to anywhere, the latest first."""
    of = ParameterValue
    return (
        session.execute(
            select(
                of.value, of.recorded_at, of.recorded_by, of.superseded_at, of.superseded_by,
                Organisation.name.label("organisation"),
            )
            .outerjoin(
                Organisation,
                and_(Organisation.pool_id == of.pool_id, Organisation.id == of.organisation_id),
            )
            .where(of.pool_id == actor_of(session).pool_id, of.name == name)
            .order_by(of.id.desc())
            .limit(50)
        )
        .mappings()
        .all()
    )  # fmt: skip


def regions(session: Session, organisation_id: int | None) -> list[Region]:
    """All regions as they hold in an organisation, or in the pool as a whole."""
    own: dict[str, Regional] = {}
    pool: dict[str, Regional] = {}
    for row in session.scalars(
        select(RegionalDefault).where(
            RegionalDefault.pool_id == actor_of(session).pool_id,
            RegionalDefault.superseded_at.is_(None),
        )
    ):
        value = Regional(row.licence_needed, row.form_set)
        if row.organisation_id == organisation_id:
            own[row.region] = value
        if row.organisation_id is None:
            pool[row.region] = value
    return [
        Region(code, own.get(code) or pool.get(code) or Regional(), code in own, code in pool)
        for code in REGIONS
    ]


def get_region(session: Session, code: str, organisation_id: int | None) -> Region:
    """A region as it holds in an organisation, or in the pool as a whole.

    Raises:
        NoSuchParameter: there is none of this code.
    """
    if code not in REGIONS:
        raise NoSuchParameter
    return next(one for one in regions(session, organisation_id) if one.code == code)


def organisations(session: Session) -> list[tuple[int, str]]:
    """The active organisations of the pool, where it has the layer; else none."""
    rows = session.execute(
        select(Organisation.id, Organisation.name)
        .join(Pool, and_(Pool.id == Organisation.pool_id, Pool.organisations_on))
        .where(Organisation.pool_id == actor_of(session).pool_id, Organisation.active)
        .order_by(Organisation.name)
    )
    return [(row.id, row.name) for row in rows]


def _setting(name: Parameter, own: Any, pool: Any) -> Setting:
    holds = own or pool
    return Setting(
        name=name,
        definition=CATALOGUE[name],
        own=own.value["is"] if own else None,
        pool=pool.value["is"] if pool else None,
        when=holds.recorded_at if holds else None,
        who=holds.recorded_by if holds else None,
    )
