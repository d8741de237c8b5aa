"""Writing dated facts: overwrite a stretch of a subject's timeline and nothing else.

What was known before is kept as superseded (settlement rules, "Facts").
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import InstrumentedAttribute, Session

from shared.db.sessions import actor_of
from shared.errors import Conflict

# the days a fact holds, [from, to)
Days = Range[date]

BOOKKEEPING = {"id", "valid", "key", "recorded_at", "recorded_by", "superseded_at", "superseded_by"}


def fact_moment(session: Session) -> datetime:
    """Take the moment a fact is recorded at, under the pool's fact lock."""
    moment: datetime = session.execute(select(func.fact_moment())).scalar_one()
    return moment


def noted_moment(session: Session) -> datetime:
    """The database's clock: the moment of what is replaced and is no fact; takes no lock."""
    moment: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return moment


def stretch(start: date | None, end: date | None) -> Days:
    """The days [start, end); None is unbounded."""
    return Range(start, end, bounds="[)")


def supersede(session: Session, model: Any, moment: datetime, subject: Mapping[str, object]) -> int:
    """Mark the standing rows of a subject as superseded; returns how many there were."""
    actor = actor_of(session)
    changed = session.execute(
        update(model)
        .where(*_standing(model, actor.pool_id, subject))
        .values(superseded_at=moment, superseded_by=actor.name)
    )
    return int(changed.rowcount)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Stand:
    """How often what was said of a subject was replaced or ended, and who did it last, when."""

    version: int
    who: str = "–"
    when: datetime | None = None

    def check(self, version: int | None, stored: Mapping[str, object]) -> None:
        """Refuse to save over what somebody saved since ``version`` was shown.

        Args:
            version: as it was shown; None: it was not.
            stored: what stands by now, by field name.

        Raises:
            Conflict: it is another one by now.
        """
        if version is not None and version != self.version:
            raise Conflict(stored, who=self.who, when=self.when, version=self.version)


def stand_of(session: Session, model: Any, subject: Mapping[str, object]) -> Stand:
    """The version of what is said of a subject: such rows have none of their own."""
    columns = [getattr(model, name) == value for name, value in subject.items()]
    rows = session.execute(
        select(
            model.recorded_at, model.recorded_by, model.superseded_at, model.superseded_by
        ).where(model.pool_id == actor_of(session).pool_id, *columns)
    ).all()
    acts = [(row.recorded_at, row.recorded_by) for row in rows]
    ends = [(row.superseded_at, row.superseded_by) for row in rows if row.superseded_at]
    when, who = max(acts + ends, default=(None, "–"))
    return Stand(1 + len(acts) + len(ends), who, when)


def overwrite(
    session: Session,
    model: Any,
    subject: Mapping[str, object],
    valid: Days,
    rows: Sequence[Mapping[str, object]],
) -> None:
    """Overwrite ``valid`` of a subject's timeline with ``rows``; what lies outside remains.

    Args:
        session: the transaction.
        model: a fact's class.
        subject: the columns that name the subject, e.g. ``{"producer_id": 7}``.
        valid: the days [from, to) to overwrite.
        rows: what holds there; several for a fact of several rows (shares).
    """
    actor = actor_of(session)
    moment = fact_moment(session)
    met = and_(*_standing(model, actor.pool_id, subject), model.valid.op("&&")(valid))
    table = model.__table__
    olds = session.execute(select(table).where(met).with_for_update()).mappings().all()
    if olds:
        session.execute(
            update(model).where(met).values(superseded_at=moment, superseded_by=actor.name)
        )
    fresh: list[dict[str, object]] = [
        {**subject, **row, "valid": valid, "reason": row.get("reason")} for row in rows
    ]
    for old in olds:
        kept = {c: v for c, v in old.items() if c not in BOOKKEEPING and c != "pool_id"}
        fresh.extend({**kept, "valid": rest} for rest in _remains(old["valid"], valid))
    if fresh:
        values = [{**row, "pool_id": actor.pool_id, "recorded_at": moment} for row in fresh]
        # one statement, so that statement-level guards see the whole
        session.execute(insert(model).values(values))


def take_back(
    session: Session, model: Any, subject: Mapping[str, object], moment: datetime
) -> bool:
    """Let hold again what a subject's timeline said before it was overwritten at a moment.

    Both stay on record: what was overwritten comes as new rows.

    Args:
        session: the transaction.
        model: a fact's class.
        subject: the columns that name the subject.
        moment: the ``recorded_at`` of what is taken back.

    Returns:
        False when nothing was recorded then, or something was later.
    """
    actor = actor_of(session)
    now = fact_moment(session)
    table = model.__table__
    here = [model.pool_id == actor.pool_id] + [
        getattr(model, name) == value for name, value in subject.items()
    ]
    rows = session.execute(select(table).where(*here).with_for_update()).mappings().all()
    last = max(
        (max(row["recorded_at"], row["superseded_at"] or moment) for row in rows), default=now
    )
    if last != moment:
        return False
    session.execute(
        update(model)
        .where(*here, model.superseded_at.is_(None), model.recorded_at == moment)
        .values(superseded_at=now, superseded_by=actor.name)
    )
    values = [
        {
            **{c: v for c, v in row.items() if c not in BOOKKEEPING},
            "valid": row["valid"],
            "recorded_at": now,
        }
        for row in rows
        if row["superseded_at"] == moment
    ]
    if values:
        session.execute(insert(model).values(values))
    return True


def lock(session: Session, name: int) -> None:
    """Take a pool-wide lock until the end of the transaction; ``name`` is a small number."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(:name, :pool)"),
        {"name": name, "pool": actor_of(session).pool_id},
    )


def _standing(model: Any, pool_id: int, subject: Mapping[str, object]) -> list[Any]:
    columns: list[InstrumentedAttribute[Any]] = [getattr(model, name) for name in subject]
    return [
        model.pool_id == pool_id,
        model.superseded_at.is_(None),
        *(c == v for c, v in zip(columns, subject.values(), strict=True)),
    ]


def _remains(old: Days, new: Days) -> list[Days]:
    rests = []
    if new.lower is not None and (old.lower is None or old.lower < new.lower):
        rests.append(stretch(old.lower, new.lower))
    if new.upper is not None and (old.upper is None or old.upper > new.upper):
        rests.append(stretch(new.upper, old.upper))
    return rests
