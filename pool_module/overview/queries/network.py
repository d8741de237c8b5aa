"""The network for people: a producer's record, two days compared, what can be chosen from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select

from pool_module.hierarchy.queries import records, structure
from pool_module.hierarchy.rules import Moved, differences
from pool_module.overview.queries.tree import products_to_choose
from shared.actor import Actor
from shared.db import Session
from shared.models.hierarchy import Placement, Producer
from shared.scope import open_company
from shared.vocabulary import ActivityStatus, Language

Rows = Sequence[Any]  # rows by their names


@dataclass(frozen=True)
class Choices:
    """What the tree can be asked for."""

    products: Rows
    firms: Rows


@dataclass(frozen=True)
class Version:
    """A version of a fact in a producer's history.

    Attributes:
        kind: career, placement or status.
        value: the level's or parent's name, or the status.
        value_id: the parent.
        first: the first day; None: always.
        last: the last day before ``ends``; None: no end.
        standing: whether it still holds.
    """

    kind: str
    value: str
    value_id: int | None
    first: date | None
    ends: date | None
    recorded_at: datetime
    recorded_by: str
    reason: str | None
    standing: bool
    superseded_at: datetime | None
    superseded_by: str | None


@dataclass(frozen=True)
class Shown:
    """A producer's record."""

    now: Row[Any]
    state: ActivityStatus
    level: str | None
    history: list[Version]
    people: Rows
    agency: Rows
    counts: records.Counts
    takes_business: bool


@dataclass(frozen=True)
class Difference:
    """Somebody who stands elsewhere, is new, closed, or has another level."""

    moved: Moved
    name: str
    code: str
    first_parent: str | None
    second_parent: str | None
    first_level: str | None
    second_level: str | None


def choices_of(session: Session, actor: Actor) -> Choices:
    """Products and firms of the pool."""
    return Choices(products_to_choose(session, actor), records.firms_of(session, actor))


def get_record(
    session: Session, actor: Actor, producer_id: int, day: date, language: Language
) -> Shown:
    """All a record shows of a producer.

    Raises:
        ProducerUnknown: there is none in the pool.
    """
    now = records.get_standing(session, actor, producer_id, day)
    state = ActivityStatus(now.state or ("active" if now.active else "paused"))
    history = [_version(row, language) for row in records.history_of(session, actor, producer_id)]
    return Shown(
        now,
        state,
        named(now, "level", language),
        history,
        people_below(session, actor, producer_id, day),
        records.agency_numbers_of(session, actor, producer_id),
        records.counts_of(session, actor, producer_id),
        now.active,
    )


def people_below(session: Session, actor: Actor, producer_id: int, day: date) -> Rows:
    """Who stands directly below a producer on a day: id, code, name, since."""
    return session.execute(
        select(Producer.id, Producer.code, Producer.name, Placement.valid)
        .join(
            Placement,
            (Placement.pool_id == Producer.pool_id) & (Placement.producer_id == Producer.id),
        )
        .where(
            Producer.pool_id == actor.pool_id,
            open_company(Producer.firm_id),
            Placement.parent_id == producer_id,
            Placement.superseded_at.is_(None),
            Placement.valid.op("@>")(day),
        )
        .order_by(Producer.sort_key, Producer.id)
    ).all()


def compare(
    session: Session,
    actor: Actor,
    days: tuple[date, date],
    *,
    known: datetime,
    language: Language,
) -> list[Difference]:
    """Who was moved, is new, closed or has another level on the second day (ECS-34)."""
    places = [structure.places_of(session, actor, day, known) for day in days]
    found = differences(*places)
    names = {
        row.id: row
        for row in session.execute(
            select(Producer.id, Producer.code, Producer.name, Producer.sort_key).where(
                Producer.pool_id == actor.pool_id, open_company(Producer.firm_id)
            )
        )
    }
    levels = {row.id: row.name for row in records.level_choices(session, actor, language)}

    def person(producer: int | None) -> str | None:
        return names[producer].name if producer in names else None

    said = [
        Difference(
            m,
            names[m.producer_id].name,
            names[m.producer_id].code,
            person(m.first.parent_id) if m.first else None,
            person(m.second.parent_id) if m.second else None,
            levels.get(m.first.level_id or 0) if m.first else None,
            levels.get(m.second.level_id or 0) if m.second else None,
        )
        for m in found
        if m.producer_id in names
    ]
    return sorted(said, key=lambda d: (d.moved.what, names[d.moved.producer_id].sort_key))


def named(row: Any, prefix: str, language: Language) -> str | None:
    """A level's name in a reader's language out of a row with all of them."""
    own: str | None = getattr(row, f"{prefix}_{language}")
    code: str | None = getattr(row, prefix)
    return own or getattr(row, f"{prefix}_name") or code


def _version(row: Any, language: Language) -> Version:
    value = named(row, "value", language) if row.kind == "career" else row.value_name or row.value
    return Version(
        row.kind, value or "", row.value_id, row.first, row.ends, row.recorded_at,
        row.recorded_by, row.reason, row.superseded_at is None, row.superseded_at,
        row.superseded_by,
    )  # fmt: skip
