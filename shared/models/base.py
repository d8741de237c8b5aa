"""What every table has in common: naming, ownership, and how facts are dated."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import (
    BigInteger,
    Computed,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    Numeric,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB, ExcludeConstraint, Range
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Money = Annotated[Decimal, mapped_column(Numeric(14, 2))]
Rate = Annotated[Decimal, mapped_column(Numeric(18, 8))]
Units = Annotated[Decimal, mapped_column(Numeric(16, 4))]
Share = Annotated[Decimal, mapped_column(Numeric(7, 6))]
Json = Annotated[dict[str, Any], mapped_column(JSONB)]
BigId = Annotated[int, mapped_column(BigInteger)]


class Base(DeclarativeBase):
    """Registry of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  -- SQLAlchemy reads it so
        int: Integer,
        str: Text,
        date: Date,
        datetime: DateTime(timezone=True),
        Range[date]: DATERANGE,
    }


class PoolRow:
    """A row of a pool: ``pool_id`` is in its key and in every key that points to it."""

    pool_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)


class BigPoolRow:
    """A row of a pool in a table that grows with the business."""

    pool_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)


class Organised:
    """A row of an organisation; null: the default one, or nobody's in particular."""

    organisation_id: Mapped[int | None]


class Placed(Organised):
    """A row of a team, with the division and the organisation it is in; triggers fill them in."""

    division_id: Mapped[int | None]
    team_id: Mapped[int | None]


class Recorded:
    """Who wrote a row and when. The moment is taken under the pool's fact lock (see migrations)."""

    recorded_at: Mapped[datetime] = mapped_column(server_default=text("fact_moment()"))
    recorded_by: Mapped[str] = mapped_column(server_default=text("fact_author()"))


class Noted:
    """Who wrote a row and when, where it is no fact: no run asks for it, so it takes no lock."""

    recorded_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    recorded_by: Mapped[str] = mapped_column(server_default=text("fact_author()"))


class Versioned(Recorded):
    """A row that is replaced, never changed: what was known before stays as superseded."""

    superseded_at: Mapped[datetime | None]
    superseded_by: Mapped[str | None]


class Replaced(Noted):
    """Like ``Versioned``, where it is no fact of the settlement: it takes no lock."""

    superseded_at: Mapped[datetime | None]
    superseded_by: Mapped[str | None]


class Fact(Versioned):
    """A dated fact: ``valid`` is [from, to); rows of one key never overlap while they stand."""

    valid: Mapped[Range[date]]
    reason: Mapped[str | None]


def link(column: str, table: str) -> tuple[ForeignKeyConstraint, Index]:
    """Point ``column`` at a row of the same pool in ``table``, with the index it needs."""
    return (
        ForeignKeyConstraint(["pool_id", column], [f"{table}.pool_id", f"{table}.id"]),
        Index(None, "pool_id", column),
    )


def within(column: str, table: str) -> tuple[ForeignKeyConstraint, Index]:
    """Point ``column`` at a unit of the pool; the index holds only rows that name one."""
    return (
        ForeignKeyConstraint(["pool_id", column], [f"{table}.pool_id", f"{table}.id"]),
        Index(None, "pool_id", column, postgresql_where=text(f"{column} IS NOT NULL")),
    )


def of_unit() -> tuple[ForeignKeyConstraint | Index, ...]:
    """Point a row at the organisation, division and team it belongs to."""
    units = ("organisation", "division", "team")
    return tuple(part for unit in units for part in within(f"{unit}_id", unit))


def of_organisation() -> tuple[ForeignKeyConstraint, Index]:
    """Point a row at the organisation it belongs to."""
    return within("organisation_id", "organisation")


def in_organisation(table: str, name: str, *order: str) -> Index:
    """Keep an order within an organisation; the default one, that rows don't name, has its own."""
    return Index(
        f"ix_{table}_within_{name}",
        "pool_id",
        "organisation_id",
        *(text(part) for part in order),
        postgresql_where=text("organisation_id IS NOT NULL"),
    )


def of_pool() -> ForeignKeyConstraint:
    """Point the row at its pool."""
    return ForeignKeyConstraint(["pool_id"], ["pool.id"])


def no_overlap(table: str) -> ExcludeConstraint:
    """Refuse two standing rows of one ``key`` whose validity overlaps."""
    return ExcludeConstraint(
        ("pool_id", "="),
        ("key", "="),
        ("valid", "&&"),
        where=text("superseded_at IS NULL"),
        name=f"ex_{table}_key_valid",
        using="gist",
    )


def one_standing(table: str, *columns: str) -> Index:
    """Allow one standing row per ``columns`` within a pool."""
    return Index(
        f"uq_{table}_standing",
        "pool_id",
        *columns,
        unique=True,
        postgresql_where=text("superseded_at IS NULL"),
    )


def changes_of(table: str) -> tuple[Index, Index]:
    """Index what was recorded or superseded since a moment: a run asks what can have changed."""
    return (
        Index(f"ix_{table}_recorded_at", "pool_id", "recorded_at"),
        Index(
            f"ix_{table}_superseded_at",
            "pool_id",
            "superseded_at",
            postgresql_where=text("superseded_at IS NOT NULL"),
        ),
    )


def key_of(expression: str) -> Computed:
    """Make the stored text key, without nulls, by which overlaps are refused."""
    return Computed(expression, persisted=True)
